"""Where settings come from, and what is said of those that are missing or malformed."""

from __future__ import annotations

from pathlib import Path

import pytest

from wxevents import Settings, SettingsError

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
PLAIN = {"WXEVENTS_MODE": "plain", "WXEVENTS_TOKEN": "from-environ"}


def load(directory: Path, environ: dict[str, str], **options: object) -> Settings:
    return Settings.load(directory, environ, **options)


def refusal(directory: Path, environ: dict[str, str], **options: object) -> str:
    with pytest.raises(SettingsError) as refused:
        load(directory, environ, **options)
    return str(refused.value)


def test_options_win_over_environment_over_dotenv_over_toml(tmp_path: Path) -> None:
    (tmp_path / "wxevents.toml").write_text('token="t"\nport=1\npath="/toml"\nhost="toml"\n')
    (tmp_path / ".env").write_text("WXEVENTS_PORT=2\nWXEVENTS_PATH=/dotenv\nWXEVENTS_TOKEN=d\n")
    environ = {"WXEVENTS_MODE": "plain", "WXEVENTS_PATH": "/environ", "WXEVENTS_TOKEN": "e"}
    settings = load(tmp_path, environ, token="o", port=None)
    assert (settings.token, settings.path, settings.port, settings.host) == (
        "o",
        "/environ",
        2,
        "toml",
    )


def test_a_setting_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n")
    environ = {"WXEVENTS_MODE": "plain", "WXEVENTS_TOKEN_FILE": str(tmp_path / "token")}
    assert load(tmp_path, environ).token == "secret"
    (tmp_path / "wxevents.toml").write_text('token_file = "token"\n')
    assert load(tmp_path, {"WXEVENTS_MODE": "plain"}).token == "secret"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    environ = {"WXEVENTS_MODE": "plain", "WXEVENTS_TOKEN_FILE": "nowhere"}
    assert refusal(tmp_path, environ) == (
        "WXEVENTS_TOKEN_FILE (from the environment): nowhere: No such file or directory"
    )
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    environ["WXEVENTS_TOKEN_FILE"] = "binary"
    assert refusal(tmp_path, environ).endswith("binary: it is not UTF-8 text")


def test_an_env_file_in_another_encoding_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("WXEVENTS_APOLOGY=稍后再试".encode("gbk"))

    assert "not UTF-8 text" in refusal(tmp_path, {})


def test_a_setting_and_its_file_exclude_each_other(tmp_path: Path) -> None:
    environ = PLAIN | {"WXEVENTS_TOKEN_FILE": "x"}
    assert refusal(tmp_path, environ) == (
        "WXEVENTS_TOKEN and WXEVENTS_TOKEN_FILE are both set in the environment; remove one of them"
    )


def test_plain_mode_needs_only_the_token(tmp_path: Path) -> None:
    settings = load(tmp_path, PLAIN)
    assert (settings.mode, settings.app_id, settings.port) == ("plain", "", 8080)


def test_a_missing_token_is_one_sentence_with_name_and_cure(tmp_path: Path) -> None:
    sentence = refusal(tmp_path, {})
    assert sentence.startswith("WXEVENTS_TOKEN is not set: copy the Token from")
    assert "\n" not in sentence


def test_an_empty_token_is_no_token(tmp_path: Path) -> None:
    assert refusal(tmp_path, PLAIN | {"WXEVENTS_TOKEN": ""}).startswith(
        "WXEVENTS_TOKEN (from the environment): is empty; copy"
    )


def test_safe_mode_without_key_tells_of_test_accounts(tmp_path: Path) -> None:
    sentence = refusal(tmp_path, {"WXEVENTS_TOKEN": "t", "WXEVENTS_APP_ID": "wx"})
    assert sentence.startswith("WXEVENTS_ENCODING_AES_KEY is not set, and safe mode needs it")
    assert "接口测试号" in sentence
    assert "WXEVENTS_MODE=plain" in sentence


def test_safe_mode_without_app_id_is_told(tmp_path: Path) -> None:
    environ = {"WXEVENTS_TOKEN": "t", "WXEVENTS_ENCODING_AES_KEY": KEY}
    assert refusal(tmp_path, environ).startswith("WXEVENTS_APP_ID is not set, and safe mode")


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("WXEVENTS_ENCODING_AES_KEY", "short", "not 5 characters"),
        ("WXEVENTS_ENCODING_AES_KEY", "!" * 43, "and no other sign"),
        ("WXEVENTS_PREVIOUS_ENCODING_AES_KEY", "short", "before the last change"),
        ("WXEVENTS_MODE", "secure", "write plain, compatible or safe"),
        ("WXEVENTS_DATA_FORMAT", "yaml", "write xml or json"),
        ("WXEVENTS_PORT", "eighty", "write a number from 0 to 65535"),
        ("WXEVENTS_PORT", "70000", "write a number from 0 to 65535"),
        ("WXEVENTS_PATH", "wechat", "must begin with /"),
        ("WXEVENTS_API_BASE", "api.weixin.qq.com", "must be an http:// or https:// URL"),
        ("WXEVENTS_API_BASE", "https://api.weixin.qq.com/?a=b", "without a query"),
        ("WXEVENTS_API_BASE", "https://a:b@api.weixin.qq.com", "must be an http"),
        ("WXEVENTS_API_BASE", "http://127.0.0.1:70000", "must be an http"),
        ("WXEVENTS_API_BASE", "ftp://api.weixin.qq.com", "https://api.weixin.qq.com"),
        ("WXEVENTS_DEADLINE", "5", "above 0 and below 5"),
        ("WXEVENTS_ACCESS_LOG", "maybe", "boolean"),
    ],
)
def test_a_malformed_setting_is_one_sentence(
    tmp_path: Path, variable: str, value: str, expected: str
) -> None:
    sentence = refusal(tmp_path, PLAIN | {variable: value})
    assert sentence.startswith(f"{variable} (from the environment)")
    assert expected in sentence
    assert "\n" not in sentence


def test_no_sentence_repeats_a_secret(tmp_path: Path) -> None:
    secret = "not-a-key-but-secret"
    for variable in ("WXEVENTS_ENCODING_AES_KEY", "WXEVENTS_PREVIOUS_ENCODING_AES_KEY"):
        assert secret not in refusal(tmp_path, PLAIN | {variable: secret})


def test_a_typo_in_the_toml_file_is_found(tmp_path: Path) -> None:
    toml = tmp_path / "wxevents.toml"
    toml.write_text('tokn = "x"\n')
    assert refusal(tmp_path, PLAIN) == f"tokn (from {toml}) is no setting; did you mean token?"
    toml.write_text('zzz = "x"\n')
    assert "is no setting; there are app_id, " in refusal(tmp_path, PLAIN)


def test_a_broken_toml_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "wxevents.toml").write_text("token = \n")
    sentence = refusal(tmp_path, PLAIN)
    assert "wxevents.toml is not valid TOML" in sentence
    assert "line 1" in sentence


def test_foreign_variables_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("WXEVENTS_OTHER=1\nPATH_TO=/x\nWXEVENTS_BARE\n")
    assert load(tmp_path, PLAIN | {"WXEVENTS_FUTURE": "1"}).token == "from-environ"


def test_settings_are_frozen() -> None:
    settings = Settings(token="t", mode="plain")
    with pytest.raises(ValueError, match="frozen"):
        settings.token = "other"


def test_a_byte_order_mark_hides_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("WXEVENTS_TOKEN=dotenv\n", "utf-8-sig")
    assert load(tmp_path, {"WXEVENTS_MODE": "plain"}).token == "dotenv"
    (tmp_path / ".env").unlink()
    (tmp_path / "wxevents.toml").write_text('token = "toml"\n', "utf-8-sig")
    assert load(tmp_path, {"WXEVENTS_MODE": "plain"}).token == "toml"
    (tmp_path / "file").write_text("file\n", "utf-8-sig")
    environ = {"WXEVENTS_MODE": "plain", "WXEVENTS_TOKEN_FILE": "file"}
    assert load(tmp_path, environ).token == "file"


def test_a_token_in_dotenv_is_taken_literally(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("WXEVENTS_TOKEN=a${HOME}b\n")
    assert load(tmp_path, {"WXEVENTS_MODE": "plain"}).token == "a${HOME}b"


@pytest.mark.parametrize("path", ["//wechat", "/a//b", "/a b", "/a?b", "wechat", ""])
def test_a_path_is_plain(tmp_path: Path, path: str) -> None:
    assert "must begin with /" in refusal(tmp_path, PLAIN | {"WXEVENTS_PATH": path})


def test_an_apology_has_to_reach_the_user(tmp_path: Path) -> None:
    sentence = refusal(tmp_path, PLAIN | {"WXEVENTS_APOLOGY": "歉" * 700})
    assert "has 2,100 bytes, at most 2,048" in sentence


def test_a_placeholder_that_is_given_at_once_has_a_text(tmp_path: Path) -> None:
    empty = PLAIN | {"WXEVENTS_PLACEHOLDER": ""}
    assert "WXEVENTS_PLACEHOLDER is empty" in refusal(
        tmp_path, empty | {"WXEVENTS_LATE": "placeholder"}
    )
    assert load(tmp_path, empty).placeholder == ""


def test_the_api_base_ends_without_a_slash(tmp_path: Path) -> None:
    assert load(tmp_path, PLAIN).api_base == "https://api.weixin.qq.com"
    environ = PLAIN | {"WXEVENTS_API_BASE": "http://127.0.0.1:8081/"}
    assert load(tmp_path, environ).api_base == "http://127.0.0.1:8081"

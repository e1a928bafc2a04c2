"""`wxevents doctor` on the settings: each with its source, and a wrong one hides no other."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.examined import AES_KEY, TOKEN, Doctor
from wxevents import Settings

needs_modes = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes of files")


def test_every_setting_has_its_line(doctor: Doctor) -> None:
    found = doctor("--offline")
    assert [one["check"] for one in found.findings if one["check"].startswith("settings.")] == [
        f"settings.{name}" for name in Settings.model_fields
    ]


def test_each_setting_tells_its_source(doctor: Doctor) -> None:
    Path(".env").write_text("WXEVENTS_LATE=redelivery\n")
    Path("wxevents.toml").write_text('apology = "抱歉"\n')
    found = doctor("--offline", "--path", "/from-an-option", WXEVENTS_WORKERS="2")
    assert found.sentence("settings.path") == "/from-an-option, from the options"
    assert found.sentence("settings.app_id") == "wx0123456789abcdef, from the environment"
    assert found.sentence("settings.late") == "redelivery, from .env"
    assert found.sentence("settings.apology") == "抱歉, from wxevents.toml"
    assert found.sentence("settings.deadline") == "4.5, the default"
    assert found.sentence("settings.previous_encoding_aes_key") == "not set"


def test_a_secret_is_told_by_its_length(doctor: Doctor) -> None:
    found = doctor("--offline", WXEVENTS_ENCODING_AES_KEY=AES_KEY)
    assert (
        found.sentence("settings.token") == f"set ({len(TOKEN)} characters), from the environment"
    )
    assert found.sentence("settings.encoding_aes_key").startswith("set (43 characters), ")


@pytest.mark.parametrize(
    "url",
    [
        "redis://user:password-in-it@127.0.0.1:9/0",
        "redis+sentinel://:password-in-it@127.0.0.1:9/main?sentinel_password=password-in-it",
    ],
)
def test_the_password_of_a_store_is_not_shown(doctor: Doctor, url: str) -> None:
    doctor.secrets.add("password-in-it")
    found = doctor("--offline", WXEVENTS_STORE=url)
    assert "…127.0.0.1:9/" in found.sentence("settings.store")


def test_a_wrong_setting_hides_neither_the_others_nor_other_checks(doctor: Doctor) -> None:
    found = doctor("--offline", WXEVENTS_PORT="x")
    assert (found.code, found.to_mend()) == (1, ["settings.port"])
    assert found.sentence("settings.port").startswith("WXEVENTS_PORT (from the environment): ")
    assert "write a number from 0 to 65535" in found.sentence("settings.port")
    assert found.sentence("settings.path") == "/wechat, the default"
    assert found.state("handlers") == "good"
    assert found.sentence("webhook.local") == "skipped: WXEVENTS_PORT has to be mended first"


def test_all_wrong_settings_are_told_at_once(doctor: Doctor) -> None:
    found = doctor(
        "--offline",
        *("--port", "70000"),
        WXEVENTS_MODE="safe",
        WXEVENTS_APP_ID=None,
        WXEVENTS_TOKEN="",
    )
    wrong = ["app_id", "token", "encoding_aes_key", "port"]
    assert found.to_mend() == [f"settings.{name}" for name in wrong]
    assert "safe mode needs it" in found.sentence("settings.app_id")
    assert found.sentence("settings.mode") == "safe, from the environment"


def test_a_folder_with_nothing_tells_what_serving_needs(doctor: Doctor) -> None:
    nothing = dict.fromkeys(doctor.environ)
    found = doctor("--offline", **nothing)
    ((state, sentence),) = found.all("settings")
    assert (state, "`wxevents dev` works all the same" in sentence) == ("note", True)
    assert {"settings.token", "settings.app_id", "settings.encoding_aes_key"} <= set(
        found.to_mend()
    )
    assert not Path(".wxevents").exists()  # no account was invented


def test_a_missing_file_of_a_secret_is_one_line(doctor: Doctor) -> None:
    found = doctor("--offline", WXEVENTS_TOKEN=None, WXEVENTS_TOKEN_FILE="nowhere")
    assert found.to_mend() == ["settings.token"]
    assert "WXEVENTS_TOKEN_FILE (from the environment): nowhere" in found.sentence("settings.token")
    assert not found.all("settings")  # it is not taken for a misspelt WXEVENTS_TOKEN
    assert found.state("settings.app_id") == "good"


def test_a_broken_file_is_one_line_and_the_others_are_read(doctor: Doctor) -> None:
    Path("wxevents.toml").write_text("token = ")
    Path(".env").write_bytes("WXEVENTS_APOLOGY=抱歉".encode("gbk"))
    found = doctor("--offline")
    assert found.to_mend() == ["settings", "settings"]
    assert [sentence.split(" is not ")[0] for _, sentence in found.all("settings")] == [
        ".env",
        "wxevents.toml",
    ]
    assert found.state("settings.token") == "good"


def test_a_name_that_is_no_setting_has_to_be_mended_in_the_file(doctor: Doctor) -> None:
    Path("wxevents.toml").write_text("handler = 1")
    found = doctor("--offline")
    assert found.to_mend() == ["settings"]
    assert "did you mean handlers?" in found.sentence("settings")


def test_a_misspelt_variable_is_noted_and_those_of_other_programs_are_not(doctor: Doctor) -> None:
    found = doctor("--offline", WXEVENTS_DEADLIN="3", WXEVENTS_OF_ANOTHER_PROGRAM="1")
    notes = [sentence for state, sentence in found.all("settings") if state == "note"]
    assert len(notes) == 1
    assert "WXEVENTS_DEADLIN is no setting" in notes[0]
    assert "did you mean WXEVENTS_DEADLINE?" in notes[0]


@needs_modes
@pytest.mark.parametrize("name", [".env", "wxevents.toml"])
def test_a_file_with_secrets_that_others_can_read_is_noted(doctor: Doctor, name: str) -> None:
    secret = f'WXEVENTS_TOKEN="{TOKEN}"' if name == ".env" else f'token = "{TOKEN}"'
    Path(name).write_text(secret)
    Path(name).chmod(0o644)
    found = doctor("--offline", WXEVENTS_TOKEN=None)
    assert any(f"`chmod 600 {name}`" in sentence for _, sentence in found.all("settings"))
    Path(name).chmod(0o600)
    assert doctor("--offline", WXEVENTS_TOKEN=None).state("settings") == "good"


@needs_modes
def test_a_store_is_a_secret_where_it_has_a_password(doctor: Doctor) -> None:
    environ = {"WXEVENTS_STORE": None}
    for login, remark in (("", False), (":password-of-redis@", True)):
        Path("wxevents.toml").write_text(f'store = "redis://{login}127.0.0.1:9/0"')
        Path("wxevents.toml").chmod(0o644)
        found = doctor("--offline", **environ)
        assert any("chmod" in sentence for _, sentence in found.all("settings")) is remark


ODD = [
    ("app_id", "gh_0123456789ab", "an AppID begins with wx"),
    ("token", " token-with-a-space", "begins or ends with a space"),
    ("timestamp_tolerance", "0", "accepted for ever"),
    ("timestamp_tolerance", "15", "the platform's last delivery"),
    ("workers", "2", "they share no memory"),
    ("api_base", "http://api.example.com", "in the clear"),
    ("api_base", "http://127.0.0.1:9", "that is this machine"),
]


@pytest.mark.parametrize(("name", "value", "remark"), ODD)
def test_what_is_valid_and_odd_is_noted(doctor: Doctor, name: str, value: str, remark: str) -> None:
    found = doctor("--offline", **{f"WXEVENTS_{name.upper()}": value})
    assert (found.code, found.state(f"settings.{name}")) == (0, "note")
    assert remark in found.sentence(f"settings.{name}")


@pytest.mark.parametrize("name", sorted({name for name, _, _ in ODD}))
def test_what_is_usual_is_good(doctor: Doctor, name: str) -> None:
    assert doctor("--offline").state(f"settings.{name}") == "good"


def test_metrics_without_their_library_are_noted(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"WXEVENTS_METRICS_PORT": "9100"}
    assert doctor("--offline", **environ).state("settings.metrics_port") == "good"
    monkeypatch.setitem(sys.modules, "prometheus_client", None)  # as if it were not installed
    found = doctor("--offline", **environ)
    assert found.state("settings.metrics_port") == "note"
    assert "pip install 'wxevents[metrics]'" in found.sentence("settings.metrics_port")


def test_plain_mode_with_a_key_is_noted(doctor: Doctor) -> None:
    found = doctor("--offline", WXEVENTS_ENCODING_AES_KEY=AES_KEY)
    assert "is set unused" in found.sentence("settings.mode")
    assert doctor("--offline").state("settings.mode") == "good"


def test_a_previous_key_that_is_the_present_one_is_noted(doctor: Doctor) -> None:
    keys = {"WXEVENTS_ENCODING_AES_KEY": AES_KEY, "WXEVENTS_MODE": "safe"}
    found = doctor("--offline", **keys, WXEVENTS_PREVIOUS_ENCODING_AES_KEY=AES_KEY)
    assert found.state("settings.previous_encoding_aes_key") == "note"
    found = doctor("--offline", **keys, WXEVENTS_PREVIOUS_ENCODING_AES_KEY="A" * 43)
    assert found.state("settings.previous_encoding_aes_key") == "good"


def test_without_the_secret_late_answers_cannot_be_sent(doctor: Doctor) -> None:
    for late in ("customer_service", "placeholder"):
        found = doctor("--offline", WXEVENTS_LATE=late)
        assert "late answers cannot be sent" in found.sentence("settings.app_secret")
    found = doctor("--offline", WXEVENTS_LATE="redelivery")
    assert "late answers" not in found.sentence("settings.app_secret")


def test_loopback_in_a_container_is_noted(doctor: Doctor) -> None:
    container = {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}
    found = doctor("--offline", **container)
    assert "set WXEVENTS_HOST=0.0.0.0" in found.sentence("settings.host")
    found = doctor("--offline", **container, WXEVENTS_HOST="0.0.0.0")
    assert found.state("settings.host") == "good"


def test_the_key_is_looked_at_for_its_form(doctor: Doctor) -> None:
    canonical = f"{'A' * 42}E"
    found = doctor("--offline", WXEVENTS_ENCODING_AES_KEY=canonical, WXEVENTS_MODE="safe")
    assert found.sentence("aes_key") == "43 characters that give 32 bytes"


def test_spare_bits_in_the_key_are_told_and_good(doctor: Doctor) -> None:
    spare = f"{'A' * 42}F"
    found = doctor("--offline", WXEVENTS_ENCODING_AES_KEY=spare, WXEVENTS_MODE="safe")
    assert found.state("aes_key") == "good"
    assert "spare bits" in found.sentence("aes_key")


def test_a_key_of_another_length_has_to_be_mended(doctor: Doctor) -> None:
    found = doctor("--offline", WXEVENTS_ENCODING_AES_KEY=AES_KEY[:-1], WXEVENTS_MODE="safe")
    assert found.to_mend() == ["settings.encoding_aes_key"]
    assert "not 42 characters" in found.sentence("settings.encoding_aes_key")
    assert found.sentence("aes_key").startswith("skipped: ")


def test_plain_mode_needs_no_key(doctor: Doctor) -> None:
    assert doctor("--offline").state("aes_key") == "good"

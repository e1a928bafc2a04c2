"""All settings as one frozen value."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from wxevents.errors import SettingsError
from wxevents.setting_sources import DOTENV_FILE, PREFIX, TOML_FILE, Sources

__all__ = [
    "DOTENV_FILE",
    "PREFIX",
    "TOML_FILE",
    "DataFormat",
    "Mode",
    "Settings",
    "faults_of",
    "gather",
]

Mode: TypeAlias = Literal["plain", "compatible", "safe"]
DataFormat: TypeAlias = Literal["xml", "json"]

_AES_KEY: Final = re.compile(r"[A-Za-z0-9]{43}")
_URL: Final = re.compile(
    r"https?://([^\s/?#@:\[\]]+|\[[0-9a-fA-F:.]+\])(:(?P<port>[0-9]{1,5}))?(/[^\s?#]*)?"
)

_TEST_ACCOUNT_HINT: Final = (
    "test accounts (接口测试号) have no EncodingAESKey: for one, set WXEVENTS_MODE=plain"
)


class Settings(BaseModel):
    """One account and how its webhook is served.

    `Settings(token=…, …)` takes exactly what is given (pydantic.ValidationError tells what does
    not fit); `Settings.load()` reads the environment, `.env` and `wxevents.toml`.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )

    app_id: str = Field(default="", description="AppID of the account (wx…)")
    app_secret: str = Field(
        default="", repr=False, description="AppSecret, for calls to the platform"
    )
    api_base: str = Field(
        default="https://api.weixin.qq.com", description="URL of the platform's API"
    )
    token: str = Field(repr=False, description="Token of the server configuration (服务器配置)")
    encoding_aes_key: str = Field(
        default="", repr=False, description="EncodingAESKey, 43 characters"
    )
    previous_encoding_aes_key: str = Field(
        default="",
        repr=False,
        description="the EncodingAESKey before the last change, still accepted",
    )
    mode: Mode = Field(
        default="safe", description="plain, compatible or safe, as set at the platform"
    )
    data_format: DataFormat = Field(
        default="xml", description="xml or json, as set at the platform"
    )
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        default=8080, description="port to listen on"
    )
    path: str = Field(default="/wechat", description="path of the URL given to the platform")
    handlers: str = Field(
        default="handlers",
        description="package or module with the routers, or module:name of a Bot",
    )
    timestamp_tolerance: Annotated[int, Field(ge=0)] = Field(
        default=300,
        description="seconds a push's timestamp may differ from the clock; 0 switches it off",
    )
    deadline: Annotated[float, Field(gt=0, lt=5, allow_inf_nan=False)] = Field(
        default=4.5, description="seconds after which a handler is late; the platform drops at 5"
    )
    store: str = Field(
        default="sqlite:///.wxevents/inbox.db",
        repr=False,
        description="what outlives a process: sqlite:///path, redis://host:6379/0 or memory://",
    )
    late: Literal["customer_service", "redelivery", "placeholder"] = Field(
        default="customer_service",
        description="how late answers reach the user: customer_service, redelivery or placeholder",
    )
    placeholder: str = Field(
        default="正在处理，请稍候……",
        description="what a user reads at once under the policy placeholder",
    )
    typing: bool = Field(
        default=False, description="show that somebody is typing while an answer is late"
    )
    session_lifetime: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        default=86_400.0, description="seconds that a session is kept after its last change"
    )
    max_runs: Annotated[int, Field(ge=1)] = Field(
        default=3, description="runs of a handler whose process dies, until its push is given up"
    )
    max_timeouts: Annotated[int, Field(ge=0)] = Field(
        default=20, description="deliveries that may time out in 5 minutes under redelivery"
    )
    apology: str = Field(
        default="服务繁忙，请稍后再试。",
        description="what a user reads when no answer could be made; empty for silence",
    )
    shutdown_timeout: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        default=10.0, description="seconds that running handlers get at shutdown"
    )
    blocked_after: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        default=1.0,
        description="seconds of a blocked event loop until the log names the handler; 0: never",
    )
    workers: Annotated[int, Field(ge=1)] = Field(default=1, description="worker processes")
    access_log: bool = Field(default=False, description="one log line per HTTP request")
    log_format: Literal["auto", "text", "json"] = Field(
        default="auto",
        description="text for people, json for machines, auto: text on a terminal, json elsewhere",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="the least level that is logged: debug, info, warning or error"
    )
    log_pushes: bool = Field(
        default=True,
        description="one log line per push; without it only what failed or came too late",
    )
    hash_openids: bool = Field(
        default=False, description="write a hash in place of every openid that is logged"
    )
    metrics_host: str = Field(
        default="127.0.0.1", description="address of /metrics, /healthz and /readyz"
    )
    metrics_port: Annotated[int, Field(ge=0, le=65535)] | None = Field(
        default=None,
        description="port of /metrics, /healthz and /readyz; none of them without it",
    )

    @property
    def account(self) -> str:
        """What tells this account from others in a store they share: the AppID; an account in plain
        mode may have none here, and goes by its path."""
        return self.app_id or self.path

    @classmethod
    def load(
        cls,
        directory: str | Path = ".",
        environ: Mapping[str, str] = os.environ,
        **options: Any,
    ) -> Self:
        """The settings of a deployment.

        The first source that has a setting wins: `options` (None counts as not given),
        WXEVENTS_TOKEN and its like in `environ`, the same in `.env`, `token = …` in
        `wxevents.toml`. WXEVENTS_TOKEN_FILE (`token_file`) names a file to read it from instead.
        Raises SettingsError, which names each faulty setting, its source and the cure.
        """
        values, origins = gather(Path(directory), environ, options)
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            sentences = [sentence for _, sentence in faults_of(error, origins)]
            raise SettingsError("\n".join(sentences)) from None

    @field_validator("token")
    @classmethod
    def _token_is_given(cls, token: str) -> str:
        if not token:
            raise ValueError("is empty")
        return token

    @field_validator("encoding_aes_key", "previous_encoding_aes_key")
    @classmethod
    def _aes_key_has_its_form(cls, key: str) -> str:
        if key and not _AES_KEY.fullmatch(key):
            found = f"not {len(key)} characters" if len(key) != 43 else "and no other sign"
            raise ValueError(f"must be the 43 letters and digits that the platform shows, {found}")
        return key

    @field_validator("api_base")
    @classmethod
    def _api_base_is_a_url(cls, api_base: str) -> str:
        url = _URL.fullmatch(api_base)
        if not url or int(url["port"] or 0) > 65535:
            raise ValueError("must be an http:// or https:// URL without a query")
        return api_base.rstrip("/")

    @field_validator("path")
    @classmethod
    def _path_is_absolute(cls, path: str) -> str:
        if not re.fullmatch(r"(/[^/?#{}\s]+)+/?|/", path):
            raise ValueError("must begin with / and be a plain path such as /wechat")
        return path

    @field_validator("apology", "placeholder")
    @classmethod
    def _text_reaches_the_user(cls, text: str) -> str:
        size = len(text.encode())
        if size > 2048:  # the platform's limit of a text reply
            raise ValueError(f"has {size:,} bytes, at most 2,048 reach the user")
        return text

    @model_validator(mode="after")
    def _placeholder_has_a_text(self) -> Self:
        if self.late == "placeholder" and not self.placeholder:
            raise ValueError(
                "WXEVENTS_PLACEHOLDER is empty, and WXEVENTS_LATE=placeholder answers with it; "
                "give it a text, or leave it out for the usual one"
            )
        return self

    @model_validator(mode="after")
    def _encryption_has_what_it_needs(self) -> Self:
        if self.mode != "plain":
            if not self.encoding_aes_key:
                raise ValueError(
                    f"WXEVENTS_ENCODING_AES_KEY is not set, and {self.mode} mode needs it; copy it "
                    f"from the platform's server configuration, or: {_TEST_ACCOUNT_HINT}"
                )
            if not self.app_id:
                raise ValueError(
                    f"WXEVENTS_APP_ID is not set, and {self.mode} mode needs it: every ciphertext "
                    "ends with it; copy the AppID (wx…) from the platform's basic configuration"
                )
        return self


_CURES: Final = {
    "token": "copy the Token from the platform's server configuration (服务器配置)",
    "encoding_aes_key": f"copy it from the platform's server configuration; {_TEST_ACCOUNT_HINT}",
    "previous_encoding_aes_key": "give the key that was valid before the last change, or nothing",
    "mode": "write plain, compatible or safe, as the platform's console shows it",
    "data_format": "write xml or json, as the platform's console shows it",
    "port": "write a number from 0 to 65535 (0: any free port)",
    "api_base": "write https://api.weixin.qq.com, or leave it out",
    "path": "write the path of the URL that the platform's console shows",
    "late": "write customer_service, redelivery or placeholder",
    "deadline": "write seconds, above 0 and below 5",
    "workers": "write a number from 1 on; one for each core is plenty",
    "log_format": "write auto, text or json",
    "log_level": "write debug, info, warning or error",
    "metrics_port": "write a number from 0 to 65535 (0: any free port), or leave it out",
}


def faults_of(error: ValidationError, origins: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each faulty setting with a sentence: its name, where it came from and the cure. What only
    several settings together have is under ""."""
    faults = []
    for finding in error.errors(include_url=False, include_input=False, include_context=False):
        name = str(finding["loc"][0]) if finding["loc"] else ""
        message = finding["msg"].removeprefix("Value error, ")
        if not name:
            faults.append(("", message))
            continue
        variable = PREFIX + name.upper()
        origin = f" (from {origins[name]})" if name in origins else ""
        if finding["type"] == "missing":
            sentence = f"{variable} is not set: {_CURES.get(name, 'set it')}"
        elif finding["type"] == "extra_forbidden":
            sentence = f"{name}{origin} is no setting{_did_you_mean(name)}"
        else:
            message = message[0].lower() + message[1:]
            cure = f"; {_CURES[name]}" if name in _CURES else ""
            sentence = f"{variable}{origin}: {message}{cure}"
        faults.append((name, sentence))
    return faults


def _did_you_mean(name: str) -> str:
    import difflib  # for this sentence alone

    near = difflib.get_close_matches(name, Settings.model_fields, n=1)
    return (
        f"; did you mean {near[0]}?" if near else f"; there are {', '.join(Settings.model_fields)}"
    )


def gather(
    directory: Path,
    environ: Mapping[str, str],
    options: Mapping[str, object],
    faults: dict[str, str] | None = None,
) -> tuple[dict[str, object], dict[str, str]]:
    """Every setting that some source has, and the name of that source.

    Raises SettingsError for a file that cannot be read. Where `faults` is given, the rest is read
    all the same, and the sentence put there under the name of the source, or of the setting.
    """
    return Sources(Settings.model_fields, directory, faults).gather(environ, options)

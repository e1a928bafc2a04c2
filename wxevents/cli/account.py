"""The account to develop with: the configured one, or an invented one kept in `.wxevents/`."""

from __future__ import annotations

import os
import secrets
import string
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from wxevents.settings import Settings, gather

ACCOUNT_FILE: Final = Path(".wxevents") / "account.toml"
_ACCOUNT_FIELDS: Final = frozenset(("app_id", "app_secret", "token", "encoding_aes_key"))


def development_settings(options: Mapping[str, Any]) -> Settings:
    """The configured settings; where no account is configured at all, one is invented and kept, so
    that `wxevents dev` and `wxevents push` agree on it. Raises SettingsError."""
    configured, _ = gather(Path(), os.environ, options)
    account = {} if _ACCOUNT_FIELDS & configured.keys() else _invented_account()
    return Settings.load(**{**account, **_given(options)})


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _invented_account() -> dict[str, Any]:
    if not ACCOUNT_FILE.exists():
        _invent()
    return tomllib.loads(ACCOUNT_FILE.read_text("utf-8"))


def _invent() -> None:
    letters = string.ascii_letters + string.digits
    account = {
        "app_id": f"wx{secrets.token_hex(8)}",
        "app_secret": secrets.token_hex(16),
        "token": "".join(secrets.choice(letters) for _ in range(16)),
        "encoding_aes_key": "".join(secrets.choice(letters) for _ in range(43)),
    }
    lines = ["# An account that does not exist, invented by wxevents for development.\n"]
    lines += [f'{name} = "{value}"\n' for name, value in account.items()]
    ACCOUNT_FILE.parent.mkdir(exist_ok=True)
    ACCOUNT_FILE.touch(mode=0o600)
    ACCOUNT_FILE.write_text("".join(lines), "utf-8")

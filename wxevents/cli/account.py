"""The account to develop with: the configured one, or an invented one kept in `.wxevents/`."""

from __future__ import annotations

import os
import secrets
import string
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from wxevents.errors import SettingsError
from wxevents.settings import PREFIX, Settings, gather

ACCOUNT_FILE: Final = Path(".wxevents") / "account.toml"
PAGE_FILE: Final = ACCOUNT_FILE.with_name("page")
"""Where `wxevents dev` of this folder shows the phone, while it does."""

_ACCOUNT_FIELDS: Final = ("app_id", "app_secret", "token", "encoding_aes_key")


def development_settings(options: Mapping[str, Any]) -> Settings:
    """The configured settings; where no account is configured at all, one is invented and kept, so
    that `wxevents dev` and `wxevents push` agree on it. Raises SettingsError.

    The invented account goes into this process's environment, where a bot that is put together by
    hand finds it with `Settings.load()`.
    """
    if not _is_configured(options):
        for name, value in _invented_account().items():
            os.environ[PREFIX + name.upper()] = value
    return Settings.load(**options)


def api_settings(options: Mapping[str, Any]) -> Settings:
    """The settings for calls to the platform, which need no Token and no key: whoever publishes
    menus from elsewhere than the server has neither. Raises SettingsError."""
    configured, _ = gather(Path(), os.environ, options)
    if not any(name in configured for name in ("app_id", "app_secret")):
        return development_settings(options)
    return offline_settings(options)


def offline_settings(options: Mapping[str, Any]) -> Settings:
    """The settings for what pushes nothing and calls nobody: whatever is configured, and no
    account at all where none is. Raises SettingsError."""
    configured, _ = gather(Path(), os.environ, options)
    unneeded: dict[str, str] = {}
    if "token" not in configured:
        unneeded["token"] = "none"
    if "encoding_aes_key" not in configured:
        unneeded["mode"] = "plain"
    return Settings.load(**{**options, **unneeded})


def store_settings(options: Mapping[str, Any]) -> Settings:
    """The settings for what looks into the store: it needs no secret, but to know which account's
    part of the store is meant. Raises SettingsError."""
    if _is_configured(options):
        return offline_settings(options)
    return development_settings(options)


def require_credentials(settings: Settings) -> None:
    """Raise SettingsError where calls to the platform cannot get a token."""
    for name in ("app_id", "app_secret"):
        if not getattr(settings, name):
            raise SettingsError(
                f"{PREFIX}{name.upper()} is missing; the platform's console shows it"
            )


def is_invented(settings: Settings) -> bool:
    """Whether the account is the one that was invented for development."""
    try:
        return tomllib.loads(ACCOUNT_FILE.read_text("utf-8")).get("app_id") == settings.app_id
    except (OSError, ValueError):
        return False


def invented_app_id() -> str | None:
    """The AppID of this folder's invented account; None where it has none, or another one is
    configured. Raises SettingsError."""
    if _is_configured({}) or not ACCOUNT_FILE.exists():
        return None
    return _invented_account()["app_id"]


def page_of_dev() -> str | None:
    """The URL at which the `wxevents dev` that runs in this folder shows the phone; None if none
    runs."""
    try:
        return PAGE_FILE.read_text("utf-8").strip()
    except FileNotFoundError:
        return None


def _is_configured(options: Mapping[str, Any]) -> bool:
    """Whether anything of an account is."""
    configured, _ = gather(Path(), os.environ, options)
    return any(name in configured for name in _ACCOUNT_FIELDS)


def _invented_account() -> dict[str, str]:
    try:
        if not ACCOUNT_FILE.exists():
            _invent()
        account = tomllib.loads(ACCOUNT_FILE.read_text("utf-8"))
        return {name: str(account[name]) for name in _ACCOUNT_FIELDS}
    except (OSError, KeyError, ValueError) as error:
        raise SettingsError(
            f"{ACCOUNT_FILE} cannot be used ({type(error).__name__}: {error}); remove it and a new "
            "one is invented, or configure an account: WXEVENTS_TOKEN and the others"
        ) from error


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
    draft = ACCOUNT_FILE.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text("".join(lines), "utf-8")
    draft.replace(ACCOUNT_FILE)  # whole or not at all: two commands may start together

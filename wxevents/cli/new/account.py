"""The account's values for `.env`: given, asked for, and held against the rules of Settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import typer

from wxevents.cli.new.asking import ask
from wxevents.errors import SettingsError
from wxevents.settings import PREFIX, Settings

# wxevents, Compose and systemd read .env, and take apart spaces, quotes, #, $ and \ in three ways.
# What the platform issues has none of them.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.=+/-]*")

# Each with the question for it and whether it is a secret; the mode decides about the others.
_QUESTIONS: Final = {
    "mode": ("Mode: plain, compatible or safe", False),
    "app_id": ("AppID", False),
    "token": ("Token", True),
    "encoding_aes_key": ("EncodingAESKey", True),
    "app_secret": ("AppSecret (Enter for none: then no menus and no late answers)", True),
}


def account_values(given: Mapping[str, str], folder: Path, may_ask: bool) -> dict[str, str]:
    """The values to write, under the names of the settings: those `given`, and on a terminal the
    missing ones; none where the user has none. `folder` is that of the project, which has no
    settings yet. Raises SettingsError for what `wxevents run` would not start with."""
    values = {name: value.strip() for name, value in given.items() if value.strip()}
    if may_ask and not values:
        may_ask = typer.confirm("Write the values of an account into .env now?", err=True)
    if not values and not may_ask:
        return {}
    for name in values:
        _require_fitting(name, values, folder)
    if may_ask:
        _ask_for_the_rest(values, folder)
    values.setdefault("mode", Settings.model_fields["mode"].default)
    Settings.load(folder, {}, **values)
    return values


def _ask_for_the_rest(values: dict[str, str], folder: Path) -> None:
    for name, (question, is_secret) in _QUESTIONS.items():
        if name in values or (name == "encoding_aes_key" and values["mode"] == "plain"):
            continue

        def fault(answer: str, name: str = name) -> str | None:
            try:
                _require_fitting(name, values | {name: answer}, folder)
            except SettingsError as error:
                return str(error)
            return None

        default = Settings.model_fields["mode"].default if name == "mode" else ""
        values[name] = ask(question, fault, default=default, is_secret=is_secret)


def _require_fitting(name: str, values: Mapping[str, str], folder: Path) -> None:
    """Raise SettingsError for this one value, whatever is missing beside it."""
    if not _PLAIN.fullmatch(values[name]):
        raise SettingsError(
            f"{PREFIX}{name.upper()}: the platform's have letters, digits and _ . = + / - only"
        )
    complete = {"app_id": "x", "token": "x", "encoding_aes_key": "x" * 43}
    given = {one: values[one] for one in (name, "mode") if one in values}
    Settings.load(folder, {}, **{**complete, **given})

"""The settings as far as they can be read: one that is wrong must not hide all others."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import ValidationError

from wxevents.settings import PREFIX, Settings, faults_of, gather

SECRETS: Final = frozenset(name for name, one in Settings.model_fields.items() if not one.repr)
"""The settings that are shown to nobody; of the store's URL, the password alone."""

# Valid, and of no use: what needs one of them is skipped, as it is among the faults.
_STAND_INS: Final = {"token": "none", "encoding_aes_key": "A" * 43, "app_id": "none"}


@dataclass(frozen=True)
class Configured:
    """`settings` holds what is good, and the default, or a stand-in, for what is not; `faults` has
    the sentences on those, and on files that cannot be read, by name. `secrets` are shown to
    nobody, whoever repeats them."""

    settings: Settings
    origins: Mapping[str, str]
    faults: Mapping[str, str]
    secrets: frozenset[str] = field(repr=False)
    sources_of_secrets: frozenset[str]

    def lacks(self, *names: str) -> str:
        """Why what needs these settings cannot be looked at; "" if it can."""
        for name in names:
            if name in self.faults:
                return f"{PREFIX}{name.upper()} has to be mended first"
            if not getattr(self.settings, name):
                return f"{PREFIX}{name.upper()} is not set"
        return ""

    @property
    def unknown(self) -> Mapping[str, str]:
        """The faults that belong to no setting: files, and names that are none."""
        known = Settings.model_fields
        return {name: sentence for name, sentence in self.faults.items() if name not in known}


def read_settings(options: Mapping[str, Any]) -> Configured:
    """What `wxevents run` would read in this folder. Raises nothing."""
    faults: dict[str, str] = {}
    values, origins = gather(Path(), os.environ, options, faults)
    secrets = {name: _secrets(name, values.get(name)) for name in SECRETS}
    told = frozenset(secret for found in secrets.values() for secret in found)
    sources = frozenset(origins[name] for name, found in secrets.items() if found)
    # Each round takes out what is wrong; what several have together shows when each is good.
    for _ in Settings.model_fields:
        try:
            settings = Settings.model_validate(values)
        except ValidationError as error:
            for name, sentence in faults_of(error, origins):
                wrong = name or _first_variable(sentence)
                faults.setdefault(wrong, sentence)
                values.pop(wrong, None)
                if wrong in _STAND_INS and (not name or wrong == "token"):
                    values[wrong] = _STAND_INS[wrong]
        else:
            break
    else:
        settings = Settings(token="none", mode="plain")
    return Configured(settings, origins, faults, told, sources)


def _first_variable(sentence: str) -> str:
    """The setting that a sentence on several together begins with."""
    return sentence.partition(" ")[0].removeprefix(PREFIX).lower()


def _secrets(name: str, value: object) -> list[str]:
    if not (isinstance(value, str) and value):
        return []
    if name != "store":
        return [value]
    try:
        parts = urlsplit(value)
        query = parse_qsl(parts.query)
    except ValueError:  # no URL at all
        return [value]
    found = [parts.password or "", *(text for key, text in query if "password" in key)]
    return [secret for one in found if one for secret in (one, unquote(one))]

"""Each setting with its source, and what is odd about it although it is valid."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from wxevents.cli.doctor.configured import SECRETS, Configured
from wxevents.cli.doctor.finding import Finding, good, mend, note
from wxevents.cli.doctor.oddities import oddities
from wxevents.settings import DOTENV_FILE, PREFIX, TOML_FILE, Settings


def settings(configured: Configured) -> Iterator[Finding]:
    """`settings` for what concerns them all, `settings.NAME` for each."""
    yield from _as_a_whole(configured)
    odd = oddities(configured.settings)
    for name in Settings.model_fields:
        check = f"settings.{name}"
        if name in configured.faults:
            yield mend(check, configured.faults[name])
            continue
        shown = f"{_shown(name, getattr(configured.settings, name))}{_source(name, configured)}"
        yield note(check, f"{shown}; {odd[name]}") if name in odd else good(check, shown)


def _as_a_whole(configured: Configured) -> Iterator[Finding]:
    check = "settings"
    for sentence in configured.unknown.values():
        yield mend(check, sentence)
    if not configured.origins:
        yield note(
            check,
            "nothing is configured in this folder; `wxevents dev` works all the same, with an "
            "account that it invents",
        )
    elif not configured.faults:
        yield good(check, f"complete, for the account {configured.settings.account}")
    for variable, meant in _misspelt():
        yield note(check, f"{variable} is no setting and is passed over; did you mean {meant}?")
    for file in _open_to_others(configured):
        mode = stat.S_IMODE(file.stat().st_mode)
        yield note(
            check,
            f"{file} holds secrets, and other users of this machine can read it (mode {mode:o}); "
            f"`chmod 600 {file}`",
        )


def _shown(name: str, value: Any) -> str:
    if value in ("", None):
        return "not set"
    if name == "store":
        scheme, slashes, rest = str(value).partition("://")
        if "@" not in rest and "?" not in rest:
            return str(value)
        return f"{scheme}{slashes}…{rest.rpartition('@')[2].partition('?')[0]}"
    if name in SECRETS:
        return f"set ({len(str(value))} characters)"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _source(name: str, configured: Configured) -> str:
    origin = configured.origins.get(name)
    if origin:
        return f", from {origin}"
    return "" if getattr(configured.settings, name) in ("", None) else ", the default"


def _misspelt() -> Iterator[tuple[str, str]]:
    """Variables of the environment that are nearly one of ours. Further ones with our prefix may
    belong to other programs."""
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    known += [f"{name}_FILE" for name in known]
    for variable in sorted(os.environ):
        if variable.startswith(PREFIX) and variable not in known:
            near = difflib.get_close_matches(variable, known, n=1, cutoff=0.8)
            if near:
                yield variable, near[0]


_OTHERS: Final = stat.S_IRGRP | stat.S_IROTH


def _open_to_others(configured: Configured) -> Iterator[Path]:
    """The files with secrets in them that are not their owner's alone."""
    if os.name == "nt":
        return  # its modes tell nothing of who may read
    for file in (Path(DOTENV_FILE), Path(TOML_FILE)):
        if str(file) in configured.sources_of_secrets and file.stat().st_mode & _OTHERS:
            yield file

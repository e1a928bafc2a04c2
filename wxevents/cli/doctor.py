"""`wxevents doctor`: one line for everything that may be wrong, with its cure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import typer

from wxevents.cli.account import store_settings
from wxevents.cli.options import FAILED
from wxevents.cli.printing import Json, print_json
from wxevents.clock import SystemClock
from wxevents.errors import SettingsError, StoreError
from wxevents.settings import Settings
from wxevents.store import open_store, sqlite_path


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and the sentence on it. `mend` makes the exit code 1."""

    check: str
    state: Literal["good", "note", "mend"]
    sentence: str


def doctor(*, json: Json = False, options: Mapping[str, Any]) -> None:
    """Look at the settings and at the store that they name, and say what to mend. Exit code 1 if
    something must be.

    It looks into the store also while servers use it, and is none of the processes that share it.
    """
    findings = asyncio.run(_examine(options))
    if json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            typer.echo(f"{finding.state:4}  {finding.check}: {finding.sentence}")
    if any(finding.state == "mend" for finding in findings):
        raise typer.Exit(FAILED)


async def _examine(options: Mapping[str, Any]) -> list[Finding]:
    try:
        settings = store_settings(options)
    except SettingsError as error:
        return [Finding("settings", "mend", line) for line in str(error).splitlines()]
    good = Finding("settings", "good", f"complete for the account {settings.account}")
    return [good, *[finding async for finding in _store(settings)]]


async def _store(settings: Settings) -> AsyncIterator[Finding]:
    """Whether the store opens, and whether it keeps what is acknowledged."""
    try:
        store = open_store(settings.store, settings.account, SystemClock())
        if not store.is_lasting:
            sentence = "memory:// forgets with its process what was acknowledged and not answered"
            yield Finding("store", "note", sentence)
            return
        path = sqlite_path(settings.store)
        if path and not path.exists():
            yield Finding("store", "note", "there is no file yet; the server makes it")
            return
        async with store.inbox():
            weaknesses = await store.weaknesses()
    except (SettingsError, StoreError) as error:
        yield Finding("store", "mend", str(error))
        return
    for weakness in weaknesses:
        yield Finding("store", "mend", weakness)
    if not weaknesses:
        yield Finding("store", "good", "opens, and keeps what is acknowledged")

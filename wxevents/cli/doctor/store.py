"""Whether the store opens, and keeps what is acknowledged."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from wxevents.cli.doctor.configured import Configured
from wxevents.cli.doctor.finding import Finding, good, mend, note, skipped
from wxevents.clock import Clock
from wxevents.errors import SettingsError, StoreError
from wxevents.store import open_store, sqlite_path

_CHECK: Final = "store"


async def store(configured: Configured, clock: Clock) -> AsyncIterator[Finding]:
    """Looks into the inbox alone, also while servers use it: who opens a store becomes one of the
    processes that share it, and takes over what the dead among them held."""
    if "store" in configured.faults:
        yield skipped(_CHECK, configured.lacks("store"))
        return
    settings = configured.settings
    try:
        opened = open_store(settings.store, settings.account, clock)
        if not opened.is_lasting:
            sentence = "memory:// forgets with its process what was acknowledged and not answered"
            yield note(_CHECK, sentence)
            return
        path = sqlite_path(settings.store)
        if path and not path.exists():
            yield _not_there_yet(path)
            for weakness in await opened.weaknesses():
                yield mend(_CHECK, weakness)
            return
        async with opened.inbox():
            weaknesses = await opened.weaknesses()
    except (SettingsError, StoreError) as error:
        yield mend(_CHECK, str(error))
        return
    for weakness in weaknesses:
        yield mend(_CHECK, weakness)
    if not weaknesses:
        yield good(_CHECK, "opens, and keeps what is acknowledged")


def _not_there_yet(path: Path) -> Finding:
    """The server makes the file, and the folders above it; if it can."""
    above = next(folder for folder in path.absolute().parents if folder.exists())
    if above.is_dir() and os.access(above, os.W_OK):
        return note(_CHECK, "there is no file yet; the server makes it")
    return mend(
        _CHECK,
        f"there is no {path}, and it cannot be made: {above} is no folder that this user may write "
        "to; let this user write there, or name another place with WXEVENTS_STORE",
    )

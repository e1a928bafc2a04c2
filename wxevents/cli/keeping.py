"""The emulated platform's state in a file: read at the start, written as it changes."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from wxevents.emulator import Emulator

log: Final = logging.getLogger(__name__)

# Seconds in which changes are gathered: whoever is killed loses no more than that.
_GATHERED: Final = 0.2


def load_state(emulator: Emulator, path: Path) -> None:
    """Go on with what is in the file. Raises OSError, ValueError and RecursionError for what cannot
    be read, before anything is changed."""
    emulator.restore(json.loads(path.read_text("utf-8")))


def save_state(emulator: Emulator, path: Path) -> None:
    """Write the file whole or not at all. Raises OSError, ValueError."""
    draft = path.with_name(f"{path.name}.draft")
    draft.write_text(json.dumps(emulator.save(), ensure_ascii=False), "utf-8")
    draft.replace(path)


@asynccontextmanager
async def kept_in(emulator: Emulator, path: Path) -> AsyncIterator[None]:
    """Write the state after every change, and at the end."""
    writing = asyncio.create_task(_write_changes(emulator, path))
    try:
        yield
    finally:
        writing.cancel()
        await asyncio.wait((writing,))
        _write(emulator, path)


async def _write_changes(emulator: Emulator, path: Path) -> None:
    with emulator.account.feed.listen() as news:
        while True:
            await news.get()
            await asyncio.sleep(_GATHERED)
            while not news.empty():
                news.get_nowait()
            _write(emulator, path)


def _write(emulator: Emulator, path: Path) -> None:
    try:
        save_state(emulator, path)
    except (OSError, ValueError) as error:
        log.warning("the phone's state was not kept in %s: %s", path, error)

"""The emulated platform's state in a file: read at the start, written as it changes."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

from wxevents.emulator import Emulator

log: Final = logging.getLogger(__name__)

# Seconds in which changes are gathered: whoever is killed loses no more than that.
_GATHERED: Final = 0.2

_Write: TypeAlias = Callable[[], asyncio.Future[None]]


class StateError(Exception):
    """A file of a state that cannot be read or written, as a sentence."""


def load_state(emulator: Emulator, path: Path) -> None:
    """Go on with what is in the file, if there is one. Raises StateError, before anything is
    changed."""
    try:
        emulator.restore(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return
    except (OSError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).splitlines()[:3])
        raise StateError(f"{path} cannot be read: {reason}") from error


@asynccontextmanager
async def kept_in(emulator: Emulator, path: Path) -> AsyncIterator[None]:
    """Write the state after every change, and at the end; the emulator goes on meanwhile. A failure
    on the way is logged, at the end it raises StateError."""
    # One thread: each writing begins when the one before has ended.
    with ThreadPoolExecutor(1) as thread, emulator.account.feed.alterations() as altered:

        def write() -> asyncio.Future[None]:
            loop = asyncio.get_running_loop()
            return loop.run_in_executor(thread, _write, emulator.saving(), path)

        writing = asyncio.create_task(_write_changes(altered, write))
        try:
            yield
        finally:
            writing.cancel()
            await asyncio.wait((writing,))
            await write()


async def _write_changes(altered: asyncio.Event, write: _Write) -> None:
    while True:
        await altered.wait()
        await asyncio.sleep(_GATHERED)
        altered.clear()
        try:
            await write()
        except StateError as error:
            log.warning("%s", error)


def _write(saving: Callable[[], Mapping[str, Any]], path: Path) -> None:
    """The file whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
    try:
        draft.write_text(json.dumps(saving(), ensure_ascii=False), "utf-8")
        draft.replace(path)
    except (OSError, ValueError) as error:
        raise StateError(f"{path} cannot be written: {error}; it is as it was before") from error

"""One bound socket and a process that serves it, started anew when the code changes.

This is the reloader of `wxevents dev`. It is given the bound socket, and the process inherits it:
taps that arrive while that is being replaced wait in the socket's queue instead of being refused.
"""

from __future__ import annotations

import logging
import os
import socket
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from watchfiles import Change, DefaultFilter, watch

from wxevents.processes import Serve, spawn

log: Final = logging.getLogger(__name__)

# Milliseconds between two looks at whether the process still lives.
_LOOK_AFTER: Final = 1_000

# Seconds that a process gets to end by itself; its handlers get less.
_PATIENCE: Final = 5.0


class SourceFilter(DefaultFilter):
    """Python files, the files that settings come from, and folders that come or go."""

    # What is kept in there changes while the bot runs.
    ignore_dirs = (*DefaultFilter.ignore_dirs, ".wxevents")

    def __call__(self, change: Change, path: str) -> bool:
        name = Path(path).name
        file = name.endswith((".py", ".toml")) or name == ".env"
        folder = "." not in name and change is not Change.modified
        return (file or folder) and super().__call__(change, path)


def reload_on_change(serve: Serve, sock: socket.socket, directories: list[Path]) -> None:
    """Run `serve(sock)` in a process of its own, and anew after every change below `directories`,
    until SIGINT. `serve` must be something that can be pickled.

    A process that ends by itself, say on a syntax error, is started again with the next change.
    """
    process, lifeline = _start(serve, sock)
    try:
        watching = watch(
            *directories,
            watch_filter=SourceFilter(),
            raise_interrupt=False,
            yield_on_timeout=True,
            rust_timeout=_LOOK_AFTER,
        )
        for changes in watching:
            ended = not process.is_alive()
            if not (changes or ended):
                continue
            _stop(process, lifeline)
            # Said now: whoever has read it gets no more answers of the old process.
            if changes:
                names = sorted({os.path.relpath(path) for _, path in changes})
                log.info("reloading: %s changed", ", ".join(names))
            else:
                log.error("the process ended by itself (%s), starting anew", process.exitcode)
            process, lifeline = _start(serve, sock)
    finally:
        _stop(process, lifeline)


def _start(serve: Serve, sock: socket.socket) -> tuple[BaseProcess, Connection]:
    return spawn(serve, sock, "wxevents", _PATIENCE)


def _stop(process: BaseProcess, lifeline: Connection) -> None:
    """Ask the process to finish what it is doing; end it if it does not, say in a blocked loop.
    One that does not listen yet has nothing to finish."""
    listens = not lifeline.closed and lifeline.poll()  # closed: Ctrl-C came in between
    lifeline.close()
    if not listens:
        process.terminate()
    process.join(_PATIENCE)
    for insist in (process.terminate, process.kill):
        if process.is_alive():
            log.warning("the process does not end by itself: ending it")
            insist()
            process.join(1)

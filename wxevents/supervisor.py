"""One bound socket and a process that serves it, started anew when the code changes.

The supervisor binds; the process inherits. Taps that arrive while it is being replaced wait in the
socket's queue instead of being refused.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from watchfiles import Change, DefaultFilter, watch

log: Final = logging.getLogger(__name__)

# Spawned on every system, so that a reloaded process never sees the old modules.
_context: Final = multiprocessing.get_context("spawn")

# Seconds that a process gets to end by itself; its handlers get less.
_PATIENCE: Final = 5.0

Serve = Callable[[socket.socket], None]


class SourceFilter(DefaultFilter):
    """Python files and the files that settings come from."""

    def __call__(self, change: Change, path: str) -> bool:
        name = Path(path).name
        relevant = name.endswith((".py", ".toml")) or name == ".env"
        return relevant and super().__call__(change, path)


def reload_on_change(serve: Serve, sock: socket.socket, directories: list[Path]) -> None:
    """Run `serve(sock)` in a process of its own, and anew after every change below `directories`,
    until SIGINT. `serve` must be something that can be pickled.

    A process that ends by itself, say on a syntax error, is started again with the next change.
    """
    process, lifeline = _start(serve, sock)
    try:
        for changes in watch(*directories, watch_filter=SourceFilter(), raise_interrupt=False):
            names = sorted({os.path.relpath(path) for _, path in changes})
            log.info("reloading: %s changed", ", ".join(names))
            _stop(process, lifeline)
            process, lifeline = _start(serve, sock)
    finally:
        _stop(process, lifeline)


def _start(serve: Serve, sock: socket.socket) -> tuple[BaseProcess, Connection]:
    ours, theirs = _context.Pipe()
    process = _context.Process(target=_serve, args=(serve, sock, theirs), name="wxevents")
    process.start()
    theirs.close()
    return process, ours


def _stop(process: BaseProcess, lifeline: Connection) -> None:
    """Ask the process to finish what it is doing; end it if it does not, say in a blocked loop."""
    lifeline.close()
    process.join(_PATIENCE)
    for insist in (process.terminate, process.kill):
        if process.is_alive():
            log.warning("the process does not end by itself: ending it")
            insist()
            process.join(1)


def _serve(serve: Serve, sock: socket.socket, lifeline: Connection) -> None:
    """Runs in the new process."""
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    with suppress(KeyboardInterrupt):  # told to end before the server took the signal over
        serve(sock)


def _end_with(lifeline: Connection) -> None:
    """End this process gently when the supervisor closes its end, or dies."""
    try:
        lifeline.recv()
    except (EOFError, OSError):
        # Works on Windows as well, where there is no SIGTERM to another process.
        signal.raise_signal(signal.SIGINT)

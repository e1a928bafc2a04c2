"""A server in a process of its own: spawned with the bound socket, it never outlives the process
that spawned it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final, TypeAlias

from wxevents.stopping import StopRequest

Serve: TypeAlias = Callable[[socket.socket, StopRequest], None]
"""Serves on a socket until the request is made; something that can be pickled."""

# Spawned on every system, so that a new process never sees the old modules.
_context: Final = multiprocessing.get_context("spawn")

# What a process tells when it listens.
_LISTENING: Final = "listening"


def spawn(
    serve: Serve, sock: socket.socket, name: str, patience: float
) -> tuple[BaseProcess, Connection]:
    """Run `serve(sock)` in a process of that name.

    The connection is its lifeline: the process sends something when it listens, and stops when the
    other end is closed, or is gone with the process that held it; at the latest 2 × `patience`
    seconds later.
    """
    ours, theirs = _context.Pipe()
    process = _context.Process(target=_serve, args=(serve, sock, theirs, patience), name=name)
    if sys.platform != "win32":
        with _without_signals_of_a_terminal():  # it starts with the first process, and unblocks
            resource_tracker.ensure_running()
    with _without_signals_of_a_terminal():
        process.start()
    theirs.close()
    return process, ours


# What a terminal sends to the supervisor and its processes at once is the supervisor's to answer. A
# process that is still importing would answer it with a traceback, or die.
if sys.platform == "win32":

    @contextmanager
    def _without_signals_of_a_terminal() -> Iterator[None]:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _pass_over_signals_of_a_terminal() -> None:
        pass

    def _pass_nothing_on() -> None:
        pass

else:
    _OF_A_TERMINAL: Final = (signal.SIGINT, signal.SIGHUP)

    @contextmanager
    def _without_signals_of_a_terminal() -> Iterator[None]:
        """Blocked, which processes inherit, rather than ignored: here they arrive afterwards."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _OF_A_TERMINAL)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _pass_over_signals_of_a_terminal() -> None:
        for number in _OF_A_TERMINAL:
            # Not SIG_IGN, which programs that the bot starts would inherit.
            signal.signal(number, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _OF_A_TERMINAL)

    def _pass_nothing_on() -> None:
        """What this process got is inheritable, as it had to be. A program that a handler starts
        with os.system would hold the ports, and the pipe whose end tells that this process died."""
        with suppress(OSError):
            for file in Path("/dev/fd").iterdir():
                if int(file.name) > 2:
                    with suppress(OSError):  # the one of the listing itself
                        os.set_inheritable(int(file.name), False)


def _serve(serve: Serve, sock: socket.socket, lifeline: Connection, patience: float) -> None:
    """Runs in the new process."""
    _pass_nothing_on()
    _pass_over_signals_of_a_terminal()

    def tell_that_it_listens() -> None:
        with suppress(OSError):  # the supervisor has gone meanwhile
            lifeline.send(_LISTENING)

    stop_request = StopRequest(tell_that_it_listens)
    threading.Thread(target=_end_with, args=(lifeline, stop_request, patience), daemon=True).start()
    with suppress(KeyboardInterrupt):  # from a terminal, when the server has given the signal back
        serve(sock, stop_request)


def _end_with(lifeline: Connection, stop_request: StopRequest, patience: float) -> None:
    """End this process gently when the supervisor closes its end, or dies; a signal would be lost
    while modules are imported, and Windows has none."""
    with suppress(EOFError, OSError):
        lifeline.recv()
    stop_request.make()
    threading.Event().wait(2 * patience)
    os._exit(1)  # nobody is left who could insist

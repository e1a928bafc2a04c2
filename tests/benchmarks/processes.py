"""Servers as processes of their own, from the start until nobody listens any more."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from tests.benchmarks import cores
from tests.benchmarks.account import Mode
from tests.benchmarks.contenders import Contender

START_TIMEOUT: Final = 60.0


class StartFailed(Exception):
    """A server ended, or did not listen in time; with what it wrote."""


class Server(NamedTuple):
    contender: Contender
    port: int
    pid: int


@contextmanager
def running(contender: Contender, mode: Mode, core: int = cores.SERVER) -> Iterator[Server]:
    """The server, listening, on its core. Raises StartFailed."""
    port = _free_port()
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        # Pinned by inheritance: a process pinned later has threads that are elsewhere already.
        with cores.on(core):
            process = subprocess.Popen(
                contender.command(mode, port),
                env={**os.environ, **contender.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            if not _listens(process, port):
                output.seek(0)
                raise StartFailed(f"{contender.name} does not start:\n{output.read()[-3000:]}")
            yield Server(contender, port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    give_up_at = time.monotonic() + START_TIMEOUT
    while process.poll() is None and time.monotonic() < give_up_at:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.05)
    return False

"""Requests at a fixed rate: the next is due whether the last was answered or not.

A latency counts from the moment a request was due, so a server that falls behind cannot hide it
by slowing down the generator.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from tests.benchmarks.load import PATIENCE, Connection
from tests.benchmarks.processes import Server
from tests.benchmarks.pushes import Click

CONNECTIONS: Final = 32


class Timed(NamedTuple):
    """One answered request."""

    click: Click
    answer: bytes
    seconds: float


class _Worker(Connection):
    """Sends what it is given, one at a time, and is idle in between."""

    def __init__(self, idle: list[_Worker], timed: list[Timed]) -> None:
        super().__init__()
        self._idle = idle
        self._timed = timed

    def send(self, click: Click, due: float) -> None:
        self._sent, self._due = click, due
        self.transport.write(click.wire)

    def on_answer(self, answer: bytes) -> None:
        self._timed.append(Timed(self._sent, answer, time.perf_counter() - self._due))
        self._idle.append(self)


async def open_loop(
    server: Server, clicks: Sequence[Click], rate: int, connections: int = CONNECTIONS
) -> list[Timed]:
    """Send all of them, evenly spaced. Raises ConnectionError if answers are missing."""
    loop = asyncio.get_running_loop()
    idle: list[_Worker] = []
    timed: list[Timed] = []
    workers = []
    for _ in range(connections):
        _, worker = await loop.create_connection(
            lambda: _Worker(idle, timed), "127.0.0.1", server.port
        )
        workers.append(worker)
    idle.extend(workers)
    gc.disable()
    try:
        started = time.perf_counter()
        for number, click in enumerate(clicks):
            due = started + number / rate
            # Turning round instead of sleeping: a timer of the loop is late by up to 1 ms, which
            # is more than an answer takes. The generator has a core of its own for it.
            while time.perf_counter() < due or not idle:
                await _turn(due)
            idle.pop().send(click, due)
        ended = time.perf_counter()
        while len(timed) < len(clicks):
            await _turn(ended)
    finally:
        gc.enable()
        for worker in workers:
            worker.transport.close()
    return timed


async def _turn(due: float) -> None:
    if time.perf_counter() - due > PATIENCE:
        raise ConnectionError(f"no answer within {PATIENCE:g} s")
    await asyncio.sleep(0)

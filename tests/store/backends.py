"""The stores that the tests run against: made in one way for the tests and for other processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from wxevents.clock import SystemClock
from wxevents.store import MemoryStore, Store
from wxevents.store.redis import LEASE_SECONDS, RedisStore
from wxevents.store.sqlite import SqliteStore

ALL: Final = ("memory", "sqlite", "sqlite-shared", "redis")
SHARED: Final = ("sqlite-shared", "redis")
"""Where two stores are as two processes would be; of the others there is one store only."""

LASTING: Final = ("sqlite", "redis")


def make_store(kind: str, where: str, app_id: str, lease: float = LEASE_SECONDS) -> Store:
    """A store that is not open yet; `where` is the URL or the path."""
    if kind == "redis":
        return RedisStore(where, app_id, SystemClock(), lease=lease)
    if kind.startswith("sqlite"):
        return SqliteStore(Path(where), app_id)
    return MemoryStore()


class Stores:
    """Opens stores of one kind on the same data, and closes them with the test."""

    def __init__(self, kind: str, where: str) -> None:
        self.kind = kind
        self.where = where
        self.app_id = f"wx{uuid.uuid4().hex[:12]}"
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    def make(self, *, where: str = "", lease: float = LEASE_SECONDS) -> Store:
        return make_store(self.kind, where or self.where, self.app_id, lease)

    async def open(self, *, where: str = "", lease: float = LEASE_SECONDS) -> Store:
        return await self._open.enter_async_context(self.make(where=where, lease=lease))

    async def pair(self) -> tuple[Store, Store]:
        one = await self.open()
        return one, await self.open() if self.kind in SHARED else one

    def process(self, lease: float = LEASE_SECONDS) -> Process:
        return Process("tests.store.holder", self.kind, self.where, self.app_id, str(lease))


class Process:
    """Another Python process, which ends with the test; it is talked to by lines."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.signal(signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def says(self) -> str:
        """Its next line; "" if it has ended."""
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def tell(self, line: str = "") -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

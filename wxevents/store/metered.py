"""A store whose operations are measured."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Self, TypeVar

from wxevents.errors import LeaseLost, StoreError
from wxevents.observe import Meter
from wxevents.store.entry import Entry, State
from wxevents.store.protocol import Backlog, Claim, Inbox, Store

T = TypeVar("T")


class MeteredStore:
    """Another store, with a word to the meter after each operation, but for `wait`, which takes as
    long as others work."""

    def __init__(self, store: Store, meter: Meter) -> None:
        self._store = store
        self._meter = meter

    @property
    def is_lasting(self) -> bool:
        return self._store.is_lasting

    async def __aenter__(self) -> Self:
        await self._store.__aenter__()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._store.__aexit__(*exception)

    async def claim(self, name: str) -> Claim:
        return await self._measured("claim", self._store.claim(name))

    async def settle(self, name: str, answer: str) -> str:
        return await self._measured("settle", self._store.settle(name, answer))

    async def release(self, name: str) -> None:
        await self._measured("release", self._store.release(name))

    async def wait(self, name: str) -> str | None:
        return await self._store.wait(name)

    async def keep(self, entry: Entry) -> Entry | None:
        return await self._measured("keep", self._store.keep(entry))

    async def save(self, entry: Entry) -> None:
        await self._measured("save", self._store.save(entry))

    async def take(self, limit: int) -> Sequence[Entry]:
        return await self._measured("take", self._store.take(limit))

    async def entries(self, *, states: Iterable[State] = (), identity: str = "") -> Sequence[Entry]:
        return await self._store.entries(states=states, identity=identity)

    async def backlog(self) -> Backlog:
        return await self._measured("backlog", self._store.backlog())

    async def replay(self, identity: str) -> bool:
        return await self._store.replay(identity)

    async def remove(self, identity: str) -> bool:
        return await self._store.remove(identity)

    def inbox(self) -> AbstractAsyncContextManager[Inbox]:
        return self._store.inbox()

    async def get(self, name: str) -> str | None:
        return await self._measured("get", self._store.get(name))

    async def put(self, name: str, value: str, seconds: float, holding: str = "") -> None:
        await self._measured("put", self._store.put(name, value, seconds, holding))

    async def weaknesses(self) -> Sequence[str]:
        return await self._store.weaknesses()

    async def _measured(self, operation: str, work: Awaitable[T]) -> T:
        started = time.perf_counter()
        failed = False
        try:
            return await work
        except LeaseLost:  # an answer like any other
            raise
        except StoreError:
            failed = True
            raise
        finally:
            self._meter.stored(operation, time.perf_counter() - started, failed)

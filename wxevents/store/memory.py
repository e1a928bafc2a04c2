"""A store that forgets with its process: for tests, and for bots whose answers are never late."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import ClassVar, Self

from wxevents.clock import Clock, SystemClock
from wxevents.errors import LeaseLost
from wxevents.store.entry import OPEN, STATES, Entry, State
from wxevents.store.holds import Holds
from wxevents.store.protocol import Backlog, Claim, Inbox, backlog_of


class MemoryStore:
    """`memory://`. What is acknowledged and not answered is lost with the process."""

    is_lasting: ClassVar[bool] = False

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._holds = Holds(self._clock)
        self._inbox: dict[str, Entry] = {}
        self._values: dict[str, tuple[str, float]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None: ...

    async def claim(self, name: str) -> Claim:
        return self._holds.claim(name)

    async def settle(self, name: str, answer: str) -> str:
        return self._holds.settle(name, answer)

    async def release(self, name: str) -> None:
        self._holds.release(name)

    async def wait(self, name: str) -> str | None:
        return await self._holds.wait(name)

    async def keep(self, entry: Entry) -> Entry | None:
        if entry.identity in self._inbox:
            return None
        entry = entry.changed(fence=1, updated=self._clock.time())
        self._inbox[entry.identity] = entry
        return entry

    async def save(self, entry: Entry) -> None:
        known = self._inbox.get(entry.identity)
        if known is None or known.fence != entry.fence or known.state == "pending":
            raise LeaseLost(entry.identity)
        self._inbox[entry.identity] = entry.changed(updated=self._clock.time())
        if entry.state not in OPEN:
            self._forget_ended()

    async def take(self, limit: int) -> Sequence[Entry]:
        free = [entry for entry in self._inbox.values() if entry.state == "pending"]
        free.sort(key=lambda entry: entry.received)
        taken = [entry.taken() for entry in free[:limit]]
        self._inbox |= {entry.identity: entry for entry in taken}
        return taken

    async def entries(self, *, states: Iterable[State] = (), identity: str = "") -> Sequence[Entry]:
        wanted = tuple(states)
        found = [
            entry
            for entry in self._inbox.values()
            if (not wanted or entry.state in wanted) and identity in ("", entry.identity)
        ]
        return sorted(found, key=lambda entry: entry.received)

    async def backlog(self) -> Backlog:
        return backlog_of(
            (state, len(received), min(received))
            for state in STATES
            if (received := [one.received for one in self._inbox.values() if one.state == state])
        )

    async def replay(self, identity: str) -> bool:
        entry = self._inbox.get(identity)
        if entry is None or entry.state in OPEN:
            return False
        self._inbox[identity] = entry.as_new()
        return True

    async def remove(self, identity: str) -> bool:
        entry = self._inbox.get(identity)
        if entry is None or entry.state in OPEN:
            return False
        del self._inbox[identity]
        return True

    def inbox(self) -> AbstractAsyncContextManager[Inbox]:
        return self

    async def get(self, name: str) -> str | None:
        value, until = self._values.get(name, ("", 0.0))
        return value if self._clock.monotonic() < until else None

    async def put(self, name: str, value: str, seconds: float, holding: str = "") -> None:
        if holding and holding not in self._holds:
            raise LeaseLost(holding)
        self._values.pop(name, None)
        self._forget_old_values()
        if seconds > 0:
            self._values[name] = value, self._clock.monotonic() + seconds

    def _forget_old_values(self) -> None:
        """Look at two for every one that comes, in turn."""
        now = self._clock.monotonic()
        for name in list(itertools.islice(self._values, 2)):
            value, until = self._values.pop(name)
            if now < until:
                self._values[name] = value, until

    def _forget_ended(self) -> None:
        """Those that ended first stand first, near enough; a few at a time."""
        now = self._clock.time()
        for entry in list(itertools.islice(self._inbox.values(), 10)):
            if entry.state not in OPEN and now > entry.updated + entry.kept_for:
                del self._inbox[entry.identity]

    async def weaknesses(self) -> Sequence[str]:
        return ()  # its name says it

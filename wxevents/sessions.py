"""Sessions in the store: a small state for each user, in the hands of one handler at a time."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from wxevents.clock import Clock
from wxevents.routing import Step
from wxevents.store import Store, leased

_EMPTY: Final[dict[str, Any]] = {"data": {}, "step": None, "until": 0.0}


class _State:
    """One user's session while a handler has it."""

    def __init__(self, keeper: Sessions, openid: str, lease: str, identity: str, kept: Any) -> None:
        self._keeper = keeper
        self._openid = openid
        self._lease = lease
        self._identity = identity
        self._before = {name: kept[name] for name in _EMPTY}
        self._written_last = self._before
        self._data: dict[str, Any] = dict(kept["data"])
        self._written: dict[str, Callable[[], Any]] = {}
        self._renewals: list[Callable[[], None]] = []
        self.step: Step | None = keeper.step_in(kept)
        self.timeout = max(0.0, kept["until"] - keeper.clock.time())

    def data(self, kind: str) -> Any:
        return self._data.get(kind)

    def keep(self, kind: str, written: Callable[[], Any], renew: Callable[[], None]) -> None:
        self._written[kind] = written
        self._renewals.append(renew)

    def forget(self) -> None:
        self._data, self.step = {}, None
        for renew in self._renewals:
            renew()

    async def save(self) -> None:
        data = self._data | {kind: written() for kind, written in self._written.items()}
        data = {kind: value for kind, value in data.items() if value not in ({}, None)}
        until = self._keeper.clock.time() + self.timeout if self.step else 0.0
        content = {"data": data, "step": self.step, "until": until}
        known = self._written_last
        if data == known["data"] and self.step is None and self._keeper.step_in(known) is None:
            return
        written = content | {"by": self._identity, "before": self._before}
        await self._keeper.write(self._openid, written, self._lease)
        self._written_last = content


class Sessions:
    """The sessions of one account; `lifetime` is in seconds from the last change."""

    def __init__(self, store: Store, clock: Clock, lifetime: float) -> None:
        self.clock = clock
        self._store = store
        self._lifetime = lifetime

    @asynccontextmanager
    async def opened(self, openid: str, identity: str) -> AsyncIterator[_State]:
        async with leased(self._store, _name(openid)) as lease:
            kept = await self._read(openid)
            if kept.get("by") == identity:
                # An earlier run got so far as to write, but perhaps not to its answer.
                kept = kept["before"]
            yield _State(self, openid, lease, identity, kept)

    async def step_of(self, openid: str) -> Step | None:
        return self.step_in(await self._read(openid))

    def step_in(self, kept: Any) -> Step | None:
        """The step of what was kept, unless it is over."""
        if not kept["step"] or kept["until"] <= self.clock.time():
            return None
        return Step(*kept["step"])

    async def write(self, openid: str, content: Any, lease: str) -> None:
        """Keep this of the user, as long as the lease is held."""
        empty = not content["data"] and not content["step"]
        # What is empty is kept for a moment: a second run of its push finds what was before it.
        seconds = 60.0 if empty else self._lifetime
        await self._store.put(_name(openid), json.dumps(content), seconds, holding=lease)

    async def _read(self, openid: str) -> Any:
        text = await self._store.get(_name(openid))
        return json.loads(text) if text else _EMPTY


def _name(openid: str) -> str:
    return f"session:{openid}"

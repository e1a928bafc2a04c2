"""The store for several machines: a Redis server, 6.2 or later, or a master that Sentinels name.

Exclusion is decided on the server, in scripts (see redis_scripts). A process tells three times in a
lease that it lives; one that has not is dead to the others, who take over what it held. If it was
merely paused, it learns that it lost a thing when it wants to write: every write is fenced.
"""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from time import monotonic
from typing import ClassVar, Final, Self

from wxevents.clock import Clock, SystemClock
from wxevents.errors import LeaseLost, StoreError
from wxevents.store import redis_scripts as scripts
from wxevents.store.entry import Entry, State
from wxevents.store.protocol import LEASE_PREFIX, RETENTION, Backlog, Claim, Inbox
from wxevents.store.redis_address import Address
from wxevents.store.redis_durability import refuse_old_server, weaknesses
from wxevents.store.redis_heart import Heart
from wxevents.store.redis_inbox import RedisInbox
from wxevents.store.redis_link import Doubts, Link
from wxevents.store.redis_wakes import Wakes

LEASE_SECONDS: Final = 10.0
"""Seconds after its last sign of life that a process is dead to the others."""

# Longer than the platform delivers a push (15 s), and an answer is kept behind that.
_PUSH_HELD: Final = 2 * RETENTION
# A lease lasts as long as its holder; this only sees to it that none stays for ever.
_LEASES_LAST: Final = 60
# Seconds after the end of a life that was not prolonged, to see that it has ended.
_MARGIN: Final = 0.02


class RedisStore:
    """`redis://`, `rediss://`, `unix://`, `redis+sentinel://`, `rediss+sentinel://`: see Address.

    Its keys begin with `wxevents:{app_id}:`, so that in a cluster all of an account lie together.
    """

    is_lasting: ClassVar[bool] = True

    def __init__(
        self, url: str, app_id: str, clock: Clock | None = None, *, lease: float = LEASE_SECONDS
    ) -> None:
        self._address = Address(url)
        self._prefix = f"wxevents:{{{app_id or '-'}}}"
        self._lease = lease
        self._me = uuid.uuid4().hex
        self._channel, self._processes = self._key("settled"), self._key("processes")
        # The names that this process holds: the token of the claim, and when it was made.
        self._held: dict[str, tuple[str, float]] = {}
        self._link = Link(self._address)
        self._doubts = Doubts(lease / 10)
        self._wakes = Wakes(self._link.client, self._channel, lease / 3)
        self._inbox = RedisInbox(
            self._link, self._doubts, self._key, self._me, lease, clock or SystemClock()
        )
        self._heart = Heart(
            self._address,
            self._me,
            lease,
            (self._processes, self._key("work")),
            self._inbox.messages,
            self._leases,
            _LEASES_LAST * lease,
        )
        self._open = AsyncExitStack()

    def __repr__(self) -> str:
        return f"<RedisStore {self._address.shown}>"

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            opening.push_async_callback(self._link.close)
            await refuse_old_server(self._address, self._link)
            await self._heart.start()
            opening.push_async_callback(self._leave)
            opening.push_async_callback(self._heart.stop)
            self._wakes.start()
            opening.push_async_callback(self._wakes.stop)
            opening.push_async_callback(self._doubts.close)
            self._open = opening.pop_all()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._open.aclose()

    async def claim(self, name: str) -> Claim:
        self._forget_old_holds()
        token = uuid.uuid4().hex
        lasts = _LEASES_LAST * self._lease if name.startswith(LEASE_PREFIX) else _PUSH_HELD
        with self._doubts.unless_done(name, token, lambda: self._free(name, token)):
            mine, answer, age, runs = await self._link.run(
                scripts.CLAIM,
                (self._key("hold", name), self._processes, self._key("entry", name)),
                *(self._me, token, self._doubts.tokens(name), round(lasts * 1000)),
            )
        if mine:
            self._held[name] = token, monotonic()
        return Claim(bool(mine), answer, max(0, age) / 1000, runs)

    async def settle(self, name: str, answer: str) -> str:
        settled: str = await self._link.run(
            scripts.SETTLE,
            (self._key("hold", name),),
            *(answer, round(RETENTION * 1000), self._channel, name),
        )
        self._held.pop(name, None)
        self._wakes.wake(name)
        return settled

    async def release(self, name: str) -> None:
        token, _ = self._held.pop(name, ("", 0.0))
        if not token:
            return
        with self._doubts.unless_done(name, token, lambda: self._free(name, token)):
            await self._free(name, token)
        self._wakes.wake(name)

    async def wait(self, name: str) -> str | None:
        keys = self._key("hold", name), self._processes
        with self._wakes.waiting(name) as woken:
            while True:
                woken.clear()
                answer: str | None
                answer, life_left = await self._link.run(
                    scripts.LOOK, keys, self._me, round(self._lease * 1000)
                )
                if answer is not None or life_left <= 0:
                    return answer
                # Its holder may die without a word: looked at when it should have given a sign.
                with suppress(TimeoutError):
                    async with asyncio.timeout(life_left / 1000 + _MARGIN):
                        await woken.wait()

    async def keep(self, entry: Entry) -> Entry | None:
        return await self._inbox.keep(entry)

    async def save(self, entry: Entry) -> None:
        await self._inbox.save(entry)

    async def take(self, limit: int) -> Sequence[Entry]:
        return await self._inbox.take(limit) if self._heart.is_steady else ()

    async def entries(self, *, states: Iterable[State] = (), identity: str = "") -> Sequence[Entry]:
        return await self._inbox.entries(states=states, identity=identity)

    async def backlog(self) -> Backlog:
        return await self._inbox.backlog()

    async def replay(self, identity: str) -> bool:
        return await self._inbox.replay(identity)

    async def remove(self, identity: str) -> bool:
        return await self._inbox.remove(identity)

    @asynccontextmanager
    async def inbox(self) -> AsyncIterator[Inbox]:
        try:
            await refuse_old_server(self._address, self._link)
            yield self._inbox
        finally:
            await self._link.close()

    async def get(self, name: str) -> str | None:
        value: str | None = await self._link.command("GET", self._key("value", name))
        return value

    async def put(self, name: str, value: str, seconds: float, holding: str = "") -> None:
        key = self._key("value", name)
        lasts = max(1, round(seconds * 1000)) if seconds > 0 else 0
        if holding:
            token, _ = self._held.get(holding, ("", 0.0))
            keys = key, self._key("hold", holding)
            if not (token and await self._link.run(scripts.PUT, keys, token, value, lasts)):
                raise LeaseLost(holding)
        elif lasts:
            await self._link.command("SET", key, value, "PX", lasts)
        else:
            await self._link.command("DEL", key)

    async def weaknesses(self) -> Sequence[str]:
        return await weaknesses(self._address, self._link)

    def _key(self, kind: str, name: str = "") -> str:
        return f"{self._prefix}:{kind}:{name}" if name else f"{self._prefix}:{kind}"

    def _leases(self) -> list[str]:
        """The keys of the leases that this process holds; called on the heart's thread."""
        return [
            self._key("hold", name) for name in list(self._held) if name.startswith(LEASE_PREFIX)
        ]

    def _forget_old_holds(self) -> None:
        """Of pushes that were neither settled nor released; the oldest stand first."""
        now = monotonic()
        for name, (_, since) in list(itertools.islice(self._held.items(), 5)):
            if not name.startswith(LEASE_PREFIX) and now > since + _PUSH_HELD:
                del self._held[name]

    async def _free(self, name: str, token: str) -> None:
        key = self._key("hold", name)
        await self._link.run(scripts.RELEASE, (key,), token, self._channel, name)

    async def _leave(self) -> None:
        """Tell the others, so that they take over at once what is left."""
        with suppress(StoreError):
            await self._link.run(scripts.LEAVE, (self._processes,), self._me, self._channel)

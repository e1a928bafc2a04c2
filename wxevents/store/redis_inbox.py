"""The inbox in Redis: a hash for each entry, and a stream whose consumers work at them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from wxevents.clock import Clock
from wxevents.errors import LeaseLost
from wxevents.store import redis_scripts as scripts
from wxevents.store.entry import OPEN, STATES, Entry, State
from wxevents.store.protocol import Backlog, backlog_of
from wxevents.store.redis_link import Doubts, Link

_AT_ONCE: Final = 500


class RedisInbox:
    """One account's inbox; `me` is the name of this process in it, `key` makes keys of names."""

    def __init__(
        self,
        link: Link,
        doubts: Doubts,
        key: Callable[..., str],
        me: str,
        lease: float,
        clock: Clock,
    ) -> None:
        self._link = link
        self._doubts = doubts
        self._key = key
        self._me = me
        self._lease = round(lease * 1000)
        self._clock = clock
        self._stream, self._processes = key("work"), key("processes")
        self._open, self._ended = key("open"), key("ended")
        self._messages: dict[str, str] = {}

    def messages(self) -> list[str]:
        """The messages that tell what this process works at; may be called on any thread."""
        return list(self._messages.values())

    async def keep(self, entry: Entry) -> Entry | None:
        entry = entry.changed(fence=1, updated=self._clock.time())
        keys = self._key("entry", entry.identity), self._stream, self._open
        token = uuid.uuid4().hex
        with self._doubts.unless_done(
            entry.identity,
            token,
            lambda: self._link.run(scripts.FORGET, keys, token, entry.identity),
        ):
            message = await self._link.run(
                scripts.KEEP,
                keys,
                *(self._me, token, self._doubts.tokens(entry.identity), entry.identity),
                *(entry.state, entry.received, entry.to_json()),
            )
        if message is None:
            return None
        self._messages[entry.identity] = message
        return entry

    async def save(self, entry: Entry) -> None:
        entry = entry.changed(updated=self._clock.time())
        message = await self._link.run(
            scripts.SAVE,
            (self._key("entry", entry.identity), self._stream, self._open, self._ended),
            *(self._me, uuid.uuid4().hex, entry.identity, entry.fence, entry.state),
            *(entry.to_json(), entry.received, round(entry.kept_for * 1000)),
        )
        if message is None or entry.state not in ("running", "late"):
            self._messages.pop(entry.identity, None)
        if message is None:
            raise LeaseLost(entry.identity)

    async def take(self, limit: int) -> Sequence[Entry]:
        gathered = await self._link.run(
            scripts.GATHER, (self._stream, self._processes), self._me, self._lease, limit
        )
        held = set(self._messages.values())  # not renewed in time, and nobody else took them
        found = [one for one in gathered if one[0] not in held]
        if not found:
            return ()
        entries = await self._read([identity for _, identity, _ in found])
        keys, args = [self._stream, self._processes], [self._me, uuid.uuid4().hex]
        ours = [entry.taken() if entry else None for entry in entries]
        for (message, identity, idle), entry, mine in zip(found, entries, ours, strict=True):
            keys.append(self._key("entry", identity))
            args += [message, str(idle)]
            # Where there is no entry any more, the script removes the message.
            args += [str(entry.fence), mine.state, mine.to_json()] if entry and mine else [""] * 3
        done = await self._link.run(scripts.TAKE, keys, *args)
        taken = []
        for (message, identity, _), mine, success in zip(found, ours, done, strict=True):
            if mine and success:
                self._messages[identity] = message
                taken.append(mine)
        return sorted(taken, key=lambda entry: entry.received)

    async def entries(self, *, states: Iterable[State] = (), identity: str = "") -> Sequence[Entry]:
        wanted = tuple(states)
        identities = [identity] if identity else await self._identities(wanted)
        found: list[Entry] = []
        for some in _parts(identities):
            found += [
                entry
                for entry in await self._read(some)
                if entry and (not wanted or entry.state in wanted)
            ]
        return sorted(found, key=lambda entry: entry.received)

    async def backlog(self) -> Backlog:
        counts: Counter[str] = Counter()
        for some in _parts(await self._identities(STATES)):
            counts.update(await self._states(some))
        oldest = await self._link.command("ZRANGE", self._open, 0, 0, "WITHSCORES")
        received = float(oldest[-1]) if oldest else self._clock.time()
        return backlog_of((state, counts[state], received) for state in STATES if counts[state])

    async def replay(self, identity: str) -> bool:
        (entry,) = await self._read([identity])
        if entry is None or entry.state in OPEN:
            return False
        fresh = entry.as_new()
        done = await self._link.run(
            scripts.REPLAY,
            (self._key("entry", identity), self._stream, self._open, self._ended),
            *(uuid.uuid4().hex, identity, entry.fence, fresh.fence),
            *(fresh.to_json(), fresh.received),
        )
        return bool(done)

    async def remove(self, identity: str) -> bool:
        keys = self._key("entry", identity), self._ended
        return bool(await self._link.run(scripts.REMOVE, keys, identity, repeat=False))

    async def _identities(self, states: Sequence[State]) -> list[str]:
        indexes = []
        if not states or any(state in OPEN for state in states):
            indexes.append(self._open)
        if not states or any(state not in OPEN for state in states):
            indexes.append(self._ended)
        identities: dict[str, None] = {}  # an entry may go from one to the other in between
        for index in indexes:
            listed: list[str] = await self._link.command("ZRANGE", index, 0, -1)
            identities |= dict.fromkeys(listed)
        return list(identities)

    async def _states(self, identities: Sequence[str]) -> list[str]:
        async def read() -> list[str | None]:
            async with self._link.client.pipeline(transaction=False) as pipeline:
                for identity in identities:
                    pipeline.hget(self._key("entry", identity), "state")
                states: list[str | None] = await pipeline.execute()
                return states

        return [state for state in await self._link.do(read) if state]

    async def _read(self, identities: Sequence[str]) -> list[Entry | None]:
        async def read() -> list[list[str | None]]:
            async with self._link.client.pipeline(transaction=False) as pipeline:
                for identity in identities:
                    pipeline.hmget(self._key("entry", identity), ["state", "fence", "content"])
                rows: list[list[str | None]] = await pipeline.execute()
                return rows

        rows = await self._link.do(read)
        return [_entry(identity, row) for identity, row in zip(identities, rows, strict=True)]


def _entry(identity: str, row: Sequence[str | None]) -> Entry | None:
    state, fence, content = row
    if state is None or fence is None or content is None:
        return None
    return Entry.from_json(content, identity=identity, state=state, fence=int(fence))  # type: ignore[arg-type]


def _parts(identities: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(identities), _AT_ONCE):
        yield identities[start : start + _AT_ONCE]

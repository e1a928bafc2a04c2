"""What every store can do. Three kinds of state, with the least that each of them needs:

- holds: who works at what, for a minute; lost with the machine, as they need exclusion and no disk;
- the inbox: pushes that were acknowledged before their answer; on disk before `keep` returns;
- values: sessions and tokens; on disk before `put` returns.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, NamedTuple, Protocol, Self

from wxevents.errors import StoreError
from wxevents.store.entry import OPEN, STATES, Entry, State

log: Final = logging.getLogger(__name__)

# The last delivery of a push ends about 15 s after the first; a minute is what the field keeps.
RETENTION: Final = 60.0


class Claim(NamedTuple):
    """What came of a claim: `mine`, or somebody's `answer`, or neither while another one holds it.

    `age` is the seconds since the name was first claimed, `runs` how many claims came to nothing
    since their holder died.
    """

    mine: bool
    answer: str | None = None
    age: float = 0.0
    runs: int = 0


class Backlog(NamedTuple):
    """How much an inbox holds: entries by state, each state named, and when the oldest of those was
    received that are not done (seconds since the epoch), None if there is none."""

    entries: Mapping[State, int]
    oldest: float | None


def backlog_of(found: Iterable[tuple[State, int, float]]) -> Backlog:
    """The backlog of what was found: a state, how many entries are in it, and when the oldest of
    them was received."""
    entries: dict[State, int] = dict.fromkeys(STATES, 0)
    oldest: list[float] = []
    for state, number, received in found:
        entries[state] = number
        if state in OPEN:
            oldest.append(received)
    return Backlog(entries, min(oldest, default=None))


class Inbox(Protocol):
    """What of a store can be looked into, and put right, without being one of the processes that
    share it."""

    async def entries(self, *, states: Iterable[State] = (), identity: str = "") -> Sequence[Entry]:
        """What the inbox holds, in these states or all, or the one with this identity; the oldest
        first."""
        ...

    async def backlog(self) -> Backlog:
        """How much it holds, without reading it all."""
        ...

    async def replay(self, identity: str) -> bool:
        """Make an entry pending that is done or dead, as if it had never run; False if there is
        none."""
        ...

    async def remove(self, identity: str) -> bool:
        """Forget an entry that is done or dead; False if there is none."""
        ...


class Store(Inbox, Protocol):
    """The state of one account, shared by all processes that work for it.

    `async with store:` opens and closes it. All that is written may raise StoreError: nothing was
    changed then. A process that dies, or cannot be reached for as long as a lease lasts, loses what
    it holds to whoever asks next.
    """

    @property
    def is_lasting(self) -> bool:
        """Whether it outlives its process."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *exception: object) -> None: ...

    # -- holds

    async def claim(self, name: str) -> Claim:
        """Hold a name, unless another holds it or it was settled within the last minute.

        A push that its holder kept in the inbox before he died counts as settled with "": it was
        acknowledged, or will be, and goes on from there.
        """
        ...

    async def settle(self, name: str, answer: str) -> str:
        """Fix the answer that everybody gets who claims the name or waits for it, and end the hold.
        The first one counts: gives the one that does."""
        ...

    async def release(self, name: str) -> None:
        """End a hold without an answer: the name is free again."""
        ...

    async def wait(self, name: str) -> str | None:
        """Wait until the name is settled, and give the answer; None as soon as it is free, say
        because its holder died."""
        ...

    # -- the inbox

    async def keep(self, entry: Entry) -> Entry | None:
        """Put a push into the inbox, held by this process; None if it is there already."""
        ...

    async def save(self, entry: Entry) -> None:
        """Write a changed entry. One that is `pending` is held by nobody from then on. Raises
        LeaseLost if another process has taken it over."""
        ...

    async def take(self, limit: int) -> Sequence[Entry]:
        """Hold up to so many open entries whose holder is gone, the oldest first."""
        ...

    def inbox(self) -> AbstractAsyncContextManager[Inbox]:
        """The inbox alone, instead of opening the store; for whoever works at nothing."""
        ...

    # -- values

    async def get(self, name: str) -> str | None:
        """The value of that name, None if there is none or its time is over."""
        ...

    async def put(self, name: str, value: str, seconds: float, holding: str = "") -> None:
        """Keep a value for so many seconds; 0 or less removes it. Raises LeaseLost if this process
        no longer holds the name `holding`, where one is given."""
        ...

    # -- what it promises

    async def weaknesses(self) -> Sequence[str]:
        """Sentences on how this store, as it is set up, may lose what was acknowledged."""
        ...


LEASE_PREFIX: Final = "lease:"
"""How the names of holds begin that last as long as they are needed; all others are of pushes, and
forgotten after a minute or two."""


@asynccontextmanager
async def leased(store: Store, name: str) -> AsyncIterator[str]:
    """Hold a name that nobody settles, waiting for whoever holds it; gives what `put` wants to know
    as `holding`."""
    name = f"{LEASE_PREFIX}{name}"
    while not (await store.claim(name)).mine:
        await store.wait(name)
    try:
        yield name
    finally:
        await let_go(store, name)


async def let_go(store: Store, name: str) -> None:
    """Release a name where nothing can be done about a failure: the store frees it sooner or
    later."""
    try:
        await store.release(name)
    except StoreError as error:
        log.warning("%s was not released: %s", name, error)

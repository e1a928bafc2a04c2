"""The default store: two SQLite files, shared by the processes of one machine.

As long as a process is alone with them, what it holds is in its memory. The first other one that
comes makes it write that down, and from then on claims are made in the file; answers stay with the
process that gave them, which the others ask. Who dies frees the lock on its file at once, and
whoever looks next takes over what it held.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar, Final, Self
from urllib.parse import quote

from wxevents.clock import Clock, SystemClock
from wxevents.errors import LeaseLost, StoreError
from wxevents.store.claims import Claims
from wxevents.store.entry import Entry, State
from wxevents.store.file_systems import mounts, network_file_system
from wxevents.store.holds import MINE, Holds
from wxevents.store.inbox import SqliteInbox
from wxevents.store.peers import PeerGone, Peers, Question
from wxevents.store.protocol import LEASE_PREFIX, Backlog, Claim, Inbox

log: Final = logging.getLogger(__name__)

# Seconds in which a process that was alone so far has to answer one that comes.
_ANNOUNCED_WITHIN: Final = 20.0


class SqliteStore:
    """`sqlite:///relative/path`, `sqlite:////absolute/path`: the file of the inbox, which
    several accounts may share; beside it for each account a file of claims, and a folder that tells
    which processes use them."""

    is_lasting: ClassVar[bool] = True

    def __init__(self, path: Path, app_id: str, clock: Clock | None = None) -> None:
        self._path = path.absolute()
        self._clock = clock or SystemClock()
        self._holds = Holds(self._clock)
        own = quote(app_id, safe="")
        self._folder = Path(f"{self._path}-{own}.processes")
        self._peers = Peers(self._folder, self._respond)
        self._inbox = SqliteInbox(self._path, app_id, self._peers.me, self._clock)
        self._claims = Claims(Path(f"{self._path}-{own}.claims"), self._holds)
        self._shared = False
        # Pushes acknowledged by processes that had died before this one started. What they held may
        # have been in their memory, and the platform may not have got the acknowledgement.
        self._acknowledged: set[str] = set()
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            try:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                async with await self._peers.gate():
                    await self._come_in()
            except OSError as error:
                raise StoreError(
                    f"the store {self._path} cannot be opened: {error.strerror}; let this user "
                    "write to its folder, or name another with WXEVENTS_STORE"
                ) from error
            opening.push_async_callback(self._go)
            await self._inbox.open()
            opening.push_async_callback(self._inbox.close)
            self._acknowledged = await self._inbox.left_by_the_dead(self._peers.is_alive)
            self._open = opening.pop_all()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._open.aclose()

    async def claim(self, name: str) -> Claim:
        if name in self._acknowledged:
            return Claim(mine=False, answer=await self.settle(name, ""))
        if not self._shared:
            return self._holds.claim(name)
        if name in self._holds:
            return self._holds.claim(name)
        holding = await self._claims.claim(name, self._peers.me)
        if holding.new:
            return MINE
        if holding.holder == self._peers.me:  # another task of this process was quicker
            return self._holds.claim(name)
        age = max(0.0, self._clock.monotonic() - holding.since)
        if holding.answer is not None:
            return Claim(mine=False, answer=holding.answer, age=age)
        if self._peers.is_alive(holding.holder):
            return Claim(mine=False, age=age)
        if not name.startswith(LEASE_PREFIX) and await self._inbox.entries(identity=name):
            # Its holder had acknowledged it: it goes on from the inbox.
            return Claim(mine=False, answer=await self.settle(name, ""), age=age)
        if self._claims.take_over(name, self._peers.me, holding.holder):
            self._holds.claim(name)
            return Claim(mine=True, age=age, runs=holding.runs + 1)
        return Claim(mine=False, age=age)

    async def settle(self, name: str, answer: str) -> str:
        if not self._shared or name in self._holds:
            return self._holds.settle(name, answer)
        holding = await self._claims.claim(name, self._peers.me)
        if holding.answer is not None:
            return holding.answer
        if holding.holder == self._peers.me:
            return self._holds.settle(name, answer)
        try:
            settled: str = await self._peers.ask(
                holding.holder, {"do": "settle", "name": name, "answer": answer}
            )
        except PeerGone:
            return self._claims.settle(name, answer)
        return settled

    async def release(self, name: str) -> None:
        # What is settled stays, for the others to ask about.
        try:
            if self._shared and name in self._holds:
                self._claims.release(name, self._peers.me)
        finally:
            # A row that stays is released by whoever asks this process for it.
            self._holds.release(name)

    async def wait(self, name: str) -> str | None:
        if not self._shared or name in self._holds:
            return await self._holds.wait(name)
        holding = self._claims.find(name)
        if holding is None:
            return None
        if holding.answer is not None:
            return holding.answer
        if holding.holder == self._peers.me:
            return await self._holds.wait(name)
        try:
            answer: str | None = await self._peers.ask(holding.holder, {"do": "wait", "name": name})
        except PeerGone:  # it may have left its answers
            left = self._claims.find(name)
            return left.answer if left else None
        return answer

    async def keep(self, entry: Entry) -> Entry | None:
        return await self._inbox.keep(entry)

    async def save(self, entry: Entry) -> None:
        await self._inbox.save(entry)

    async def take(self, limit: int) -> Sequence[Entry]:
        return await self._inbox.take(limit, self._peers.is_alive)

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
        # Whoever only looks must not make a file where there is none.
        if not self._path.exists():
            raise StoreError(
                f"there is no {self._path} yet: a server makes it when it starts, below the folder "
                "that it is started in unless WXEVENTS_STORE names an absolute path"
            )
        await self._inbox.open()
        try:
            yield self._inbox
        finally:
            await self._inbox.close()

    async def get(self, name: str) -> str | None:
        return await self._inbox.get(name)

    async def put(self, name: str, value: str, seconds: float, holding: str = "") -> None:
        if holding and holding not in self._holds:
            raise LeaseLost(holding)
        await self._inbox.put(name, value, seconds)

    async def weaknesses(self) -> Sequence[str]:
        kind = network_file_system(self._path.parent, mounts())
        if not kind:
            return ()
        return (
            f"{self._path} lies on a network file system ({kind}), which may lose acknowledged "
            "events and break the locks between processes; name a file on a disk of this machine "
            "with WXEVENTS_STORE, or Redis for several machines",
        )

    async def _come_in(self) -> None:
        """Behind the gate: be seen, and see whether others are there."""
        async with AsyncExitStack() as failing:
            failing.push_async_callback(self._peers.leave)
            await self._peers.enter()
            others = self._peers.others()
            self._claims.open(alone=not others)
            failing.callback(self._claims.close)
            if others:
                self._shared = True
                await self._announce([one for one in others if not self._peers.shares(one)])
                self._peers.note_sharing()
            else:
                for name, answer, until in self._claims.answers():
                    self._holds.remember(name, answer, until)
            failing.pop_all()

    async def _announce(self, others: Sequence[str]) -> None:
        """Make the others write down what they hold."""
        try:
            async with asyncio.timeout(_ANNOUNCED_WITHIN):
                await asyncio.gather(*(self._share_with(other) for other in others))
        except TimeoutError:
            raise StoreError(
                f"a process that uses {self._path} does not answer, its event loop is blocked: "
                "end it, or wait until its handler goes on"
            ) from None

    async def _share_with(self, other: str) -> None:
        try:
            await self._peers.ask(other, {"do": "share"})
        except PeerGone:
            log.info("a process that used the store as well has just ended")

    async def _go(self) -> None:
        """Leave what was answered in the last minute to who comes next, or stays."""
        async with await self._peers.gate():
            try:
                self._claims.publish(self._peers.me, (), self._holds.answers())
            except StoreError as error:
                log.warning("the answers of the last minute are forgotten: %s", error)
            await self._peers.leave()
            self._claims.close()

    async def _respond(self, question: Question) -> Any:
        """What this process tells another one."""
        if question["do"] == "share":
            if not self._shared:
                held, answers = self._holds.held(), self._holds.answers()
                self._claims.publish(self._peers.me, held, answers)
                self._shared = True
                self._peers.note_sharing()
            return True
        if question["do"] == "settle":
            return self._holds.settle(question["name"], question["answer"])
        name = question["name"]
        answer = await self._holds.wait(name)
        if answer is None and name not in self._holds:
            self._claims.release(name, self._peers.me)  # a row that should not be there any more
        return answer

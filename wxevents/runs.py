"""One run of a push: its deliveries wait for it, it is kept if it takes too long, and all get one
answer."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Coroutine
from typing import Any, Final, Protocol

from wxevents.clock import Clock, sleep
from wxevents.errors import StoreError
from wxevents.observe import PushTrace
from wxevents.routing import LatePolicy, Placeholder, Push
from wxevents.store import Entry, Store

log: Final = logging.getLogger(__name__)

# Behind the last delivery (10 s after the first) nobody waits for an answer any more.
DELIVERIES_END: Final = 16.0
# What a commit to the inbox gets before the last delivery has to be answered with the apology.
COMMIT_LIMIT: Final = 0.3
# Seconds between two attempts of what the store could not do.
STORE_PAUSE: Final = 1.0
# Seconds between two looks whether a middleware has let the push go on to its handler.
_LOOK_AGAIN: Final = 0.05


class Job(Protocol):
    """One push, as the bot knows it. Answers are rendered, "" for nothing to say. `policy` is what
    becomes of the answer if it is late, unless the handler that is found has one of its own;
    `can_answer_later` is False where the user cannot be told anything later."""

    policy: LatePolicy
    can_answer_later: bool

    async def work(self, run: Run) -> None:
        """Handle the push, and settle the run."""
        ...

    def apology(self) -> str:
        """What the user reads if there is no answer, "" where nothing may be answered."""
        ...

    def placeholder(self, text: str) -> str:
        """What the user reads meanwhile, "" where nothing may be answered."""
        ...

    def entry(self, push: Push) -> Entry:
        """The push as the inbox keeps it."""
        ...

    def acknowledged(self) -> None:
        """The push is in the inbox, and the platform has been answered without its answer."""
        ...

    def trace(self, push: Push, seconds: float) -> PushTrace:
        """What log lines tell of it; `seconds` is its age."""
        ...


class Run:
    """A push whose handler runs here, or in another process; `answer` is None until every delivery
    can have it. `entry` is its place in the inbox, once it was acknowledged before its answer."""

    __slots__ = (
        "_clock",
        "_commit",
        "_ready",
        "_settling",
        "_store",
        "_waiting",
        "answer",
        "entry",
        "first_seen",
        "here",
        "is_elsewhere",
        "job",
        "push",
        "task",
    )

    def __init__(
        self, identity: str, job: Job, store: Store, clock: Clock, deadline: float
    ) -> None:
        self.first_seen = clock.monotonic()
        self.job = job
        due = self.first_seen + deadline
        self.push = Push(identity, clock, due, job.policy, self.follow)
        self.answer: str | None = None
        self.entry: Entry | None = None
        self.here = False
        self.is_elsewhere = False  # in the inbox already, where others work at it
        self.task: asyncio.Task[None] | None = None
        self._store = store
        self._clock = clock
        self._commit: asyncio.Task[None] | None = None
        self._settling = False
        self._waiting: list[asyncio.Future[None]] = []

    async def settle(self, answer: str) -> bool:
        """Give all deliveries this answer; False if they have got another, the push being late."""
        if self._commit:
            self._ready.set()
            await asyncio.wait((self._commit,))
        self._settling = True
        if self.answer is None and self.entry is None:
            await self._share(answer)
            return self.answer == answer
        if self.answer is None:  # it was kept, and the store then failed: the inbox answers it
            await self._share(self.acknowledgement())
        return False

    async def keep(self, answer: str) -> bool:
        """Put the push into the inbox, then give all deliveries this answer, which acknowledges it;
        False if that came too late, or others work at it."""
        if self.answer is None:
            await asyncio.wait((self.commit(answer),))
        return self.entry is not None

    async def record(self) -> None:
        """Put the push into the inbox, and leave its deliveries waiting; `entry` stays None if
        others work at it. Raises StoreError."""
        if self.entry is None:
            entry = await self._store.keep(self.job.entry(self.push))
            self.entry = self.entry or entry  # a delivery may have asked for it meanwhile
            self.is_elsewhere = self.entry is None

    @property
    def is_committing(self) -> bool:
        """Whether the push is being put into the inbox, or was, with some acknowledgement."""
        return self._commit is not None

    def commit(self, answer: str) -> asyncio.Task[None]:
        """What `keep` does, in a task of its own: a delivery that is dropped does not end it."""
        if self._commit is None:
            self._ready = asyncio.Event()  # set when the answer is ready after all
            self._commit = spawn(self._kept(answer))
        return self._commit

    async def apologise(self) -> None:
        """Give the deliveries the apology, unless the push is answered meanwhile. They get it in
        time, however long a store or another process takes to hear of it."""
        apology = self.job.apology()
        sharing = spawn(self._share(apology))
        await asyncio.wait((sharing,), timeout=COMMIT_LIMIT)
        self.tell(apology)

    async def _share(self, answer: str) -> None:
        """Give this answer to all deliveries, here and elsewhere, unless they have got another. The
        deliveries that are here get it also if the others cannot be told."""
        try:
            answer = await self._store.settle(self.push.identity, answer)
        except StoreError as error:
            log.warning("%s is answered in this process alone: %s", self.push.identity, error)
        self.tell(answer)

    def acknowledgement(self) -> str:
        """What is answered if the answer itself is late."""
        policy = self.push.policy
        return self.job.placeholder(policy.text) if isinstance(policy, Placeholder) else ""

    def name(self) -> str:
        """What it is called in the log."""
        return self.push.handler or "a handler"

    def trace(self) -> PushTrace:
        return self.job.trace(self.push, self._clock.monotonic() - self.first_seen)

    @property
    def is_over(self) -> bool:
        """Whether the platform delivers the push no more."""
        return self._clock.monotonic() - self.first_seen > DELIVERIES_END

    async def wait(self, seconds: float) -> None:
        """Wait until there is an answer, at most so long."""
        if self.answer is not None:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        timer = self._clock.call_later(seconds, lambda: _wake(waiter))
        try:
            await waiter
        finally:
            timer.cancel()
            self._waiting.remove(waiter)

    def follow(self, policy: LatePolicy) -> None:
        """Act on the policy: the bot's when the run begins, the handler's when it is found."""
        if not self.job.can_answer_later:
            self.push.policy = "redelivery"
            return
        if not isinstance(policy, Placeholder):
            return
        if policy.after:
            self._clock.call_later(policy.after, self._give_placeholder)
        else:  # a handler that waits for nothing is done by then
            asyncio.get_running_loop().call_soon(self._give_placeholder)

    def _give_placeholder(self) -> None:
        if self.answer is not None or not isinstance(self.push.policy, Placeholder):
            return
        if self.push.handler is None:  # a middleware takes its time; the handler may want another
            self._clock.call_later(_LOOK_AGAIN, self._give_placeholder)
        else:
            self.commit(self.acknowledgement())

    async def _kept(self, answer: str) -> None:
        """Until it is done, or the deliveries are over, so that nothing is acknowledged that may be
        forgotten. Not while the answer itself is being given, to which the inbox would add another.
        """
        if self._settling:
            return
        told = False
        while self.answer is None and not (self._ready.is_set() or self.is_over):
            try:
                await self.record()
                self.push.late = True
                settled = await self._store.settle(self.push.identity, answer)
            except StoreError as error:
                if not told:
                    identity = self.push.identity
                    log.error("%s is not acknowledged yet: %s", identity, error)  # noqa: TRY400
                    told = True
                await self._pause()
            else:
                self.tell(settled)
                if self.entry:
                    self.job.acknowledged()

    async def _pause(self) -> None:
        """Wait before the next attempt to commit, or until it has become needless."""
        waits = [
            asyncio.create_task(sleep(STORE_PAUSE, self._clock)),
            asyncio.create_task(self._ready.wait()),
        ]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for one in waits:
            one.cancel()

    def tell(self, answer: str) -> None:
        """Let the deliveries have what was settled."""
        if self.answer is None:
            self.answer = answer
        for waiter in self._waiting:
            _wake(waiter)


def spawn(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task of its own, which takes its first steps at once where Python can do that."""
    loop = asyncio.get_running_loop()
    if sys.version_info >= (3, 12):
        return asyncio.Task(work, loop=loop, eager_start=True)
    return asyncio.Task(work, loop=loop)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)

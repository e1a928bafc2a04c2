"""The five seconds: one run of the handler per push, however often the platform delivers it.

The platform drops a delivery after 5 s and delivers again, three times in all; a late answer is
lost, but the answer to a later delivery counts. So a run belongs to the window and not to the
delivery that began it: deliveries of the same push join the run, and all get the same answer.

This window lives in one process and forgets with it.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeAlias

from wxevents.clock import Clock
from wxevents.routing import Push

log: Final = logging.getLogger(__name__)

# Protocol: the platform drops a delivery after 5 s; one more lets its clock run slow.
RELEASE_AFTER: Final = 6.0
LAST_DELIVERY: Final = 3
LAST_CHANCE_AFTER: Final = 9.0
# The last delivery ends about 15 s after the first; a minute is what the field keeps.
RETENTION: Final = 60.0
# What a cancelled handler gets to put its things in order.
CANCELLATION_LIMIT: Final = 1.0


Work: TypeAlias = Callable[[Push], Awaitable[str]]
"""Handles the push and gives the rendered answer, "" for nothing to say."""

Apology: TypeAlias = Callable[[], str]
"""Gives the rendered apology, "" where nothing may be answered."""


class _Run:
    """A push whose handler runs; `answer` is None until every delivery can have it."""

    __slots__ = ("answer", "apology", "first_seen", "push", "task", "waiting")

    def __init__(self, push: Push, apology: Apology, first_seen: float) -> None:
        self.push = push
        self.apology = apology
        self.first_seen = first_seen
        self.answer: str | None = None
        self.task: asyncio.Task[None] | None = None
        self.waiting: list[asyncio.Future[None]] = []

    def settle(self, answer: str) -> bool:
        """Fix what every delivery gets, and wake those that wait; False if it was fixed before."""
        if self.answer is not None:
            return False
        self.answer = answer
        for waiter in self.waiting:
            _wake(waiter)
        return True


class Window:
    """All pushes of one bot. `deadline` is in seconds from the arrival of a delivery."""

    def __init__(self, clock: Clock, deadline: float) -> None:
        self._clock = clock
        self._deadline = deadline
        self._runs: dict[str, _Run] = {}
        # Of a push that is done, only the answer is kept: a busy server holds many for a minute.
        self._answers: dict[str, str] = {}
        self._expiries: deque[tuple[float, str]] = deque()

    async def answer(self, identity: str, work: Work, apology: Apology) -> str:
        """The answer to one delivery of the push: the run's, or the apology if this was the last
        delivery and the run is not done. Cancelling a delivery does not touch the run."""
        now = self._clock.monotonic()
        self._forget_answers_until(now)
        if identity in self._answers:
            return self._answers[identity]
        run = self._runs.get(identity)
        if run is None:
            run = self._start(identity, work, apology, now)
            if run.answer is None:
                await asyncio.sleep(0)  # most handlers are done by then, and need no timer
        else:
            run.push.attempt += 1
        if run.answer is None:
            await self._wait(run, self._deadline)
        if run.answer is None:
            await self._redelivery(run)
        return run.answer or ""

    async def _redelivery(self, run: _Run) -> None:
        """The policy for late runs: leave this delivery unanswered, so that the platform delivers
        again and picks the answer up; with the last delivery, apologise.

        (Where the account may send customer-service messages, a later policy acknowledges here.)
        """
        arrived = self._clock.monotonic() - self._deadline
        last = run.push.attempt >= LAST_DELIVERY or arrived - run.first_seen >= LAST_CHANCE_AFTER
        if last:
            log.warning("%s is late; its user gets the apology", run.push.handler or "a handler")
            run.push.late = True
            run.settle(run.apology())
        else:
            await self._wait(run, RELEASE_AFTER - self._deadline)

    async def close(self, timeout: float) -> None:
        """Let running handlers finish for at most `timeout` seconds, then cancel them."""
        running = {run.task: run for run in self._runs.values() if run.task}
        if not running:
            return
        expired = asyncio.get_running_loop().create_future()
        timer = self._clock.call_later(timeout, lambda: _wake(expired))
        finished = asyncio.gather(*running, return_exceptions=True)
        await asyncio.wait((finished, expired), return_when=asyncio.FIRST_COMPLETED)
        timer.cancel()
        for task, run in running.items():
            if not task.done():
                log.warning("shutdown cancels %s", run.push.handler or "a handler")
                task.cancel()
        await asyncio.wait((finished,), timeout=CANCELLATION_LIMIT)
        for task, run in running.items():
            if not task.done():
                log.error("%s resists its cancellation", run.push.handler or "a handler")

    def _start(self, identity: str, work: Work, apology: Apology, now: float) -> _Run:
        run = _Run(Push(identity, self._clock, now + self._deadline), apology, now)
        self._runs[identity] = run
        run.task = _spawn(self._work(run, work))
        return run

    async def _work(self, run: _Run, work: Work) -> None:
        try:
            answer = await work(run.push)
            if not run.settle(answer):
                log.warning("%s finished too late, its answer is lost", run.push.handler)
        finally:
            if run.answer is None:  # it was cancelled: whoever waits must not wait in vain
                run.settle(run.apology())
            self._keep_answer(run)

    def _keep_answer(self, run: _Run) -> None:
        identity = run.push.identity
        del self._runs[identity]
        self._answers[identity] = run.answer or ""
        self._expiries.append((self._clock.monotonic() + RETENTION, identity))

    def _forget_answers_until(self, now: float) -> None:
        while self._expiries and self._expiries[0][0] <= now:
            del self._answers[self._expiries.popleft()[1]]

    async def _wait(self, run: _Run, seconds: float) -> None:
        """Wait until the run is settled, at most so long."""
        waiter = asyncio.get_running_loop().create_future()
        run.waiting.append(waiter)
        timer = self._clock.call_later(seconds, lambda: _wake(waiter))
        try:
            await waiter
        finally:
            timer.cancel()
            run.waiting.remove(waiter)


def _spawn(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task of its own, which takes its first steps at once where Python can do that."""
    loop = asyncio.get_running_loop()
    if sys.version_info >= (3, 12):
        return asyncio.Task(work, loop=loop, eager_start=True)
    return asyncio.Task(work, loop=loop)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)

"""The five seconds: one run of the handler per push, however often the platform delivers it.

The platform drops a delivery after 5 s and delivers again, three times in all; a late answer is
lost, but the answer to a later delivery counts. So a run belongs to the window and not to the
delivery that began it: deliveries of the same push join the run, and all get the same answer. Those
that reach another process are told by the store, which also sees to it that only one process runs
the handler.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from wxevents.clock import Clock, sleep
from wxevents.draining import drain
from wxevents.errors import StoreError
from wxevents.observe import NO_METER, Meter, current_push
from wxevents.runs import COMMIT_LIMIT, STORE_PAUSE, Job, Run, spawn
from wxevents.store import Claim, Store
from wxevents.timeout_budget import TimeoutBudget

log: Final = logging.getLogger(__name__)

# Protocol: the platform drops a delivery after 5 s; one more lets its clock run slow.
RELEASE_AFTER: Final = 6.0
LAST_DELIVERY: Final = 3
LAST_CHANCE_AFTER: Final = 9.0
# Rounds of the event loop that a handler takes which waits for nothing: one, and three more where
# its push is claimed among processes.
USUAL_ROUNDS: Final = 4


class Window:
    """All pushes of one bot. `deadline` is in seconds from the arrival of a delivery."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        deadline: float,
        timeouts: TimeoutBudget,
        meter: Meter = NO_METER,
    ) -> None:
        self._store = store
        self._clock = clock
        self._deadline = deadline
        self._timeouts = timeouts
        self._meter = meter
        self._runs: dict[str, Run] = {}

    async def answer(self, identity: str, job: Job) -> str:
        """The answer to one delivery of the push: the run's, or the apology if this was the last
        delivery and the run is not done. Cancelling a delivery does not touch the run."""
        run = self._runs.get(identity)
        if run is None:
            run = self._start(identity, job)
            for _ in range(USUAL_ROUNDS):  # most are done by then, and need no timer
                if run.answer is not None:
                    break
                await asyncio.sleep(0)
        else:
            run.push.attempt += 1
            self._meter.joined()
        if run.answer is None:
            await self._wait(run)
        return run.answer or ""

    async def _wait(self, run: Run) -> None:
        """Wait for the answer, and see to one that is overdue."""
        logged = current_push.set(run)
        try:
            await run.wait(self._deadline)
            if run.answer is None:
                self._meter.missed()
                await self._overdue(run)
        finally:
            current_push.reset(logged)

    async def _overdue(self, run: Run) -> None:
        """The deadline of a delivery has come: acknowledge it, or leave it unanswered, so that the
        platform delivers again and picks the answer up; with the last delivery, apologise."""
        arrived = self._clock.monotonic() - self._deadline
        last = run.push.attempt >= LAST_DELIVERY or arrived - run.first_seen >= LAST_CHANCE_AFTER
        if run.here and run.push.policy != "redelivery":
            run.commit(run.acknowledgement())
            await run.wait(COMMIT_LIMIT if last else RELEASE_AFTER - self._deadline)
        elif not last:
            # Those of runs elsewhere count, but only where it runs it is known what to let go.
            allowed = run.push.policy != "redelivery" or await self._timeouts.spend()
            if run.here and not allowed:
                await self._let_go(run)
            else:
                await run.wait(RELEASE_AFTER - self._deadline)
        if last and run.answer is None:
            log.warning("%s is late; its user gets the apology", run.name())
            run.push.late = True
            await run.apologise()

    async def _let_go(self, run: Run) -> None:
        """Acknowledge a push whose answer will be lost."""
        log.error(
            "%s is late, as so many were that the platform is near to a pause of all pushes; the "
            "push is acknowledged, and its answer will be lost",
            run.name(),
        )
        run.push.late = True
        await run.settle("")

    async def close(self, timeout: float) -> None:
        """Let running handlers finish for at most `timeout` seconds, then cancel them."""
        running = {run.task: run.name for run in self._runs.values() if run.task}
        await drain(running, timeout, self._clock)

    def _start(self, identity: str, job: Job) -> Run:
        run = Run(identity, job, self._store, self._clock, self._deadline)
        self._runs[identity] = run
        logged = current_push.set(run)
        run.task = spawn(self._work(run))
        current_push.reset(logged)
        return run

    async def _work(self, run: Run) -> None:
        try:
            claim = await self._claim(run)
            if claim is None:
                run.tell("")
            elif claim.answer is not None:
                self._meter.joined()
                run.tell(claim.answer)
            else:
                run.here = True
                run.push.run += claim.runs
                run.follow(run.push.policy)
                await run.job.work(run)
        finally:
            try:
                if run.answer is None:  # it was cancelled: whoever waits must not wait in vain
                    await run.apologise()
            finally:
                run.push.end()
                del self._runs[run.push.identity]

    async def _claim(self, run: Run) -> Claim | None:
        """The push as ours, or with the answer that another process gave; None if the deliveries
        are over without either."""
        identity = run.push.identity
        told = False  # once is enough: many may wait, and try again each second
        while True:
            try:
                claim = await self._store.claim(identity)
                if claim.age:
                    run.first_seen = min(run.first_seen, self._clock.monotonic() - claim.age)
                if claim.mine or claim.answer is not None:
                    return claim
                answer = await self._store.wait(identity)
                if answer is not None:
                    return Claim(mine=False, answer=answer)
            except StoreError as error:
                if not told:
                    log.error("%s waits for the store: %s", identity, error)  # noqa: TRY400
                    told = True
                await sleep(STORE_PAUSE, self._clock)
            if run.answer is not None or run.is_over:
                return None

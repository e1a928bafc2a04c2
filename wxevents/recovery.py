"""What a process left behind: pushes in the inbox that nobody works at any more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

from wxevents.clock import Clock, sleep
from wxevents.draining import drain
from wxevents.errors import StoreError
from wxevents.store import Entry, Store

log: Final = logging.getLogger(__name__)

# Seconds between two looks: what a dead process held goes on within one.
LOOK_AFTER: Final = 0.5
# So many at once, so that a long queue does not keep new pushes waiting.
AT_ONCE: Final = 50


class Recovery:
    """Looks for such pushes while it runs, and has `resume` go on with each of them."""

    def __init__(
        self, store: Store, clock: Clock, resume: Callable[[Entry], Coroutine[Any, Any, None]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._resume = resume
        self._running: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take what there is, then look for more now and then."""
        await self._take()
        self._looking = asyncio.create_task(self._look(), name="recovery")

    async def stop(self) -> None:
        """Take nothing more."""
        if self._looking:
            self._looking.cancel()
            await asyncio.wait((self._looking,))

    async def close(self, timeout: float) -> None:
        """Let what runs finish for at most `timeout` seconds; then it is left to others."""
        await drain({task: task.get_name for task in self._running}, timeout, self._clock)

    async def _look(self) -> None:
        failing = False  # told when it begins, and when it ends: a look is twice a second
        while True:
            await sleep(LOOK_AFTER, self._clock)
            try:
                await self._take()
            except Exception as error:  # whatever it is, the next look may find it mended
                if not failing:
                    traceback = None if isinstance(error, StoreError) else error
                    log.error("nothing can be taken over now: %s", error, exc_info=traceback)  # noqa: TRY400
                failing = True
            else:
                if failing:
                    log.info("what others leave behind can be taken over again")
                failing = False

    async def _take(self) -> None:
        limit = AT_ONCE - len(self._running)
        for entry in await self._store.take(limit) if limit > 0 else ():
            log.info("going on with %s of %s, run %d", entry.event, entry.handler, entry.run)
            task = asyncio.create_task(self._resume(entry), name=entry.identity)
            self._running.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("%s could not be finished", task.get_name(), exc_info=error)

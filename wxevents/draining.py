"""The end of what still runs when a bot stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from wxevents.clock import Clock, sleep

log: Final = logging.getLogger(__name__)

# What a cancelled handler gets to put its things in order.
CANCELLATION_LIMIT: Final = 1.0


async def drain(
    running: Mapping[asyncio.Task[Any], Callable[[], str]], timeout: float, clock: Clock
) -> None:
    """Let the tasks finish for at most `timeout` seconds, then cancel them. `running` has what each
    is called in the log."""
    if not running:
        return
    finished = asyncio.gather(*running, return_exceptions=True)
    expired = asyncio.create_task(sleep(timeout, clock))
    await asyncio.wait((finished, expired), return_when=asyncio.FIRST_COMPLETED)
    expired.cancel()
    for task, name in running.items():
        if not task.done():
            log.warning("shutdown cancels %s", name())
            task.cancel()
    await asyncio.wait((finished,), timeout=CANCELLATION_LIMIT)
    for task, name in running.items():
        if not task.done():
            log.error("%s resists its cancellation", name())

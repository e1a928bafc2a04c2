"""How often the platform may be made to wait for an answer.

It counts deliveries that time out; many of them raise its alarm, and then it pushes nothing for a
minute (protocol: timing and retries).
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Final

from wxevents.clock import Clock
from wxevents.errors import StoreError
from wxevents.store import Store, leased

log: Final = logging.getLogger(__name__)

_NAME: Final = "timeouts"
# Seconds that other processes get to count theirs; the delivery that waits has no more than one.
_WAIT: Final = 0.5


class TimeoutBudget:
    """At most `limit` deliveries of the account time out within `seconds`, in all its processes
    together."""

    def __init__(self, store: Store, clock: Clock, limit: int = 20, seconds: float = 300.0) -> None:
        self._store = store
        self._clock = clock
        self._limit = limit
        self._seconds = seconds

    async def spend(self) -> bool:
        """Let one more time out; False if none may now."""
        now = self._clock.time()
        try:
            async with asyncio.timeout(_WAIT), leased(self._store, _NAME) as lease:
                known = json.loads(await self._store.get(_NAME) or "[]")
                recent = [one for one in known if abs(now - one) < self._seconds]
                if len(recent) >= self._limit:
                    return False
                value = json.dumps([*recent, now])
                await self._store.put(_NAME, value, self._seconds, holding=lease)
        except (StoreError, TimeoutError) as error:
            log.warning("a delivery that times out is not counted: %s", str(error) or "no answer")
        return True

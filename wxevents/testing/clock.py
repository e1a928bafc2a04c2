"""A clock that only moves when a test moves it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from typing import Final

# Loop rounds after each timer: enough for a chain of tasks to react to it.
_ROUNDS: Final = 20


class ManualTimer:
    """A call that is due on a ManualClock."""

    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        self.callback = None


class ManualClock:
    """Hand it to `Bot(…, clock=clock)`; then seconds pass with `await clock.advance(5)`."""

    def __init__(self, now: float = 1735700000.0) -> None:
        self._now = now
        self._timers: list[tuple[float, int, ManualTimer]] = []
        self._order = itertools.count()

    def time(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    def call_later(self, delay: float, callback: Callable[[], object]) -> ManualTimer:
        timer = ManualTimer(callback)
        heapq.heappush(self._timers, (self._now + delay, next(self._order), timer))
        return timer

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass: every timer that falls due is called in its turn, and the tasks it
        wakes run as far as they can."""
        await _settle()
        until = self._now + seconds
        while self._timers and self._timers[0][0] <= until:
            self._now, _, timer = heapq.heappop(self._timers)
            if timer.callback:
                timer.callback()
                await _settle()
        self._now = until
        await _settle()


async def _settle() -> None:
    for _ in range(_ROUNDS):
        await asyncio.sleep(0)

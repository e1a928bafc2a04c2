"""Time as a value that can be handed in: the machine's clock here, a manual one in tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic, time
from typing import Protocol


class Timer(Protocol):
    """A call that is due later."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """Wall time, monotonic time and timers; all in seconds."""

    def time(self) -> float:
        """Seconds since the epoch, for signatures and CreateTime."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, for deadlines and retention."""
        ...

    def call_later(self, delay: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` on the running event loop after `delay` seconds."""
        ...


class SystemClock:
    """The machine's own clock and the running event loop's timers."""

    time = staticmethod(time)
    monotonic = staticmethod(monotonic)

    def call_later(self, delay: float, callback: Callable[[], object]) -> Timer:
        return asyncio.get_running_loop().call_later(delay, callback)


async def sleep(seconds: float, clock: Clock) -> None:
    """Wait by that clock."""
    elapsed = asyncio.Event()
    timer = clock.call_later(seconds, elapsed.set)
    try:
        await elapsed.wait()
    finally:
        timer.cancel()

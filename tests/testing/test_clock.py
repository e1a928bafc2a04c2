"""The clock that tests move by hand."""

from __future__ import annotations

import asyncio

from wxevents.testing import ManualClock


async def test_timers_fire_in_their_order_and_see_their_own_time() -> None:
    clock = ManualClock(now=100)
    seen: list[tuple[str, float]] = []
    clock.call_later(2, lambda: seen.append(("second", clock.monotonic())))
    clock.call_later(1, lambda: seen.append(("first", clock.time())))
    cancelled = clock.call_later(1.5, lambda: seen.append(("never", clock.time())))
    cancelled.cancel()
    await clock.advance(1.9)
    assert seen == [("first", 101)]
    await clock.advance(0.2)
    assert seen == [("first", 101), ("second", 102)]
    assert abs(clock.time() - 102.1) < 1e-6


async def test_a_timer_set_by_a_timer_fires_within_the_same_advance() -> None:
    clock = ManualClock()
    fired = asyncio.Event()
    clock.call_later(1, lambda: clock.call_later(1, fired.set))
    await clock.advance(2)
    assert fired.is_set()

"""The emulator's time, which can be moved forward."""

from __future__ import annotations

from collections.abc import Callable

from wxevents.clock import Clock, Timer


class MovableClock:
    """Another clock, and what it was moved forward. Timers keep their pace: a delivery takes its
    five seconds, while tokens, windows and menus see the time go by."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.moved = 0.0

    def time(self) -> float:
        return self._clock.time() + self.moved

    def monotonic(self) -> float:
        return self._clock.monotonic() + self.moved

    def wall(self) -> float:
        """The time that no move touches: a bot has no other, and refuses what was signed at
        another time."""
        return self._clock.time()

    def steady(self) -> float:
        """Monotonic seconds that no move touches, for how long something took."""
        return self._clock.monotonic()

    def call_later(self, delay: float, callback: Callable[[], object]) -> Timer:
        return self._clock.call_later(delay, callback)

    def move(self, seconds: float) -> None:
        """Raises ValueError for a way back."""
        if seconds < 0:
            raise ValueError("time can only be moved forward")
        self.moved += seconds

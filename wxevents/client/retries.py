"""Repeating a call, where a repeat does no harm."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from wxevents.clock import Clock, sleep
from wxevents.errors import AnswerLost, CallFailed, NotSent, PlatformBusy

T = TypeVar("T")


@dataclass(frozen=True)
class Retries:
    """At most so many attempts, with pauses between them that double from `first` to `longest`
    seconds, each multiplied by `jitter()` (0 to 1) so that many processes do not move in step."""

    attempts: int = 3
    first: float = 1.0
    longest: float = 10.0
    jitter: Callable[[], float] = random.random

    def pause(self, attempt: int) -> float:
        """Seconds to wait after that attempt; the first one is 1."""
        # A float holds no more than 2 to the 1,023rd, and some attempts go on for days.
        doubled = self.first * 2.0 ** min(attempt - 1, 100)
        return min(self.longest, doubled) * self.jitter()


async def repeat(
    once: Callable[[], Awaitable[T]], *, idempotent: bool, retries: Retries, clock: Clock
) -> T:
    """What `once` gives; it is called again when the platform was busy (-1) or could not be
    reached, and after a lost answer only if the call is idempotent."""
    attempt = 1
    while True:
        try:
            return await once()
        except CallFailed as error:
            if attempt >= retries.attempts or not _harmless(error, idempotent):
                raise
        await sleep(retries.pause(attempt), clock)
        attempt += 1


def _harmless(error: CallFailed, idempotent: bool) -> bool:
    # The platform says -1 before it does anything, and without a connection it knows of nothing.
    return isinstance(error, PlatformBusy | NotSent) or (
        idempotent and isinstance(error, AnswerLost)
    )

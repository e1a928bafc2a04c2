"""Who holds what within one process, and the answers of the last minute."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Final

from wxevents.clock import Clock
from wxevents.store.protocol import RETENTION, Claim

MINE: Final = Claim(mine=True)


class Holds:
    """What `Store.claim`, `settle`, `release` and `wait` do where one process is all there is.

    Nothing here waits but `wait`, so that a claim costs the usual push next to nothing.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._holds: dict[str, float] = {}  # since when
        self._waiting: dict[str, list[asyncio.Future[str | None]]] = {}
        # Of what is settled, only the answer is kept: a busy server holds many for a minute.
        self._answers: dict[str, str] = {}
        self._expiries: deque[tuple[float, str]] = deque()

    def claim(self, name: str) -> Claim:
        now = self._clock.monotonic()
        if self._expiries and self._expiries[0][0] <= now:
            self._forget_answers_until(now)
        if name in self._answers:
            return Claim(mine=False, answer=self._answers[name])
        if name in self._holds:
            return Claim(mine=False, age=now - self._holds[name])
        self._holds[name] = now
        return MINE

    def settle(self, name: str, answer: str) -> str:
        known = self._answers.get(name)
        if known is not None:
            return known
        self._answers[name] = answer
        self._expiries.append((self._clock.monotonic() + RETENTION, name))
        self._end(name, answer)
        return answer

    def release(self, name: str) -> None:
        self._end(name, None)

    async def wait(self, name: str) -> str | None:
        if name not in self._holds:
            return self._answers.get(name)
        waiter: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(name, []).append(waiter)
        return await waiter

    def __contains__(self, name: str) -> bool:
        return name in self._holds

    def held(self) -> Iterator[tuple[str, float]]:
        """Every name that is held, and since when (monotonic seconds)."""
        yield from self._holds.items()

    def answers(self) -> Iterator[tuple[str, str, float]]:
        """Every answer that is kept, and until when (monotonic seconds)."""
        self._forget_answers_until(self._clock.monotonic())
        for until, name in self._expiries:
            yield name, self._answers[name], until

    def remember(self, name: str, answer: str, until: float) -> None:
        """Take over an answer that another process gave; the earliest to expire first."""
        if name not in self._answers:
            self._answers[name] = answer
            self._expiries.append((until, name))

    def _end(self, name: str, answer: str | None) -> None:
        self._holds.pop(name, None)
        if self._waiting and name in self._waiting:
            for waiter in self._waiting.pop(name):
                if not waiter.done():  # who was cancelled waits no longer
                    waiter.set_result(answer)

    def _forget_answers_until(self, now: float) -> None:
        while self._expiries and self._expiries[0][0] <= now:
            del self._answers[self._expiries.popleft()[1]]

"""Many emulated users who press buttons at a fixed rate, whether the bot keeps up or not."""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from wxevents.emulator.phone.composing import Deed
from wxevents.emulator.records import PushRecord
from wxevents.emulator.server import Emulator

PERCENTILES: Final = (50, 90, 99, 99.9)
LATELY: Final = 1_000
"""How many of the last latencies `Measured.lately` looks at."""
TICK: Final = 0.002
"""Seconds between two looks at what is due; what became due meanwhile goes out together."""
LOOK_AGAIN: Final = 0.2
"""Seconds between two calls of `watch` while the last answers are waited for."""


@dataclass(frozen=True)
class Load:
    """`rate` taps a second in total, by `users` users on click buttons with `keys`, for `duration`
    seconds. Raises ValueError where a user would have to press one key twice in a second: that
    would be one push."""

    rate: float
    users: int
    duration: float
    keys: Sequence[str]

    def __post_init__(self) -> None:
        if len(set(self.keys)) < len(self.keys):
            raise ValueError("a key is named twice")
        numbers = (self.rate, self.users, self.duration)
        if not (all(0 < number < math.inf for number in numbers) and self.keys):
            raise ValueError(
                "rate, users and duration are numbers above zero, and there is a key at least"
            )
        if self.rate > self.users * len(self.keys):
            needed = math.ceil(self.rate / len(self.keys))
            raise ValueError(
                f"{self.users} users with {len(self.keys)} keys press {self.rate:g} times a second "
                "only by pressing the same key twice in a second, which would be the same push; "
                f"take {needed} users, or more keys"
            )

    @property
    def taps(self) -> int:
        """All of them."""
        return max(1, round(self.rate * self.duration))

    def tap(self, number: int) -> tuple[int, str]:
        """Whose tap it is (from 0), and on which key: every user in turn, then the next key."""
        return number % self.users, self.keys[number // self.users % len(self.keys)]


class Measured:
    """What came of it so far. A latency counts from the moment at which a tap was due, so it shows
    when bot or generator fall behind."""

    def __init__(self) -> None:
        self.sent = 0
        self.answered = 0
        self.empty = 0
        self.failed = 0
        self.missed_deadlines = 0
        self.seconds = 0.0
        self.faults: dict[str, int] = {}
        self._latencies = array("d")

    @property
    def done(self) -> int:
        return self.answered + self.empty + self.failed

    @property
    def per_second(self) -> float:
        """Pushes that were answered, with a reply or without."""
        return (self.answered + self.empty) / self.seconds if self.seconds else 0.0

    def add(self, push: PushRecord, latency: float) -> None:
        self._latencies.append(latency)
        self.missed_deadlines += sum(one.alarm == "response_timeout" for one in push.deliveries)
        match push.outcome:
            case "answered":
                self.answered += 1
            case "empty":
                self.empty += 1
            case _:
                self.failed += 1
                verdict = push.deliveries[-1].verdict if push.deliveries else push.outcome
                self.faults[verdict] = self.faults.get(verdict, 0) + 1

    def percentiles(self) -> dict[float, float]:
        """Latencies in seconds, by percentile, the largest under 100."""
        return _percentiles(self._latencies)

    def lately(self) -> dict[float, float]:
        """The same of the last ones only, cheap enough to be asked for all the time."""
        return _percentiles(self._latencies[-LATELY:])


def _percentiles(latencies: Sequence[float]) -> dict[float, float]:
    ordered = sorted(latencies)
    if not ordered:
        return {}
    last = len(ordered) - 1
    found = {
        percentile: ordered[min(last, math.ceil(len(ordered) * percentile / 100) - 1)]
        for percentile in PERCENTILES
    }
    return {**found, 100: ordered[-1]}


async def press(
    emulator: Emulator,
    load: Load,
    measured: Measured,
    watch: Callable[[], None] | None = None,
) -> None:
    """Press the buttons and wait for the last answer. What came of it is added to `measured` as
    time goes by, and `watch` is called. The emulator must be able to push: within `async with
    emulator.webhook`."""
    users = [emulator.account.follow(f"oLoad{number:023d}") for number in range(load.users)]
    loop = asyncio.get_running_loop()
    running: set[asyncio.Task[None]] = set()

    async def tap(deed: Deed, due: float) -> None:
        await emulator.phones.carry_out(deed)
        measured.add(deed.pushes[0], loop.time() - due)

    started = loop.time()

    def look() -> None:
        measured.seconds = loop.time() - started
        if watch:
            watch()

    while measured.sent < load.taps:
        now = loop.time()
        while measured.sent < load.taps and started + measured.sent / load.rate <= now:
            user, key = load.tap(measured.sent)
            deed = emulator.phones.push(users[user], "CLICK", key)
            task = asyncio.create_task(tap(deed, started + measured.sent / load.rate))
            running.add(task)
            task.add_done_callback(running.discard)
            measured.sent += 1
        look()
        await asyncio.sleep(TICK)
    while running:
        await asyncio.wait(running, timeout=LOOK_AGAIN)
        look()
    look()

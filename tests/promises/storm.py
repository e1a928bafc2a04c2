"""Every push delivered three times, at once or apart, to any of several servers with one inbox.

`python -m tests.promises.storm --pushes 20000 [--servers 4] [--store sqlite|redis]`
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.promises.backend import StoreName, backend
from tests.promises.deliveries import DELIVERIES, Deliverer, Fate, Wire, key_of, push_of
from tests.promises.kill import settings_of
from tests.promises.messages import Messages
from tests.promises.processes import Servers, free_ports
from tests.promises.trace import Runs
from wxevents.settings import Settings
from wxevents.xml import Fields

CONNECTIONS: Final = 24
# So many pushes lie between the deliveries of one that are apart.
_APART: Final = 200
# Long enough that nothing is dropped: here all deliveries want their answer.
_PATIENCE: Final = 30.0
_LATE_EVERY: Final = 50
# The number of the first push that nobody counts.
_FIRST: Final = 10**9


@dataclass
class Counts:
    """What came of all pushes. The lists name pushes of which a promise was broken."""

    pushes: int = 0
    deliveries: int = 0
    messages: int = 0
    seconds: float = 0.0
    not_answered: list[str] = field(default_factory=list)
    answered_differently: list[str] = field(default_factory=list)
    answered_wrongly: list[str] = field(default_factory=list)
    not_run_once: list[str] = field(default_factory=list)
    not_sent_once: list[str] = field(default_factory=list)
    left_open: list[str] = field(default_factory=list)

    @property
    def broken(self) -> dict[str, list[str]]:
        lists = {name: value for name, value in vars(self).items() if isinstance(value, list)}
        return {name: value[:5] for name, value in lists.items() if value}

    def __str__(self) -> str:
        broken = ", ".join(
            f"{len(value)} {name.replace('_', ' ')}"
            for name, value in vars(self).items()
            if isinstance(value, list)
        )
        return (
            f"{self.pushes:,} pushes in {self.deliveries:,} deliveries, {self.messages:,} late "
            f"answers: {self.pushes / self.seconds:,.0f} pushes/s; {broken}"
        )


async def storm(
    folder: Path,
    *,
    pushes: int,
    servers: int = 4,
    store: StoreName = "sqlite",
    seed: int | None = None,
) -> Counts:
    """Deliver so many pushes three times each, whatever was answered, and count."""
    chance = random.Random(seed)
    async with AsyncExitStack() as running:
        messages = await running.enter_async_context(Messages())
        storage = await running.enter_async_context(backend(store, folder / "store"))
        settings = settings_of(storage.url, messages, deadline=0.4)
        processes = await running.enter_async_context(Servers(folder, settings))
        ports = free_ports(servers)
        pids = [await processes.start(port) for port in ports]
        await _all_answer(settings, ports)
        created = int(time.time())
        all_pushes = [push_of(_kind(number), number, created) for number in range(1, pushes + 1)]
        fates: dict[str, list[Fate]] = {key_of(push): [] for push in all_pushes}
        begun = time.monotonic()
        deliveries = iter(list(_shuffled(all_pushes, chance)))
        async with asyncio.TaskGroup() as group:
            for _ in range(CONNECTIONS):
                group.create_task(_deliver(settings, ports, deliveries, fates, chance))
        counts = Counts(pushes, pushes * DELIVERIES, seconds=time.monotonic() - begun)
        counts.left_open = [entry.key for entry in await storage.drained(settings)]
        for pid in pids:
            await processes.stop(pid)
        counts.messages = messages.sent.total()
        _count(counts, fates, Runs(processes.trace), messages)
    return counts


def _kind(number: int) -> str:
    return "sleepy" if number % _LATE_EVERY == 0 else "brief" if number % 3 else "quick"


def _shuffled(pushes: Sequence[Fields], chance: random.Random) -> Iterator[Fields]:
    """Three deliveries of each: of every other push at once, of the rest apart."""
    placed: list[tuple[float, int, Fields]] = []
    for number, push in enumerate(pushes):
        for delivery in range(DELIVERIES):
            later = 0.0 if number % 2 else chance.uniform(0, _APART)
            placed.append((number + later, delivery, push))
    placed.sort(key=lambda one: one[:2])
    return (push for _, _, push in placed)


async def _deliver(
    settings: Settings,
    ports: Sequence[int],
    deliveries: Iterable[Fields],
    fates: dict[str, list[Fate]],
    chance: random.Random,
) -> None:
    deliverer = Deliverer(settings, ports, _PATIENCE)
    wires = [Wire(port, settings.path) for port in ports]
    for push in deliveries:
        fate = Fate(key_of(push))
        await deliverer.deliver(push, fate, chance.choice(wires))
        fates[fate.key].append(fate)
    for wire in wires:
        wire.close()


async def _all_answer(settings: Settings, ports: Sequence[int]) -> None:
    """Wait until every server has answered something."""
    deliverer = Deliverer(settings, ports, _PATIENCE)
    for number, port in enumerate(ports, _FIRST):
        wire = Wire(port, settings.path)
        push = push_of("first", number, int(time.time()))
        fate = Fate("")
        while fate.text is None:
            await deliverer.deliver(push, fate, wire)
            await asyncio.sleep(0.05)
        wire.close()


def _count(counts: Counts, fates: dict[str, list[Fate]], runs: Runs, messages: Messages) -> None:
    for key, told in fates.items():
        texts = {fate.text for fate in told}
        if None in texts:
            counts.not_answered.append(key)
        elif len(texts) > 1:
            counts.answered_differently.append(key)
        elif texts not in ({key}, {""}):
            counts.answered_wrongly.append(key)
        if len(runs.of(key)) != 1:
            counts.not_run_once.append(key)
        if messages.sent[key] != (texts == {""}):
            counts.not_sent_once.append(key)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.promises.storm", description=__doc__)
    parser.add_argument("--pushes", type=int, default=20_000)
    parser.add_argument("--servers", type=int, default=4)
    parser.add_argument("--store", choices=("sqlite", "redis"), default="sqlite")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    given = parser.parse_args()
    with TemporaryDirectory(prefix="promises-") as folder:
        counts = asyncio.run(
            storm(
                Path(folder),
                pushes=given.pushes,
                servers=given.servers,
                store=given.store,
                seed=given.seed,
            )
        )
    say = sys.stdout.write
    say(f"{counts} (seed {given.seed})\n")
    for promise, keys in counts.broken.items():
        say(f"BROKEN: {promise.replace('_', ' ')}: {', '.join(keys)}\n")
    return 1 if counts.broken else 0


if __name__ == "__main__":
    sys.exit(main())

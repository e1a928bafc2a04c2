"""Kill what serves, under load, again and again; then count what was promised and what was kept.

`python -m tests.promises.kill --cycles 10000 --store sqlite|redis [--kill worker|redis]
[--servers 3]`
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal, TypeAlias

from tests.promises.backend import StoreName, backend
from tests.promises.deliveries import Deliverer, Fate, push_of
from tests.promises.messages import Messages
from tests.promises.processes import Servers, free_ports
from tests.promises.server import LEASE
from tests.promises.trace import Runs
from wxevents.settings import Settings
from wxevents.store import Entry
from wxevents.testing import invented_settings

Victim: TypeAlias = Literal["worker", "redis"]

APOLOGY: Final = "sorry"
KINDS: Final = ("quick", "late", "varying", "story")
PATIENCE: Final = 0.4
"""Seconds after which a delivery is dropped, instead of the platform's five."""

# Seconds from the moment when a server is known to answer until it is killed; one in so many is
# killed while it starts.
_LIVES: Final = 0.25
_KILLED_EARLY: Final = 8
# What a dead process held in Redis is free after so many seconds; one that cannot reach Redis for
# as long counts as dead, and here nobody shall.
_LEASES: Final[dict[Victim, float]] = {"worker": 1.0, "redis": 10.0}


def settings_of(url: str, messages: Messages, **options: object) -> Settings:
    """An account whose answers are late after 0.15 s, and whose handlers are never given up."""
    return invented_settings(
        **{
            "mode": "plain",
            "store": url,
            "api_base": messages.url,
            "apology": APOLOGY,
            "deadline": 0.15,
            "max_runs": 1000,
            **options,
        }
    )


@dataclass
class Counts:
    """What came of all pushes. All lists name pushes of which a promise was broken."""

    cycles: int = 0
    pushes: int = 0
    answered: int = 0
    acknowledged: int = 0
    apologised: int = 0
    unanswered: int = 0
    runs: int = 0
    run_again: int = 0
    messages: int = 0
    unknown: int = 0
    answered_behind_an_apology: int = 0
    damaged: list[str] = field(default_factory=list)
    sent_twice: list[str] = field(default_factory=list)
    answered_twice: list[str] = field(default_factory=list)
    run_again_needlessly: list[str] = field(default_factory=list)
    never_completed: list[str] = field(default_factory=list)
    never_sent: list[str] = field(default_factory=list)
    left_open: list[str] = field(default_factory=list)
    wrong_statuses: list[int] = field(default_factory=list)

    @property
    def broken(self) -> dict[str, list[str]]:
        """The promises that were not kept, with a few of the pushes that show it."""
        lists = {name: value for name, value in vars(self).items() if isinstance(value, list)}
        return {name: [str(one) for one in value[:5]] for name, value in lists.items() if value}

    def __str__(self) -> str:
        return "\n".join(
            f"{name.replace('_', ' '):>28} {len(value) if isinstance(value, list) else value:,}"
            for name, value in vars(self).items()
        )


class _Traffic:
    """Clients that deliver one push after the other until they are told to stop."""

    def __init__(self, settings: Settings, ports: Sequence[int]) -> None:
        self.fates: list[Fate] = []
        self._settings = settings
        self._ports = ports
        self._numbers: Iterator[int] = itertools.count(1)
        self._stopping = False
        self._progress = asyncio.Condition()

    async def client(self) -> None:
        while not self._stopping:
            number = next(self._numbers)
            ports = random.sample(self._ports, len(self._ports))
            deliverer = Deliverer(self._settings, ports, PATIENCE)
            kind = KINDS[number // 2 % len(KINDS)]
            fate = await deliverer.push(push_of(kind, number, int(time.time())))
            self.fates.append(fate)
            if fate.text is not None:
                async with self._progress:
                    self._progress.notify_all()
            deliverer.close()

    async def progress(self) -> None:
        """Wait until a push has been answered."""
        async with asyncio.timeout(60), self._progress:
            await self._progress.wait()

    def stop(self) -> None:
        self._stopping = True


async def kill(
    folder: Path,
    *,
    cycles: int,
    store: StoreName = "sqlite",
    victim: Victim = "worker",
    servers: int = 1,
    clients: int = 16,
    seed: int | None = None,
    on_kill: Callable[[int], None] = lambda number: None,
) -> Counts:
    """So many times: let the servers work under load, and kill one. Then let them finish, and
    count. `on_kill` is told how many kills there were."""
    chance = random.Random(seed)
    async with AsyncExitStack() as running:
        messages = await running.enter_async_context(Messages())
        storage = await running.enter_async_context(backend(store, folder / "store"))
        settings = settings_of(storage.url, messages)
        processes = await running.enter_async_context(
            Servers(folder, settings, {LEASE: str(_LEASES[victim])})
        )
        pids = {port: await processes.start(port) for port in free_ports(servers)}
        traffic = _Traffic(settings, list(pids))
        counts = Counts(cycles=cycles)
        async with asyncio.TaskGroup() as group:
            for _ in range(clients):
                group.create_task(traffic.client())
            for cycle in range(cycles):
                on_kill(cycle)
                # A server does not start without its Redis, and nobody would start it again here.
                if cycle % _KILLED_EARLY or victim == "redis":
                    await traffic.progress()
                await asyncio.sleep(chance.uniform(0, _LIVES))
                if victim == "redis":
                    assert storage.redis
                    await asyncio.to_thread(storage.redis.restart)
                    continue
                port = chance.choice(list(pids))
                await processes.kill(pids[port])
                damage = await storage.damage() if servers == 1 else ""  # a copy, and nobody writes
                if damage:
                    counts.damaged.append(f"cycle {cycle}: {damage}")
                pids[port] = await processes.start(port)
            await traffic.progress()
            traffic.stop()
        left = await storage.drained(settings)
        entries = await storage.entries(settings)
        for pid in pids.values():
            await processes.stop(pid)
        counts.left_open = [f"{entry.key} ({entry.state}, run {entry.run})" for entry in left]
        _count(counts, traffic.fates, Runs(processes.trace), messages, entries)
    return counts


def _count(
    counts: Counts,
    fates: Sequence[Fate],
    runs: Runs,
    messages: Messages,
    entries: Sequence[Entry],
) -> None:
    unknown = {entry.identity: entry for entry in entries if entry.result == "unknown"}
    uncertain = {
        message.body["text"]["content"]
        for entry in unknown.values()
        for message in entry.messages
        if message.state == "unknown"
    }
    counts.pushes = len(fates)
    counts.answered = sum(fate.text not in (None, "", APOLOGY) for fate in fates)
    counts.acknowledged = sum(fate.text == "" for fate in fates)
    counts.apologised = sum(fate.text == APOLOGY for fate in fates)
    counts.unanswered = sum(fate.text is None for fate in fates)
    counts.runs = runs.begun
    counts.run_again = len(runs.repeated())
    counts.messages = messages.sent.total()
    counts.unknown = len(uncertain)
    counts.sent_twice = [
        text for text, times in messages.sent.items() if times > 1 and text != APOLOGY
    ]
    counts.run_again_needlessly = runs.needless
    for fate in fates:
        counts.wrong_statuses += [status for status in fate.statuses if status != 200]
        late = [text for text in _texts_of(fate.key) if text in messages.sent]
        if fate.text == APOLOGY:
            counts.answered_behind_an_apology += bool(late)
        elif fate.text and fate.text in late:
            counts.answered_twice.append(fate.key)
        is_story = fate.key.startswith("story:")
        if fate.text == "" or (fate.text and fate.text != APOLOGY and is_story):
            if not runs.has_ended(fate.key):
                counts.never_completed.append(fate.key)
            # Of a story whose server died before its answer was on its way, that one is lost.
            owed = [f"{fate.key}/2", f"{fate.key}/3"] if is_story else [fate.key]
            if any(text not in messages.sent and text not in uncertain for text in owed):
                counts.never_sent.append(fate.key)


def _texts_of(key: str) -> list[str]:
    return [f"{key}/{part}" for part in (1, 2, 3)] if key.startswith("story:") else [key]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.promises.kill", description=__doc__)
    parser.add_argument("--cycles", type=int, default=100)
    parser.add_argument("--store", choices=("sqlite", "redis"), default="sqlite")
    parser.add_argument("--kill", choices=("worker", "redis"), default="worker")
    parser.add_argument("--servers", type=int, default=1, help="that share the store")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    given = parser.parse_args()
    if given.kill == "redis" and given.store != "redis":
        parser.error("--kill redis wants --store redis")
    started = time.monotonic()

    def tell(number: int) -> None:
        if number and number % 100 == 0:
            sys.stderr.write(f"{number} kills in {time.monotonic() - started:,.0f} s\n")

    with TemporaryDirectory(prefix="promises-") as folder:
        counts = asyncio.run(
            kill(
                Path(folder),
                cycles=given.cycles,
                store=given.store,
                victim=given.kill,
                servers=given.servers,
                clients=given.clients,
                seed=given.seed,
                on_kill=tell,
            )
        )
    say = sys.stdout.write
    say(f"{counts}\n{'seconds':>28} {time.monotonic() - started:,.0f} (seed {given.seed})\n")
    for promise, pushes in counts.broken.items():
        say(f"BROKEN: {promise.replace('_', ' ')}: {', '.join(pushes)}\n")
    return 1 if counts.broken else 0


if __name__ == "__main__":
    sys.exit(main())

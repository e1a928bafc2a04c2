"""A server under steady mixed load, and whether it grows: memory, handles, threads, files.

`python -m tests.promises.soak --minutes 30`
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import Final

from tests.promises.backend import backend
from tests.promises.deliveries import Deliverer, Fate, push_of
from tests.promises.kill import settings_of
from tests.promises.messages import Messages
from tests.promises.processes import Servers, free_ports
from wxevents.settings import Settings

PRINT_EVERY: Final = 10.0
# So many pushes a second, whatever the server could do: what is kept for a while grows with it.
RATE: Final = 60.0
_KINDS: Final = ("quick", "counting", "quick", "late", "brief", "story", "quick", "counting")
# The answers of a minute are in memory, and the inbox keeps what was sent for ten: only behind that
# is anything flat.
_WARM: Final = 60.0
_FILLED: Final = 660.0
# Samples of which halves can be compared.
_ENOUGH: Final = 6


@dataclass(frozen=True)
class Sample:
    """How large the server is at a moment. Sizes are in bytes."""

    seconds: float
    pushes: int
    late: int
    rss: int
    handles: int
    threads: int
    database: int
    wal: int
    claims: int

    def __str__(self) -> str:
        return (
            f"{self.seconds:7.0f} s {self.pushes:9,} pushes {self.late:8,} late "
            f"{self.rss / 2**20:7.1f} MB {self.handles:4} handles {self.threads:3} threads "
            f"{self.database / 2**10:9,.0f} K database {self.wal / 2**10:7,.0f} K wal "
            f"{self.claims / 2**10:6,.0f} K claims"
        )


@dataclass(frozen=True)
class Tolerance:
    """What the mean of the second half may be above that of the first, of all samples after so many
    seconds."""

    what: str
    share: float
    more: float
    filled_after: float = _WARM


TOLERANCES: Final = (
    Tolerance("rss", 0.05, 2 * 2**20),
    Tolerance("handles", 0.0, 3),
    Tolerance("threads", 0.0, 1),
    Tolerance("database", 0.1, 2**19, _FILLED),
    Tolerance("wal", 0.1, 4 * 2**20),
    Tolerance("claims", 0.1, 2**20),
)


class _Traffic:
    """Pushes at a steady rate, each delivered by whichever client is free."""

    def __init__(self, settings: Settings, port: int, rate: float) -> None:
        self.done = 0
        self.unanswered: list[Fate] = []
        self._settings = settings
        self._port = port
        self._pause = 1 / rate
        self._numbers: Iterator[int] = itertools.count(1)
        self._begun_at = time.monotonic()
        self.stopping = False

    async def client(self) -> None:
        deliverer = Deliverer(self._settings, [self._port], patience=5.0)
        while not self.stopping:
            number = next(self._numbers)
            due = self._begun_at + number * self._pause
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            kind = _KINDS[number % len(_KINDS)]
            fate = await deliverer.push(push_of(kind, number, int(time.time())))
            self.done += 1
            if fate.text is None:
                self.unanswered.append(fate)
        deliverer.close()


async def soak(folder: Path, minutes: float, rate: float = RATE) -> bool:
    """Print how large the server is, and in the end whether it is flat."""
    samples: list[Sample] = []
    async with AsyncExitStack() as running:
        messages = await running.enter_async_context(Messages())
        storage = await running.enter_async_context(backend("sqlite", folder / "store"))
        settings = settings_of(storage.url, messages)
        servers = await running.enter_async_context(Servers(folder, settings))
        (port,) = free_ports(1)
        pid = await servers.start(port)
        traffic = _Traffic(settings, port, rate)
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for _ in range(32):
                group.create_task(traffic.client())
            for number in range(1, round(minutes * 60 / PRINT_EVERY) + 1):
                await asyncio.sleep(begun + number * PRINT_EVERY - time.monotonic())
                samples.append(
                    _sample(
                        pid,
                        folder / "store",
                        settings,
                        seconds=time.monotonic() - begun,
                        pushes=traffic.done,
                        late=messages.sent.total(),
                    )
                )
                _say(str(samples[-1]))
            traffic.stopping = True
        twice = sum(times > 1 for times in messages.sent.values())
        _say(f"{len(traffic.unanswered)} pushes unanswered, {twice} messages sent twice")
        await servers.stop(pid)
    return verdict(samples) and not traffic.unanswered and not twice


def verdict(samples: Sequence[Sample]) -> bool:
    """Say of each size whether it is flat, and give whether none grows: whether its second half is
    above the first by no more than is tolerated, once the server holds what it always holds."""
    flat = True
    for tolerated in TOLERANCES:
        sizes = [
            getattr(sample, tolerated.what)
            for sample in samples
            if sample.seconds > tolerated.filled_after
        ]
        if len(sizes) < _ENOUGH:
            minutes = (tolerated.filled_after + _ENOUGH * PRINT_EVERY) / 60
            _say(f"{tolerated.what:>9}: not judged in less than {minutes:.0f} minutes")
            continue
        before, after = mean(sizes[: len(sizes) // 2]), mean(sizes[len(sizes) // 2 :])
        most = before * (1 + tolerated.share) + tolerated.more
        flat = flat and after <= most
        _say(
            f"{tolerated.what:>9}: {before:14,.0f} → {after:14,.0f}, at most {most:14,.0f} "
            f"({tolerated.share:.0%} + {tolerated.more:,.0f}): "
            f"{'flat' if after <= most else 'GROWS'}"
        )
    return flat


def _sample(
    pid: int, folder: Path, settings: Settings, *, seconds: float, pushes: int, late: int
) -> Sample:
    process = Path(f"/proc/{pid}")
    status = dict(
        line.split(":", 1) for line in (process / "status").read_text("utf-8").splitlines()
    )
    database = folder / "inbox.db"
    return Sample(
        seconds,
        pushes,
        late,
        rss=int(status["VmRSS"].split()[0]) * 1024,
        handles=len(list((process / "fd").iterdir())),
        threads=int(status["Threads"]),
        database=_size(database),
        wal=_size(Path(f"{database}-wal")),
        claims=sum(_size(file) for file in folder.glob(f"*{settings.account}.claims*")),
    )


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.promises.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=RATE, help="pushes a second")
    given = parser.parse_args()
    if not Path("/proc/self/fd").exists():
        parser.error("it reads /proc, which only Linux has")
    with TemporaryDirectory(prefix="promises-") as folder:
        return 0 if asyncio.run(soak(Path(folder), given.minutes, given.rate)) else 1


if __name__ == "__main__":
    sys.exit(main())

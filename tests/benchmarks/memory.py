# ruff: noqa: T201 - what a benchmark has to say goes to the terminal
"""`python -m tests.benchmarks.memory`: what a hundred thousand pushes leave behind, once forgotten.

Two batches, since the first also pays for whatever is made once. The clock is moved by hand past
the time for which answers are kept, so nobody waits for it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.benchmarks.account import FEW_KEYS, MODES, Mode, settings
from tests.benchmarks.pushes import compose_click
from tests.benchmarks.report import print_target
from tests.benchmarks.servers.own import make_bot
from wxevents import Bot
from wxevents.pushes import Platform
from wxevents.store.protocol import RETENTION
from wxevents.testing import ManualClock

MEGABYTE: Final = 1024 * 1024
MOST_MEGABYTES: Final = 5.0
_STATM: Final = Path("/proc/self/statm")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.memory", description=__doc__)
    parser.add_argument("--mode", choices=MODES, default="safe")
    parser.add_argument("--pushes", type=int, default=100_000, help="of each batch")
    options = parser.parse_args()
    if not _STATM.exists():
        print("This system has no /proc, which tells how much memory is in use.", file=sys.stderr)
        return 1
    asyncio.run(_measure(options.mode, options.pushes))
    return 0


async def _measure(mode: Mode, pushes: int) -> None:
    clock = ManualClock()
    numbers = itertools.count()
    print(f"{mode} mode, {pushes:,} pushes in each batch; resident memory in MB:")
    print(f"  before the first push  {_resident():8.1f}")
    after = []
    async with make_bot(mode, FEW_KEYS, clock=clock) as bot:
        for batch in ("first", "second"):
            await _push(bot, mode, clock, itertools.islice(numbers, pushes))
            print(f"  {batch} batch, all kept {_resident():11.1f}")
            await clock.advance(RETENTION + 1)
            # What is too old is forgotten when the next push comes.
            await _push(bot, mode, clock, itertools.islice(numbers, 1))
            gc.collect()
            after.append(_resident())
            print(f"  {batch} batch, forgotten {after[-1]:10.1f}")
    print_target("growth in MB from batch to batch", after[1] - after[0], at_most=MOST_MEGABYTES)


async def _push(bot: Bot, mode: Mode, clock: ManualClock, numbers: Iterator[int]) -> None:
    platform = Platform(settings(mode))
    now = int(clock.time())
    for number in numbers:
        fields = compose_click(number, FEW_KEYS, now)
        response = await bot.handle(platform.delivery(fields, now))
        if platform.judge(response, fields) is None:
            raise RuntimeError(f"a click was not answered: {response}")


def _resident() -> float:
    """Megabytes of memory that this process holds now."""
    pages = int(_STATM.read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


if __name__ == "__main__":
    sys.exit(main())

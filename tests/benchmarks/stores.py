# ruff: noqa: T201 - what a benchmark has to say goes to the terminal
"""`python -m tests.benchmarks.stores`: what the store costs pushes that are answered in time.

In one process, SQLite against memory; in two processes that share a store, SQLite against memory
(which shares nothing); and two processes against one. Figures are requests for each second of CPU
time of the servers, as the load generator takes its share of the machine's cores, too.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.benchmarks import cores, loops
from tests.benchmarks.account import FEW_KEYS, Mode
from tests.benchmarks.answers import check
from tests.benchmarks.contenders import Contender
from tests.benchmarks.load import Load, closed_loop
from tests.benchmarks.processes import Server, running
from tests.benchmarks.pushes import build

_MODE: Final[Mode] = "plain"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.stores", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each round and store")
    parser.add_argument("--connections", type=int, default=24)
    options = parser.parse_args()
    cores.require_cpu_seconds()
    with ExitStack() as started, tempfile.TemporaryDirectory() as folder:
        started.enter_context(cores.told_what_was_stolen())
        groups = {
            "memory": [_start(started, "memory://")],
            "sqlite": [_start(started, f"sqlite:///{Path(folder) / 'alone.db'}")],
            "memory, two processes": [_start(started, "memory://") for _ in range(2)],
            "sqlite, two processes": [
                _start(started, f"sqlite:///{Path(folder) / 'shared.db'}") for _ in range(2)
            ],
        }
        figures: dict[str, list[float]] = {name: [] for name in groups}
        for warm in (True, *[False] * options.rounds):
            for name, servers in groups.items():
                figure = _round(servers, options.seconds, options.connections)
                if not warm:
                    figures[name].append(figure)
    for name, values in figures.items():
        print(f"{name:24} {statistics.median(values):7,.0f} requests a CPU second")
    _ratio(figures, "sqlite", "memory", 0.95)
    _ratio(figures, "sqlite, two processes", "memory, two processes", 0.75)
    # Of one process, a CPU second; of two, what both do with one each.
    _ratio(figures, "sqlite, two processes", "sqlite", 1.7, times=2)
    return 0


def _start(started: ExitStack, store: str) -> Server:
    options = ["--loop=asyncio", f"--keys={FEW_KEYS}", f"--store={store}"]
    start = [sys.executable, "-m", "tests.benchmarks.servers.own"]
    contender = Contender(store, lambda mode, port: [*start, mode, str(port), *options])
    return started.enter_context(running(contender, _MODE))


def _round(servers: Sequence[Server], seconds: float, connections: int) -> float:
    """Requests a second of CPU time, of all servers together."""
    each = connections // len(servers)
    clicks = [build(_MODE, FEW_KEYS, int(9_000 * seconds)) for _ in servers]

    async def all_at_once() -> list[Load]:
        return await asyncio.gather(
            *(
                closed_loop(server, own, seconds, each)
                for server, own in zip(servers, clicks, strict=True)
            )
        )

    loads = loops.run(all_at_once())
    for load in loads:
        check(_MODE, load.answered)
    return sum(len(load.answered) for load in loads) / sum(map(_cpu_seconds, loads))


def _cpu_seconds(load: Load) -> float:
    if load.per_cpu_second is None:
        sys.exit("a server used less CPU time than can be measured: give more --seconds")
    return len(load.answered) / load.per_cpu_second


def _ratio(
    figures: dict[str, list[float]], one: str, other: str, wanted: float, times: int = 1
) -> None:
    ratios = [
        times * mine / theirs for mine, theirs in zip(figures[one], figures[other], strict=True)
    ]
    print(
        f"{one} / {other}{f', times {times}' if times > 1 else ''}: "
        f"{statistics.median(ratios):.3f} ({min(ratios):.3f}–{max(ratios):.3f}), wanted {wanted}"
    )


if __name__ == "__main__":
    sys.exit(main())

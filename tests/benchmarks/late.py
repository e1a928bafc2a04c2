# ruff: noqa: T201 - what a benchmark has to say goes to the terminal
"""`python -m tests.benchmarks.late`: what a push costs that becomes late, and how punctual its
acknowledgement is.

The same handler takes half a second on two servers: on one the deadline comes before, on the other
behind. The difference of their CPU time is what lateness costs: three commits and one message each.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Final

from tests.benchmarks import cores, loops
from tests.benchmarks.account import FEW_KEYS, Mode
from tests.benchmarks.contenders import Contender
from tests.benchmarks.latency import percentile
from tests.benchmarks.openloop import Timed, open_loop
from tests.benchmarks.processes import Server, running
from tests.benchmarks.pushes import build
from tests.benchmarks.servers.late import TAKES

_MODE: Final[Mode] = "plain"
DEADLINE: Final = 0.3
_IN_TIME: Final = 4.5


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.late", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each round and server")
    parser.add_argument("--rate", type=int, default=1_000, help="pushes a second")
    options = parser.parse_args()
    cores.require_cpu_seconds()
    costs: list[float] = []
    overdue: list[float] = []
    with ExitStack() as started:
        started.enter_context(cores.told_what_was_stolen())
        api = _start(started, "API", "--deadline=0", core=cores.GENERATOR)
        url = f"--api=http://127.0.0.1:{api.port}"
        late = _start(started, "late", f"--deadline={DEADLINE}", url)
        in_time = _start(started, "in time", f"--deadline={_IN_TIME}", url)
        for number in range(options.rounds + 1):
            late_cpu, timed = _round(late, options.rate, options.seconds)
            in_time_cpu, _ = _round(in_time, options.rate, options.seconds)
            if number:  # the first one warms up
                costs.append((late_cpu - in_time_cpu) * 1e3)
                overdue += [(one.seconds - DEADLINE) * 1e3 for one in timed]
                print(
                    f"round {number}: late {late_cpu * 1e3:.3f} ms of CPU a push, "
                    f"in time {in_time_cpu * 1e3:.3f} ms"
                )
    overdue.sort()
    print(
        f"{options.rate} pushes/s: lateness costs {statistics.median(costs):.3f} ms of CPU a push "
        f"({min(costs):.3f}–{max(costs):.3f}), wanted at most 1"
    )
    print(
        f"acknowledged behind the deadline: p50 {percentile(overdue, 0.5):.1f} ms, "
        f"p99 {percentile(overdue, 0.99):.1f} ms (wanted below 50), most {overdue[-1]:.1f} ms"
    )
    return 0


def _start(started: ExitStack, name: str, *options: str, core: int = cores.SERVER) -> Server:
    start = [sys.executable, "-m", "tests.benchmarks.servers.late"]
    contender = Contender(name, lambda mode, port: [*start, mode, str(port), *options])
    return started.enter_context(running(contender, _MODE, core))


def _round(server: Server, rate: int, seconds: float) -> tuple[float, Sequence[Timed]]:
    """CPU seconds of the server for each push, until all of them are answered."""
    clicks = build(_MODE, FEW_KEYS, int(rate * seconds))
    before = cores.cpu_seconds(server.pid)
    timed = loops.run(open_loop(server, clicks, rate, connections=int(rate * (TAKES + 0.5))))
    time.sleep(TAKES + 1.0)  # the last messages
    after = cores.cpu_seconds(server.pid)
    assert before is not None
    assert after is not None
    return (after - before) / len(clicks), timed


if __name__ == "__main__":
    sys.exit(main())

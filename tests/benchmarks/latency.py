# ruff: noqa: T201 - what a benchmark has to say goes to the terminal
"""`python -m tests.benchmarks.latency`: tail latency at a fixed rate, beside a bare handler."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import chain
from statistics import median
from typing import Final

from tests.benchmarks import loops
from tests.benchmarks.account import FEW_KEYS, MODES, Mode
from tests.benchmarks.answers import WrongAnswer, check, check_constant
from tests.benchmarks.contenders import CONTENDERS
from tests.benchmarks.openloop import Timed, open_loop
from tests.benchmarks.processes import Server, StartFailed, running
from tests.benchmarks.pushes import build
from tests.benchmarks.report import print_rows, print_target

NAMES: Final = ("bare", "wxevents")
SHARES: Final = (0.50, 0.99, 0.999)
MOST_TIMES_BARE: Final = 3.0


def main() -> int:
    options = _arguments()
    print(
        f"{options.rate} requests/s, whether the last was answered or not; "
        f"{options.rounds} rounds of {options.seconds:g} s, in turn."
    )
    for mode in MODES if options.mode == "both" else (options.mode,):
        print()
        try:
            results = _compare(mode, options.rounds, options.seconds, options.rate)
        except (StartFailed, WrongAnswer, ConnectionError) as error:
            print(f"FAILED: {error}", file=sys.stderr)
            return 1
        _print(mode, results)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.latency", description=__doc__)
    parser.add_argument("--mode", choices=(*MODES, "both"), default="both")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each round and server")
    parser.add_argument("--rate", type=int, default=500, help="requests a second")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 2 s")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 3, 2.0
    return options


def _compare(mode: Mode, rounds: int, seconds: float, rate: int) -> dict[str, list[list[float]]]:
    """The latencies of each contender and round, sorted."""
    results: dict[str, list[list[float]]] = {name: [] for name in NAMES}
    with ExitStack() as started:
        servers = [started.enter_context(running(CONTENDERS[name], mode)) for name in NAMES]
        for server in servers:
            _once(mode, server, rate, 1.0)  # to warm up
        for _ in range(rounds):
            for server in servers:
                timed = _once(mode, server, rate, seconds)
                results[server.contender.name].append(sorted(one.seconds for one in timed))
    return results


def _once(mode: Mode, server: Server, rate: int, seconds: float) -> list[Timed]:
    clicks = build(mode, FEW_KEYS, int(rate * seconds))
    timed = loops.run(open_loop(server, clicks, rate))
    judge = check_constant if server.contender.constant else check
    judge(mode, [(one.click, one.answer) for one in timed])
    return timed


def _print(mode: Mode, results: dict[str, list[list[float]]]) -> None:
    rows = [[f"{mode} mode", *(f"p{share * 100:g} ms" for share in SHARES), "most ms", "requests"]]
    # Of all rounds together: the last thousandth of one round would be a handful of requests.
    pooled = {name: sorted(chain.from_iterable(rounds)) for name, rounds in results.items()}
    for name, latencies in pooled.items():
        shown = [*(percentile(latencies, share) for share in SHARES), latencies[-1]]
        rows.append([name, *(f"{one * 1e3:.2f}" for one in shown), f"{len(latencies):,}"])
    print_rows(rows)
    bare, ours = (pooled[name] for name in NAMES)
    ratio = percentile(ours, SHARES[-1]) / percentile(bare, SHARES[-1])
    by_round = [
        percentile(one, SHARES[-1]) / percentile(other, SHARES[-1])
        for one, other in zip(results[NAMES[1]], results[NAMES[0]], strict=True)
    ]
    print_target(f"{mode}: p99.9 of wxevents / bare", ratio, at_most=MOST_TIMES_BARE)
    print(
        f"  (round by round: median {median(by_round):.2f}, "
        f"{min(by_round):.2f} to {max(by_round):.2f})"
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """The figure that this share of them does not exceed."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


if __name__ == "__main__":
    sys.exit(main())

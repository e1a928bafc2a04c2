# ruff: noqa: T201 - what a benchmark has to say goes to the terminal
"""`python -m tests.benchmarks`: requests a second of wxevents, a bare handler and its rivals."""

from __future__ import annotations

import argparse
import platform
import sys

from tests.benchmarks import cores
from tests.benchmarks.account import MODES
from tests.benchmarks.answers import WrongAnswer
from tests.benchmarks.comparison import Plan, compare
from tests.benchmarks.contenders import CONTENDERS, Contender
from tests.benchmarks.processes import StartFailed
from tests.benchmarks.report import print_table, print_targets


def main() -> int:
    options = _arguments()
    contenders = _present([CONTENDERS[name] for name in options.only])
    if not contenders:
        return 1
    plan = Plan(options.rounds, options.seconds, options.connections)
    cores_used = "server and generator on a core each" if cores.can_pin() else "NOT PINNED to cores"
    print(
        f"Python {platform.python_version()}; {plan.rounds} rounds of {plan.seconds:g} s each, "
        f"in turn; {plan.connections} connections; {cores_used}."
    )
    print("Median (least–most); ratios are taken within each round.")
    print("Where CPU is far below 100%, something else ran on that core: look at `per CPU s` then.")
    for contender in contenders:
        if contender.note:
            print(f"{contender.name} {contender.note}.")
    for mode in MODES if options.mode == "both" else (options.mode,):
        print()
        try:
            results = compare(mode, contenders, plan)
        except (StartFailed, WrongAnswer, ConnectionError) as error:
            print(f"FAILED: {error}", file=sys.stderr)
            return 1
        print_table(mode, results)
        print_targets(mode, results)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        type=_names,
        default=list(CONTENDERS),
        metavar="NAME,…",
        help=", ".join(CONTENDERS),
    )
    parser.add_argument("--mode", choices=(*MODES, "both"), default="both")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each round and server")
    parser.add_argument("--connections", type=int, default=24, help="requests under way at a time")
    parser.add_argument(
        "--quick", action="store_true", help="3 rounds of 0.4 s: a first impression"
    )
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 3, 0.4
    return options


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    unknown = [name for name in names if name not in CONTENDERS]
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: there are {', '.join(CONTENDERS)}")
    return names


def _present(wanted: list[Contender]) -> list[Contender]:
    """Those that can run here; for the others the reason is printed."""
    present = []
    for contender in wanted:
        reason = contender.missing()
        if reason is None:
            present.append(contender)
        else:
            print(f"Without {contender.name}: {reason}.")
    return present


if __name__ == "__main__":
    sys.exit(main())

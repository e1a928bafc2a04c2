# ruff: noqa: T201 - what a benchmark has to say goes to the terminal
"""`python -m tests.benchmarks.imports`: time of importing wxevents beside that of its parts.

`import wxevents` loads no name; what a module of handlers and a server import is shown beside it.

In new interpreters, in turn; the time is taken inside, so the interpreter's own start is left out.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib.util import find_spec
from statistics import median
from typing import Final

from tests.benchmarks import cores
from tests.benchmarks.report import print_rows, print_target

# pydantic imports its parts when they are first touched, so BaseModel has to be.
OURS: Final = "import wxevents"
HANDLERS: Final = "from wxevents import ClickEvent, Router"
SERVER: Final = "from wxevents import Bot, serve"
PARTS: Final = "import aiohttp.web; from pydantic import BaseModel"
MOST_TIMES_ITS_PARTS: Final = 1.25


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.imports", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    statements = (OURS, HANDLERS, SERVER, PARTS)
    for statement in statements:
        _seconds(statement)  # writes the bytecode, if there is none yet
    rounds = [tuple(map(_seconds, statements)) for _ in range(options.rounds)]
    rows = [["median of a new interpreter each", "ms", "least", "most"]]
    for statement, times in zip(statements, zip(*rounds, strict=True), strict=True):
        figures = (median(times), min(times), max(times))
        rows.append([statement, *(f"{one * 1e3:.0f}" for one in figures)])
    print_rows(rows)
    ratios = [median(times[i] / times[-1] for times in rounds) for i in range(len(statements))]
    if find_spec("cffi"):
        print(
            "cffi is installed here: pycryptodome imports it, which wxevents alone would not need."
        )
    for statement, ratio in zip(statements[1:-1], ratios[1:-1], strict=True):
        print(f"  {statement}: {ratio:.2f} times its parts")
    print_target("wxevents / its parts", ratios[0], at_most=MOST_TIMES_ITS_PARTS)


def _seconds(statement: str) -> float:
    program = (
        f"import time; started = time.perf_counter(); {statement}; "
        "print(time.perf_counter() - started)"
    )
    with cores.on(cores.SERVER):
        run = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
    return float(run.stdout)


if __name__ == "__main__":
    main()

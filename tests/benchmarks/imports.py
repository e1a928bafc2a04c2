# ruff: noqa: T201 - what a benchmark has to say goes to the terminal
"""`python -m tests.benchmarks.imports`: time of `import wxevents` beside that of its parts.

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
PARTS: Final = "import aiohttp.web; from pydantic import BaseModel"
MOST_TIMES_ITS_PARTS: Final = 1.25


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.imports", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    for statement in (OURS, PARTS):
        _seconds(statement)  # writes the bytecode, if there is none yet
    rounds = [(_seconds(OURS), _seconds(PARTS)) for _ in range(options.rounds)]
    rows = [["median of a new interpreter each", "ms", "least", "most"]]
    for statement, times in zip((OURS, PARTS), zip(*rounds, strict=True), strict=True):
        figures = (median(times), min(times), max(times))
        rows.append([statement, *(f"{one * 1e3:.0f}" for one in figures)])
    print_rows(rows)
    ratio = median(ours / parts for ours, parts in rounds)
    if find_spec("cffi"):
        print(
            "cffi is installed here: pycryptodome imports it, which wxevents alone would not need."
        )
    print_target("wxevents / its parts", ratio, at_most=MOST_TIMES_ITS_PARTS)


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

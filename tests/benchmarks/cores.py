# ruff: noqa: T201 - what a benchmark has to say goes to the terminal
"""One core for the server, another for the generator: neither takes the other's time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SERVER: Final = 0
GENERATOR: Final = 1


def can_pin() -> bool:
    return hasattr(os, "sched_setaffinity") and {SERVER, GENERATOR} <= os.sched_getaffinity(0)


@contextmanager
def on(core: int) -> Iterator[None]:
    """Run on one core only; what is started within stays there, with all its threads."""
    if not can_pin():
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def require_cpu_seconds() -> None:
    """End where nobody tells how much CPU time a server used."""
    if cpu_seconds(os.getpid()) is None:
        sys.exit("This system has no /proc, which tells how much CPU time a process has used.")


def cpu_seconds(pid: int) -> float | None:
    """What a process and its threads have used so far; None where /proc does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name in parentheses may hold spaces; user and system time are the 12th and 13th behind it.
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def told_what_was_stolen() -> Iterator[None]:
    """Say in the end which part of the cores the host gave to others meanwhile: with much of that,
    figures say more about the host."""
    before = _times()
    yield
    if before and (after := _times()):
        spent = [mine - theirs for mine, theirs in zip(after, before, strict=True)]
        print(f"the host took {spent[7] / max(1, sum(spent)):.0%} of the cores meanwhile (steal)")


def _times() -> list[int]:
    """Ticks of all cores by kind: user, nice, system, idle, iowait, irq, softirq, steal."""
    try:
        return [int(ticks) for ticks in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    except OSError:
        return []

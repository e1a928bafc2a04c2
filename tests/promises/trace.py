"""What handlers leave behind of every run: a line in a file, which outlives whoever wrote it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

Moment: TypeAlias = Literal["begun", "ended"]


class Line(NamedTuple):
    """A run of the handler of one push, by its key, has begun or ended in a process."""

    moment: Moment
    key: str
    run: int
    pid: int


class Trace:
    """An open file that only grows. What `write` was given survives SIGKILL: the kernel has it."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC)

    def note(self, moment: Moment, key: str, run: int) -> None:
        os.write(self._descriptor, f"{moment}\t{key}\t{run}\t{os.getpid()}\n".encode())


class Runs:
    """All lines of a trace, by key."""

    def __init__(self, path: Path) -> None:
        self.by_key: dict[str, list[Line]] = {}
        for line in _lines(path):
            self.by_key.setdefault(line.key, []).append(line)

    @property
    def begun(self) -> int:
        return sum(len(self.of(key)) for key in self.by_key)

    def of(self, key: str) -> Sequence[Line]:
        """The beginnings of runs, in the order in which they happened."""
        return [line for line in self.by_key.get(key, ()) if line.moment == "begun"]

    def has_ended(self, key: str) -> bool:
        return any(line.moment == "ended" for line in self.by_key.get(key, ()))

    def repeated(self) -> list[str]:
        """Keys whose handler ran more than once."""
        return [key for key in self.by_key if len(self.of(key)) > 1]

    def repeated_in_one_process(self) -> list[str]:
        """Keys whose handler was begun again by a process that had not died."""
        return [
            key
            for key in self.by_key
            if len({line.pid for line in self.of(key)}) < len(self.of(key))
        ]


def _lines(path: Path) -> Iterator[Line]:
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            moment, key, run, pid = line.rstrip("\n").split("\t")
            yield Line("begun" if moment == "begun" else "ended", key, int(run), int(pid))

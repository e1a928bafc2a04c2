"""What handlers leave behind of every run: a line in a file, which outlives whoever wrote it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple, TypeAlias, cast

_END: Final = "\t.\n"
Moment: TypeAlias = Literal["begun", "ended", "ends"]


class Line(NamedTuple):
    """A run of the handler of one push, by its key, has begun or ended in a process; or the process
    is about to be ended."""

    moment: Moment
    key: str
    run: int
    pid: int


class Trace:
    """An open file that only grows. What was written whole survives SIGKILL: the kernel has it."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC)

    def note(self, moment: Moment, key: str, run: int) -> None:
        self._write(Line(moment, key, run, os.getpid()))

    def note_end(self, pid: int) -> None:
        """Before it is done: whoever takes over comes behind it."""
        self._write(Line("ends", "", 0, pid))

    def _write(self, line: Line) -> None:
        # SIGKILL may cut a write short: what follows begins a line of its own, and only a whole one
        # has its end. It happened once in 3,000 kills.
        os.write(self._descriptor, ("\n" + "\t".join(map(str, line)) + _END).encode())


class Runs:
    """All lines of a trace, by key."""

    def __init__(self, path: Path) -> None:
        self.by_key: dict[str, list[Line]] = {}
        self.needless: list[str] = []
        """Keys whose handler was begun again though the process that ran it went on."""
        ended: set[int] = set()
        for line in _lines(path):
            if line.moment == "ends":
                ended.add(line.pid)
                continue
            before = self.of(line.key)
            if line.moment == "begun" and before and before[-1].pid not in ended:
                self.needless.append(line.key)
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


def _lines(path: Path) -> Iterator[Line]:
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if not line.endswith(_END):
                continue
            moment, key, run, pid = line.removesuffix(_END).split("\t")
            yield Line(cast(Moment, moment), key, int(run), int(pid))

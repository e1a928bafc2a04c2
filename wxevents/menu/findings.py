"""What is wrong with a menu, where, and where each button was written down."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias

Level: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing that the platform would refuse (`error`) or show otherwise (`warning`).

    `path` leads to the field (`button[1].sub_button[0].name`), `place` to the line that says so
    (`menu.yaml:12:9`), `code` is the platform's own error code, if it has one for this.
    """

    path: str
    message: str
    level: Level = "error"
    place: str = ""
    code: int | None = None

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        subject = f"{self.path}: " if self.path else ""
        return f"{where}{subject}{self.message}{f' ({self.code})' if self.code else ''}"

    def as_json(self) -> dict[str, Any]:
        """The finding as plain values."""
        return {
            "level": self.level,
            "place": self.place,
            "path": self.path,
            "message": self.message,
            "code": self.code,
        }


class Origin(NamedTuple):
    """Where something was written down: as a whole, and its fields where these are known."""

    whole: str = ""
    fields: Mapping[str, str] | None = None

    def of(self, name: str) -> str:
        """The place of a field."""
        return (self.fields or {}).get(name, self.whole)


NOWHERE: Final = Origin()


def remember_origin(value: Any) -> None:
    """Note the line of the program that makes `value`, unless it came from a file.

    Called when it is made: a menu is a value, and the check that finds a fault in it runs when
    nothing else knows any more which line of which module it came from.
    """
    if value.origin is not NOWHERE:
        return
    frame = sys._getframe(1)
    while frame.f_back and _is_ours(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
    path = _short(Path(frame.f_code.co_filename))
    object.__setattr__(value, "origin", Origin(f"{path.as_posix()}:{frame.f_lineno}"))


def _short(path: Path) -> Path:
    try:
        folder = Path.cwd()
    except OSError:  # it was removed
        return path
    return path.relative_to(folder) if path.is_relative_to(folder) else path


def _is_ours(module: str) -> bool:
    return module.startswith("wxevents.menu.")


_WORD: Final = re.compile(r"[\w$-]+")


def join(path: str, step: str | int) -> str:
    """The path one step further: `button[0]`, then `button[0].name`; a name that is no word, which
    only a mistake can be, in quotes: `button[0]['no word']`."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if not _WORD.fullmatch(step):
        return f"{path}[{step!r}]"
    return f"{path}.{step}" if path else step

"""What a handler is registered for: an exact string, Prefix, Regex, or any key.

Matchers are values: equal ones collide, and their repr is what a user would type.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

Captures: TypeAlias = Mapping[str, str | None]


@dataclass(frozen=True)
class Prefix:
    """Keys that begin with `text`. The rest of the key is captured under `capture`.

    @router.click(Prefix("order:"))
    async def order(event: ClickEvent, rest: int) -> str: ...
    """

    text: str
    capture: str = field(default="rest", compare=False)

    def __post_init__(self) -> None:
        if not self.text:
            raise ValueError("an empty Prefix takes every key; leave the matcher out instead")
        if not self.capture.isidentifier() or keyword.iskeyword(self.capture):
            raise ValueError(f"{self.capture!r} cannot be the name of a parameter")

    def __repr__(self) -> str:
        return f"Prefix({self.text!r})"

    @property
    def names(self) -> frozenset[str]:
        """The captures that a handler may take."""
        return frozenset((self.capture,))


@dataclass(frozen=True)
class Regex:
    """Keys that the pattern matches from beginning to end; named groups are captured.

    @router.click(Regex(r"page:(?P<number>\\d+)"))
    async def page(event: ClickEvent, number: int) -> str: ...
    """

    pattern: str
    flags: int = 0
    _compiled: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "_compiled", re.compile(self.pattern, self.flags))
        except re.error as error:
            raise ValueError(f"Regex({self.pattern!r}): {error}") from error

    def __repr__(self) -> str:
        flags = f", {re.RegexFlag(self.flags)!r}" if self.flags else ""
        return f"Regex({self.pattern!r}{flags})"

    @property
    def names(self) -> frozenset[str]:
        """The captures that a handler may take."""
        return frozenset(self._compiled.groupindex)

    def match(self, key: str) -> Captures | None:
        """The named groups, or None if the key does not match."""
        found = self._compiled.fullmatch(key)
        return found.groupdict() if found else None


Matcher: TypeAlias = str | Prefix | Regex | None
"""An exact key, a Prefix, a Regex, or None for any key."""

NO_CAPTURES: Final[Captures] = {}


def captured_names(matcher: Matcher) -> frozenset[str]:
    """The parameters that a matcher can fill."""
    return matcher.names if isinstance(matcher, Prefix | Regex) else frozenset()


def takes(matcher: Matcher, key: str) -> bool:
    """Whether the matcher takes the key."""
    match matcher:
        case None:
            return True
        case str(text):
            return text == key
        case Prefix(text):
            return key.startswith(text)
        case regex:
            return regex.match(key) is not None


def rank(matcher: Matcher) -> tuple[int, int]:
    """The less, the more specific; regexes are alike."""
    match matcher:
        case str():
            return 0, 0
        case Prefix(text):
            return 1, -len(text)
        case Regex():
            return 2, 0
        case _:
            return 3, 0

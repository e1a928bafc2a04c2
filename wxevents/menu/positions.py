"""Where things stand in TOML and JSON text, whose readers do not tell.

The text was read successfully before, so nothing here has to be judged: brackets match, strings
end, and separators are where they belong.
"""

from __future__ import annotations

import json
import re
import tomllib
from bisect import bisect_right
from typing import Final, TypeAlias

from wxevents.menu.findings import join

Position: TypeAlias = tuple[int, int]
"""Line and column, both from 1."""

Positions: TypeAlias = dict[str, Position]
"""By path."""

_SPACE: Final = re.compile(r"(?:[ \t\r\n]|\#[^\n]*)*")
_JSON_SPACE: Final = re.compile(r"[ \t\r\n]*")
_TOML_STRING: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\])*"' r"|'[^']*'", re.DOTALL
)
_BARE: Final = re.compile(r"[^\s\[\]{},=\#.]+")
_SCALAR: Final = re.compile(r"[^,\]}\s\#]+(?: [0-9][^,\]}\s\#]*)?")
_JSON_STRING: Final = re.compile(r'"(?:\\.|[^"\\])*"')


class _Text:
    """Text with a reading position."""

    def __init__(self, text: str, space: re.Pattern[str]) -> None:
        self.text = text
        self.at = 0
        self._space = space
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def position(self) -> Position:
        line = bisect_right(self._lines, self.at)
        return line, self.at - self._lines[line - 1] + 1

    def peek(self, count: int = 1) -> str:
        """The next characters behind white space and comments."""
        match = self._space.match(self.text, self.at)
        assert match  # it matches nothing, too
        self.at = match.end()
        return self.text[self.at : self.at + count]

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        assert match, f"text that was read before cannot be read again at {self.position()}"
        self.at = match.end()
        return match[0]

    def skip(self, count: int = 1) -> None:
        self.at += count


def json_positions(text: str) -> tuple[Positions, list[tuple[str, Position]]]:
    """The position of every path in valid JSON, and the keys that are there twice."""
    reader = _Text(text, _JSON_SPACE)
    positions: Positions = {}
    repeated: list[tuple[str, Position]] = []

    def value(path: str) -> None:
        match reader.peek():
            case "{":
                reader.skip()
                names = set()
                while reader.peek() != "}":
                    position = reader.position()
                    name = json.loads(reader.take(_JSON_STRING), strict=False)
                    inner = join(path, name)
                    if name in names:
                        repeated.append((inner, position))
                    names.add(name)
                    positions[inner] = position
                    reader.peek()
                    reader.skip()  # the colon
                    value(inner)
                    if reader.peek() == ",":
                        reader.skip()
                reader.skip()
            case "[":
                reader.skip()
                index = 0
                while reader.peek() != "]":
                    inner = join(path, index)
                    positions[inner] = reader.position()
                    value(inner)
                    index += 1
                    if reader.peek() == ",":
                        reader.skip()
                reader.skip()
            case '"':
                reader.take(_JSON_STRING)
            case _:
                reader.take(_SCALAR)

    value("")
    return positions, repeated


def toml_positions(text: str) -> Positions:
    """The position of every path in valid TOML."""
    reader = _Text(text, _SPACE)
    positions: Positions = {}
    lengths: dict[str, int] = {}  # of arrays of tables, so far
    table = ""

    while reader.peek():
        start = reader.position()
        if reader.peek(2) == "[[":
            reader.skip(2)
            steps = _key(reader)
            reader.skip(2)
            array = join(_into(steps[:-1], lengths, positions, start), steps[-1])
            table = join(array, lengths.get(array, 0))
            lengths[array] = lengths.get(array, 0) + 1
            positions.setdefault(array, start)
            positions[table] = start
        elif reader.peek() == "[":
            reader.skip()
            table = _into(_key(reader), lengths, positions, start)
            reader.skip()
            positions[table] = start
        else:
            _pair(reader, table, positions)
    return positions


def _into(
    steps: list[str], lengths: dict[str, int], positions: Positions, position: Position
) -> str:
    """The path of a table; of an array of tables, that of the last one. The tables around it may
    be written down nowhere else."""
    path = ""
    for step in steps:
        path = join(path, step)
        positions.setdefault(path, position)
        if path in lengths:
            path = join(path, lengths[path] - 1)
    return path


def _key(reader: _Text) -> list[str]:
    steps = []
    while True:
        if reader.peek() in "\"'":
            quoted = reader.take(_TOML_STRING)
            steps.append(tomllib.loads(f"key = {quoted}")["key"])
        else:
            steps.append(reader.take(_BARE))
        if reader.peek() != ".":
            return steps
        reader.skip()


def _pair(reader: _Text, table: str, positions: Positions) -> None:
    reader.peek()
    position = reader.position()
    path = table
    for step in _key(reader):
        path = join(path, step)
        positions.setdefault(path, position)
    reader.skip()  # the equals sign
    _value(reader, path, positions)


def _value(reader: _Text, path: str, positions: Positions) -> None:
    match reader.peek():
        case "{":
            reader.skip()
            while reader.peek() != "}":
                _pair(reader, path, positions)
                if reader.peek() == ",":
                    reader.skip()
            reader.skip()
        case "[":
            reader.skip()
            index = 0
            while reader.peek() != "]":
                inner = join(path, index)
                positions[inner] = reader.position()
                _value(reader, inner, positions)
                index += 1
                if reader.peek() == ",":
                    reader.skip()
            reader.skip()
        case '"' | "'":
            reader.take(_TOML_STRING)
        case _:
            reader.take(_SCALAR)

"""Where things stand in TOML and JSON text, against writers that know where they put them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wxevents.menu.findings import join
from wxevents.menu.positions import Position, Positions, json_positions, toml_positions

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


def every(value: Any, path: str = "") -> Iterator[tuple[str, str | None, Any]]:
    """The path of everything in data, the key that leads there, and what it leads to."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield join(path, key), key, one
            yield from every(one, join(path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield join(path, index), None, one
            yield from every(one, join(path, index))


def offset(text: str, position: Position) -> int:
    line, column = position
    return sum(len(one) for one in text.splitlines(keepends=True)[: line - 1]) + column - 1


@given(
    documents, st.sampled_from([None, 0, 1, "\t"]), st.booleans(), st.sampled_from(["\n", "\r\n"])
)
def test_json_keys_and_elements_stand_where_they_are_found(
    data: Any, indent: int | str | None, ascii_only: bool, ending: str
) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only, separators=(" ,", " : "))
    # Only these end a line; splitlines() knows more, which JSON writes raw.
    text = text.replace("\n", ending)
    positions, repeated = json_positions(text)
    assert repeated == []
    expected = list(every(data))
    assert set(positions) == {path for path, _, _ in expected}
    decoder = json.JSONDecoder()
    for path, key, value in expected:
        line, column = positions[path]
        start = sum(len(one) + 1 for one in text.split("\n")[: line - 1]) + column - 1
        if key is not None:
            found, end = decoder.raw_decode(text, start)
            assert found == key
            start = end + len(" : ")
        assert decoder.raw_decode(text, start)[0] == value


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=6))
def test_json_keys_that_are_there_twice_are_listed(keys: list[str]) -> None:
    text = "{" + ",".join(f'"{key}":0' for key in keys) + "}"
    _, repeated = json_positions(text)
    assert repeated == [
        (key, (1, 2 + 6 * index)) for index, key in enumerate(keys) if key in keys[:index]
    ]


SCALARS = [
    '"]"',
    "'}'",
    '"\\"#"',
    "'\\'",
    '""',
    "''",
    '""""""',
    "''''''",
    '"""a""b"""',
    '"""a"""""',
    '""""a"""',
    "'''it''s'''''",
    '"""\\\n  "\\""""',
    "'''\n[x]\nk = 1 # no\n'''",
    "1_000",
    "-0x1F".removeprefix("-"),
    "1e3",
    "+inf",
    "nan",
    "true",
    "2024-01-01",
    "2024-01-01T12:30:00Z",
    "2024-01-01 12:30:00.5",
    "12:30:00",
]
KEYS = ["a{}", "A-{}_", "{}", '"a {}"', "'a.{}'", '"[{}]"', '"\\u83dc{}"', "'#{}'", '"\\"{}"']
GAPS = ["", " ", "\t", "  "]


class TomlWriter:
    """Writes random TOML, every key another, and notes where each path begins."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._count = 0
        self.text = ""
        self.positions: Positions = {}

    def table(self, path: str, header: str, depth: int) -> None:
        for _ in range(self._draw(st.integers(0, 3))):
            self._note_line()
            self._pair(path, depth)
            self.text += self._draw(st.sampled_from(["\n", " # ] } = ' \"\n", "\r\n", "\n\n"]))
        for _ in range(self._draw(st.integers(0, 2)) if depth else 0):
            key, name = self._key()
            inner = join(path, name)
            array = self._draw(st.booleans())
            if not array and self._draw(st.booleans()):  # a table around it that has no header
                key, name = f"{key} . {self._key_text()}", self._name
                self.positions[inner] = self._here()
                inner = join(inner, name)
            full = f"{header}.{key}" if header else key
            for index in range(self._draw(st.integers(1, 3)) if array else 1):
                self.positions.setdefault(inner, self._here())
                one = join(inner, index) if array else inner
                self.positions[one] = self._here()
                gap = self._gap()
                self.text += f"[[{gap}{full}]]\n" if array else f"[{gap}{full}{gap}]\n"
                self.table(one, full, depth - 1)

    def _here(self) -> Position:
        return self.text.count("\n") + 1, len(self.text) - self.text.rfind("\n")

    def _gap(self) -> str:
        return self._draw(st.sampled_from(GAPS))

    def _note_line(self) -> None:
        self.text += self._gap()

    def _key_text(self) -> str:
        self._count += 1
        text = self._draw(st.sampled_from(KEYS)).format(self._count)
        (self._name,) = tomllib.loads(f"{text} = 0")
        return text

    def _key(self) -> tuple[str, str]:
        return self._key_text(), self._name

    def _pair(self, path: str, depth: int) -> None:
        start = self._here()
        key, name = self._key()
        path = join(path, name)
        self.positions[path] = start
        if self._draw(st.booleans()):
            key += f"{self._gap()}.{self._gap()}{self._key_text()}"
            path = join(path, self._name)
            self.positions[path] = start
        self.text += f"{key}{self._gap()}={self._gap()}"
        self._value(path, depth)

    def _value(self, path: str, depth: int) -> None:
        kind = self._draw(st.sampled_from(["scalar", "array", "table"])) if depth else "scalar"
        if kind == "scalar":
            self.text += self._draw(st.sampled_from(SCALARS))
        elif kind == "array":
            self.text += "["
            for index in range(self._draw(st.integers(0, 3))):
                self.text += self._draw(st.sampled_from([*GAPS, "\n", "\n# ] , '\n\t"]))
                self.positions[join(path, index)] = self._here()
                self._value(join(path, index), depth - 1)
                self.text += self._draw(st.sampled_from([",", " ,", "\n,"]))
            self.text += self._draw(st.sampled_from(["]", " ]", "\n]", " # ]\n]"]))
        else:
            self.text += "{"
            for index in range(self._draw(st.integers(0, 3))):
                self.text += f",{self._gap()}" if index else self._gap()
                self._pair(path, depth - 1)
            self.text += f"{self._gap()}}}"


@st.composite
def toml_documents(draw: st.DrawFn) -> tuple[str, Positions]:
    writer = TomlWriter(draw)
    writer.text = draw(st.sampled_from(["", "# menu\n", "\n\n"]))
    writer.table("", "", 3)
    return writer.text, writer.positions


@given(toml_documents())
def test_toml_keys_and_elements_stand_where_they_were_written(
    document: tuple[str, Positions],
) -> None:
    text, positions = document
    paths = {path for path, _, _ in every(tomllib.loads(text))}
    assert toml_positions(text) == positions
    assert paths == set(positions)

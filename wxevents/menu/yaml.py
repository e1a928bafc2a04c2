"""YAML 1.2: menus in it with the line and column of everything, and the way back.

ruamel.yaml is slow to import: who needs this module imports it when a file is YAML.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import Any, Final, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.error import MarkedYAMLError, StringMark
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from wxevents.errors import MenuError
from wxevents.menu.findings import Finding, join
from wxevents.menu.positions import Position, Positions

MAX_DEPTH: Final = 32
MAX_VALUES: Final = 300_000
"""Aliases are written once and read many times; a few lines of them can stand for billions."""


def read_yaml(name: str, text: str) -> tuple[Any, Positions]:
    """A document's data and the position of every path in it. Raises MenuError."""

    yaml = YAML(typ="safe", pure=True)  # YAML 1.2: `on` and `12:30` are text
    yaml.max_depth = MAX_DEPTH
    yaml.composer.warn_double_anchors = False
    try:
        root = yaml.compose(text)
    except MaxDepthExceededError as error:
        _refuse(name, _position(error.problem_mark), "nested too deeply to be a menu")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = (error.problem or error.context).partition("\n")[0]
        if "'\\t'" in problem:
            problem = "a tab; YAML indents with spaces"
        elif "another document" in problem:
            problem = "a second document; a menu file has one"
        _refuse(name, _position(mark), f"not valid YAML: {problem}")
    except ReaderError as error:
        shown = repr(text[error.position])
        _refuse(name, _found(text, error.position), f"not valid YAML: the character {shown}")
    except (ValueError, OverflowError):
        escape = _BEYOND_UNICODE.search(text)
        at = escape.start() if escape else 0
        _refuse(name, _found(text, at), "not valid YAML: an escape beyond Unicode")
    if root is None:
        return None, {}
    reading = _Reading(name)
    data = reading.value(root, "", MAX_DEPTH)
    if reading.faults:
        raise MenuError(reading.faults)
    return data, reading.positions


def _refuse(name: str, position: Position, message: str) -> NoReturn:
    line, column = position
    raise MenuError([Finding("", message, place=f"{name}:{line}:{column}")])


def _position(mark: StringMark) -> Position:
    return mark.line + 1, mark.column + 1


def _found(text: str, offset: int) -> Position:
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


_BEYOND_UNICODE: Final = re.compile(r"\\U(?!000|0010)")
_STANDARD: Final = "tag:yaml.org,2002:"
_INTEGER: Final = re.compile("-?(?:0|[1-9][0-9]{0,30})")


class _Reading:
    """The nodes of a document as plain Python values. ruamel's own values do not do: they lose the
    places of what a merge key or a tag brings, and how a number was written."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.positions: Positions = {}
        self.faults: list[Finding] = []
        self._left = MAX_VALUES

    def value(self, node: Node, path: str, depth: int) -> Any:
        self._left -= 1
        if not (depth and self._left):
            _refuse(self.name, _position(node.start_mark), "aliases that go on and on")
        match node:
            case MappingNode():
                return self._mapping(node, path, depth)
            case SequenceNode():
                self._refuse_tag(node, path, "seq")
                for index, one in enumerate(node.value):
                    self.positions[join(path, index)] = _position(one.start_mark)
                return [
                    self.value(one, join(path, index), depth - 1)
                    for index, one in enumerate(node.value)
                ]
            case _:
                return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: str, depth: int) -> dict[str, Any]:
        self._refuse_tag(node, path, "map")
        values: dict[str, Any] = {}
        for key, one in node.value:
            if not isinstance(key, ScalarNode):
                self._fault(key, path, "a key is text")
                continue
            inner = join(path, key.value)
            if key.ctag == f"{_STANDARD}merge":
                self._fault(key, inner, "YAML 1.2 merges nothing; repeat the fields, or share all")
            elif key.value in values:
                self._fault(key, inner, "the key is there twice")
            else:
                self.positions[inner] = _position(key.start_mark)
                values[key.value] = self.value(one, inner, depth - 1)
        return values

    def _scalar(self, node: Node, path: str) -> Any:
        text: str = node.value
        match str(node.tag).removeprefix(_STANDARD):
            case "null":
                return None
            case "bool":
                return text.lower() in ("true", "yes", "on", "y")
            case "int" if _INTEGER.fullmatch(text):
                return int(text)
            case "int" | "float" | "timestamp" as kind:
                what = "a date" if kind == "timestamp" else "a number"
                self._fault(node, path, f"{text[:40]} reads as {what}; put it in quotes")
            case _:
                self._refuse_tag(node, path, "str", "value", "merge")
        return text

    def _refuse_tag(self, node: Node, path: str, *plain: str) -> None:
        tag = str(node.tag)
        if tag.removeprefix(_STANDARD) not in plain:
            written = tag.replace(_STANDARD, "!!")
            self._fault(node, path, f"the tag {written}; a menu has none")

    def _fault(self, node: Node, path: str, message: str) -> None:
        line, column = _position(node.start_mark)
        self.faults.append(Finding(path, message, place=f"{self.name}:{line}:{column}"))


def write_yaml(body: dict[str, Any], comments: dict[str, str] | None = None) -> str:
    """A file's text; `comments` are put behind the keys of their paths."""

    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 100
    written = StringIO()
    yaml.dump(_commented(body, "", comments or {}), written)
    return written.getvalue()


def _commented(value: Any, path: str, comments: dict[str, str]) -> Any:

    if isinstance(value, dict):
        mapping = CommentedMap(
            {key: _commented(one, join(path, key), comments) for key, one in value.items()}
        )
        for key in value:
            comment = comments.get(join(path, key))
            if comment:
                mapping.yaml_add_eol_comment(comment, key)
        return mapping
    if isinstance(value, list):
        return CommentedSeq(
            [_commented(one, join(path, index), comments) for index, one in enumerate(value)]
        )
    if isinstance(value, str) and _ambiguous(value):
        return DoubleQuotedScalarString(value)
    return value


def _ambiguous(text: str) -> bool:
    """Whether a YAML reader, ours or an older one, might take the text for something else."""
    return not text or text.lower() in _WORDS or text[0].isdigit() or text[0] in "+-."


_WORDS: Final = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"))

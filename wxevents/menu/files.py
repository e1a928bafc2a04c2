"""Menu files: YAML 1.2, TOML and JSON, with the line and column of everything in them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any, Final, NoReturn

from wxevents.errors import MenuError
from wxevents.menu.findings import Finding, join
from wxevents.menu.positions import json_positions, toml_positions
from wxevents.menu.reading import Source

SUFFIXES: Final = (".yaml", ".yml", ".toml", ".json")
MAX_BYTES: Final = 4 * 1024 * 1024
MAX_DEPTH: Final = 32


def read_source(path: Path) -> Source:
    """A file's data with its places. Raises MenuError with line and column if it is no valid YAML,
    TOML or JSON, or repeats a key."""
    name = path.as_posix()
    if path.suffix.lower() not in SUFFIXES:
        _refuse(name, f"a menu file ends in one of {', '.join(SUFFIXES)}")
    try:
        if path.stat().st_size > MAX_BYTES:
            _refuse(name, f"larger than {MAX_BYTES:,} bytes")
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(name, f"not UTF-8 text: {error}; save it so")
    except OSError as error:
        _refuse(name, f"cannot be read: {error.strerror}")
    read = {".toml": _read_toml, ".json": _read_json}.get(path.suffix.lower(), _read_yaml)
    try:
        data, positions = read(name, text)
    except RecursionError:
        _refuse(name, "nested too deeply to be a menu")
    places = {at: f"{name}:{line}:{column}" for at, (line, column) in positions.items()}
    return Source(data, name, {"": f"{name}:1:1", **places})


Positions = dict[str, tuple[int, int]]


def _refuse(place: str, message: str) -> NoReturn:
    raise MenuError([Finding("", message, place=place)])


def _read_json(name: str, text: str) -> tuple[Any, Positions]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        _refuse(f"{name}:{error.lineno}:{error.colno}", f"not valid JSON: {error.msg}")
    positions, repeated = json_positions(text)
    _refuse_repeated(name, repeated)
    return data, positions


def _read_toml(name: str, text: str) -> tuple[Any, Positions]:
    try:
        data = tomllib.loads(text)  # refuses repeated keys itself
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).rpartition(" (at ")
        numbers = [part for part in place.rstrip(")").replace(",", "").split() if part.isdigit()]
        _refuse(":".join([name, *numbers]), f"not valid TOML: {message or place.rstrip(')')}")
    return data, toml_positions(text)


def _refuse_repeated(name: str, repeated: list[tuple[str, tuple[int, int]]]) -> None:
    if repeated:
        raise MenuError(
            [
                Finding(path, "the key is there twice", place=f"{name}:{line}:{column}")
                for path, (line, column) in repeated
            ]
        )


def _read_yaml(name: str, text: str) -> tuple[Any, Positions]:
    # Slow to import, and wanted by nobody but the reader of such a file.
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    yaml = YAML(typ="rt")  # YAML 1.2: `on` and `12:30` are text
    try:
        data = yaml.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        problem = (error.problem or "not readable").partition("\n")[0]
        if "\t" in problem or "'\\t'" in problem:
            problem = "a tab; YAML indents with spaces"
        _refuse(place, f"not valid YAML: {problem}")
    except (YAMLError, ValueError) as error:
        _refuse(name, f"not valid YAML: {str(error).partition(chr(10))[0]}")
    positions: Positions = {}
    plain = _plain(data, "", positions, MAX_DEPTH)
    return plain, positions


def _plain(value: Any, path: str, positions: Positions, depth: int) -> Any:
    """ruamel's value as plain Python ones, its positions noted."""
    if depth == 0:
        raise RecursionError
    if isinstance(value, dict):
        for key in value:
            line, column = value.lc.key(key)  # type: ignore[attr-defined]
            positions[join(path, str(key))] = (line + 1, column + 1)
        return {
            key: _plain(one, join(path, str(key)), positions, depth - 1)
            for key, one in value.items()
        }
    if isinstance(value, list):
        for index in range(len(value)):
            line, column = value.lc.item(index)  # type: ignore[attr-defined]
            positions[join(path, index)] = (line + 1, column + 1)
        return [
            _plain(one, join(path, index), positions, depth - 1) for index, one in enumerate(value)
        ]
    for plain in (str, bool, int, float):
        if isinstance(value, plain):
            return plain(value)
    return value


def write_yaml(body: dict[str, Any], comments: dict[str, str] | None = None) -> str:
    """A file's text; `comments` are put behind the keys of their paths."""
    from io import StringIO

    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 100
    written = StringIO()
    yaml.dump(_commented(body, "", comments or {}), written)
    return written.getvalue()


def write_json(body: dict[str, Any]) -> str:
    """A file's text."""
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _commented(value: Any, path: str, comments: dict[str, str]) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

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

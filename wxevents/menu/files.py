"""Menu files: YAML 1.2, TOML and JSON, with the line and column of everything in them."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any, Final, NoReturn

from wxevents.errors import MenuError
from wxevents.menu.findings import Finding
from wxevents.menu.positions import Position, Positions, json_positions, toml_positions
from wxevents.menu.reading import Source

SUFFIXES: Final = (".yaml", ".yml", ".toml", ".json")
# Five hundred conditional menus of fifteen buttons take less.
MAX_BYTES: Final = 2 * 1024 * 1024


def read_source(path: Path) -> Source:
    """A file's data with its places. Raises MenuError with line and column if it is no valid YAML,
    TOML or JSON, or repeats a key."""
    name = path.as_posix()
    if path.suffix.lower() not in SUFFIXES:
        _refuse(name, f"a menu file ends in one of {', '.join(SUFFIXES)}")
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            _refuse(name, "is no regular file")  # a pipe would be waited for, a device never ends
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            _refuse(name, f"larger than {MAX_BYTES:,} bytes")
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        byte = error.object[error.start]
        _refuse(f"{name}:{line}:{column}", f"the byte {byte:#04x} is no UTF-8 text; save it so")
    except OSError as error:
        _refuse(name, f"cannot be read: {error.strerror}")
    except ValueError as error:
        _refuse(name, f"cannot be read: {error}")  # a name that no file can have
    read = {".toml": _read_toml, ".json": _read_json}.get(path.suffix.lower(), _read_yaml)
    try:
        data, positions = read(name, text)
    except RecursionError:
        _refuse(name, "nested too deeply to be a menu")
    places = {at: f"{name}:{line}:{column}" for at, (line, column) in positions.items()}
    return Source(data, name, {"": f"{name}:1:1", **places})


def _refuse(place: str, message: str) -> NoReturn:
    raise MenuError([Finding("", message, place=place)])


_HUGE_NUMBER: Final = "a number of thousands of digits, which no menu has"
_SAID_BETTER: Final = {
    "Cannot overwrite a value": "the key is there twice",
    "Invalid value": "no value; text is put in quotes",
}


def _read_json(name: str, text: str) -> tuple[Any, Positions]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        message = error.msg.removesuffix(" at")
        _refuse(f"{name}:{error.lineno}:{error.colno}", f"not valid JSON: {message}")
    except ValueError:
        _refuse(name, _HUGE_NUMBER)
    positions, repeated = json_positions(text)
    _refuse_repeated(name, repeated)
    return data, positions


def _read_toml(name: str, text: str) -> tuple[Any, Positions]:
    try:
        data = tomllib.loads(text)  # refuses repeated keys itself
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).rpartition(" (at ")
        lines = text.rstrip().split("\n")
        end = [str(len(lines)), str(len(lines[-1]) + 1)]  # where the reader says "end of document"
        numbers = re.findall(r"[0-9]+", place) or end
        said = _SAID_BETTER.get(message, message)
        _refuse(":".join([name, *numbers]), f"not valid TOML: {said}")
    except ValueError:
        _refuse(name, _HUGE_NUMBER)
    return data, toml_positions(text)


def _read_yaml(name: str, text: str) -> tuple[Any, Positions]:
    from wxevents.menu.yaml import read_yaml  # slow, and wanted for such files only

    return read_yaml(name, text)


def _refuse_repeated(name: str, repeated: list[tuple[str, Position]]) -> None:
    if repeated:
        raise MenuError(
            [
                Finding(path, "the key is there twice", place=f"{name}:{line}:{column}")
                for path, (line, column) in repeated
            ]
        )


def write_json(body: dict[str, Any]) -> str:
    """A file's text."""
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"

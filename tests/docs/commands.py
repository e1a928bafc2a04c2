"""Whether the `wxevents …` in a line of a shell exists."""

from __future__ import annotations

import re
import shlex
from typing import Any, Final

import typer

from wxevents.cli import app

_ROOT: Final = typer.main.get_command(app)
_SEPARATORS: Final = frozenset(("|", "||", "&&", ";", "&", "<", ">", ">>", "2>", "(", ")"))


def require_known_options(line: str) -> None:
    """Raise AssertionError where a command of wxevents in the line, or an option of it, does not
    exist."""
    for words in _commands(line):
        _require(words)


def _commands(line: str) -> list[list[str]]:
    """The words behind `wxevents` in every command of a line."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    found: list[list[str]] = []
    taking = False
    first = True
    for word in lexer:
        if word in _SEPARATORS:
            taking, first = False, True
        elif taking:
            found[-1].append(word)
        elif first and _is_wxevents(word):
            found.append([])
            taking = True
        elif not re.fullmatch(r"\w+=.*|sudo|env|exec|time", word):
            first = False
    return found


def _is_wxevents(word: str) -> bool:
    return word == "wxevents" or word.endswith("/bin/wxevents")


def _require(words: list[str]) -> None:
    command: Any = _ROOT
    path = ["wxevents"]
    rest = list(words)
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        assert name in command.commands, f"there is no command {' '.join(path)} {name}"
        command = command.commands[name]
        path.append(name)
    known = {"-h", "--help"}
    for parameter in command.params:
        known |= {*parameter.opts, *parameter.secondary_opts}
    for word in rest:
        option = word.partition("=")[0]
        if re.match(r"--?[a-z]", option):
            assert option in known, f"{' '.join(path)} has no option {option}"

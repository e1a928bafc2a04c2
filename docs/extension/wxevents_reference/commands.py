"""Every command, from its own help."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

import typer

from wxevents.cli import app
from wxevents.settings import PREFIX, Settings
from wxevents_reference.markdown import block, code, heading, page, table
from wxevents_reference.phrases import Phrases

_SETTINGS_PANEL: Final = "Settings"
_KINDS: Final = {int: "NUMBER", float: "NUMBER", Path: "FILE"}


def describe_commands(phrases: Phrases) -> str:
    return page(
        part for path, command in all_commands() for part in _section(path, command, phrases)
    )


def all_commands() -> Iterator[tuple[str, Any]]:
    """Every command by its words behind `wxevents`, a group in front of its own commands."""

    def walk(group: Any, path: str) -> Iterator[tuple[str, Any]]:
        for name, command in group.commands.items():
            words = f"{path} {name}".strip()
            yield words, command
            if hasattr(command, "commands"):
                yield from walk(command, words)

    yield from walk(typer.main.get_command(app), "")


def _section(path: str, command: Any, phrases: Phrases) -> Iterator[str]:
    level = 2 if " " not in path else 3
    yield heading(level, f"`wxevents {path}`")
    yield phrases("commands", path, _help(command.help))
    if hasattr(command, "commands"):
        return
    own = [one for one in command.params if not _is_setting(one) and one.name != "help"]
    yield block("text", f"wxevents {path} {_usage(own)}".rstrip())
    head = [phrases.label(one) for one in ("Option", "Default", "Meaning")]
    yield table(head, [_row(path, one, phrases) for one in own])
    yield _settings([one for one in command.params if _is_setting(one)], phrases)


def _is_setting(parameter: Any) -> bool:
    return getattr(parameter, "rich_help_panel", None) == _SETTINGS_PANEL


def _is_argument(parameter: Any) -> bool:
    return str(parameter.param_type_name) == "argument"


def _annotation(parameter: Any) -> Any:
    """Its type without None, as the command's own code annotates it."""
    annotation = parameter.type_descriptor.annotation
    inner = [one for one in get_args(annotation) if one is not types.NoneType]
    return inner[0] if get_origin(annotation) is types.UnionType else annotation


def _usage(parameters: Sequence[Any]) -> str:
    arguments = [_argument(one) for one in parameters if _is_argument(one)]
    options = ["[OPTIONS]"] if any(not _is_argument(one) for one in parameters) else []
    return " ".join((*options, *arguments))


def _argument(parameter: Any) -> str:
    if parameter.metavar:
        return str(parameter.metavar)
    name = parameter.name.upper() + ("..." if parameter.nargs == -1 else "")
    return name if parameter.required else f"[{name}]"


def _row(path: str, parameter: Any, phrases: Phrases) -> tuple[str, str, str]:
    names = (*parameter.opts, *parameter.secondary_opts)
    name = _argument(parameter) if _is_argument(parameter) else " ".join(names)
    meaning = phrases("commands", f"{path} {name}", _help(parameter.help))
    assert meaning, f"wxevents {path}: {name} has no help"
    shown = f"{code(name)} {_values(parameter)}".rstrip()
    return shown, _default(parameter, phrases), meaning


def _values(parameter: Any) -> str:
    """What an option takes: nothing for a switch, the words of a choice."""
    kind = _annotation(parameter)
    if _is_argument(parameter) or kind is bool:
        return ""
    if get_origin(kind) is Literal:
        return " ".join(code(one) for one in get_args(kind))
    return code(parameter.metavar or _KINDS.get(kind, "TEXT"))


def _default(parameter: Any, phrases: Phrases) -> str:
    if parameter.required:
        return phrases.label("required")
    default = parameter.default
    if default in (None, False, ()) or type(default).__name__ == "Sentinel" or callable(default):
        return ""
    return code("on" if default is True else default)


def _settings(options: Sequence[Any], phrases: Phrases) -> str:
    if not options:
        return ""
    if len(options) == len(Settings.model_fields):
        return phrases.label(
            "Takes every [setting](settings.md) as an option as well, such as `--port`."
        )
    names = ", ".join(code(PREFIX + str(one.name).upper()) for one in options)
    return f"{phrases.label('Takes these settings as options as well:')} {names}"


def _help(text: str | None) -> str:
    """The help as Markdown: its marks for a terminal are not for a page."""
    cleaned = re.sub(r"\[/?(?:bold|dim|italic)\]", "", inspect.cleandoc(text or ""))
    return re.sub(r"(?<!\n)\n(?!\n)", " ", cleaned).replace("\b", "")

"""What a console block shows: commands, and what each of them prints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from tests.docs.pages import Block

_SERVERS: Final = re.compile(r"(?:\w+=\S* )*wxevents (?:dev|run|emulate)\b")


@dataclass(frozen=True)
class Command:
    """A line behind `$ `, and the lines behind that; without any, nothing is said of its output."""

    text: str
    expected: str | None
    line: int
    is_server: bool = False
    exit_code: int = 0


@dataclass(frozen=True)
class Interrupt:
    """Ctrl-C, in the terminal of the server that was started last."""


Step: TypeAlias = Command | Interrupt


def steps(block: Block) -> list[Step]:
    """What is done in a console block, in its order."""
    found: list[tuple[int, str, list[str]] | None] = []
    lines = iter(enumerate(block.text.splitlines(), block.line + 1))
    for number, line in lines:
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\"):
                command = f"{command}\n{next(lines)[1].removeprefix('> ')}"
            found.append((number, command, []))
        elif line.strip() == "^C":
            found.append(None)
        elif found and found[-1]:
            found[-1][2].append(line)
        elif line.strip():
            raise AssertionError(f"{block}: {line!r} stands before any command")
    commands = [one for one in found if one]
    result: list[Step] = []
    for one in found:
        if one is None:
            result.append(Interrupt())
            continue
        number, command, output = one
        is_last = one is commands[-1]
        is_server = bool(_SERVERS.match(command)) or (is_last and "server" in block.classes)
        code = block.exit_code if is_last else 0
        shown = "\n".join(output) if output else None
        result.append(Command(command, shown, number, is_server, code))
    return result


def matches(expected: str, printed: str, *, beginning: bool = False) -> bool:
    """Whether that was printed, `…` standing for anything; with `beginning`, more may follow."""
    lines = [line.rstrip() for line in expected.rstrip().splitlines()]
    pattern = "".join(_line_pattern(line) for line in lines)
    text = "".join(f"{line.rstrip()}\n" for line in printed.rstrip().splitlines())
    match = re.match if beginning else re.fullmatch
    return match(pattern, text) is not None


def _line_pattern(line: str) -> str:
    if line.strip() == "…":
        return r"(?:[^\n]*\n)*?"
    return ".*?".join(re.escape(part) for part in line.split("…")) + r"\n"

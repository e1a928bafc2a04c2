"""What reads the blocks of each language. A reader raises where a block is at fault."""

from __future__ import annotations

import ast
import configparser
import io
import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from dotenv import dotenv_values
from ruamel.yaml import YAML

from tests.docs.commands import require_known_options
from tests.docs.pages import Block
from tests.docs.transcript import Command, steps
from wxevents import Settings, UnknownEvent, UnknownMessage, replies, xml
from wxevents.events import parse
from wxevents.settings import PREFIX

# What a deployment has besides the settings that a file of the page shows.
_COMPLETE: Final[Mapping[str, Any]] = {
    "app_id": "wx0123456789abcdef",
    "app_secret": "secret",
    "token": "token",
    "encoding_aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
}


def read_python(block: Block) -> None:
    ast.parse(block.text)


def read_console(block: Block) -> None:
    commands = [step for step in steps(block) if isinstance(step, Command)]
    read_shell_text("\n".join(command.text for command in commands))


def read_shell(block: Block) -> None:
    read_shell_text(block.text)


def read_shell_text(text: str) -> None:
    """The shell can read it, and every `wxevents …` in it has options that exist."""
    done = subprocess.run(
        ["bash", "-n"], input=text, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    for line in text.replace("\\\n", " ").splitlines():
        require_known_options(line)


def read_yaml(block: Block) -> None:
    YAML(typ="safe", pure=True).load(block.text)


def read_toml(block: Block) -> None:
    values = tomllib.loads(block.text)
    if Path(block.caption).name == "wxevents.toml":
        require_settings(values)


def read_ini(block: Block) -> None:
    if Path(block.caption).name == ".env" or not re.search(r"^\[", block.text, re.MULTILINE):
        read_dotenv(block)
        return
    # systemd repeats keys, and its keys have capitals.
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.read_string(block.text)
    command = parser.get("Service", "ExecStart", fallback="")
    require_known_options(command)


def read_dotenv(block: Block) -> None:
    variables = dotenv_values(stream=io.StringIO(block.text), interpolate=False)
    assert variables, "there is no variable in it"
    require_settings(
        {
            name.removeprefix(PREFIX).lower(): value
            for name, value in variables.items()
            if name.startswith(PREFIX)
        }
    )


def require_settings(given: Mapping[str, Any]) -> None:
    """Settings.load would take them. Files that they name are the reader's."""
    values = dict(_COMPLETE)
    for name, value in given.items():
        known = name.removesuffix("_file")
        values[known] = values.get(known, "from a file") if known != name else value
    Settings.model_validate(values)


def read_json(block: Block) -> None:
    json.loads(block.text)


def read_xml(block: Block) -> None:
    """A push, an answer, or an envelope."""
    fields = xml.parse(block.text.encode())
    if "Encrypt" in fields:
        return
    event = parse(fields)
    if type(event) is UnknownMessage:
        replies.read(fields)
    assert type(event) is not UnknownEvent, "no class models this event"


def read_nginx(block: Block) -> None:
    """tests/deployment runs it; here its braces have to meet."""
    text = re.sub(r"#.*", "", block.text)
    assert text.count("{") == text.count("}"), "a brace is missing"
    for line in filter(None, map(str.strip, text.splitlines())):
        assert line.endswith((";", "{", "}")), f"no semicolon behind {line!r}"


_INSTRUCTIONS: Final = frozenset(
    [
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "RUN",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
        "ADD",
        "SHELL",
        "ONBUILD",
    ]
)


def read_dockerfile(block: Block) -> None:
    text = re.sub(r"^#.*\n", "", block.text, flags=re.MULTILINE).replace("\\\n", " ")
    for line in filter(None, map(str.strip, text.splitlines())):
        instruction, _, rest = line.partition(" ")
        assert instruction in _INSTRUCTIONS, f"no instruction: {line}"
        if instruction == "RUN":
            read_shell_text(rest)
        if instruction in ("CMD", "ENTRYPOINT"):
            require_known_options(shlex.join(json.loads(rest)) if rest.startswith("[") else rest)


def read_text(_: Block) -> None:
    """For people: logs, drawings, what a page of the platform shows."""


READERS: Final[Mapping[str, Callable[[Block], None]]] = {
    "console": read_console,
    "dockerfile": read_dockerfile,
    "ini": read_ini,
    "json": read_json,
    "nginx": read_nginx,
    "py": read_python,  # of other libraries, which need not be installed
    "python": read_python,
    "sh": read_shell,
    "text": read_text,
    "toml": read_toml,
    "xml": read_xml,
    "yaml": read_yaml,
}
"""What reads the blocks of each language."""

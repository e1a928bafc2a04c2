"""What is asked and checked before a project is written, and what is said behind it."""

from __future__ import annotations

import locale
import os
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from wxevents.cli.asking import Yes
from wxevents.cli.new.account import account_values
from wxevents.cli.new.asking import ask
from wxevents.cli.new.templates import Language, project_files
from wxevents.cli.new.writing import write_files
from wxevents.cli.options import FAILED, errors_as_sentences, fail
from wxevents.cli.printing import Json, print_json, visible

# What systemd, Compose and useradd all take.
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,30}")
_NAME_RULE: Final = "up to 31 small letters, digits and -, the first a letter"

# As the README of the project has them.
_START: Final = (
    "python3 -m venv .venv && . .venv/bin/activate",
    "pip wheel --no-deps -w wheels PATH_TO_CLONE    # of wxevents, which is not on PyPI yet",
    "pip install -r requirements-dev.txt",
    "wxevents dev    # or pytest",
)


def new(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where to write it: a new or an empty folder.")
    ],
    *,
    name: Annotated[
        str, typer.Option(help="What the service is called; by default as DIR is.")
    ] = "",
    language: Annotated[
        Literal["en", "zh"] | None,
        typer.Option(help="Of comments and README; by default that of your locale."),
    ] = None,
    app_id: Annotated[str, typer.Option(help="AppID of the account (wx…), for .env.")] = "",
    token: Annotated[str, typer.Option(help="Token, for .env.")] = "",
    aes_key: Annotated[
        str, typer.Option("--aes-key", "--encoding-aes-key", help="EncodingAESKey, for .env.")
    ] = "",
    app_secret: Annotated[str, typer.Option(help="AppSecret, for .env.")] = "",
    mode: Annotated[str, typer.Option(help="plain, compatible or safe, for .env.")] = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Write a small project to start from: handlers, tests, and what a deployment needs.

    On a terminal it asks for the account's values, without showing secrets; without them it writes
    no .env, and `wxevents dev` invents an account. All is written, or nothing."""
    may_ask = sys.stdin.isatty() and not yes
    _require_room(folder)
    name = _service_name(name, folder, may_ask)
    given = {
        "app_id": app_id,
        "app_secret": app_secret,
        "token": token,
        "encoding_aes_key": aes_key,
        "mode": mode,
    }
    with errors_as_sentences():
        account = account_values(given, folder, may_ask)
    files = project_files(language or _locale_language(os.environ), name, account)
    try:
        write_files(folder, files)
    except OSError as error:
        fail(f"{error.filename or folder}: {error.strerror}; nothing was written", FAILED)
    if as_json:
        print_json([str(path) for path in files])
        return
    typer.echo(f"{visible(str(folder))}: {len(files)} files, for a service called {name}")
    typer.echo("Next:")
    for command in (f"cd {shlex.quote(str(folder))}", *_START):
        typer.echo(f"  {visible(command)}")


def _require_room(folder: Path) -> None:
    try:
        is_free = not any(folder.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        fail(f"{visible(str(folder))}: {error.strerror}; nothing was written")
    if not is_free:
        fail(f"{visible(str(folder))} is not empty; nothing was written: name a new folder")


def _service_name(given: str, folder: Path, may_ask: bool) -> str:
    """The given name, or what of the folder's own a service may be called."""
    derived = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower())[:31].strip("-")
    name = given or derived
    if given and _name_fault(given):
        fail(f"--name {visible(given)}: {_NAME_RULE}; nothing was written")
    if _name_fault(name) and not may_ask:
        fail(
            f"no service can be named after {visible(str(folder))}: give it one with --name; "
            "nothing was written"
        )
    if _name_fault(name):
        typer.echo(f"No service can be named after {visible(str(folder))}.", err=True)
        name = ask("Name of the service", _name_fault)
    return name


def _name_fault(name: str) -> str | None:
    return None if _NAME.fullmatch(name) else _NAME_RULE


def _locale_language(environ: Mapping[str, str]) -> Language:
    variables = ("LC_ALL", "LC_MESSAGES", "LANG")
    names = [environ[name] for name in variables if environ.get(name)]
    # Windows sets none of them, and calls it Chinese (Simplified)_China.
    chosen = names[0] if names else locale.getlocale()[0] or ""
    return "zh" if chosen.lower().startswith(("zh", "chinese")) else "en"

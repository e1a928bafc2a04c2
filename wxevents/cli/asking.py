"""How a command that changes something gets its permission."""

from __future__ import annotations

import sys
from typing import Annotated, TypeAlias

import typer

from wxevents.cli.options import FAILED, WRONG_USE, fail

Yes: TypeAlias = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


def require_permission(question: str, yes: bool) -> None:
    """Ask, unless --yes was given; where nobody can be asked, refuse."""
    if yes:
        return
    if not sys.stdin.isatty():
        fail("nothing was changed: without a terminal to ask, say --yes", WRONG_USE)
    if not typer.confirm(question, err=True):
        fail("nothing was changed", FAILED)

"""What commands print: JSON for programs, and text that does no harm to a terminal."""

from __future__ import annotations

import json
from typing import Annotated, TypeAlias

import typer

Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def print_json(value: object) -> None:
    """A value on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def visible(text: str) -> str:
    """Text without what would move the cursor or change the colours of a terminal."""
    return "".join(one if one.isprintable() else "\ufffd" for one in text)

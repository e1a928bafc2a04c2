"""What commands print: JSON for programs, and text that does no harm to a terminal."""

from __future__ import annotations

import json
import unicodedata
from typing import Annotated, Final, TypeAlias

import typer

# Cc: control characters; Cs: halves of characters; Zl, Zp: separators of lines and paragraphs.
_CONTROLS: Final = frozenset(("Cc", "Cs", "Zl", "Zp"))
# What turns the direction of writing, so that a text shows as another one.
_BIDIRECTIONAL: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def print_json(value: object) -> None:
    """A value on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def visible(text: str) -> str:
    """Text without what would move the cursor, change the colours of a terminal, or the order of
    letters."""
    return "".join("\ufffd" if _does_harm(one) else one for one in text)


def _does_harm(one: str) -> bool:
    return one in _BIDIRECTIONAL or (one != "\t" and unicodedata.category(one) in _CONTROLS)

"""`wxevents inbox show`: all that is known of one push."""

from __future__ import annotations

from collections.abc import Mapping
from time import time
from typing import Annotated, Any, TypeAlias

import typer

from wxevents.cli.inbox.shown import entry_as_json, print_entry
from wxevents.cli.inbox.source import find, read
from wxevents.cli.options import console
from wxevents.cli.printing import Json, print_json

Identity: TypeAlias = Annotated[
    str, typer.Argument(help="The push's identity, or a part that no other one has.")
]


def show(identity: Identity, *, as_json: Json = False, options: Mapping[str, Any]) -> None:
    """Show a push with its fields, and the state of each message that answers it."""
    settings, entries = read(options)
    entry = find(entries, identity, settings)
    if as_json:
        print_json(entry_as_json(entry, time()))
    else:
        print_entry(entry, time(), console())

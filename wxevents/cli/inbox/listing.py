"""`wxevents inbox list`: what is open, and what did not reach its user."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from time import time
from typing import Annotated, Any

import typer

from wxevents.cli.inbox.choice import STATES, OlderThan, age_of, needs_nobody, states_of
from wxevents.cli.inbox.shown import summary_as_json, table
from wxevents.cli.inbox.source import empty, read
from wxevents.cli.options import console
from wxevents.cli.printing import Json, print_json


def list_entries(
    *,
    state: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATE",
            help=f"Only these: {', '.join(STATES)}; may be repeated, or separated by commas.",
            show_default=False,
        ),
    ] = None,
    older_than: OlderThan = None,
    handler: Annotated[
        str, typer.Option(help="Only those whose handler's name has this text.")
    ] = "",
    all_: Annotated[
        bool, typer.Option("--all", help="Also what is done and needs nobody any more.")
    ] = False,
    as_json: Json = False,
    options: Mapping[str, Any],
) -> None:
    """List the pushes that are open, and those whose answer did not reach the user; those that are
    done and sent, or had nothing to say, only with --all or --state done."""
    wanted = states_of(state)
    settings, entries = read(options)
    now = time()
    chosen = [
        entry
        for entry in entries
        if (entry.state in wanted if wanted else all_ or not needs_nobody(entry))
        and (older_than is None or age_of(entry, now) >= older_than)
        and handler in entry.handler
    ]
    if as_json:
        print_json([summary_as_json(entry, now) for entry in chosen])
        return
    if not entries:
        typer.echo(empty(settings))
        return
    out = console()
    if chosen:
        out.print(table(chosen, now))
    counts = Counter(entry.state for entry in entries)
    totals = ", ".join(f"{counts[one]} {one}" for one in STATES if counts[one])
    hidden = len(entries) - len(chosen)
    rest = f"; {hidden} of them not listed here" if hidden else ""
    typer.echo(f"in the inbox: {totals}{rest}")

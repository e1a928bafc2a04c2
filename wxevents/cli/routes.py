"""`wxevents routes`: what answers what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from wxevents.cli.account import development_settings
from wxevents.discovery import load_bot
from wxevents.routing import Route


def routes(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    options: Mapping[str, object],
) -> None:
    """List every handler with what it is registered for, in the order in which they are asked."""
    bot = load_bot(development_settings(options))
    rows = [_row(route) for route in bot.dispatcher.routes]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("takes", "handler", "where", box=None, header_style="bold")
    for row in rows:
        table.add_row(row["takes"], row["handler"], row["place"])
    Console().print(table, soft_wrap=True)


def _row(route: Route) -> dict[str, str]:
    handler, _, _ = route.name.partition(" ")
    return {"takes": repr(route), "handler": handler, "place": route.place}

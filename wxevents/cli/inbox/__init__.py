"""`wxevents inbox …`: look after the pushes that are answered late; one module per command."""

from __future__ import annotations

import typer

from wxevents.cli.inbox.listing import list_entries
from wxevents.cli.inbox.purge import purge
from wxevents.cli.inbox.replay import replay
from wxevents.cli.inbox.show import show
from wxevents.cli.options import with_settings

app = typer.Typer(
    name="inbox",
    help="Look after the pushes that were acknowledged before their answer: what became of them, "
    "and another run for those that failed. Works beside servers that use the same store.",
    no_args_is_help=True,
)
_SETTINGS = ("store", "app_id", "path")
app.command("list")(with_settings(list_entries, _SETTINGS))
for command in (show, replay, purge):
    app.command()(with_settings(command, _SETTINGS))

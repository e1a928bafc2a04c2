"""`wxevents menu …`: check, plan and publish the menus; one module per command."""

from __future__ import annotations

import typer

from wxevents.cli.menu.apply import apply
from wxevents.cli.menu.check import check
from wxevents.cli.menu.delete import delete
from wxevents.cli.menu.match import match
from wxevents.cli.menu.plan import plan
from wxevents.cli.menu.pull import pull
from wxevents.cli.menu.schema import schema
from wxevents.cli.menu.takeover import take_over
from wxevents.cli.options import API, with_settings

app = typer.Typer(
    name="menu",
    help="Check, plan and publish the menu: that of the handlers package, or of a FILE "
    "(YAML, TOML, JSON).",
    no_args_is_help=True,
)
app.command()(with_settings(check, ("handlers",)))
app.command()(with_settings(plan, (*API, "handlers")))
app.command()(with_settings(apply, (*API, "handlers")))
app.command()(with_settings(pull, API))
app.command()(with_settings(match, (*API, "handlers")))
app.command()(with_settings(delete, API))
app.command("import")(with_settings(take_over, API))
app.command()(schema)

"""The `wxevents` command; one module per subcommand."""

from __future__ import annotations

import io
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from wxevents.cli import inbox, menu, phone
from wxevents.cli.dev import dev
from wxevents.cli.doctor import doctor
from wxevents.cli.emulate import emulate
from wxevents.cli.load import load
from wxevents.cli.new import new
from wxevents.cli.options import ACCOUNT, EVERYTHING, with_settings
from wxevents.cli.push import push
from wxevents.cli.routes import routes
from wxevents.cli.run import run

app = typer.Typer(
    name="wxevents",
    help="Serve, try and inspect the bot of a WeChat Official Account (公众号).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its tracebacks show local variables: tokens and keys
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wxevents {version('wxevents')}")
        raise typer.Exit


@app.callback()
def _every_command(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and end.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    pass


for stream in (sys.stdout, sys.stderr):
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")  # a terminal that knows no Chinese gets `?` for it
for command in (dev, run, doctor):
    app.command()(with_settings(command, EVERYTHING))
app.command()(with_settings(routes, ("handlers",)))
app.command()(with_settings(push, (*ACCOUNT, "host", "port", "path")))
app.command()(with_settings(load, (*ACCOUNT, "host", "port", "path", "handlers")))
app.command()(with_settings(emulate, (*ACCOUNT, "app_secret")))
app.command()(new)
app.add_typer(phone.app)
app.add_typer(menu.app)
app.add_typer(inbox.app)

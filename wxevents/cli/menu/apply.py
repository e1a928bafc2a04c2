"""`wxevents menu apply`: publish the menu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from wxevents.cli.account import api_settings
from wxevents.cli.asking import Yes, require_permission
from wxevents.cli.menu.show import plan_as_json, print_plan, step_line
from wxevents.cli.menu.source import File, call, load, named_tags, publisher, warn_of
from wxevents.cli.options import console, fail
from wxevents.cli.printing import Json, print_json
from wxevents.client import Client
from wxevents.publishing import Plan, Step


def apply(
    file: File = None,
    *,
    rollback: Annotated[
        bool,
        typer.Option("--rollback", help="Return to what was published before the last change."),
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
    options: Mapping[str, Any],
) -> None:
    """Show the plan, ask, publish, read back and compare. A failure midway is rolled back; a run
    that was interrupted is finished by another one."""
    if file and rollback:
        fail("give a FILE or --rollback, not both")
    source = None if rollback else load(file, options)
    settings = source.settings if source else api_settings(options)
    if source:
        warn_of(source.findings())

    async def make(client: Client) -> tuple[Plan, Mapping[str, str]]:
        publishing = publisher(client, settings)
        planned = (
            await publishing.plan(source.menus) if source else await publishing.plan_rollback()
        )
        return planned, await named_tags(client, planned.before, planned.after)

    planned, tags = call(settings, make)
    # With --json, standard output is for the JSON alone.
    print_plan(planned, tags, console(stderr=as_json))
    if planned.steps:
        require_permission("Publish it?", yes)

    def show(step: Step, number: int, count: int) -> None:
        typer.echo(f"[{number}/{count}] {step_line(step, tags)}", err=as_json)

    async def carry_out(client: Client) -> None:
        await publisher(client, settings, show).apply(planned)

    call(settings, carry_out)
    if as_json:
        print_json(plan_as_json(planned, tags))
    elif planned.steps:
        typer.echo("published, read back and compared: all as wanted")

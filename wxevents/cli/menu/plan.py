"""`wxevents menu plan`: what would be published, and who would see what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import typer

from wxevents.cli.menu.show import plan_as_json, print_plan
from wxevents.cli.menu.source import File, call, load, named_tags, publisher, warn_of
from wxevents.cli.options import console
from wxevents.cli.printing import Json, print_json
from wxevents.client import Client
from wxevents.publishing import Plan

TO_DO: Final = 3


def plan(file: File = None, *, as_json: Json = False, options: Mapping[str, Any]) -> None:
    """Compare the menu with what is published: what comes, goes and changes, what each audience
    sees before and after, and the calls that it takes.

    Exit code 0 when nothing is to do, 3 otherwise.
    """
    source = load(file, options)
    warn_of(source.findings())

    async def make(client: Client) -> tuple[Plan, Mapping[str, str]]:
        publishing = publisher(client, source.settings)
        planned = await publishing.plan(source.menus)
        return planned, await named_tags(client, planned.before, planned.after)

    planned, tags = call(source.settings, make)
    if as_json:
        print_json(plan_as_json(planned, tags))
    else:
        print_plan(planned, tags, console())
    if planned.steps:
        raise typer.Exit(TO_DO)

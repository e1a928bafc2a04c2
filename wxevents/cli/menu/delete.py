"""`wxevents menu delete`: no menu at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from wxevents.cli.account import api_settings
from wxevents.cli.asking import Yes, require_permission
from wxevents.cli.menu.show import summary
from wxevents.cli.menu.source import call, publisher
from wxevents.cli.printing import Json, print_json
from wxevents.client import Client
from wxevents.menu import MenuSet


def delete(*, yes: Yes = False, as_json: Json = False, options: Mapping[str, Any]) -> None:
    """Delete the default menu, and with it all conditional ones. `apply --rollback` brings them
    back."""
    settings = api_settings(options)

    async def fetch(client: Client) -> MenuSet | None:
        return await client.menus.get()

    menus = call(settings, fetch)
    count = len(menus.conditional) if menus else 0
    if menus:
        require_permission(f"Delete {summary(menus.menu)} and {count} conditional menus?", yes)

        async def remove(client: Client) -> None:
            await publisher(client, settings).delete()

        call(settings, remove)
    if as_json:
        print_json({"deleted": 1 + count if menus else 0})
    else:
        typer.echo(f"deleted {1 + count} menus" if menus else "there was no menu to delete")

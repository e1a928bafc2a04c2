"""`wxevents menu pull`: what is published, as a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from wxevents.cli.account import api_settings
from wxevents.cli.asking import Yes, require_permission
from wxevents.cli.menu.source import call, named_tags
from wxevents.cli.options import FAILED, fail
from wxevents.cli.printing import Json, print_json
from wxevents.client import Client
from wxevents.errors import MenuError
from wxevents.menu import MenuSet
from wxevents.menu.writing import RETIRED, file_text


def pull(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="Where to write (.yaml, .json); to the screen without it."
        ),
    ] = None,
    *,
    as_json: Json = False,
    yes: Yes = False,
    options: Mapping[str, Any],
) -> None:
    """Write the menus that were published through the API to a file. Menus with retired match
    fields, which nobody sees, are marked in it: `apply` takes the file once they are removed."""
    settings = api_settings(options)

    async def fetch(client: Client) -> tuple[MenuSet | None, Mapping[str, str]]:
        menus = await client.menus.get()
        return menus, await named_tags(client, menus)

    menus, tags = call(settings, fetch)
    if menus is None:
        fail(
            "no menu was published through the API; `wxevents menu import` takes over one that was "
            "made on the platform's website",
            FAILED,
        )
    for one in menus.conditional:
        if one.match.retired:
            typer.echo(f"{RETIRED}: menu {one.menu_id}, for {one.match}", err=True)
    if as_json:
        print_json(menus.body())
        return
    try:
        text = file_text(menus, file or Path("menu.yaml"), tags)
    except MenuError as error:
        fail(str(error))
    if file is None:
        typer.echo(text, nl=False)
        return
    write(file, text.encode(), yes)
    typer.echo(f"{file}: 1 default menu, {len(menus.conditional)} conditional menus")


def write(path: Path, content: bytes, yes: bool) -> None:
    """Write a file, once it is allowed to replace what is there."""
    try:
        if path.exists() and path.read_bytes() != content:
            require_permission(f"Replace {path}?", yes)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}", FAILED)

"""`wxevents menu import`: a menu that was made on the platform's website."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from wxevents.cli.account import api_settings
from wxevents.cli.asking import Yes
from wxevents.cli.menu.pull import write
from wxevents.cli.menu.source import call
from wxevents.cli.options import FAILED, fail
from wxevents.cli.printing import Json, print_json
from wxevents.menu import MenuSet
from wxevents.menu.writing import file_text
from wxevents.publishing import take_over as take_over_menu


def take_over(
    file: Annotated[
        Path, typer.Argument(metavar="[FILE]", help="Where to write (.yaml, .json).")
    ] = Path("menu.yaml"),
    *,
    as_json: Json = False,
    yes: Yes = False,
    options: Mapping[str, Any],
) -> None:
    """Take over a menu that was made on the platform's website: its texts, pictures, voices, videos
    and news become replies of click buttons, its media are stored beside the file."""
    settings = api_settings(options)
    taken = call(settings, take_over_menu)
    if not taken.info.is_menu_open:
        typer.echo(
            "WARNING: the menu is switched off (is_menu_open: 0): no user sees one until it is "
            "switched on at the platform's website, or published",
            err=True,
        )
    for line in taken.lost:
        typer.echo(f"left behind: {line}", err=True)
    if taken.menu is None:
        fail("there is no menu to take over", FAILED)
    write(file, file_text(MenuSet(taken.menu), file).encode(), yes)
    for path, content in taken.files.items():
        write(file.parent / path, content, yes)
    if as_json:
        print_json(
            {
                "file": file.as_posix(),
                "is_menu_open": taken.info.is_menu_open,
                "media": [path.as_posix() for path in taken.files],
                "lost": list(taken.lost),
            }
        )
        return
    typer.echo(f"{file}: {len(taken.menu.leaves())} buttons, {len(taken.files)} media files")
    typer.echo("Use it with `menu = Menu.from_file(…)` in your handlers package.")

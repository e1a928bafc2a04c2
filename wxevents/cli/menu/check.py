"""`wxevents menu check`: the menu against the platform's limits and the bot's handlers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from wxevents.cli.menu.source import File, Source, read
from wxevents.cli.options import FAILED
from wxevents.cli.printing import Json, print_json
from wxevents.errors import MenuError
from wxevents.menu import Finding, MenuSet


def check(
    file: File = None,
    *,
    strict: Annotated[bool, typer.Option(help="Exit with 1 for warnings, too.")] = False,
    as_json: Json = False,
    options: Mapping[str, Any],
) -> None:
    """Say what the platform would refuse in the menu, and which keys and handlers do not fit.

    Exit code 1 with errors.
    """
    source, findings = _examined(file, options)
    errors = sum(finding.level == "error" for finding in findings)
    warnings = len(findings) - errors
    if as_json:
        print_json([finding.as_json() for finding in findings])
    else:
        for finding in findings:
            typer.echo(f"{'warning: ' if finding.level == 'warning' else ''}{finding}")
        if source and source.routes is None:
            typer.echo("no handlers package here: keys were not compared with handlers")
        size = _size(source.menus) if source else "no menu could be read"
        typer.echo(f"errors: {errors}, warnings: {warnings} ({size})")
    if errors or (strict and warnings):
        raise typer.Exit(FAILED)


def _examined(
    file: Path | None, options: Mapping[str, Any]
) -> tuple[Source | None, Sequence[Finding]]:
    """The menus, None where their file holds none, and everything that does not fit."""
    try:
        source = read(file, options, offline=True)
    except MenuError as error:
        return None, [one for one in error.findings if isinstance(one, Finding)]
    return source, source.findings()


def _size(menus: MenuSet) -> str:
    leaves = sum(len(menu.leaves()) for _, menu in menus.menus())
    return f"conditional menus: {len(menus.conditional)}, buttons: {leaves}"

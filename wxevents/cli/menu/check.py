"""`wxevents menu check`: the menu against the platform's limits and the bot's handlers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from wxevents.cli.menu.source import FAILED, File, Json, load, print_json


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
    source = load(file, options)
    findings = source.findings()
    errors = sum(finding.level == "error" for finding in findings)
    warnings = len(findings) - errors
    if as_json:
        print_json([finding.as_json() for finding in findings])
    else:
        for finding in findings:
            typer.echo(f"{'warning: ' if finding.level == 'warning' else ''}{finding}")
        if source.routes is None:
            typer.echo("no handlers package here: keys were not compared with handlers")
        leaves = sum(len(menu.leaves()) for _, menu in source.menus.menus())
        conditional = len(source.menus.conditional)
        typer.echo(
            f"errors: {errors}, warnings: {warnings} (conditional menus: {conditional}, "
            f"buttons: {leaves})"
        )
    if errors or (strict and warnings):
        raise typer.Exit(FAILED)

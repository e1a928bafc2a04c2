"""Questions on a terminal that are repeated until the answer fits."""

from __future__ import annotations

from collections.abc import Callable

import typer


def ask(
    question: str,
    fault: Callable[[str], str | None],
    *,
    default: str = "",
    is_secret: bool = False,
) -> str:
    """The first answer in which `fault` finds none; what is wrong with the others is said. A secret
    is not shown while it is typed."""
    while True:
        answer: str = typer.prompt(
            question, default, hide_input=is_secret, show_default=bool(default), err=True
        ).strip()
        found = fault(answer)
        if found is None:
            return answer
        typer.echo(found, err=True)

"""`wxevents inbox purge`: forget pushes that are done or dead."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from time import time
from typing import Annotated, Any, Final

import typer

from wxevents.cli.asking import Yes, require_permission
from wxevents.cli.inbox.choice import OlderThan, age_of, states_of
from wxevents.cli.inbox.source import call, read
from wxevents.store import Entry, Inbox, State

_ENDED: Final[tuple[State, ...]] = ("done", "dead")
_AT_ONCE: Final = 100


def purge(
    *,
    state: Annotated[
        list[str] | None,
        typer.Option(metavar="STATE", help="done or dead; by default both.", show_default=False),
    ] = None,
    older_than: OlderThan = None,
    yes: Yes = False,
    options: Mapping[str, Any],
) -> None:
    """Remove what is done or dead from the inbox, never what is open. Stores do so by themselves:
    what reached its user after 10 minutes, what did not after 7 days, what is dead after 30."""
    wanted = states_of(state, _ENDED) or set(_ENDED)
    settings, entries = read(options)
    now = time()
    chosen = [
        entry
        for entry in entries
        if entry.state in wanted and (older_than is None or age_of(entry, now) >= older_than)
    ]
    if not chosen:
        typer.echo("there is nothing to remove")
        return
    require_permission(f"Remove {_counted(chosen)}?", yes)
    removed = call(settings, lambda inbox: _remove(inbox, chosen))
    typer.echo(f"removed {_counted(removed)}")


async def _remove(inbox: Inbox, chosen: Sequence[Entry]) -> Sequence[Entry]:
    """Those that were removed; somebody else may have replayed one meanwhile."""
    removed: list[Entry] = []
    for start in range(0, len(chosen), _AT_ONCE):
        some = chosen[start : start + _AT_ONCE]
        done = await asyncio.gather(*(inbox.remove(entry.identity) for entry in some))
        removed += [entry for entry, success in zip(some, done, strict=True) if success]
    return removed


def _counted(entries: Sequence[Entry]) -> str:
    counts = Counter(entry.state for entry in entries)
    by_state = ", ".join(f"{counts[one]:,} {one}" for one in _ENDED if counts[one])
    return f"{len(entries):,} entr{'y' if len(entries) == 1 else 'ies'} ({by_state or 'none'})"

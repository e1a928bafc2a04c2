"""`wxevents inbox replay`: another run for pushes that are done or dead."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Final, TypeAlias

import typer
from rich.progress import Progress

from wxevents.cli.asking import Yes, require_permission
from wxevents.cli.inbox.choice import needs_nobody
from wxevents.cli.inbox.source import call, find, read
from wxevents.cli.options import FAILED, console, fail
from wxevents.cli.printing import visible
from wxevents.store import OPEN, Entry, Inbox

Tell: TypeAlias = Callable[[str, bool], None]
"""Called with a line for each entry that is dealt with, and whether all is well with it."""

# Seconds between two looks at what is still open, and until nobody seems to work at it.
_LOOK_AFTER: Final = 0.2
_HINT_AFTER: Final = 5.0


def replay(
    identity: Annotated[
        str,
        typer.Argument(
            metavar="[IDENTITY]", help="The push's identity, or a part that no other one has."
        ),
    ] = "",
    *,
    dead: Annotated[bool, typer.Option("--dead", help="All that are dead.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until they are done, and tell what came of it.")
    ] = False,
    yes: Yes = False,
    options: Mapping[str, Any],
) -> None:
    """Run the handler again for a push that is done or dead, or for all dead ones.

    A server that is up does so within a second, otherwise the next one that starts. Exit code 1 if
    one could not be replayed or, with --wait, if an answer did not reach its user."""
    if bool(identity) == dead:
        fail("give the IDENTITY of a push, or --dead for all that are dead; not both")
    settings, entries = read(options)
    if dead:
        chosen: Sequence[Entry] = [entry for entry in entries if entry.state == "dead"]
    else:
        chosen = [find(entries, identity, settings)]
    if not chosen:
        typer.echo("none is dead")
        return
    if not dead and chosen[0].state in OPEN:
        fail(f"{chosen[0].identity} is {chosen[0].state}, and is worked at anyway", FAILED)
    typer.echo(_consequences(chosen), err=True)
    require_permission("Replay?", yes)
    if not call(settings, lambda inbox: _replay(inbox, chosen, wait)):
        raise typer.Exit(FAILED)


def _consequences(chosen: Sequence[Entry]) -> str:
    sent = sum(
        message.state in ("sent", "unknown") for entry in chosen for message in entry.messages
    )
    what = "1 push" if len(chosen) == 1 else f"{len(chosen):,} pushes"
    text = f"The handler runs again from the beginning for {what}, with all that it does."
    if sent:
        text += f" Messages that users have already, or may have, are sent again: {sent:,} of them."
    return text


async def _replay(inbox: Inbox, chosen: Sequence[Entry], wait: bool) -> bool:
    """Whether all went well."""
    replayed = []
    with _progress("replayed", len(chosen)) as tell:
        for entry in chosen:
            if await inbox.replay(entry.identity):
                replayed.append(entry)
                tell(f"{entry.identity}: replayed", True)
            else:
                tell(f"{entry.identity}: not replayed, it is no longer {entry.state}", False)
    well = len(replayed) == len(chosen)
    if not wait:
        typer.echo(
            f"{len(replayed):,} of {len(chosen):,} replayed; a server that is up takes them within "
            "a second, otherwise the next that starts"
        )
        return well
    outcomes: Counter[str] = Counter()
    with _progress("done", len(replayed)) as tell:
        async for identity, ended in _endings(inbox, replayed):
            outcome = f"{ended.state}, {ended.result}" if ended else "removed by somebody"
            reached = ended is not None and needs_nobody(ended)
            reason = f": {ended.error}" if ended and ended.error else ""
            tell(f"{identity}: {outcome}{reason}", reached)
            outcomes[outcome] += 1
            well = well and reached
    typer.echo("; ".join(f"{count:,} {outcome}" for outcome, count in outcomes.items()))
    return well


async def _endings(
    inbox: Inbox, replayed: Sequence[Entry]
) -> AsyncIterator[tuple[str, Entry | None]]:
    """Every one of them as soon as it is no longer open."""
    waiting = {entry.identity for entry in replayed}
    looks_until_hint = round(_HINT_AFTER / _LOOK_AFTER)
    while waiting:
        still_open = {entry.identity: entry for entry in await inbox.entries(states=OPEN)}
        for identity in sorted(waiting - still_open.keys()):
            waiting.discard(identity)
            found = await inbox.entries(identity=identity)
            yield identity, found[0] if found else None
        looks_until_hint -= 1
        if not looks_until_hint and any(still_open[one].state == "pending" for one in waiting):
            typer.echo("nobody has taken it yet: is a server up that uses this store?", err=True)
        if waiting:
            await asyncio.sleep(_LOOK_AFTER)


@contextmanager
def _progress(what: str, count: int) -> Iterator[Tell]:
    """On a terminal a bar, with lines for what did not go well; elsewhere a line for each."""
    out = console()
    if not out.is_terminal:
        number = itertools.count(1)
        yield lambda line, well: typer.echo(f"[{next(number)}/{count}] {visible(line)}")
        return
    with Progress(console=out) as progress:
        bar = progress.add_task(what, total=count)

        def tell(line: str, well: bool) -> None:
            if not well or count == 1:
                out.print(visible(line), markup=False, highlight=False)
            progress.advance(bar)

        yield tell

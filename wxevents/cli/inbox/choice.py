"""Which entries are meant: by state, age and handler."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Annotated, Final, TypeAlias, get_args

import typer

from wxevents.cli.options import fail
from wxevents.store import Entry, State

STATES: Final[tuple[State, ...]] = get_args(State)
_UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def seconds(text: str) -> float:
    """What `10m` means, in seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", text.strip())
    if match is None:
        raise typer.BadParameter(f"{text!r}: write 90s, 10m, 12h or 7d")
    return float(match[1]) * _UNITS[match[2]]


OlderThan: TypeAlias = Annotated[
    float | None,
    typer.Option(
        parser=seconds,
        metavar="AGE",
        help="Only pushes that came so long ago: 90s, 10m, 12h, 7d.",
        show_default=False,
    ),
]


def states_of(given: Sequence[str] | None, allowed: Collection[State] = STATES) -> set[State]:
    """The states in the values of a repeatable option, which may also be separated by commas."""
    wanted = {name.strip() for value in given or () for name in value.split(",") if name.strip()}
    for name in sorted(wanted - set(allowed)):
        fail(f"--state {name}: give one of {', '.join(allowed)}")
    return {state for state in STATES if state in wanted}


def age_of(entry: Entry, now: float) -> float:
    """Seconds since the push came; not less than nothing, as the clock may have been set back."""
    return max(0.0, now - entry.received)


def needs_nobody(entry: Entry) -> bool:
    """Whether the push is done, and whatever was to be said reached the user."""
    return entry.state == "done" and entry.result in ("sent", "silent")

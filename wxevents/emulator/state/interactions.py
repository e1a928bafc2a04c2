"""How many customer-service messages an account may send to whom, and until when (protocol:
customer-service message)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from wxevents.clock import Clock
from wxevents.emulator.feed import Feed
from wxevents.emulator.refusals import Refusal

Interaction: TypeAlias = Literal["message", "menu", "follow", "scan"]


class Allowance(NamedTuple):
    messages: int
    seconds: float


ALLOWANCES: Final[Mapping[Interaction, Allowance]] = {
    "message": Allowance(5, 48 * 3600),
    "menu": Allowance(3, 60),  # only of click, scancode_push and scancode_waitmsg
    "follow": Allowance(3, 60),
    "scan": Allowance(3, 60),
}

TYPING_AFTER: Final = 30
"""Seconds after an interaction in which the typing indicator may be shown."""


class SavedWindow(BaseModel):
    """A window as it is kept in a file: when it ends, in seconds since the epoch."""

    model_config = ConfigDict(extra="forbid")

    ends: Annotated[float, Field(allow_inf_nan=False)]
    left: int


@dataclass
class _Window:
    ends: float
    left: int


class Interactions:
    """What users did lately; each kind of interaction opens its own window, anew each time
    (inferred). `allowances` may be changed: the platform's numbers have changed before."""

    def __init__(self, clock: Clock, feed: Feed) -> None:
        self.allowances: dict[Interaction, Allowance] = dict(ALLOWANCES)
        self._clock = clock
        self._feed = feed
        self._windows: defaultdict[str, dict[Interaction, _Window]] = defaultdict(dict)
        self._last: dict[str, float] = {}

    def happened(self, openid: str, kind: Interaction) -> None:
        now = self._clock.monotonic()
        allowance = self.allowances[kind]
        self._windows[openid][kind] = _Window(now + allowance.seconds, allowance.messages)
        self._last[openid] = now
        self._feed.altered()

    def spend(self, openid: str) -> None:
        """Count a message, on the window that ends first; raises Refusal 45015 where no window is
        open, 45047 where the allowance is used up."""
        now = self._clock.monotonic()
        windows = [one for one in self._windows.get(openid, {}).values() if now < one.ends]
        if not windows:
            raise Refusal(45015)
        usable = [one for one in windows if one.left > 0]
        if not usable:
            raise Refusal(45047)
        min(usable, key=lambda one: one.ends).left -= 1
        self._feed.altered()

    def saved(self) -> dict[str, dict[Interaction, SavedWindow]]:
        """The windows that are open, in wall time."""
        now = self._clock.monotonic()
        to_wall_time = self._clock.time() - now
        return {
            openid: {
                kind: SavedWindow(ends=one.ends + to_wall_time, left=one.left)
                for kind, one in windows.items()
                if now < one.ends
            }
            for openid, windows in self._windows.items()
        }

    def restore(self, saved: Mapping[str, Mapping[Interaction, SavedWindow]]) -> None:
        """What `saved` gave, in place of what is there."""
        from_wall_time = self._clock.monotonic() - self._clock.time()
        self._windows.clear()
        self._last.clear()
        for openid, windows in saved.items():
            for kind, one in windows.items():
                self._windows[openid][kind] = _Window(one.ends + from_wall_time, one.left)

    def lately(self, openid: str) -> bool:
        """Whether he did something in the last 30 s."""
        return self._clock.monotonic() - self._last.get(openid, float("-inf")) <= TYPING_AFTER

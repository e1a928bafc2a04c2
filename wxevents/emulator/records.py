"""What happened between platform and bot, kept for the inspector: pushes with their deliveries, and
calls of the API."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, TypeVar

from wxevents.emulator.clock import MovableClock
from wxevents.exchange import Request, Response
from wxevents.xml import Fields

PushOutcome: TypeAlias = Literal["waiting", "answered", "empty", "outage", "paused", "unconfigured"]
Alarm: TypeAlias = Literal[
    "dns", "connect_timeout", "response_timeout", "illegal_response", "mark_fail"
]
"""The classes of the platform's alarm page."""

OWN_ELEMENTS: Final = frozenset(
    ("ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "MsgId")
)
"""What tells one push from another, or names it; whoever repeats a push keeps the rest."""

KEPT: Final = 500
KEPT_CALLS: Final = 5_000
"""Pushes and calls that are kept; publishing all menus of an account is some thousand calls."""

T = TypeVar("T", bound="PushRecord | CallRecord")


@dataclass
class Delivery:
    """One delivery of a push. `offset` and `seconds` are monotonic; `seconds` is None while it
    runs, `response` where none arrived."""

    attempt: int
    offset: float
    request: Request
    seconds: float | None = None
    response: Response | None = None
    answer: Fields | None = None
    verdict: str = ""
    accepted: bool = False
    alarm: Alarm | None = None


@dataclass
class PushRecord:
    """A push: `started` on the steady clock, `fields` as it was composed, `action` the call of the
    control API that caused it (its path and body), `handler` what a bot of ours says took it,
    `answer` what was accepted."""

    id: int
    time: float
    started: float
    fields: Fields
    action: Mapping[str, Any] = field(default_factory=dict)
    deliveries: list[Delivery] = field(default_factory=list)
    outcome: PushOutcome = "waiting"
    alarm: Alarm | None = None
    answer: Fields | None = None
    handler: str | None = None

    @property
    def openid(self) -> str:
        return str(self.fields["FromUserName"])

    @property
    def name(self) -> str:
        """The event's name, or the message's type."""
        return str(self.fields.get("Event") or self.fields["MsgType"])

    @property
    def key(self) -> str | None:
        key = self.fields.get("EventKey")
        return str(key) if key is not None else None


@dataclass
class CallRecord:
    """One call of the API, its tokens and secrets masked; `body` is what can be sent again,
    unless it `has_files`."""

    id: int
    time: float
    started: float
    method: str
    path: str
    query: str = ""
    request: str = ""
    response: str = ""
    errcode: int = 0
    seconds: float = 0.0
    body: bytes = b""
    has_files: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)


class Records:
    """The last pushes and calls, oldest first."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._ids = itertools.count(1)
        self.pushes: deque[PushRecord] = deque(maxlen=KEPT)
        self.calls: deque[CallRecord] = deque(maxlen=KEPT_CALLS)

    def push(self, fields: Fields) -> PushRecord:
        push = PushRecord(next(self._ids), self._clock.time(), self._clock.steady(), fields)
        self.pushes.append(push)
        return push

    def call(self, method: str, path: str) -> CallRecord:
        call = CallRecord(next(self._ids), self._clock.time(), self._clock.steady(), method, path)
        self.calls.append(call)
        return call

    def find_push(self, number: int) -> PushRecord | None:
        return _find(self.pushes, number)

    def find_call(self, number: int) -> CallRecord | None:
        return _find(self.calls, number)

    def took(self, identity: str, app_id: str, handler: str) -> PushRecord | None:
        """Note which handler took the push with this identity, as our bots compose it: app id,
        openid, then MsgId, or CreateTime and event."""
        for push in reversed(self.pushes):
            start = f"{app_id}:{push.openid}:"
            if "MsgId" in push.fields:
                same = identity == f"{start}{push.fields['MsgId']}"
            else:
                start = f"{start}{push.fields['CreateTime']}:{push.name.lower()}:"
                # Behind it menu, digest and key, of which only the key may hold a colon.
                rest = identity.removeprefix(start).split(":", 2)
                same = identity.startswith(start) and rest[2:] == [push.key or ""]
            if same:
                push.handler = handler
                return push
        return None


def _find(records: deque[T], number: int) -> T | None:
    return next((one for one in records if one.id == number), None)

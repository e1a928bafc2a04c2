"""What is known of the messages of one user that belong to events: plain values, no waiting.

An event gathers its messages in a Gathering. A message that comes before its event stands among the
early ones meanwhile. Nothing in a message tells which event it belongs to (protocol: menu events),
so it goes to the oldest one that still wants one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal, TypeAlias

from wxevents.routing import LatePolicy, Placeholder

GATHER_FOR: Final = 10.0
"""Seconds from the event until it is handled with what has come."""

EARLY_FOR: Final = 2.0
"""Seconds that a message waits for its event."""

# Behind the last delivery of a message that was joined (16 s), and what a busy process adds.
_REMEMBERED: Final = 60.0
# Who gathers ends it after ten seconds, or who takes over from him within one; what stands open for
# longer is nobody's, and must not swallow messages.
_ABANDONED: Final = 60.0

MessageType: TypeAlias = Literal["image", "location"]

WrittenPolicy: TypeAlias = (
    Literal["customer_service", "redelivery"] | Mapping[str, str | float] | None
)


def written(policy: LatePolicy | None) -> WrittenPolicy:
    """A policy as JSON has it."""
    return asdict(policy) if isinstance(policy, Placeholder) else policy


def read(policy: WrittenPolicy) -> LatePolicy | None:
    """What `written` wrote."""
    if isinstance(policy, Mapping):
        return Placeholder(str(policy["text"]), float(policy["after"]))
    return policy


@dataclass
class Arrived:
    """A message that came; `time` in seconds since the epoch, as everywhere here."""

    identity: str
    type: MessageType
    fields: Mapping[str, Any]
    time: float


@dataclass
class Gathering:
    """An event and the messages that have come for it.

    It is `closed` once the event is handled. With the last message the answer is given: `answer`
    is what it gets, or `answer` is None and `late` tells that it does not wait for one any longer;
    who writes first decides. `final` tells that there is no other answer behind it. `handler` is
    who gets the event, `policy` what `@late` says of it, see `written`. `ended` is when there was
    no more to decide.
    """

    identity: str
    type: MessageType
    wanted: int
    since: float
    handler: str = ""
    policy: WrittenPolicy = None
    arrived: list[Arrived] = field(default_factory=list)
    closed: bool = False
    late: bool = False
    answer: str | None = None
    final: bool = False
    ended: float | None = None

    @property
    def full(self) -> bool:
        return len(self.arrived) >= self.wanted

    def is_last(self, message: str) -> bool:
        """Whether the message with this identity completed it."""
        return self.full and self.arrived[-1].identity == message


@dataclass
class UserMessages:
    """All of one user. `now` is in seconds since the epoch."""

    gatherings: list[Gathering] = field(default_factory=list)
    early: list[Arrived] = field(default_factory=list)

    def of(self, event: str) -> Gathering | None:
        """The gathering of the event with this identity."""
        return next((one for one in self.gatherings if one.identity == event), None)

    def with_message(self, message: str) -> Gathering | None:
        """The gathering that has the message with this identity."""
        for one in self.gatherings:
            if any(arrived.identity == message for arrived in one.arrived):
                return one
        return None

    def begin(self, gathering: Gathering, now: float) -> Sequence[str]:
        """Gather for an event from now on, unless that was begun already. Gives the identities of
        the early messages that it took."""
        if self.of(gathering.identity):
            return ()
        taken = [
            one
            for one in self.early
            if one.type == gathering.type and abs(now - one.time) <= EARLY_FOR
        ][: gathering.wanted]
        gathering.arrived = taken
        self.gatherings.append(gathering)
        self.early = [one for one in self.early if one not in taken]
        return [one.identity for one in taken]

    def join(self, message: Arrived) -> Gathering | None:
        """The gathering that the message belongs to, now or already; None puts it among the early
        ones."""
        known = self.with_message(message.identity)
        if known:
            return known
        for one in self.gatherings:
            is_open = not one.closed and message.time - one.since < _ABANDONED
            if is_open and one.type == message.type and not one.full:
                self.leave(message.identity)
                one.arrived.append(message)
                return one
        if all(one.identity != message.identity for one in self.early):
            self.early.append(message)
        return None

    def leave(self, message: str) -> Gathering | None:
        """The message waits for its event no more; gives the gathering if one has taken it."""
        self.early = [one for one in self.early if one.identity != message]
        return self.with_message(message)

    def close(self, event: str) -> Gathering | None:
        """Take no more messages for the event; gives what came."""
        gathering = self.of(event)
        if gathering:
            gathering.closed = True
        return gathering

    def take_up(self, event: str) -> Gathering | None:
        """Another process goes on with the event. A last message that waited has perhaps died with
        the first one: its answer will be late."""
        gathering = self.of(event)
        if gathering and gathering.full and gathering.answer is None:
            gathering.late = True
        return gathering

    def give(self, event: str, answer: str, final: bool, now: float) -> bool:
        """Answer the last message; False if nobody waits for it."""
        gathering = self.of(event)
        if gathering and gathering.answer is not None:
            return gathering.answer == answer  # it was given, though the store did not say so
        if gathering is None or gathering.late or not gathering.full or gathering.ended is not None:
            return False
        gathering.answer, gathering.final = answer, final
        self.end(event, now)
        return True

    def give_up(self, event: str) -> str | None:
        """The last message waits no longer: gives its answer if there is one by now."""
        gathering = self.of(event)
        if gathering is None:
            return None
        if gathering.answer is None:
            gathering.late = True
        return gathering.answer

    def end(self, event: str, now: float) -> None:
        """There is no more to decide. Which messages it had is remembered for a while, since they
        may be delivered again; what they said is not."""
        gathering = self.of(event)
        if gathering and gathering.ended is None:
            gathering.closed, gathering.ended = True, now
            for arrived in gathering.arrived:
                arrived.fields = {}

    def kept_for(self) -> float:
        """Seconds that this has to be kept; as long as the inbox keeps what is open, while anything
        is."""
        return _REMEMBERED if all(one.ended is not None for one in self.gatherings) else _LONG

    def forget(self, now: float) -> None:
        """Drop what need not be known any longer."""
        self.early = [one for one in self.early if abs(now - one.time) < _REMEMBERED]
        self.gatherings = [
            one
            for one in self.gatherings
            if one.ended is None or abs(now - one.ended) < _REMEMBERED
        ]

    def to_json(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> UserMessages:
        """What `to_json` wrote; also by another version, which knew other fields."""
        content = json.loads(text)
        gatherings = [
            Gathering(**_known(Gathering, one) | {"arrived": _arrived(one["arrived"])})
            for one in content["gatherings"]
        ]
        return cls(gatherings, _arrived(content["early"]))


_LONG: Final = 30 * 86_400.0


def _arrived(content: Sequence[Mapping[str, Any]]) -> list[Arrived]:
    return [Arrived(**_known(Arrived, one)) for one in content]


def _known(kind: type[Gathering] | type[Arrived], content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: content[name] for name in kind.__dataclass_fields__ if name in content}

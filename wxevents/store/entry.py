"""What the inbox keeps: a push that is acknowledged before its answer, and what became of that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias, TypedDict, Unpack

_DAY: Final = 86_400.0

State: TypeAlias = Literal["pending", "running", "late", "done", "dead"]
"""pending: nobody works at it; running: its handler runs; late: its answer is being sent; done: see
`result`; dead: it was given up, see `error`."""

STATES: Final[tuple[State, ...]] = ("pending", "running", "late", "done", "dead")
OPEN: Final[tuple[State, ...]] = ("pending", "running", "late")
"""The states of entries that still want to be worked at."""


@dataclass(frozen=True)
class Message:
    """A customer-service message that answers a push.

    `body` is what `/cgi-bin/message/custom/send` takes. `state`: `waiting`, `sending` (marked
    before the call, so that nobody repeats one that may have arrived), `sent`, or the reason why it
    was not sent; `error` is the sentence to that.
    """

    body: Mapping[str, Any] = field(repr=False)
    state: str = "waiting"
    error: str = ""


class _Changes(TypedDict, total=False):
    """The fields of an entry that change: what `Entry.changed` takes."""

    state: State
    handler: str
    run: int
    stops: int
    answers: int
    answered: bool
    messages: tuple[Message, ...]
    result: str
    error: str
    due: float
    updated: float
    fence: int
    joined: tuple[Mapping[str, Any], ...] | None


@dataclass(frozen=True)
class Entry:
    """A push in the inbox. A changed one is another value, which `Store.save` writes.

    `fields` is the parsed push, `received` when it was first seen (seconds since the epoch), `run`
    counts how often its handler was started, `stops` how often a shutdown ended it, `answers` how
    many answers of the handler are accounted for, `answered` tells that there will be no more of
    them. `due` is when it is tried again, 0 for now. `fence` grows whenever another holder takes
    the entry over. `joined` are the fields of the messages that an event waited for, None of one
    that still waits or never did.
    """

    identity: str
    fields: Mapping[str, Any] = field(repr=False)
    received: float
    state: State = "running"
    event: str = ""
    key: str = ""
    handler: str = ""
    run: int = 1
    stops: int = 0
    answers: int = 0
    answered: bool = False
    messages: tuple[Message, ...] = ()
    result: str = ""
    error: str = ""
    due: float = 0.0
    updated: float = 0.0
    fence: int = 0
    joined: tuple[Mapping[str, Any], ...] | None = field(default=None, repr=False)

    def changed(self, **fields: Unpack[_Changes]) -> Entry:
        """The entry with other values in these fields. dataclasses.replace takes ten times as long,
        and a late push is changed ten times."""
        other = object.__new__(Entry)
        other.__dict__.update(self.__dict__, **fields)
        return other

    def taken(self) -> Entry:
        """The entry in the hands of another holder, whose handler has to run unless it answered."""
        if self.answered:
            return self.changed(state="late", fence=self.fence + 1)
        return self.changed(state="running", run=self.run + 1, fence=self.fence + 1)

    def as_new(self) -> Entry:
        """The entry as if its handler had never run."""
        return Entry(
            identity=self.identity,
            fields=self.fields,
            received=self.received,
            state="pending",
            event=self.event,
            key=self.key,
            handler=self.handler,
            run=0,
            updated=self.updated,
            fence=self.fence + 1,
            joined=self.joined,
        )

    @property
    def kept_for(self) -> float:
        """Seconds that it is kept, once it is done or dead."""
        if self.state == "dead":
            return 30 * _DAY
        return 600.0 if self.result in ("sent", "silent") else 7 * _DAY

    def with_message(self, number: int, state: str, error: str = "") -> Entry:
        """The entry with another state of its message `number`, from 0."""
        messages = list(self.messages)
        messages[number] = Message(messages[number].body, state, error)
        return self.changed(messages=tuple(messages))

    def to_json(self) -> str:
        """The entry as text, all but what a store keeps in columns of its own."""
        # Not asdict, which copies everything: an entry is written three times.
        content = {name: getattr(self, name) for name in _FIELDS}
        content["messages"] = [
            {"body": one.body, "state": one.state, "error": one.error} for one in self.messages
        ]
        return _encode(content)

    @classmethod
    def from_json(cls, text: str, *, identity: str, state: State, fence: int) -> Entry:
        """What `to_json` wrote; also by another version, which knew other fields."""
        content = {name: value for name, value in json.loads(text).items() if name in _FIELDS}
        content["messages"] = tuple(
            Message(one["body"], one["state"], one["error"]) for one in content["messages"]
        )
        if content.get("joined") is not None:
            content["joined"] = tuple(content["joined"])
        return cls(identity=identity, state=state, fence=fence, **content)


_encode: Final = json.JSONEncoder(separators=(",", ":")).encode

_FIELDS: Final = tuple(
    name for name in Entry.__dataclass_fields__ if name not in ("identity", "state", "fence")
)

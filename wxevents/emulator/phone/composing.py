"""Pushes composed for what users do: each with a time and an id that no other has."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from wxevents.emulator.records import PushRecord, Records
from wxevents.emulator.requests import WrongRequest
from wxevents.emulator.state.account import Account
from wxevents.emulator.state.interactions import Interaction
from wxevents.emulator.state.people import User
from wxevents.pushes import compose, set_field
from wxevents.xml import Fields

# Events that let the account send customer-service messages; every message does, too (protocol:
# customer-service message).
_OPENING: Final[Mapping[str, Interaction]] = {
    "CLICK": "menu",
    "scancode_push": "menu",
    "scancode_waitmsg": "menu",
    "subscribe": "follow",
    "SCAN": "scan",
}


@dataclass(frozen=True)
class Deed:
    """What a user did: what his phone did at once (`did` of reference/emulator.md), and the pushes
    that follow, in the platform's order."""

    did: Mapping[str, Any]
    pushes: Sequence[PushRecord] = field(default_factory=tuple)


class Composer:
    """Of one account."""

    def __init__(self, account: Account, records: Records) -> None:
        self._account = account
        self._records = records
        # From the clock, so that a restart repeats none: bots remember them.
        self._msg_ids = itertools.count(int(account.clock.time() * 1e6))
        self._seconds: dict[tuple[str, str, str], int] = {}

    def push(
        self,
        user: User,
        name: str,
        key: str | None = None,
        elements: Mapping[str, object] | None = None,
    ) -> PushRecord:
        """Any event or message, with the values of a sample but for `elements`, which are set by
        their paths. Raises PushError for a path that leads nowhere."""
        fields = compose(
            name,
            key,
            openid=user.openid,
            account=self._account.original_id,
            create_time=self._second_of(user.openid, name, key or ""),
            msg_id=next(self._msg_ids),
        )
        for path, value in (elements or {}).items():
            set_field(fields, path, value)
        kind = "message" if fields["MsgType"] != "event" else _OPENING.get(fields["Event"])
        if kind:
            self._account.interactions.happened(user.openid, kind)
        return self._records.push(fields)

    def message(
        self, user: User, msg_type: str, elements: Fields, without: Sequence[str] = ()
    ) -> PushRecord:
        """A message that a follower sent; `without` are elements of the sample that it lacks.
        Raises WrongRequest for somebody who does not follow."""
        require_follower(user)
        push = self.push(user, msg_type)
        for name in without:
            push.fields.pop(name, None)
        push.fields.update(elements)
        return push

    def _second_of(self, openid: str, name: str, key: str) -> int:
        """The CreateTime of a push: two of one user with the same event and key in one second would
        be the same push to a bot, so each gets a second of its own."""
        same = (openid, name, key)
        second = max(int(self._account.clock.time()), self._seconds.get(same, 0) + 1)
        self._seconds[same] = second
        return second


def require_follower(user: User) -> None:
    if not user.subscribed:
        raise WrongRequest(f"{user.openid} does not follow the account")

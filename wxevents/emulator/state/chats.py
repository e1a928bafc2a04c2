"""What stands in the chats between users and the account."""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from wxevents.clock import Clock
from wxevents.emulator.feed import Feed

Sender: TypeAlias = Literal["user", "account", "system"]
Via: TypeAlias = Literal["reply", "customer_service", "menu"]

KEPT: Final = 300
"""Messages of each chat that are kept."""


@dataclass(frozen=True)
class ChatMessage:
    """One entry of a chat; `kind` and the fields of `content` as in reference/emulator.md."""

    id: int
    time: float
    sender: Sender
    kind: str
    content: Mapping[str, Any]
    via: Via | None = None

    def json(self) -> dict[str, Any]:
        shown = {"id": self.id, "time": self.time, "from": self.sender, "kind": self.kind}
        return {**shown, **({"via": self.via} if self.via else {}), **self.content}


class Chats:
    """All chats of one account, by openid."""

    def __init__(self, clock: Clock, feed: Feed) -> None:
        self._clock = clock
        self._feed = feed
        self._ids = itertools.count(1)
        self._chats: defaultdict[str, deque[ChatMessage]] = defaultdict(lambda: deque(maxlen=KEPT))

    def __iter__(self) -> Iterator[tuple[str, list[ChatMessage]]]:
        return ((openid, list(chat)) for openid, chat in self._chats.items())

    def of(self, openid: str, after: int = 0) -> list[ChatMessage]:
        """Oldest first; those behind the id `after`."""
        return [message for message in self._chats.get(openid, ()) if message.id > after]

    def last_id(self, openid: str) -> int:
        """The id of the newest message, 0 in an empty chat."""
        chat = self._chats.get(openid)
        return chat[-1].id if chat else 0

    def from_user(self, openid: str, kind: str, content: Mapping[str, Any]) -> None:
        self._add(openid, "user", kind, content)

    def from_account(self, openid: str, kind: str, content: Mapping[str, Any], via: Via) -> None:
        """Whatever the account says ends the waiting for it."""
        self.stop_receiving(openid)
        self._add(openid, "account", kind, content, via)

    def from_system(self, openid: str, kind: str, content: Mapping[str, Any]) -> None:
        """What the phone itself shows."""
        self._add(openid, "system", kind, content)

    def start_receiving(self, openid: str) -> None:
        """消息接收中, until the account says something or its push has ended."""
        self._add(openid, "system", "receiving", {})

    def stop_receiving(self, openid: str) -> None:
        chat = self._chats.get(openid, deque[ChatMessage]())
        for message in [one for one in chat if one.kind == "receiving"]:
            chat.remove(message)
            news = {"message_gone": message.id, "openid": openid}
            self._feed.tell(news.copy)

    def forget(self, openid: str) -> None:
        self._chats.pop(openid, None)

    def clear(self) -> None:
        self._chats.clear()

    def restore(self, openid: str, messages: list[ChatMessage]) -> None:
        """As they were saved; new ones get higher ids."""
        self._chats[openid].extend(messages)
        newest = max((message.id for message in messages), default=0)
        self._ids = itertools.count(max(newest + 1, next(self._ids)))

    def _add(
        self,
        openid: str,
        sender: Sender,
        kind: str,
        content: Mapping[str, Any],
        via: Via | None = None,
    ) -> None:
        message = ChatMessage(next(self._ids), self._clock.time(), sender, kind, content, via)
        self._chats[openid].append(message)
        self._feed.tell(lambda: {"message": message.json(), "openid": openid})

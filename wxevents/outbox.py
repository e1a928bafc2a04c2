"""Late answers: sent as customer-service messages, in order, each at most once.

A message is marked as `sending` in the inbox before its call. It is repeated only where the
platform is known not to have taken it; one whose answer was lost ends as `unknown`, for a person to
see.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from typing import Final

from wxevents.client import Client, CustomerMessage, Retries
from wxevents.clock import Clock, sleep
from wxevents.conversion import Undeliverable, as_customer_messages
from wxevents.errors import (
    ApiError,
    CallFailed,
    LeaseLost,
    MediaError,
    NotSent,
    PlatformBusy,
    StoreError,
)
from wxevents.events import Event, LocationSelectEvent, PicturesEvent
from wxevents.events import Message as UserMessage
from wxevents.observe import Result
from wxevents.replies import Reply
from wxevents.routing import Push
from wxevents.store import Entry, Message, Store

log: Final = logging.getLogger(__name__)

# Seconds in which the platform takes messages (protocol: customer-service message): after a tap, a
# scan or a new follower, and after what a user sent, pictures and places through a button included.
_AFTER_A_TAP: Final = 60.0
_AFTER_A_MESSAGE: Final = 48 * 3600.0

# Only their pauses count here: how often it is tried is a matter of how long the platform listens.
_RETRIES: Final = Retries(longest=60.0, jitter=lambda: 0.5 + random.random() / 2)
_RETRIES_OF_STORE: Final = Retries(longest=60.0, jitter=lambda: 1.0)

# What the platform's codes make of a message; every other one makes it `refused`.
_ENDS: Final = {
    40003: "unknown_user",
    40007: "media_expired",
    43004: "not_following",
    45002: "too_long",
    45008: "too_many_articles",
    45009: "quota_used",
    45015: "window_closed",
    45047: "allowance_used",
    46004: "unknown_user",
    48001: "not_permitted",
    48002: "blocked",
    48004: "not_permitted",
    50002: "restricted",
}
# After these, no other message of the same push would fare better.
_ENDS_ALL: Final = frozenset(
    (
        "unknown_user",
        "not_following",
        "quota_used",
        "window_closed",
        "allowance_used",
        "not_permitted",
        "blocked",
        "restricted",
        "expired",
    )
)
_TOO_MANY_A_MINUTE: Final = 45011
_NOT_PERMITTED: Final = 48001

_NO_CLIENT: Final = "without WXEVENTS_APP_SECRET no message can be sent"
_SEND: Final = "POST /cgi-bin/message/custom/send"


class Outbox:
    """What late answers are sent with.

    `client` is None where the account has no AppSecret: everything ends as `undeliverable` then.
    `on_not_permitted` is called when the account may not send such messages (48001).
    """

    def __init__(
        self,
        store: Store,
        client: Client | None,
        clock: Clock,
        on_not_permitted: Callable[[], object],
    ) -> None:
        self.store = store
        self.client = client
        self.clock = clock
        self.on_not_permitted = on_not_permitted


class LateAnswer:
    """The answer to one push that is in the inbox; `entry` is what stands there.

    All methods raise LeaseLost if another process has taken the push over.
    """

    in_time: Result | None = None
    """What became of the answer if a delivery got it after all."""

    def __init__(self, outbox: Outbox, entry: Entry, event: Event) -> None:
        self.entry = entry
        self._outbox = outbox
        self._event = event

    async def event(self, push: Push) -> Event:
        """What the handler gets."""
        return self._event

    async def send(self, reply: Reply | None, *, last: bool) -> None:
        """Send one answer of the handler, the `last` or one of several."""
        messages = await self._messages(reply)
        self.entry = self.entry.changed(
            answers=self.entry.answers + 1,
            answered=last,
            state="late" if last else "running",
            messages=(*self.entry.messages, *messages),
        )
        await self._send_waiting()
        if last:
            await self.end()

    async def resume(self) -> None:
        """Send what is waiting. What somebody was sending when he died may have arrived, and is not
        sent again."""
        entry = self.entry
        for number, message in enumerate(entry.messages):
            if message.state == "sending":
                lost = "the process ended while it was being sent; it may have arrived or not"
                entry = entry.with_message(number, "unknown", lost)
        if entry is not self.entry:
            await self._save(entry)
        await self._send_waiting()
        if self.entry.answered:
            await self.end()

    async def end(self) -> None:
        """The handler is done."""
        if self.entry.error:
            await self._save(self.entry.changed(state="dead", result="failed"))
            return
        states = [message.state for message in self.entry.messages]
        unsent = next((state for state in states if state != "sent"), None)
        if unsent:
            log.warning("%s: the late answer is %s", self._name, unsent)
        result = unsent or ("sent" if states else "silent")
        await self._save(self.entry.changed(state="done", answered=True, result=result))

    async def fail(self, error: str, apology: Reply | None) -> None:
        """The handler failed: the user gets the apology, and the push is dead."""
        messages = await self._messages(apology)
        # The error first: whoever goes on with it must not take the apology for the answer.
        self.entry = self.entry.changed(
            answered=True, messages=(*self.entry.messages, *messages), error=error
        )
        await self._send_waiting()
        await self.end()

    async def bury(self, error: str) -> None:
        """Give the push up, and say nothing."""
        self.entry = self.entry.changed(answered=True, error=error)
        await self.end()

    async def release(self) -> None:
        """Leave the push to another process, since this one ends. That it stopped is noted: the
        handler was not what ended it."""
        left = self.entry.changed(state="pending", stops=self.entry.stops + 1)
        try:
            await self._outbox.store.save(left)
        except StoreError as error:  # then it is taken over when this process is seen to be gone
            log.warning("%s is left behind: %s", self._name, error)

    @property
    def _name(self) -> str:
        handler = self.entry.handler or "nobody's handler"
        return f"{self.entry.event} {self.entry.key}".rstrip() + f" → {handler}"

    async def _save(self, entry: Entry) -> None:
        """Write the entry down, however often that has to be tried."""
        attempt = 0
        while True:
            try:
                await self._outbox.store.save(entry)
            except LeaseLost:
                raise
            except StoreError as error:
                log.error("%s: the late answer waits for its store: %s", self._name, error)  # noqa: TRY400
                attempt += 1
                await sleep(_RETRIES_OF_STORE.pause(attempt), self._outbox.clock)
            else:
                self.entry = entry
                return

    async def _messages(self, reply: Reply | None) -> Sequence[Message]:
        """The reply as messages ready to be sent, local files uploaded."""
        if reply is None:
            return ()
        client = self._outbox.client
        if client is None:
            return (_undeliverable(_NO_CLIENT),)
        try:
            converted = as_customer_messages(reply)
        except Undeliverable as error:
            return (_undeliverable(str(error)),)
        return [await self._prepared(message, client) for message in converted]

    async def _prepared(self, message: CustomerMessage, client: Client) -> Message:
        attempt = 0
        while True:
            try:
                return Message(await client.messages.prepare(self._event.openid, message))
            except MediaError as error:
                return _undeliverable(str(error))
            except CallFailed as error:
                attempt += 1
                pause = _RETRIES.pause(attempt)
                # To upload a file twice does no harm, so that a lost answer is no reason to stop.
                if not (_is_transient(error) and self._lasts(pause)):
                    return _undeliverable(f"its file could not be uploaded: {error}")
            except Exception as error:
                log.exception("%s: its file was not uploaded", self._name)
                return _undeliverable(described(error))
            await sleep(pause, self._outbox.clock)

    async def _send_waiting(self) -> None:
        for number, message in enumerate(self.entry.messages):
            if message.state == "waiting":
                state, error = await self._send(number)
                # Written down with whatever comes next; until then it stands as `sending`.
                self.entry = self.entry.with_message(number, state, error)
        if not self.entry.answered:
            await self._save(self.entry)

    async def _send(self, number: int) -> tuple[str, str]:
        """Send one message, again while the platform is known not to have taken it; gives the state
        that it ends in, and the sentence to that."""
        earlier = self.entry.messages[:number]
        hopeless = next((one for one in earlier if one.state in _ENDS_ALL), None)
        if hopeless:
            return hopeless.state, hopeless.error
        client = self._outbox.client
        if client is None:
            return "undeliverable", _NO_CLIENT
        attempt = 0
        while True:
            await self._save(self.entry.with_message(number, "sending").changed(due=0.0))
            try:
                await client.messages.send_prepared(self.entry.messages[number].body)
            except CallFailed as error:
                if not _is_transient(error):
                    return self._verdict(error), str(error)
                reason = str(error)
            except Exception as error:
                # Of a token source or the like: nobody knows how far the call came.
                log.exception("%s: the late answer was not sent", self._name)
                return "unknown", described(error)
            else:
                return "sent", ""
            attempt += 1
            pause = _RETRIES.pause(attempt)
            if not self._lasts(pause):
                return "expired", reason
            waiting = self.entry.with_message(number, "waiting", reason)
            await self._save(waiting.changed(due=self._outbox.clock.time() + pause))
            await sleep(pause, self._outbox.clock)

    def _verdict(self, error: CallFailed) -> str:
        if not isinstance(error, ApiError):
            return "unknown"
        if error.errcode == _NOT_PERMITTED:
            self._outbox.on_not_permitted()
        return _ENDS.get(error.errcode, "refused")

    def _lasts(self, pause: float) -> bool:
        """Whether the platform may still take a message after that pause."""
        sent_something = UserMessage | PicturesEvent | LocationSelectEvent
        window = _AFTER_A_MESSAGE if isinstance(self._event, sent_something) else _AFTER_A_TAP
        # Not less than nothing: the clock may have been set back.
        waited = max(0.0, self._outbox.clock.time() - self.entry.received)
        return waited + pause < window


def _is_transient(error: CallFailed) -> bool:
    """Whether the platform did not take the message, and may take it later."""
    if isinstance(error, ApiError):
        return isinstance(error, PlatformBusy) or error.errcode == _TOO_MANY_A_MINUTE
    # What failed may as well have been the fetching of a token, or an upload.
    return isinstance(error, NotSent) or error.call != _SEND


def described(error: BaseException) -> str:
    """An error as the inbox keeps it."""
    return f"{type(error).__name__}: {error}"


def _undeliverable(reason: str) -> Message:
    return Message({}, "undeliverable", reason)

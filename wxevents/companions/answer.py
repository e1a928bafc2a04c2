"""The event's side: it waits for its messages, and its answer goes to the last one or is late."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, TypeAlias, TypeVar

from wxevents.clock import sleep
from wxevents.companions.gathering import GATHER_FOR, Gathering, UserMessages
from wxevents.companions.ledger import Ledger, answered, completed, taken
from wxevents.errors import ReplyError
from wxevents.events import Event, GatheringEvent, Message, join, parse
from wxevents.outbox import LateAnswer, Outbox
from wxevents.replies import Reply, as_reply
from wxevents.routing import Push
from wxevents.store import Entry

log: Final = logging.getLogger(__name__)

T = TypeVar("T")

Render: TypeAlias = Callable[[Reply | None, Event, Push], Awaitable[str]]
"""Makes a passive reply what is sent, "" for nothing to say."""


class Terms(NamedTuple):
    """What is the same for all events: `deadline` in seconds from the arrival of a delivery."""

    ledger: Ledger
    outbox: Outbox
    render: Render
    deadline: float


class JoinedAnswer(LateAnswer):
    """The answer to an event that is in the inbox and waits for its messages.

    It is given to the delivery of the last message, wherever that is, or sent as any late answer:
    never both, since the ledger knows which of the two came first.
    """

    def __init__(
        self, terms: Terms, entry: Entry, event: GatheringEvent, gathering: Gathering
    ) -> None:
        super().__init__(terms.outbox, entry, event)
        self._terms = terms
        self._ledger = terms.ledger
        self._alone = event
        self._gathering = gathering
        self._begun = False
        self._push: Push | None = None  # of the handler, while the last message waits for it
        self._watching: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Gather from now on, with the messages that came before."""
        gathering = self._gathering
        now = self._ledger.clock.time()
        for message in await self._change(lambda messages: messages.begin(gathering, now)):
            await self._ledger.wake(taken(message))
        self._begun = True

    async def resume(self) -> None:
        """Go on where another process ended; nothing to do where this one began."""
        if self._begun:
            return
        name = self._gathering.identity
        known = await self._change(lambda messages: messages.take_up(name))
        if known:
            self._gathering = known
        if known and known.late:
            await self._ledger.wake(answered(name))
        if known and known.answer is not None and not self.entry.answers:
            self.entry = self.entry.changed(answers=1, answered=known.final)
        await super().resume()
        if not (known or self.entry.answered or self.entry.joined is not None):
            await self.begin()

    async def event(self, push: Push) -> Event:
        """The event with its messages, once they are complete or the time is over."""
        if self.entry.joined is None:
            if not (self._gathering.full or self._gathering.closed):
                await self._until_complete()
            name = self._gathering.identity
            known = await self._change(lambda messages: messages.close(name))
            arrived = known.arrived if known else []
            await self._save(self.entry.changed(joined=tuple(one.fields for one in arrived)))
            if arrived and known and known.full and not known.late:
                self._expect_answer(push, arrived[-1].time)
        messages = [parse(dict(fields)) for fields in self.entry.joined or ()]
        self._event = join(self._alone, [one for one in messages if isinstance(one, Message)])
        return self._event

    async def send(self, reply: Reply | None, *, last: bool) -> None:
        """Give the first answer to the last message if that still waits; send all others."""
        if not await self._given(reply, last=last):
            await super().send(reply, last=last)
            return
        self.entry = self.entry.changed(answers=1, answered=last)
        if last:
            self.in_time = "answered" if reply else "silent"
            result = "sent" if reply else "silent"
            await self._save(self.entry.changed(state="done", result=result))
        else:
            await self._save(self.entry)

    async def fail(self, error: str, apology: Reply | None) -> None:
        """The apology goes to the last message if that still waits."""
        given = await self._given(apology, last=True)
        if given:
            self.in_time = "failed"
        await super().fail(error, None if given else apology)

    async def end(self) -> None:
        await self._end_gathering()
        await super().end()

    async def release(self) -> None:
        self._stop_watching()
        await super().release()

    async def _until_complete(self) -> None:
        clock = self._ledger.clock
        # Not more than ten seconds: the clock may have been set back.
        remaining = min(GATHER_FOR, self._gathering.since + GATHER_FOR - clock.time())
        if remaining > 0:
            await self._ledger.told(completed(self._gathering.identity), sleep(remaining, clock))

    def _expect_answer(self, push: Push, last_came: float) -> None:
        """The last message waits for the answer, until it says that it does no longer."""
        clock = self._ledger.clock
        push.expect(clock.monotonic() + last_came + self._terms.deadline - clock.time())
        self._push = push
        self._watching = asyncio.create_task(self._watch(push))

    async def _watch(self, push: Push) -> None:
        await self._ledger.wait(answered(self._gathering.identity))
        push.late = True

    def _stop_watching(self) -> None:
        if self._watching:
            self._watching.cancel()

    async def _given(self, reply: Reply | None, *, last: bool) -> bool:
        """Give the answer to the last message, if that waits for it and can have it."""
        push, self._push = self._push, None
        if push is None:
            return False
        self._stop_watching()
        name = self._gathering.identity
        if not self._fits(reply):
            await self._change(lambda messages: messages.give_up(name))
            await self._ledger.wake(answered(name))
            return False
        text = await self._terms.render(reply, self._event, push)
        now = self._ledger.clock.time()
        given = await self._change(lambda messages: messages.give(name, text, last, now))
        if given:
            await self._ledger.wake(answered(name), text)
        return given

    def _fits(self, reply: Reply | None) -> bool:
        """Whether a message can have the answer: the platform allows an event eight articles, and
        a message one."""
        message = parse(dict((self.entry.joined or ({},))[-1]))
        try:
            as_reply(reply, message, "the answer")
        except ReplyError as error:
            log.info("%s; it is sent as a customer-service message", error)
            return False
        return True

    async def _end_gathering(self) -> None:
        now = self._ledger.clock.time()
        await self._change(lambda messages: messages.end(self._gathering.identity, now))

    async def _change(self, change: Callable[[UserMessages], T]) -> T:
        return await self._ledger.change(self._event.openid, change)

"""A push that the platform delivers, in the hands of the bot: its handler is run, and its answer
rendered in time; what is late is left to `unfinished`."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from wxevents.companions import Companions
from wxevents.errors import StoreError
from wxevents.events import (
    Event,
    GatheringEvent,
    ImageMessage,
    LocationMessage,
    join,
    messages_wanted,
)
from wxevents.handling import Handling, is_shutdown, key_of, trace
from wxevents.observe import PushTrace, Result
from wxevents.outbox import LateAnswer
from wxevents.replies import Reply, TextReply, answer_fields
from wxevents.routing import LatePolicy, Push
from wxevents.runs import Run
from wxevents.store import Entry
from wxevents.typing_indicator import TypingIndicator
from wxevents.unfinished import Unfinished

log: Final = logging.getLogger(__name__)


class PushJob:
    """A push that the platform delivers, for the window."""

    __slots__ = (
        "_done",
        "_event",
        "_given",
        "_handling",
        "_started",
        "_typing",
        "can_answer_later",
        "policy",
    )

    def __init__(self, handling: Handling, event: Event) -> None:
        self._handling = handling
        self._event = event
        self._given = 0  # answers that the deliveries get
        self._started = 0.0
        self._done = False  # the handler has given its answer, or the first of several
        self._typing: TypingIndicator | None = None
        # What nobody can be told needs no waiting: it is acknowledged, and its handler runs on.
        self.policy: LatePolicy = handling.policy if event.answerable else "customer_service"
        self.can_answer_later = handling.can_answer_later or not event.answerable

    async def work(self, run: Run) -> None:
        """One run of the handler: its answer if it is in time, the apology if it failed."""
        self._started = self._handling.clock.monotonic()
        handling, event, push = self._handling, self._event, run.push
        companions = handling.companions
        if companions and companions.concern(event):
            if await self._joined(run, companions, event):
                return
            event = self._event
        answer = ""
        error: BaseException | None = None
        reply: Reply | None = None
        try:
            reply = await handling.dispatcher.dispatch(event, push)
            if run.answer is None:
                answer = await handling.rendered(reply, event, push)
        except KeyboardInterrupt:
            raise
        except BaseException as failure:
            if is_shutdown(failure):
                await self._leave(run)
                raise
            # SystemExit too: one handler's exit must not end the server with all other pushes. And
            # a cancellation of its own making, say by awaiting what was cancelled.
            log.exception("%s failed on %s", push.handler or "the bot", event.name)
            answer, error = self.apology(), failure
        finally:
            self._done = True
            if self._typing:
                self._typing.end()
        if push.answers is not None and error is None:
            # If it is being acknowledged with something else, this answer is sent as well.
            self._given = 0 if run.is_committing else 1
            await run.keep(answer)
        elif await run.settle(answer):
            result: Result = "failed" if error else "answered" if answer else "silent"
            handling.tell(event, push, result, self._started, "")
            return
        await self._late(run, reply, error)

    async def _joined(
        self,
        run: Run,
        companions: Companions,
        event: GatheringEvent | ImageMessage | LocationMessage,
    ) -> bool:
        """Handle an event together with its messages, or a message of one; False if the push is
        handled as any other."""
        if isinstance(event, ImageMessage | LocationMessage):
            return await self._taken(run, companions, event)
        if not messages_wanted(event):
            self._event = join(event, ())
            return False
        self._done = True  # while it waits, nobody is typing
        try:
            late = await companions.begin(run, event)
        except asyncio.CancelledError:  # by the shutdown
            await self._leave(run)
            raise
        if late:
            await Unfinished(self._handling, event, run.push, late, self._started).go_on()
        elif not run.is_elsewhere:
            self._handling.tell(event, run.push, "failed", self._started, "lost")
        return True

    async def _taken(
        self, run: Run, companions: Companions, message: ImageMessage | LocationMessage
    ) -> bool:
        """Answer a message of an event; False if it belongs to none."""
        result: Result = "failed"
        try:
            if not await companions.take(run, message):
                return False
            result = "answered" if run.answer else "silent"
        except StoreError as error:
            log.error("%s cannot be answered: %s", run.push.identity, error)  # noqa: TRY400
        except asyncio.CancelledError:  # by the shutdown
            result = "answered" if run.answer else "failed"
            self._handling.tell(message, run.push, result, self._started, "")
            raise
        self._handling.tell(message, run.push, result, self._started, "")
        return True

    async def _late(self, run: Run, reply: Reply | None, error: BaseException | None) -> None:
        """The push was answered without the handler, or is a handler's who has more to say."""
        handling, event, push = self._handling, self._event, run.push
        if run.entry is None:
            if push.answers is not None:
                await push.answers.aclose()
            log.warning("%s finished too late, its answer is lost", push.handler)
            handling.tell(event, push, "failed" if error else "late", self._started, "lost")
            return
        late = LateAnswer(handling.outbox, self._named(run.entry, push), event)
        await Unfinished(handling, event, push, late, self._started).finish(reply, error)

    async def _leave(self, run: Run) -> None:
        """This process ends before the handler is done: leave the push to the next one, which
        begins anew. Where late answers do not reach the user, he gets the apology instead."""
        if run.push.policy != "redelivery" and self._handling.outbox.store.is_lasting:
            await run.keep(run.acknowledgement())
        if run.entry:
            entry = self._named(run.entry, run.push)
            await LateAnswer(self._handling.outbox, entry, self._event).release()
        log.warning("%s is cancelled by the shutdown", run.push.handler or "the bot")
        self._handling.tell(
            self._event, run.push, "failed", self._started, "left" if run.entry else ""
        )

    def _named(self, entry: Entry, push: Push) -> Entry:
        """The entry with the name of the handler, which was perhaps not known when it was kept."""
        return entry.changed(handler=push.handler or "")

    def acknowledged(self) -> None:
        if not self._done:
            self._typing = self._handling.typing(self._event)
            self._typing.start()

    def apology(self) -> str:
        """What the user reads when his push fails or is late."""
        return self.placeholder(self._handling.settings.apology)

    def placeholder(self, text: str) -> str:
        if not (text and self._event.answerable):
            return ""
        fields = answer_fields(TextReply(text), self._event, int(self._handling.clock.time()))
        return self._handling.envelope.render(fields)

    def trace(self, push: Push, seconds: float) -> PushTrace:
        return trace(self._event, push, seconds)

    def entry(self, push: Push) -> Entry:
        clock = self._handling.clock
        running_for = clock.monotonic() - self._started
        return Entry(
            identity=push.identity,
            fields=self._event.raw,
            received=clock.time() - running_for,
            event=self._event.name,
            key=key_of(self._event) or "",
            handler=push.handler or "",
            run=push.run,
            answers=self._given,
        )

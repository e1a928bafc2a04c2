"""One push in the hands of the bot: its handler is run, and its answer rendered in time, or sent
later as customer-service messages."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final, cast

from wxevents.client import Client
from wxevents.clock import Clock
from wxevents.companions import Companions
from wxevents.envelope import Envelope
from wxevents.errors import LeaseLost, PushRefused, ReplyError
from wxevents.events import (
    Event,
    GatheringEvent,
    ImageMessage,
    LocationMessage,
    join,
    messages_wanted,
    parse,
)
from wxevents.observe import Observer, Outcome, Result
from wxevents.outbox import LateAnswer, Outbox
from wxevents.replies import MediaKind, Reply, TextReply, answer_fields
from wxevents.routing import Dispatcher, LatePolicy, Push
from wxevents.settings import Settings
from wxevents.store import Entry
from wxevents.typing_indicator import TypingIndicator, while_awaited
from wxevents.window import Run

log: Final = logging.getLogger(__name__)

NO_CLIENT: Final = "calls to the platform need WXEVENTS_APP_ID and WXEVENTS_APP_SECRET"


class Handling:
    """How all pushes of a bot are handled."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        envelope: Envelope,
        outbox: Outbox,
        *,
        settings: Settings,
        client: Client | None,
        clock: Clock,
        observers: Sequence[Observer],
    ) -> None:
        self.dispatcher = dispatcher
        self.envelope = envelope
        self.outbox = outbox
        self.settings = settings
        self.client = client
        self.clock = clock
        self.observers = observers
        self.policy: LatePolicy = "redelivery"
        self.may_be_late = False
        self.companions = Companions.of(
            dispatcher.routes, outbox, render=self.rendered, deadline=settings.deadline
        )

    async def resume(self, entry: Entry) -> None:
        """Go on with a push that another process left behind."""
        try:
            event = parse(dict(entry.fields))
        except PushRefused as error:  # whoever kept it could read it: another version
            log.error("%s cannot be read any more: %s", entry.identity, error)  # noqa: TRY400
            dead = entry.changed(state="dead", result="failed", error=str(error))
            await LateAnswer(self.outbox, dead, Event.model_construct()).bury(str(error))
            return
        joined = self.companions and self.companions.resumed(entry, event)
        late = joined or LateAnswer(self.outbox, entry, event)
        push = Push(entry.identity, self.clock, 0.0, run=entry.run)
        push.handler, push.late = entry.handler or None, True
        await _Late(self, event, push, late).go_on()

    def typing(self, event: Event) -> TypingIndicator:
        """Shows the user that an answer is being made, where the settings want that."""
        wanted = self.settings.typing and event.answerable
        return TypingIndicator(self.client if wanted else None, event.openid, self.clock)

    async def rendered(self, reply: Reply | None, event: Event, push: Push) -> str:
        """A passive reply as it is sent, "" for nothing to say."""
        reply = shown(reply, event, push)
        if reply is None:
            return ""
        if reply.media:
            reply = await self._with_media_id(reply, *reply.media)
        return self.envelope.render(answer_fields(reply, event, int(self.clock.time())))

    async def _with_media_id(self, reply: Reply, field: str, kind: MediaKind) -> Reply:
        """The reply with a local file replaced by the id that it has at the platform."""
        media = getattr(reply, field)
        if not isinstance(media, Path):
            return reply
        if self.client is None:
            raise ReplyError(f"{media} cannot be uploaded: {NO_CLIENT}")
        media_id = await self.client.media.media_id_of(media, kind)
        changed: Any = dataclasses.replace(reply, **{field: media_id})  # type: ignore[type-var]
        return cast(Reply, changed)

    def tell(self, event: Event, push: Push, result: Result, started: float, late: str) -> None:
        """Tell the observers what became of a push."""
        if not self.observers:
            return
        outcome = Outcome(
            identity=push.identity,
            event=event.name,
            key=event.routing_key,
            handler=push.handler,
            result=result,
            attempts=push.attempt,
            seconds=self.clock.monotonic() - started,
            run=push.run,
            late=late,
        )
        for observer in self.observers:
            try:
                observer(outcome)
            except Exception:
                log.exception("the observer %r failed; the push is answered all the same", observer)


class PushJob:
    """A push that the platform delivers, for the window."""

    __slots__ = (
        "_done",
        "_event",
        "_given",
        "_handling",
        "_started",
        "_typing",
        "may_be_late",
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
        self.may_be_late = handling.may_be_late or not event.answerable

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
            if _is_shutdown(failure):
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
            joined = await companions.take(run, event)
            if joined:
                result: Result = "answered" if run.answer else "silent"
                self._handling.tell(event, run.push, result, self._started, "")
            return joined
        if not messages_wanted(event):
            self._event = join(event, ())
            return False
        self._done = True  # while it waits, nobody is typing
        late = await companions.begin(run, event)
        if late:
            await _Late(self._handling, event, run.push, late, self._started).go_on()
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
        await _Late(handling, event, push, late, self._started).finish(reply, error)

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

    def entry(self, push: Push) -> Entry:
        clock = self._handling.clock
        running_for = clock.monotonic() - self._started
        return Entry(
            identity=push.identity,
            fields=self._event.raw,
            received=clock.time() - running_for,
            event=self._event.name,
            key=self._event.routing_key or "",
            handler=push.handler or "",
            run=push.run,
            answers=self._given,
        )


class _Late:
    """The rest of a push that is in the inbox."""

    def __init__(
        self,
        handling: Handling,
        event: Event,
        push: Push,
        late: LateAnswer,
        started: float | None = None,
    ) -> None:
        self._handling = handling
        self._event = event
        self._push = push
        self._late = late
        self._started = handling.clock.monotonic() if started is None else started
        self._in_time = started is not None and late.entry.answers > 0

    async def finish(self, reply: Reply | None, error: BaseException | None) -> None:
        """The handler has given its first answer, or failed."""
        await self._guarded(self._finish(reply, error))

    async def go_on(self) -> None:
        """What was waiting is sent; the handler runs again unless it had said everything."""
        await self._guarded(self._go_on())

    async def _finish(self, reply: Reply | None, error: BaseException | None) -> None:
        if error is not None:
            await self._late.fail(_named(error), self._apology())
        elif self._push.answers is None:
            await self._late.send(self._shown(reply), last=True)
        else:
            await self._send_all(self._answers(reply))

    async def _go_on(self) -> None:
        await self._late.resume()
        entry = self._late.entry
        if entry.answered:
            return
        limit = self._handling.settings.max_runs
        if entry.run - entry.stops > limit:
            await self._late.fail(
                f"its process ended {limit} times before {entry.handler or 'its handler'} was done",
                self._apology(),
            )
            return
        self._event = await self._late.event(self._push)
        with self._handling.typing(self._event):
            reply = await self._handling.dispatcher.dispatch(self._event, self._push)
        if self._push.answers is None and not entry.answers:
            await self._late.send(self._shown(reply), last=True)
        else:
            await self._send_all(self._answers(reply))

    async def _send_all(self, answers: AsyncIterator[Reply | None]) -> None:
        """Send all answers but those that are accounted for."""
        done = self._late.entry.answers
        number = 0
        async for reply in answers:
            number += 1
            if number > done:
                await self._late.send(self._shown(reply), last=False)
        await self._late.end()

    async def _answers(self, first: Reply | None) -> AsyncIterator[Reply | None]:
        yield first
        further = self._handling.dispatcher.further(self._event, self._push)
        async for reply in while_awaited(further, lambda: self._handling.typing(self._event)):
            yield reply

    async def _guarded(self, work: Any) -> None:
        """Whatever happens, the entry does not stay behind as held by nobody in particular."""
        push, late = self._push, self._late
        # Who was given his first answer in time was answered, whatever follows.
        result: Result = "answered" if self._in_time else "late"
        try:
            await work
        except LeaseLost:
            log.warning("%s: another process has taken it over", push.handler or push.identity)
            self._handling.tell(self._event, push, "failed", self._started, "taken_over")
            return
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if _is_shutdown(error):
                log.warning("%s is left to another process", push.handler or push.identity)
                await late.release()
                raise
            log.exception("%s failed on %s", push.handler or "the bot", self._event.name)
            result = "failed"
            await self._fail(error)
        finally:
            if push.answers is not None:
                await push.answers.aclose()
        if late.entry.state == "dead":
            result = "failed"
        told = "" if late.in_time else late.entry.result
        self._handling.tell(self._event, push, late.in_time or result, self._started, told)

    async def _fail(self, error: BaseException) -> None:
        """The apology; if that fails as well, at least the entry is closed."""
        try:
            await self._late.fail(_named(error), self._apology())
        except LeaseLost:
            log.warning("%s: another process has taken it over", self._push.identity)
        except Exception:
            log.exception("%s gets no apology", self._push.identity)
            await self._late.bury(_named(error))

    def _shown(self, reply: Reply | None) -> Reply | None:
        return shown(reply, self._event, self._push)

    def _apology(self) -> Reply | None:
        text = self._handling.settings.apology
        return TextReply(text) if text and self._event.answerable else None


def shown(reply: Reply | None, event: Event, push: Push) -> Reply | None:
    """The reply, None where the platform would not show it."""
    if reply is None or event.answerable:
        return reply
    log.warning(
        "%s answered %s, which the platform does not show; return None", push.handler, event.name
    )
    return None


def _is_shutdown(error: BaseException) -> bool:
    """Whether it is the cancellation of the run by its owner."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"

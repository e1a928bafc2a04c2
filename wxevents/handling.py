"""What every push of a bot is handled with: its handlers, its envelope, and who is told of it."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, cast

from wxevents.client import Client
from wxevents.clock import Clock
from wxevents.companions import Companions
from wxevents.envelope import Envelope
from wxevents.errors import ReplyError
from wxevents.events import Event, Message
from wxevents.observe import NO_METER, Meter, Observer, Outcome, PushTrace, Result
from wxevents.outbox import Outbox
from wxevents.replies import MediaKind, Reply, answer_fields
from wxevents.routing import Dispatcher, LatePolicy, Push
from wxevents.settings import Settings
from wxevents.typing_indicator import TypingIndicator

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
        meter: Meter,
    ) -> None:
        self.dispatcher = dispatcher
        self.envelope = envelope
        self.outbox = outbox
        self.settings = settings
        self.client = client
        self.clock = clock
        self.observers = observers
        self.meter = meter
        self.policy: LatePolicy = "redelivery"
        self.can_answer_later = False
        self.companions = Companions.of(
            dispatcher.routes, outbox, render=self.rendered, deadline=settings.deadline
        )

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
        """Tell the meter and the observers what became of a push."""
        if not self.observers and self.meter is NO_METER:
            return
        outcome = Outcome(
            identity=push.identity,
            event=event.name,
            key=key_of(event),
            handler=push.handler,
            result=result,
            attempts=push.attempt,
            seconds=self.clock.monotonic() - started,
            run=push.run,
            late=late,
        )
        self.meter.finished(outcome)
        for observer in self.observers:
            try:
                observer(outcome)
            except Exception:
                log.exception("the observer %r failed; the push is answered all the same", observer)


def shown(reply: Reply | None, event: Event, push: Push) -> Reply | None:
    """The reply, None where the platform would not show it."""
    if reply is None or event.answerable:
        return reply
    log.warning(
        "%s answered %s, which the platform does not show; return None", push.handler, event.name
    )
    return None


def key_of(event: Event) -> str | None:
    """The key of an event as others than its handler may see it: what a user wrote is none."""
    return None if isinstance(event, Message) else event.routing_key


def trace(event: Event, push: Push, seconds: float) -> PushTrace:
    """Which push it is, for the log."""
    return PushTrace(
        identity=push.identity,
        openid=event.openid,
        event=event.name,
        key=key_of(event),
        handler=push.handler,
        attempt=push.attempt,
        run=push.run,
        seconds=seconds,
    )


def is_shutdown(error: BaseException) -> bool:
    """Whether it is the cancellation of the run by its owner."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0

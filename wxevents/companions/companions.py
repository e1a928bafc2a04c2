"""Events that are handled together with the messages that belong to them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final, Self, TypeGuard

from wxevents.companions.answer import JoinedAnswer, Render, Terms
from wxevents.companions.gathering import Gathering, written
from wxevents.companions.ledger import Ledger
from wxevents.companions.messages import MessageRun
from wxevents.errors import StoreError
from wxevents.events import (
    Event,
    GatheringEvent,
    ImageMessage,
    LocationMessage,
    PhotosEvent,
    PicturesEvent,
    PlaceEvent,
    messages_wanted,
)
from wxevents.outbox import Outbox
from wxevents.routing import JoinedRoutes, Route
from wxevents.routing.lateness import late_policy_of
from wxevents.runs import Run
from wxevents.store import Entry

log: Final = logging.getLogger(__name__)


class Companions:
    """What the `photos` and `place` routes of a bot want."""

    def __init__(
        self, routes: JoinedRoutes, outbox: Outbox, *, render: Render, deadline: float
    ) -> None:
        ledger = Ledger(outbox.store, outbox.clock)
        self._routes = routes
        self._terms = Terms(ledger, outbox, render, deadline)
        self._ledger = ledger
        for form in (PhotosEvent, PlaceEvent):  # `build_models` knows what the platform pushes
            form.model_rebuild()
        self._photos = routes.any(PhotosEvent)
        self._places = routes.any(PlaceEvent)

    @classmethod
    def of(
        cls, routes: Sequence[Route], outbox: Outbox, *, render: Render, deadline: float
    ) -> Self | None:
        """None without such routes: then no push needs to be looked at."""
        joined = JoinedRoutes(routes)
        if not (joined.any(PhotosEvent) or joined.any(PlaceEvent)):
            return None
        return cls(joined, outbox, render=render, deadline=deadline)

    def concern(self, event: Event) -> TypeGuard[GatheringEvent | ImageMessage | LocationMessage]:
        """Whether the event is handled with its messages, or the message may belong to one."""
        if isinstance(event, ImageMessage):
            return self._photos
        if isinstance(event, LocationMessage):
            return self._places
        return isinstance(event, GatheringEvent) and self._routes.route(event) is not None

    async def take(self, run: Run, message: ImageMessage | LocationMessage) -> bool:
        """Answer a message that belongs to an event; False if it belongs to none, which may take
        two seconds. Raises StoreError once it is too late to know."""
        return await MessageRun(self._ledger, run, message).join()

    async def begin(self, run: Run, event: GatheringEvent) -> JoinedAnswer | None:
        """Open the gathering of an event and acknowledge it; None if others work at it, or it is
        too late."""
        route = self._routes.route(event)
        if route is None:
            return None
        run.push.handler = route.name
        try:
            await run.record()
        except StoreError as error:
            log.error("%s is not begun yet: %s", run.push.identity, error)  # noqa: TRY400
            await run.keep("")  # which tries it again
        if run.entry is None:
            await run.settle("")
            return None
        late = self._answer_to(event, run.entry, route)
        # Before it is acknowledged, since its messages may follow at once.
        await late.begin()
        await run.keep("")
        return late

    def resumed(self, entry: Entry, event: Event) -> JoinedAnswer | None:
        """The answer to an event that another process left behind; None for any other push."""
        if not isinstance(event, GatheringEvent):
            return None
        route = self._routes.route(event)
        return self._answer_to(event, entry, route) if route else None

    def _answer_to(self, event: GatheringEvent, entry: Entry, route: Route) -> JoinedAnswer:
        gathering = Gathering(
            identity=entry.identity,
            type="image" if isinstance(event, PicturesEvent) else "location",
            wanted=messages_wanted(event),
            since=entry.received,
            handler=route.name,
            policy=written(late_policy_of(route.handler)),
        )
        return JoinedAnswer(self._terms, entry, event, gathering)

"""Which events are handled together with the messages that belong to them: what the routes say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from wxevents.errors import RegistrationError
from wxevents.events import Event, GatheringEvent, PhotosEvent, PlaceEvent, joined_form
from wxevents.routing.matchers import rank, takes
from wxevents.routing.router import Route

_BEHIND_KEYS: Final = (4, 0)


class JoinedRoutes:
    """The routes of `photos` and `place`, and those that take the same events alone."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._joined = [
            route
            for route in routes
            if route.event in (PhotosEvent, PlaceEvent) and route.level in ("key", "class")
        ]
        self._alone = [route for route in routes if _takes_alone(route)]

    def any(self, form: type[Event]) -> bool:
        """Whether one of them takes PhotosEvent, or PlaceEvent."""
        return any(route.event is form for route in self._joined)

    def route(self, event: GatheringEvent) -> Route | None:
        """The route that gets the event with its messages; None if it is handled alone. The most
        specific one decides, and of equal ones that with the messages."""
        form = joined_form(type(event))
        joined = [one for one in self._joined if one.event is form and _matches(one, event)]
        if not joined:
            return None
        best = min(joined, key=_rank)
        alone = [one for one in self._alone if one.event is type(event) and _matches(one, event)]
        return None if any(_rank(one) < _rank(best) for one in alone) else best


def refuse_equal(routes: Sequence[Route]) -> None:
    """Refuse routes that want the same event with its messages and alone. Raises
    RegistrationError."""
    joined = {
        (route.event, route.matcher): route
        for route in routes
        if route.event in (PhotosEvent, PlaceEvent) and route.level == "key"
    }
    for route in routes:
        form = joined_form(route.event)
        other = joined.get((form, route.matcher)) if form else None
        if other and _takes_alone(route):
            raise RegistrationError(
                f"{route!r} and {other!r} take the same event, one alone and one with its "
                f"messages: {route.name} and {other.name}; remove one"
            )


def _takes_alone(route: Route) -> bool:
    return (
        route.level == "key"
        and joined_form(route.event) is not None
        and route.event not in (PhotosEvent, PlaceEvent)
    )


def _matches(route: Route, event: GatheringEvent) -> bool:
    return route.level == "class" or takes(route.matcher, event.routing_key)


def _rank(route: Route) -> tuple[int, int]:
    return rank(route.matcher) if route.level == "key" else _BEHIND_KEYS

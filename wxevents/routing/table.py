"""Which routes take an event, the most specific first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wxevents.events import Event, UnknownEvent, UnknownMessage
from wxevents.routing.calling import BoundRoute
from wxevents.routing.matchers import NO_CAPTURES, Captures, Prefix, Regex

UNKNOWN: Final = (UnknownEvent, UnknownMessage)
"""What arrives under a name that no class has."""


class RouteTable:
    """All routes of a bot but the steps of dialogues."""

    def __init__(self) -> None:
        self._by_key: dict[type[Event], _KeyTable] = {}
        self._by_class: dict[type[Event] | str, BoundRoute] = {}
        self._fallback: BoundRoute | None = None

    def add(self, bound: BoundRoute) -> None:
        route = bound.route
        if route.level == "fallback":
            self._fallback = bound
        elif route.level == "class" or isinstance(route.event, str):
            self._by_class[route.event] = bound
        else:
            self._by_key.setdefault(route.event, _KeyTable()).add(bound)

    def exact(self, event: Event, key: str | None) -> BoundRoute | None:
        """The route with this very key: nearly all taps end here."""
        table = self._by_key.get(type(event))
        return table.exact.get(key) if table else None

    def others(self, event: Event, key: str | None) -> Iterator[tuple[BoundRoute, Captures]]:
        """Every other route that takes the event, the most specific first."""
        table = self._by_key.get(type(event))
        if table:
            yield from table.others(key)
        if isinstance(event, UNKNOWN):
            named = self._by_class.get(event.name.lower())
            if named:
                yield named, NO_CAPTURES
        for kind in type(event).__mro__:
            bound = self._by_class.get(kind)
            if bound:
                yield bound, NO_CAPTURES
        if self._fallback:
            yield self._fallback, NO_CAPTURES


class _KeyTable:
    """The keyed routes of one event class, by what a look-up costs."""

    def __init__(self) -> None:
        self.exact: dict[str | None, BoundRoute] = {}
        self._prefixes: dict[int, dict[str, tuple[Prefix, BoundRoute]]] = {}  # longest first
        self._regexes: list[tuple[Regex, BoundRoute]] = []
        self._any: BoundRoute | None = None

    def add(self, bound: BoundRoute) -> None:
        matcher = bound.route.matcher
        if matcher is None:
            self._any = bound
        elif isinstance(matcher, str):
            self.exact[matcher] = bound
        elif isinstance(matcher, Prefix):
            length = len(matcher.text)
            self._prefixes.setdefault(length, {})[matcher.text] = matcher, bound
            self._prefixes = dict(sorted(self._prefixes.items(), reverse=True))
        else:
            self._regexes.append((matcher, bound))

    def others(self, key: str | None) -> Iterator[tuple[BoundRoute, Captures]]:
        if key is not None:
            for length, routes in self._prefixes.items():
                if key[:length] in routes:
                    prefix, bound = routes[key[:length]]
                    yield bound, {prefix.capture: key[length:]}
            for regex, bound in self._regexes:
                captures = regex.match(key)
                if captures is not None:
                    yield bound, captures
        if self._any:
            yield self._any, NO_CAPTURES

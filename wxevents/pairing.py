"""Menu against routes: every key has its handler, every handler its button."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from types import FunctionType, MethodType
from typing import Final

from wxevents.errors import RegistrationError, ReplyError
from wxevents.events import EVENT_NAMES, ClickEvent, Event, ViewEvent, joined_form
from wxevents.menu import Button, ClickButton, Finding, KeyButton, MenuSet, ViewButton
from wxevents.menu.buttons import BUTTON_TYPES
from wxevents.replies import Answer, Reply, as_reply
from wxevents.routing import Route, Router
from wxevents.routing.functions import name_of
from wxevents.routing.matchers import takes

_KINDS: Final = {
    kind: EVENT_NAMES[kind] for kind, model in BUTTON_TYPES.items() if issubclass(model, KeyButton)
}
"""The types of buttons with a key, and what they push."""


def pair(menus: MenuSet, routes: Sequence[Route]) -> MenuSet:
    """The menus with every handler replaced by the key of its route.

    Raises RegistrationError where a button names a handler that is not registered for exactly one
    key of the button's own type, with both places.
    """

    def with_key(button: Button) -> Button:
        if not isinstance(button, KeyButton) or isinstance(button.key, str):
            return button
        key = _key_of(button, routes)
        if isinstance(button, ClickButton):
            return ClickButton(button.name, key, reply=button.reply, origin=button.origin)
        return type(button)(button.name, key, origin=button.origin)

    return menus.with_leaves(with_key)


def _key_of(button: KeyButton, routes: Sequence[Route]) -> str:
    handler = button.key
    event = EVENT_NAMES[button.type]
    named = [route for route in routes if route.handler == handler]
    keys = [
        route.matcher
        for route in named
        if _is_of(route, event) and route.level == "key" and isinstance(route.matcher, str)
    ]
    subject = f"the button {button.name!r} ({button.origin.whole}) names the handler "
    if not named:
        shown = (
            name_of(handler) if isinstance(handler, FunctionType | MethodType) else repr(handler)
        )
        raise RegistrationError(
            f"{subject}{shown}, which no router of the bot has; register it with "
            f'@router.{button.type}("A_KEY")'
        )
    if len(keys) == 1:
        return keys[0]
    registered = ", ".join(repr(route) for route in named)
    takes_keys = any(_is_of(route, event) and route.level == "key" for route in named)
    cure = (
        "give the button the key itself"
        if takes_keys
        else f'register it with @router.{button.type}("A_KEY")'
    )
    raise RegistrationError(
        f"{subject}{named[0].name}, which is registered as {registered}, not for one key of "
        f"{button.type}; {cure}"
    )


def reply_router(menus: MenuSet) -> Router:
    """The routes of the click buttons that bring their own reply.

    Raises RegistrationError for two different replies to one key, and for a reply that the platform
    would not show.
    """
    router = Router()
    first: dict[str, ClickButton] = {}
    for _, button in menus.leaves():
        if not isinstance(button, ClickButton) or button.reply is None:
            continue
        if not isinstance(button.key, str):
            raise RegistrationError(
                f"the button {button.name!r} ({button.origin.whole}) has a handler and a "
                "reply; remove one"
            )
        known = first.setdefault(button.key, button)
        if known.reply != button.reply:
            raise RegistrationError(
                f"two replies for the key {button.key!r}: {known.origin.of('reply')} and "
                f"{button.origin.of('reply')}; remove one"
            )
        if known is button:
            router.routes.append(_route(button, button.key, button.reply))
    return router


def _route(button: ClickButton, key: str, reply: str | Reply) -> Route:
    place = button.origin.of("reply")
    sample = ClickEvent(
        to_user_name="gh", from_user_name="o", create_time=0, msg_type="event", event="CLICK"
    )
    try:
        as_reply(reply, sample, f"the reply of the button {button.name!r} ({place})")
    except ReplyError as error:
        raise RegistrationError(str(error)) from error
    return Route(ClickEvent, key, _answering(reply), declared=place)


def _answering(reply: str | Reply) -> Callable[..., Awaitable[Answer]]:
    async def menu_reply(event: ClickEvent) -> Answer:
        return reply

    return menu_reply


def compare(menus: MenuSet, routes: Sequence[Route]) -> list[Finding]:
    """What does not fit between menus, paired before, and routes."""
    return [
        *_unanswered(menus, routes),
        *_ambiguous(menus, routes),
        *_answered_twice(menus, routes),
        *_without_button(menus, routes),
    ]


def _unanswered(menus: MenuSet, routes: Sequence[Route]) -> Iterator[Finding]:
    told: set[tuple[str, str]] = set()
    for path, button in menus.leaves():
        if not isinstance(button, KeyButton) or not isinstance(button.key, str):
            continue
        key = button.key
        if not key:
            continue  # that it is missing is said already
        event = EVENT_NAMES[button.type]
        if (button.type, key) in told or any(_takes(one, event, key) for one in routes):
            continue
        told.add((button.type, key))
        yield Finding(
            f"{path}.key",
            f"no handler takes {button.type} {key!r}; {_cure(button.type, key, routes)}",
            place=button.origin.of("key"),
        )


def _cure(kind: str, key: str, routes: Sequence[Route]) -> str:
    """What the owner probably meant, and otherwise what to write."""
    for route in routes:
        has_key = any(_is_of(route, event) for event in _KINDS.values())
        if has_key and route.matcher is not None and takes(route.matcher, key):
            return (
                f"{route!r} at {route.place} takes the key, but not from a {kind} button: "
                f"register it with @router.{kind}({key!r})"
            )
    event = EVENT_NAMES[kind]
    exact = {
        route.matcher: route
        for route in routes
        if _is_of(route, event) and isinstance(route.matcher, str)
    }
    near = difflib.get_close_matches(key, exact, 1, 0.7)
    if near:
        return f"is it {near[0]!r}, as at {exact[near[0]].place}?"
    return f"write one with @router.{kind}({key!r})"


def _takes(route: Route, event: type[Event], key: str) -> bool:
    """Whether the route answers a tap; a fallback answers anything, so it answers nothing."""
    if route.level == "step":
        return False
    if route.level == "class":
        return isinstance(route.event, type) and issubclass(event, route.event)
    return _is_of(route, event) and takes(route.matcher, key)


def _ambiguous(menus: MenuSet, routes: Sequence[Route]) -> Iterator[Finding]:
    """Keys that buttons of different types have: their events differ, and so do their handlers."""
    first: dict[str, tuple[str, KeyButton]] = {}
    for path, button in menus.leaves():
        if not isinstance(button, KeyButton) or not isinstance(button.key, str):
            continue
        if not button.key:
            continue  # that it is missing is said already
        known_path, known = first.setdefault(button.key, (path, button))
        if known.type != button.type and not _one_takes(known, button, routes):
            yield Finding(
                f"{path}.key",
                f"{button.key!r} is the key of a {known.type} button ({known_path}) and of a "
                f"{button.type} button; give them different keys",
                place=button.origin.of("key"),
            )


def _one_takes(one: KeyButton, other: KeyButton, routes: Sequence[Route]) -> bool:
    """Whether one route takes both buttons, which have the same key: `photos` takes three types."""
    events = [EVENT_NAMES[button.type] for button in (one, other)]
    return any(
        route.level == "key" and all(_takes(route, event, str(one.key)) for event in events)
        for route in routes
    )


def _answered_twice(menus: MenuSet, routes: Sequence[Route]) -> Iterator[Finding]:
    """Keys with a reply and a handler. A bot that has both does not start; menus of a file come
    here without one."""
    handlers = {
        route.matcher: route
        for route in routes
        if route.event is ClickEvent and isinstance(route.matcher, str) and not route.declared
    }
    for path, button in menus.leaves():
        if not isinstance(button, ClickButton) or button.reply is None:
            continue
        handler = handlers.get(button.key) if isinstance(button.key, str) else None
        if handler:
            yield Finding(
                f"{path}.reply",
                f"{handler!r} at {handler.place} answers {button.key!r} as well; remove one",
                place=button.origin.of("reply"),
            )


def _without_button(menus: MenuSet, routes: Sequence[Route]) -> Iterator[Finding]:
    keys: dict[str, set[str]] = defaultdict(set)
    for _, button in menus.leaves():
        if isinstance(button, KeyButton) and isinstance(button.key, str):
            keys[button.type].add(button.key)
        elif isinstance(button, ViewButton):
            keys["view"].add(button.url)
    pushed: dict[str, type[Event]] = {**_KINDS, "view": ViewEvent}
    for route in routes:
        kinds = [kind for kind, event in pushed.items() if _is_of(route, event)]
        if not kinds or route.level != "key" or route.matcher is None:
            continue
        theirs: set[str] = set().union(*(keys[kind] for kind in kinds))
        if any(takes(route.matcher, key) for key in theirs):
            continue
        near: Sequence[str] = ()
        if isinstance(route.matcher, str):
            near = difflib.get_close_matches(route.matcher, theirs, 1, 0.7)
        kind = " or ".join(kinds)
        hint = f"; a {kind} button has {near[0]!r}" if near else ""
        # A warning: it harms nobody, and phones may show an older menu for a while.
        message = f"{route!r}: no {kind} button of the menu has it{hint}"
        yield Finding("", message, "warning", route.place)


def _is_of(route: Route, event: type[Event]) -> bool:
    """Whether the route is for that event, alone or with its messages."""
    return route.event in (event, joined_form(event))

"""Every event and message: its names, its attributes, a sample of its XML."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Final

import wxevents.events
from wxevents import xml
from wxevents.events import Event, MenuEvent, Message, Notification, UnknownEvent, UnknownMessage
from wxevents.events.event import EVENT_NAMES, MESSAGE_TYPES
from wxevents.pushes import compose
from wxevents_reference.markdown import block, code, docstring, heading, link, page
from wxevents_reference.models import attribute_table, structures
from wxevents_reference.phrases import Phrases

_ROOTS: Final = (Event, Message, Notification, MenuEvent)
_SECOND: Final = 1735700100
_MSG_ID: Final = 23456789012345678


def describe_events(phrases: Phrases) -> str:
    parts: list[str] = []
    kinds = [(title, list(members)) for title, members in _groups()]
    for title, members in kinds:
        parts.append(heading(2, phrases.label(title)))
        for model in members:
            parts += _section(model, phrases)
    parts.append(heading(2, phrases.label("Structures")))
    for inner in structures(model for _, members in kinds for model in members):
        parts += [heading(3, inner.__name__)]
        parts += [_words(inner, phrases), attribute_table(inner, phrases)]
    return page(parts)


def models() -> list[type[Event]]:
    """Every public class of pushes."""
    public = [getattr(wxevents.events, name) for name in wxevents.events.__all__]
    return [one for one in public if inspect.isclass(one) and issubclass(one, Event)]


def names(model: type[Event]) -> tuple[str, ...]:
    """The platform's own names of it, as it writes them."""
    folded = [name for name, one in (EVENT_NAMES | MESSAGE_TYPES).items() if one is model]
    spelled = {name.lower(): name for name in wxevents.pushes.EVENTS}
    if issubclass(model, Notification):
        return tuple(spelled.get(name, name) for name in folded)
    return tuple(folded)


def sample(model: type[Event]) -> str:
    """A push of it in XML; "" for a class that the platform does not push as such."""
    if not names(model):
        return ""
    fields = compose(names(model)[0], create_time=_SECOND, msg_id=_MSG_ID)
    return indented(xml.render(fields))


def indented(document: str) -> str:
    """The document with a line for each element."""
    lines, depth = [], 0
    for piece in re.findall(
        r"<(?!/|!)[^>]+>(?:<!\[CDATA\[.*?\]\]>|[^<]+)</[^>]+>|<[^>]+>", document
    ):
        closes, opens = piece.startswith("</"), not re.search(r"</|/>$", piece)
        depth -= closes
        lines.append("  " * depth + piece)
        depth += opens
    return "\n".join(lines)


def _groups() -> Iterator[tuple[str, list[type[Event]]]]:
    everything = [one for one in models() if one not in (Event, Message, Notification)]
    unknown: list[type[Event]] = [UnknownEvent, UnknownMessage]
    messages: list[type[Event]] = [
        one for one in everything if issubclass(one, Message) and one not in unknown
    ]
    of_menu = [one for one in everything if issubclass(one, MenuEvent)]
    others = [one for one in everything if one not in (*messages, *of_menu, *unknown)]
    yield "What all have", [Event, Message, Notification]
    yield "From the menu", sorted(of_menu, key=lambda one: (one is not MenuEvent, not names(one)))
    yield "Messages", messages
    yield "Other events", others
    yield "What no class models", unknown


def _section(model: type[Event], phrases: Phrases) -> Iterator[str]:
    yield heading(3, model.__name__)
    yield _words(model, phrases)
    yield _facts(model, phrases)
    yield attribute_table(model, phrases, [one for one in _ROOTS if _is_below(model, one)])
    if sample(model):
        yield block("xml", sample(model))


def _is_below(model: type[Event], root: type[Event]) -> bool:
    return model is not root and issubclass(model, root)


def _words(model: type, phrases: Phrases) -> str:
    return phrases("events", model.__name__, docstring(model) if model.__doc__ else "")


def _facts(model: type[Event], phrases: Phrases) -> str:
    facts = []
    if names(model):
        spelled = ", ".join(code(name) for name in names(model))
        what = "Message type" if issubclass(model, Message) else "Event name"
        facts.append(phrases.fact(what, spelled))
    if vars(model).get("decorator"):
        name = model.decorator
        facts.append(phrases.fact("Decorator", link(code(name), name, "decorators.md")))
    elif names(model):
        name = code(f"on({model.__name__})")
        facts.append(phrases.fact("Decorator", link(name, "on", "decorators.md")))
    if names(model) and not model.answerable:
        facts.append(phrases.label("An answer to it is not shown"))
    if model in (Message, Notification, MenuEvent):
        (parent,) = (one for one in model.__bases__ if issubclass(one, Event))
        facts.append(phrases.fact("Kind of", link(parent.__name__, parent.__name__)))
    return " · ".join(facts)

"""Every decorator of a Router."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from wxevents.events import Event
from wxevents.routing import Router
from wxevents_reference.callables import parameters
from wxevents_reference.events import models, names
from wxevents_reference.markdown import block, code, docstring, heading, link, page
from wxevents_reference.phrases import Phrases

# Of a Router's methods these register nothing.
OTHERS: Final = frozenset(("include", "walk"))


def describe_decorators(phrases: Phrases) -> str:
    return page(part for name in decorator_names() for part in _section(name, phrases))


def decorator_names() -> list[str]:
    return [name for name in vars(Router) if not name.startswith("_") and name not in OTHERS]


def _section(name: str, phrases: Phrases) -> Iterator[str]:
    method: Callable[..., Any] = getattr(Router, name)
    yield heading(2, f"`{name}`")
    yield block("text", f"@router.{name}{_signature(method)}")
    yield phrases("decorators", name, docstring(method))
    yield _facts(name, phrases)


def _signature(method: Callable[..., Any]) -> str:
    """Its parameters as a caller writes them."""
    written = ", ".join(parameters(method))
    return f"({written.replace('Matcher', 'str | Prefix | Regex | None')})"


def _facts(name: str, phrases: Phrases) -> str:
    taken = [one for one in models() if vars(one).get("decorator") == name]
    if not taken:
        return ""
    (model,) = taken
    pushed = ", ".join(code(one) for one in names(model) or _names_of_parts(model))
    facts = [
        phrases.fact("Takes", link(model.__name__, model.__name__, "events.md")),
        phrases.fact("Pushed as", pushed),
    ]
    if not model.answerable:
        facts.append(phrases.label("An answer to it is not shown"))
    return " · ".join(facts)


def _names_of_parts(model: type[Event]) -> list[str]:
    """Of an event that the bot puts together: those of the events that it begins with."""
    parent = model.__bases__[0]
    return [name for one in models() if issubclass(one, parent) for name in names(one)]

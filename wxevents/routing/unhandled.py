"""What the log says of pushes that nobody takes: the handler that would, ready to be pasted."""

from __future__ import annotations

import json
import keyword
import logging
import re
from typing import Final

from wxevents.events import (
    EVENT_NAMES,
    MESSAGE_TYPES,
    Event,
    TextMessage,
    UnknownEvent,
    UnknownMessage,
)

log: Final = logging.getLogger(__name__)

# Each key is reported once; a text is no key, so users cannot fill this by writing.
_MAX_REMEMBERED: Final = 1_000

# Names that a pasted handler must not take from its module.
_TAKEN: Final = frozenset(("router", "Router"))


class UnhandledReport:
    """Remembers what it has reported."""

    def __init__(self) -> None:
        self._reported: set[tuple[str, str | None]] = set()

    def tell(self, event: Event) -> None:
        """Log an event that no handler took, once per event and key."""
        key = None if isinstance(event, TextMessage) else event.routing_key
        about = (event.name.lower(), key)
        if about in self._reported or len(self._reported) >= _MAX_REMEMBERED:
            return
        self._reported.add(about)
        # A name that nobody models may hold anything, a line break too.
        name = event.name if event.name.isidentifier() else repr(event.name)
        shown = f" {key!r}" if key is not None else ""
        log.warning(
            "no handler for %s%s; one would be:\n\n%s", name, shown, handler_for(event, key)
        )


def handler_for(event: Event, key: str | None) -> str:
    """Python that registers a handler which takes the event."""
    kind = type(event).__name__
    answer = 'str:\n    return "…"' if event.answerable else "None:\n    ..."
    name = _identifier(key or event.name)
    return f"@router.{_decorator(event, key)}\nasync def {name}(event: {kind}) -> {answer}\n"


def _decorator(event: Event, key: str | None) -> str:
    kind = type(event)
    if kind.decorator:
        return f"{kind.decorator}({'' if key is None else _quoted(key)})"
    modelled = EVENT_NAMES if isinstance(event, UnknownEvent) else MESSAGE_TYPES
    if kind in (UnknownEvent, UnknownMessage) and event.name.lower() not in modelled:
        return f"on({_quoted(event.name)})"
    return f"on({kind.__name__})"  # by name it would wait for the class that did not fit


def _identifier(text: str) -> str:
    name = re.sub("[^a-z0-9]+", "_", text.lower()).strip("_")
    if not name.isidentifier() or keyword.iskeyword(name) or name in _TAKEN:
        name = f"on_{name}".rstrip("_")
    return name


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

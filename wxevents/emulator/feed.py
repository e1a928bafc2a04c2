"""News of what happens in the emulator: for pages that show it as it happens, and for whoever keeps
its state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

News: TypeAlias = Mapping[str, Any]

# What a page that does not read may have waiting; behind that it has to look at everything anew.
MAX_WAITING: Final = 500
EVERYTHING_CHANGED: Final[News] = {"changed": "state"}


class Feed:
    """Tells everybody who listens. Costs nothing while nobody does."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[News]] = set()
        self._keepers: set[asyncio.Event] = set()

    def tell(self, news: Callable[[], News], *, alters: bool = True) -> None:
        """`alters`: whether a saved state has what is told."""
        if alters:
            self.altered()
        if not self._listeners:
            return
        one = news()
        for queue in self._listeners:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(EVERYTHING_CHANGED)
            else:
                queue.put_nowait(one)

    def changed(self, what: str) -> None:
        """Something changed that is not told whole: menus, tags, faults, switches, time, state."""
        self.tell(lambda: {"changed": what})

    def altered(self) -> None:
        """Something changed that a saved state has, and that no page asks for."""
        for event in self._keepers:
            event.set()

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[News]]:
        queue: asyncio.Queue[News] = asyncio.Queue(MAX_WAITING)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    @contextmanager
    def alterations(self) -> Iterator[asyncio.Event]:
        """Set by everything that a saved state has."""
        event = asyncio.Event()
        self._keepers.add(event)
        try:
            yield event
        finally:
            self._keepers.discard(event)

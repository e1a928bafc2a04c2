"""The calls that publishing consists of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TypeAlias

from wxevents.menu import ConditionalMenu, Menu


@dataclass(frozen=True)
class Create:
    """Replace the default menu."""

    menu: Menu


@dataclass(frozen=True)
class Add:
    """Add a conditional menu, which overrides all others from then on."""

    conditional: ConditionalMenu


@dataclass(frozen=True)
class Delete:
    """Delete a published conditional menu. `makes_room`: early, so that the links of all stay
    within three domains."""

    conditional: ConditionalMenu
    makes_room: bool = False


Step: TypeAlias = Create | Add | Delete


class Contents:
    """Menus as text, equal for equal menus; each is written down once. Replies do not count: they
    are not published."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def of(self, menu: Menu | None) -> str:
        """The menu as text, nothing for none."""
        if menu is None:
            return ""
        if id(menu) not in self._known:
            self._known[id(menu)] = json.dumps(menu.body(), sort_keys=True)
        return self._known[id(menu)]

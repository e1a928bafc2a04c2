"""Menus to and from the bodies of the platform's API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from wxevents.menu import menus
from wxevents.menu.menus import ConditionalMenu, Menu, MenuSet, SelfMenuInfo
from wxevents.menu.reading import Node, Source

T = TypeVar("T")


def menu_body(menu: Menu) -> dict[str, Any]:
    """The body of `menu/create`."""
    return menu.body()


def conditional_body(menu: ConditionalMenu) -> dict[str, Any]:
    """The body of `menu/addconditional`."""
    return menu.body()


def read_menu_set(data: object) -> MenuSet:
    """A `menu/get` answer. Raises MenuError."""
    return _read(menus.read_menu_set, data)


def read_conditional(data: object) -> ConditionalMenu:
    """An `addconditional` body. Raises MenuError."""
    return _read(menus.read_conditional, data)


def read_menu(data: object) -> Menu:
    """A `trymatch` answer, bare or wrapped in "menu", or a `create` body. Raises MenuError."""
    return _read(menus.read_menu, data)


def read_selfmenu_info(data: object) -> SelfMenuInfo:
    """A `get_current_selfmenu_info` answer. Raises MenuError."""
    return _read(menus.read_selfmenu_info, data)


def _read(read: Callable[[Node], T | None], data: object) -> T:
    source = Source(data, "the platform", tolerant=True)
    value = read(source.root())
    source.raise_findings()
    assert value is not None  # or there would be a finding
    return value

"""Menus as values: the default one, conditional ones, and all of an account together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from wxevents.errors import MenuError
from wxevents.menu.buttons import Button, SubMenu, WebsiteButton, button_body, read_button
from wxevents.menu.files import read_source
from wxevents.menu.findings import NOWHERE, Finding, Origin, remember_origin
from wxevents.menu.limits import PLATFORMS, RETIRED_MATCH_FIELDS
from wxevents.menu.reading import Node

PLATFORM_NUMBERS: Final = {name: number for number, name in PLATFORMS.items()}
"""ios, android and others, by the name that people use."""


@dataclass(frozen=True, init=False)
class Menu:
    """One to three buttons; any of them may be a SubMenu.

    Menu(ClickButton("今日歌曲", today_music), SubMenu("菜单", ViewButton("搜索", "https://…")))
    """

    button: tuple[Button | SubMenu, ...]
    origin: Origin = field(default=NOWHERE, kw_only=True, repr=False, compare=False)

    def __init__(self, *button: Button | SubMenu, origin: Origin = NOWHERE) -> None:
        object.__setattr__(self, "button", button)
        object.__setattr__(self, "origin", origin)
        remember_origin(self)

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """The menu in a YAML, TOML or JSON file. Raises MenuError with every finding; a file that
        has conditional menus as well is read by `MenuSet.from_file`."""
        menus = MenuSet.from_file(path)
        if menus.conditional:
            raise MenuError(
                [
                    Finding(
                        "conditionalmenu",
                        "the file has conditional menus; read it with MenuSet.from_file",
                        place=menus.conditional[0].origin.whole,
                    )
                ]
            )
        return cls(*menus.menu.button, origin=menus.menu.origin)

    def body(self) -> dict[str, Any]:
        """The menu as the platform's `menu/create` takes it."""
        return {"button": [button_body(one) for one in self.button]}

    def leaves(self) -> list[tuple[str, Button]]:
        """Every button that is no sub-menu, with its path."""
        found: list[tuple[str, Button]] = []
        for index, one in enumerate(self.button):
            if isinstance(one, SubMenu):
                found += [
                    (f"button[{index}].sub_button[{position}]", child)
                    for position, child in enumerate(one.sub_button)
                ]
            else:
                found.append((f"button[{index}]", one))
        return found

    def with_leaves(self, change: Callable[[Button], Button]) -> Menu:
        """The same menu with every button that is no sub-menu replaced by what `change` gives."""
        buttons: list[Button | SubMenu] = []
        for one in self.button:
            if isinstance(one, SubMenu):
                children = [change(child) for child in one.sub_button]
                buttons.append(SubMenu(one.name, *children, origin=one.origin))
            else:
                buttons.append(change(one))
        return Menu(*buttons, origin=self.origin)


@dataclass(frozen=True, kw_only=True)
class MatchRule:
    """Whom a conditional menu is for: at least one condition, all of which have to hold.

    `tag` names a tag, `tag_id` gives its id instead; of a user's tags the last applied one counts.
    `client_platform_type` is "ios", "android" or "others", or the platform's "1", "2", "3". The
    others are retired: the platform refuses them in new rules (65320), and stored menus that have
    one never match.
    """

    tag_id: str = ""
    tag: str = ""
    client_platform_type: str = ""
    sex: str = ""
    country: str = ""
    province: str = ""
    city: str = ""
    language: str = ""
    origin: Origin = field(default=NOWHERE, kw_only=True, repr=False, compare=False)

    def __post_init__(self) -> None:
        given = self.client_platform_type
        number = PLATFORM_NUMBERS.get(str(given).lower(), str(given))
        object.__setattr__(self, "client_platform_type", number)
        object.__setattr__(self, "tag_id", str(self.tag_id))
        remember_origin(self)

    @property
    def retired(self) -> dict[str, str]:
        """The retired conditions that it has."""
        values = {name: getattr(self, name) for name in RETIRED_MATCH_FIELDS}
        return {name: value for name, value in values.items() if value}

    def body(self) -> dict[str, str]:
        """The rule as the platform's `menu/addconditional` takes it."""
        names = ("tag_id", "client_platform_type", *RETIRED_MATCH_FIELDS)
        values = {name: getattr(self, name) for name in names}
        return {name: value for name, value in values.items() if value}

    def __str__(self) -> str:
        parts = [f"tag {self.tag or self.tag_id}"] if self.tag or self.tag_id else []
        if self.client_platform_type:
            parts.append(PLATFORMS.get(self.client_platform_type, self.client_platform_type))
        parts += [f"{name} {value} (retired)" for name, value in self.retired.items()]
        return ", ".join(parts) or "nobody"


@dataclass(frozen=True)
class ConditionalMenu:
    """A menu for some of the users. `menu_id` is the platform's, once it is published."""

    menu: Menu
    match: MatchRule
    menu_id: str = field(default="", kw_only=True, compare=False)
    origin: Origin = field(default=NOWHERE, kw_only=True, repr=False, compare=False)

    def __post_init__(self) -> None:
        remember_origin(self)

    def body(self) -> dict[str, Any]:
        """The menu as the platform's `menu/addconditional` takes it."""
        return {**self.menu.body(), "matchrule": self.match.body()}


@dataclass(frozen=True, init=False)
class MenuSet:
    """All menus of an account: the default one, and the conditional ones in the order in which
    they are published. A user sees the last one that matches: each overrides those before it.

    MenuSet(Menu(…), ConditionalMenu(Menu(…), MatchRule(tag="VIP")))
    """

    menu: Menu
    conditional: tuple[ConditionalMenu, ...]

    def __init__(self, menu: Menu, *conditional: ConditionalMenu) -> None:
        object.__setattr__(self, "menu", menu)
        object.__setattr__(self, "conditional", conditional)

    @classmethod
    def from_file(cls, path: str | Path) -> Self:
        """The menus in a YAML, TOML or JSON file: `button`, and `conditionalmenu` with a
        `matchrule` each, as the platform's own bodies have them. Raises MenuError with every
        finding and its line."""
        source = read_source(Path(path))
        menus = read_menu_set(source.root())
        source.raise_findings()
        assert menus is not None  # or there would be a finding
        return cls(menus.menu, *menus.conditional)

    def body(self) -> dict[str, Any]:
        """The menus in the shape of a file, and of the platform's `menu/get`."""
        body = self.menu.body()
        if self.conditional:
            body["conditionalmenu"] = [one.body() for one in self.conditional]
        return body

    def menus(self) -> list[tuple[str, Menu]]:
        """Every menu with the beginning of its buttons' paths."""
        return [
            ("", self.menu),
            *(
                (f"conditionalmenu[{index}].", one.menu)
                for index, one in enumerate(self.conditional)
            ),
        ]

    def leaves(self) -> list[tuple[str, Button]]:
        """Every button of every menu that is no sub-menu, with its path."""
        return [
            (f"{prefix}{path}", leaf)
            for prefix, menu in self.menus()
            for path, leaf in menu.leaves()
        ]

    def with_leaves(self, change: Callable[[Button], Button]) -> MenuSet:
        """The same menus with every button that is no sub-menu replaced."""
        conditional = [
            ConditionalMenu(
                one.menu.with_leaves(change), one.match, menu_id=one.menu_id, origin=one.origin
            )
            for one in self.conditional
        ]
        return MenuSet(self.menu.with_leaves(change), *conditional)


@dataclass(frozen=True)
class SelfMenuInfo:
    """What `get_current_selfmenu_info` reports: the menu that is shown, whoever made it."""

    is_menu_open: bool
    button: tuple[Button | SubMenu, ...]

    @property
    def menu(self) -> Menu | None:
        """The menu, if the API could publish it as it is; None for what only the website makes."""
        menu = Menu(*self.button)
        made_by_website = any(isinstance(leaf, WebsiteButton) for _, leaf in menu.leaves())
        return None if made_by_website or not self.button else menu


def read_menu(node: Node) -> Menu | None:
    """A menu: {"button": […]}, also inside {"menu": …}."""
    if not node.is_mapping():
        return None
    if "menu" in node.value and "button" not in node.value:
        node = node.child("menu")
        if not node.is_mapping():
            return None
        node.refuse_others(frozenset(("button", "menuid")))
    if "button" not in node.value:
        node.child("button").find("the menu has no `button`, which lists its buttons", 40016)
        return None
    buttons = [one for child in node.child("button").items() if (one := read_button(child))]
    return Menu(*buttons, origin=node.origin())


_SET_FIELDS: Final = frozenset(("button", "menu", "menuid", "conditionalmenu", "$schema"))


def read_menu_set(node: Node) -> MenuSet | None:
    """A file, a `menu/get` answer, or the body of a `menu/create`."""
    if not node.is_mapping():
        return None
    node.refuse_others(_SET_FIELDS)
    if "menu" in node.value and "button" in node.value:
        node.child("menu").find("the default menu is in `menu` and in `button`; remove one")
    menu = read_menu(node)
    listed = node.child("conditionalmenu").items()
    conditional = [one for child in listed if (one := read_conditional(child))]
    return MenuSet(menu, *conditional) if menu else None


def read_conditional(node: Node) -> ConditionalMenu | None:
    """A conditional menu, from a file, a `menu/get` answer or an `addconditional` body."""
    if not node.is_mapping():
        return None
    node.refuse_others(frozenset(("button", "matchrule", "menuid")))
    menu = read_menu(node)
    rule = node.child("matchrule")
    if rule.value is None:
        rule.find("a conditional menu without `matchrule`: whom is it for?", 65304)
        return None
    match = read_match_rule(rule)
    if not (menu and match):
        return None
    return ConditionalMenu(menu, match, menu_id=node.identifier("menuid"), origin=node.origin())


_RULE_FIELDS: Final = ("tag_id", "client_platform_type", *RETIRED_MATCH_FIELDS)


def read_match_rule(node: Node) -> MatchRule | None:
    """A match rule; the platform reports `tag_id` as `group_id`, both as integers or strings."""
    if not node.is_mapping():
        return None
    node.refuse_others(frozenset((*_RULE_FIELDS, "tag", "group_id")))
    values = {name: node.identifier(name) for name in _RULE_FIELDS}
    values["tag_id"] = values["tag_id"] or node.identifier("group_id")
    return MatchRule(**values, tag=node.text("tag"), origin=node.origin())


def read_selfmenu_info(node: Node) -> SelfMenuInfo | None:
    """Both shapes of `get_current_selfmenu_info`: made by the API, or on the website."""
    if not node.is_mapping():
        return None
    is_open = node.value.get("is_menu_open") in (1, "1", True)
    info = node.child("selfmenu_info")
    if info.value is None:
        return SelfMenuInfo(is_open, ())
    if not info.is_mapping():
        return None
    listed = info.child("button").items()
    buttons = tuple(one for child in listed if (one := read_button(child)))
    return SelfMenuInfo(is_open, buttons)

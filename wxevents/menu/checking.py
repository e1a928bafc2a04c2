"""Everything that the platform would refuse in a menu, found at once and before it is sent.

Limits are in bytes of UTF-8 (protocol: buttons, conditional menus); what the platform only shows
otherwise, or what its own pages disagree about, is a warning.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from wxevents.errors import MenuError
from wxevents.menu import limits
from wxevents.menu.audiences import covering
from wxevents.menu.buttons import (
    BUTTON_TYPES,
    Button,
    KeyButton,
    MiniProgramButton,
    SubMenu,
    ViewButton,
    ViewLimitedButton,
    WebsiteButton,
)
from wxevents.menu.findings import Finding, join
from wxevents.menu.menus import ConditionalMenu, MatchRule, Menu, MenuSet
from wxevents.menu.reading import shown

PRIVACY: Final = (
    "retired: the platform refuses rules about sex, region and language, to protect its users' "
    "privacy (match rule violates privacy)"
)


def check(menu: Menu | ConditionalMenu | MenuSet) -> list[Finding]:
    """All findings, errors and warnings, in the order of the buttons."""
    match menu:
        case Menu():
            return list(_menu(menu, ""))
        case ConditionalMenu():
            return [*_conditional(menu, ""), *_domains([("", menu)])]
        case MenuSet():
            return list(_set(menu))
        case _:
            return [_no("a Menu, ConditionalMenu or MenuSet", menu, "")]


def _no(what: str, value: object, path: str, place: str = "", code: int | None = None) -> Finding:
    return Finding(path, f"{shown(value)} where {what} is due", place=place, code=code)


def require_valid(menu: Menu | ConditionalMenu | MenuSet) -> None:
    """Raise MenuError with all errors, if there are any, and for keys that are still handlers."""
    errors = [finding for finding in check(menu) if finding.level == "error"]
    errors = errors or list(_handlers_as_keys(menu))
    if errors:
        raise MenuError(errors)


def _handlers_as_keys(menu: Menu | ConditionalMenu | MenuSet) -> Iterator[Finding]:
    inner = menu.menu if isinstance(menu, ConditionalMenu) else menu
    for path, leaf in inner.leaves():
        if isinstance(leaf, KeyButton) and callable(leaf.key):
            yield Finding(
                f"{path}.key",
                "a handler, whose key is known once a bot has paired it with its route; "
                "publish `bot.menu`",
                place=leaf.origin.of("key"),
            )


def _set(menus: MenuSet) -> Iterator[Finding]:
    yield from _menu(menus.menu, "")
    conditional: list[tuple[str, ConditionalMenu]] = []
    for index, one in enumerate(menus.conditional):
        path = f"conditionalmenu[{index}]"
        if isinstance(one, ConditionalMenu):
            conditional.append((path, one))
            yield from _conditional(one, path)
        else:
            yield _no("a ConditionalMenu", one, path)
    yield from _domains(conditional)
    ruled = [(path, one) for path, one in conditional if isinstance(one.match, MatchRule)]
    for index, newer in covering([one.match for _, one in ruled]).items():
        path, one = ruled[index]
        others = " and ".join(f"{ruled[other][0]} ({ruled[other][1].match})" for other in newer)
        yield Finding(
            path,
            f"nobody sees it: everyone whom it is for ({one.match}) sees a newer one, {others}; "
            "put it behind, or remove it",
            place=one.origin.whole,
        )


def _conditional(one: ConditionalMenu, path: str) -> Iterator[Finding]:
    yield from _menu(one.menu, f"{path}." if path else "", one.origin.whole)
    yield from _rule(one.match, join(path, "matchrule"), one.origin.whole)


def _rule(rule: MatchRule, path: str, place: str) -> Iterator[Finding]:
    if not isinstance(rule, MatchRule):
        yield _no("a MatchRule", rule, path, place)
        return
    for name in rule.retired:
        yield Finding(join(path, name), PRIVACY, place=rule.origin.of(name), code=65320)
    if not (rule.body() or rule.tag):
        yield Finding(
            path,
            "no condition; give at least one of tag, tag_id and client_platform_type",
            place=rule.origin.whole,
            code=65304,
        )
    if not isinstance(rule.tag, str):
        yield _no("text", rule.tag, join(path, "tag"), rule.origin.of("tag"))
    if rule.tag and rule.tag_id:
        yield Finding(
            join(path, "tag"), "give tag or tag_id, not both", place=rule.origin.of("tag")
        )
    if rule.tag_id and not (rule.tag_id.isascii() and rule.tag_id.isdigit()):
        yield Finding(
            join(path, "tag_id"),
            f"{rule.tag_id!r} is no number; a tag's name goes into `tag`",
            place=rule.origin.of("tag_id"),
            code=45159,
        )
    if rule.client_platform_type not in ("", *limits.PLATFORMS):
        yield Finding(
            join(path, "client_platform_type"),
            f"{rule.client_platform_type!r}; there are ios (1), android (2) and others (3)",
            place=rule.origin.of("client_platform_type"),
        )


def _menu(menu: Menu, prefix: str, place: str = "") -> Iterator[Finding]:
    if not isinstance(menu, Menu):
        yield _no("a Menu", menu, f"{prefix}menu", place)
        return
    count = len(menu.button)
    if not 1 <= count <= limits.MAX_BUTTONS:
        yield Finding(
            f"{prefix}button",
            f"{count} buttons, 1 to {limits.MAX_BUTTONS} are allowed",
            place=menu.origin.of("button"),
            code=40016,
        )
    for index, one in enumerate(menu.button):
        path = f"{prefix}button[{index}]"
        if isinstance(one, SubMenu):
            yield from _sub_menu(one, path)
        elif isinstance(one, Button):
            yield from _name(one, path, child=False)
            yield from _fields(one, path, child=False)
        else:
            yield _no("a button", one, path, menu.origin.whole, 40017)


def _sub_menu(menu: SubMenu, path: str) -> Iterator[Finding]:
    yield from _name(menu, path, child=False)
    count = len(menu.sub_button)
    if not 1 <= count <= limits.MAX_CHILDREN:
        yield Finding(
            f"{path}.sub_button",
            f"{count} buttons, 1 to {limits.MAX_CHILDREN} are allowed",
            place=menu.origin.of("sub_button"),
            code=40023,
        )
    for index, child in enumerate(menu.sub_button):
        inner = f"{path}.sub_button[{index}]"
        if isinstance(child, Button):
            yield from _name(child, inner, child=True)
            yield from _fields(child, inner, child=True)
        else:
            yield _no("a button of a sub-menu", child, inner, menu.origin.whole, 40022)


def _name(button: Button | SubMenu, path: str, *, child: bool) -> Iterator[Finding]:
    place = button.origin.of("name")
    path = f"{path}.name"
    code = 40025 if child else 40018
    most = limits.MAX_CHILD_NAME_BYTES if child else limits.MAX_NAME_BYTES
    if fault := _text_fault(button.name, most, code):
        yield Finding(path, fault[0], place=place, code=fault[1])
        return
    size = len(button.name.encode())
    if child and size > limits.DISPUTED_CHILD_NAME_BYTES:
        yield Finding(
            path,
            f"{size} bytes; one page of the platform allows {most}, another "
            f"{limits.DISPUTED_CHILD_NAME_BYTES}",
            "warning",
            place,
        )
    shown = limits.SHOWN_CHILD_NAME_CHARACTERS if child else limits.SHOWN_NAME_CHARACTERS
    width = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in button.name)
    if width > shown * 2:
        yield Finding(
            path,
            f"{button.name!r} is shown cut off: phones show {shown} Chinese characters, or twice "
            "as many Latin ones",
            "warning",
            place,
        )


# The platform's codes for a text that is too long or missing: of a button, of a child.
_CODES: Final = {"key": (40019, 40026), "url": (40020, 40027), "media_id": (40117, 40118)}
_TYPES: Final = tuple(BUTTON_TYPES.values())
_MOST: Final = {"key": limits.MAX_KEY_BYTES, "url": limits.MAX_URL_BYTES}


def _fields(button: Button, path: str, *, child: bool) -> Iterator[Finding]:
    if isinstance(button, WebsiteButton):
        yield Finding(
            path,
            f"the type {button.kind!r} cannot be published through the API; "
            "`wxevents menu import` takes over menus that were made on the platform's website",
            place=button.origin.whole,
            code=40017,
        )
        return
    if not isinstance(button, _TYPES):
        yield _no("a button of some type", button, path, button.origin.whole, 40017)
        return
    for name in button.wire_fields:
        value = getattr(button, name)
        if isinstance(button, KeyButton) and callable(value):
            continue  # a handler: its key is known once it is paired with its route
        code = _CODES[name][child] if name in _CODES else 53600 if name == "article_id" else None
        if fault := _text_fault(value, _MOST.get(name), code):
            place = button.origin.of(name)
            yield Finding(f"{path}.{name}", fault[0], place=place, code=fault[1])
        elif name == "url" and not _is_link(value):
            yield Finding(
                f"{path}.url",
                f"{value!r} is no http:// or https:// link",
                place=button.origin.of("url"),
                code=65317,
            )
    if isinstance(button, ViewLimitedButton):
        yield Finding(
            f"{path}.type",
            "the platform no longer takes news material; publish the article and use "
            "article_view_limited with its article_id",
            "warning",
            button.origin.of("type"),
        )


def _text_fault(value: object, most: int | None, code: int | None) -> tuple[str, int | None] | None:
    """What is wrong with a text, and the platform's code for it: `code`, or that of characters
    which it takes nowhere."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return "is missing", code
    if not isinstance(value, str):
        return f"{shown(value)} where text is due", code
    size = len(value.encode(errors="surrogatepass"))
    if most and size > most:
        return f"{size} bytes, at most {most}", code
    if any(unicodedata.category(one) == "Cs" for one in value):
        return f"{value!r} is no valid Unicode (a lone surrogate)", 65318
    if any(unicodedata.category(one) == "Cc" for one in value):
        return f"{value!r} has a control character", 40033
    return None


def _is_link(url: object) -> bool:
    if not isinstance(url, str) or url != url.strip():
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and len(str(host).split()) == 1


def link_domains(menu: Menu) -> dict[str, list[str]]:
    """The domains that the menu's links go to, each with the paths of the buttons."""
    domains: dict[str, list[str]] = defaultdict(list)
    for path, leaf in menu.leaves():
        if isinstance(leaf, ViewButton | MiniProgramButton) and _is_link(leaf.url):
            domains[str(urlsplit(leaf.url).hostname)].append(path)
    return dict(domains)


def _domains(conditional: Iterable[tuple[str, ConditionalMenu]]) -> Iterator[Finding]:
    links: dict[str, list[str]] = defaultdict(list)
    places: dict[str, str] = {}
    for path, one in conditional:
        if not isinstance(one.menu, Menu):
            continue
        for domain, buttons in link_domains(one.menu).items():
            links[domain] += [f"{path}.{button}" if path else button for button in buttons]
            places.setdefault(domain, one.origin.whole)
    if len(links) > limits.MAX_DOMAINS:
        listed = "; ".join(f"{domain}: {_some(paths)}" for domain, paths in sorted(links.items()))
        yield Finding(
            "conditionalmenu",
            f"links to {len(links)} domains, at most {limits.MAX_DOMAINS} over all conditional "
            f"menus: {listed}",
            place=places[list(links)[limits.MAX_DOMAINS]],
            code=65316,
        )


def _some(paths: list[str]) -> str:
    rest = len(paths) - 3
    return ", ".join(paths[:3]) + (f" and {rest} more" if rest > 0 else "")

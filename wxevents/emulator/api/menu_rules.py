"""Whether the platform takes a menu: raw buttons and match rules judged in its order, counts,
types, lengths, then what they refer to (protocol: buttons, conditional menus, error codes)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from wxevents.emulator.api.endpoints import Escaped
from wxevents.emulator.refusals import Refusal
from wxevents.emulator.state.account import Account
from wxevents.emulator.state.menu_store import REQUIRED, Json, stored_rule
from wxevents.menu import limits

_TAG_ID: Final = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True)
class _Level:
    """The limits and codes of the buttons of one level."""

    count: int
    type: int
    unusable: int
    name: int
    key: int
    url: int
    domain: int
    media_id: int
    max_count: int
    max_name_bytes: int


_TOP: Final = _Level(
    count=40016,
    type=40017,
    unusable=40119,
    name=40018,
    key=40019,
    url=40020,
    domain=40055,
    media_id=40117,
    max_count=limits.MAX_BUTTONS,
    max_name_bytes=limits.MAX_NAME_BYTES,
)
_CHILD: Final = _Level(
    count=40023,
    type=40024,
    unusable=40120,
    name=40025,
    key=40026,
    url=40027,
    domain=40054,
    media_id=40118,
    max_count=limits.MAX_CHILDREN,
    max_name_bytes=limits.MAX_CHILD_NAME_BYTES,
)

_Leaf: TypeAlias = tuple[_Level, Json]


def judge_buttons(raw: object, account: Account, *, conditional: bool) -> list[Json]:
    """The buttons of a request, if the platform takes them; raises the Refusal if not."""
    buttons = _counted(raw, conditional=conditional)
    for level, button in _all(buttons):
        _judge_type(button, level, account, conditional=conditional)
    for level, button in _all(buttons):
        _judge_name(button.get("name"), level)
        for name in () if button.get("sub_button") else REQUIRED[button["type"]]:
            _judge_field(name, button.get(name), level, conditional=conditional)
    for _, button in _all(buttons):
        _judge_references(button, account)
    return buttons


def judge_rule(raw: object, account: Account) -> dict[str, str]:
    """The filled-in fields of a match rule, if the platform takes it; raises the Refusal if not.

    Retired fields come first (65320), so the codes about places (65310 to 65314) never do.
    """
    rule = stored_rule(raw) if isinstance(raw, dict) else {}
    if any(name in rule for name in limits.RETIRED_MATCH_FIELDS):
        raise Refusal(65320)
    if not rule:
        raise Refusal(65304)
    if (tag := rule.get("tag_id")) is not None and (
        not _TAG_ID.fullmatch(tag) or (account.switches.strict and not account.known_tag(tag))
    ):
        raise Refusal(45159)
    if rule.get("client_platform_type", "1") not in limits.PLATFORMS:
        raise Refusal(40097)
    return rule


def judge_domains(menus: Iterable[Sequence[Json]]) -> None:
    """Raise Refusal 65316 where the links of all these menus lie in more than three hosts, in which
    the fallback pages of mini programs count too (inferred)."""
    links = (button.get("url", "") for buttons in menus for _, button in _all(buttons))
    hosts = {host for host in map(_host, links) if host}
    if len(hosts) > limits.MAX_DOMAINS:
        raise Refusal(65316)


def _all(buttons: Sequence[Json]) -> Iterator[_Leaf]:
    """Every button and its level, each parent before its children."""
    for button in buttons:
        yield _TOP, button
        for child in button.get("sub_button") or ():
            yield _CHILD, child


def _counted(raw: object, *, conditional: bool) -> list[Json]:
    if conditional and not raw:
        raise Refusal(65307)
    buttons = _counted_level(raw, _TOP)
    for button in buttons:
        children = button.get("sub_button")
        if children is None or (children == [] and button.get("type")):
            continue
        for child in _counted_level(children, _CHILD):
            if child.get("sub_button"):
                raise Refusal(40022)
    return buttons


def _counted_level(raw: object, level: _Level) -> list[Json]:
    if not isinstance(raw, list) or not 1 <= len(raw) <= level.max_count:
        raise Refusal(level.count)
    if not all(isinstance(button, dict) for button in raw):
        raise Refusal(level.type)
    return raw


def _judge_type(button: Json, level: _Level, account: Account, *, conditional: bool) -> None:
    kind = button.get("type")
    if button.get("sub_button"):
        if kind:  # a parent opens its children and does nothing else
            raise Refusal(level.type)
        return
    if conditional and not kind:
        raise Refusal(65308)
    if not isinstance(kind, str) or kind not in REQUIRED:
        raise Refusal(level.type)
    if kind in account.barred_types:
        raise Refusal(level.unusable)


def _judge_name(name: Any, level: _Level) -> None:
    if isinstance(name, Escaped) or (isinstance(name, str) and _has_control(name)):
        raise Refusal(40033)
    if not _fits(name, level.max_name_bytes):
        raise Refusal(level.name)


def _judge_field(name: str, value: Any, level: _Level, *, conditional: bool) -> None:
    match name:
        case "key":
            if not _fits(value, limits.MAX_KEY_BYTES):
                raise Refusal(level.key)
        case "url":
            if not _fits(value, limits.MAX_URL_BYTES):
                raise Refusal(level.url)
            if not _is_link(value):
                raise Refusal(65317 if conditional else level.domain)
        case "media_id":
            if not _is_text(value):
                raise Refusal(level.media_id)
        case "article_id":
            if not _is_text(value):
                raise Refusal(53600)
        case "appid":
            if not _is_text(value):
                raise Refusal(40013)
        case _:  # the page of a mini program: no code of its own is known
            if not _is_text(value):
                raise Refusal(40097)


def _judge_references(button: Json, account: Account) -> None:
    strict = account.switches.strict
    match button.get("type"):
        case "media_id" | "view_limited" as kind:
            media = account.media.permanent(button["media_id"])
            if media and media.kind == "news":
                if not account.switches.accepts_news:
                    raise Refusal(40007)
            elif media and kind == "view_limited":
                raise Refusal(40121)
            elif not media and strict:
                raise Refusal(40007)
        case "article_id" | "article_view_limited":
            if strict and button["article_id"] not in account.media.articles:
                raise Refusal(53600)
        case "miniprogram":
            if strict and button["appid"] not in account.mini_programs:
                raise Refusal(85005)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _fits(value: Any, max_bytes: int) -> bool:
    return isinstance(value, str) and 1 <= len(value.encode()) <= max_bytes


def _has_control(name: str) -> bool:
    return any(unicodedata.category(character) == "Cc" for character in name)


def _is_link(url: str) -> bool:
    return url.lower().startswith(("http://", "https://")) and _host(url) != ""


def _host(url: str) -> str:
    """In lower case, without the port; "" where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # a broken IPv6 address
        return ""

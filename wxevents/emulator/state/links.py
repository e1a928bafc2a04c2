"""The links in a text of the account, as a phone shows them (protocol: passive replies)."""

from __future__ import annotations

import html
import re
from typing import Any, Final
from urllib.parse import unquote

# Each match ends before the next "<a", and nothing in it is read twice (`++`, `*+`): a hostile text
# takes as long as a friendly one of the same length. A `<` in an attribute has to be written &lt;.
_ATTRIBUTE: Final = r"""\s++[\w:-]++\s*+=\s*+(?:"[^"<>]*+"|'[^'<>]*+')"""
_LINK: Final = re.compile(
    rf"<a((?:{_ATTRIBUTE})++)\s*+>((?:[^<]|<(?!/?a\b))++)</a\s*+>", re.IGNORECASE
)
_PARTS: Final = re.compile(r"""([\w:-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")

_SAYS: Final = "weixin://bizmsgmenu?"


def segments(text: str) -> list[dict[str, Any]]:
    """The text in the pieces of reference/emulator.md, in order.

    Links lead to web pages (`href`, http and https only), to a mini program (`miniprogram`, with
    the page for clients that cannot open it as `href`, "" without one), or make the user say
    something (`say`). Whatever else looks like markup is text, as it is written.
    """
    found: list[dict[str, Any]] = []
    told = 0
    for match in _LINK.finditer(text):
        target = _target(match[1])
        if target is None:
            continue
        if match.start() > told:
            found.append({"text": text[told : match.start()]})
        found.append({"text": match[2], **target})
        told = match.end()
    if told < len(text):
        found.append({"text": text[told:]})
    return found


def _target(written: str) -> dict[str, Any] | None:
    """Where a tap leads; None if nowhere."""
    attributes: dict[str, str] = {}
    for name, in_double, in_single in _PARTS.findall(written):
        # The first of two wins, as in a browser.
        attributes.setdefault(name.lower(), _unescaped(in_double or in_single).strip())
    href = attributes.get("href", "")
    app_id = attributes.get("data-miniprogram-appid", "")
    if app_id and (not href or _is_web(href)):
        path = attributes.get("data-miniprogram-path", "")
        return {"miniprogram": {"appid": app_id, "path": path}, "href": href}
    if _is_web(href):
        return {"href": href}
    if href.lower().startswith(_SAYS):
        return _said(href[len(_SAYS) :])
    return None


def _is_web(href: str) -> bool:
    scheme, _, rest = href.partition("://")
    return scheme.lower() in ("http", "https") and rest[:1] not in ("", "/", "?", "#")


def _said(query: str) -> dict[str, Any] | None:
    """Not `parse_qs`: it makes spaces of plus signs, which are part of what is said."""
    given: dict[str, str] = {}
    for field in query.split("&"):
        name, _, value = field.partition("=")
        given.setdefault(name.lower(), unquote(value))
    said = given.get("msgmenucontent", "")
    return {"say": said, "menu_id": given.get("msgmenuid", "")} if said else None


def _unescaped(value: str) -> str:
    try:
        return html.unescape(value)
    except ValueError:  # &#999…; of more digits than Python reads
        return value

"""Messages of a chat, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wxevents.cli.printing import visible


def words(message: Mapping[str, Any]) -> str:
    """A message as a line of text, or several; what is no text in brackets."""
    match message:
        case {"kind": "text", "segments": segments}:
            text = "".join(_segment(segment) for segment in segments)
        case {"kind": "notice", "text": notice}:
            text = f"[{notice}]"
        case {"kind": "menu", "head": head, "options": options, "tail": tail}:
            text = "\n".join([head, *(f"- {option['text']}" for option in options), tail])
        case {"kind": "news", "articles": articles}:
            text = "\n".join(_bracketed("news", one["title"], one["url"]) for one in articles)
        case {"kind": "opened", "target": target}:
            text = _bracketed("opened", target)
        case {"kind": "location", "latitude": latitude, "longitude": longitude}:
            text = _bracketed("location", message.get("label"), f"{latitude},{longitude}")
        case {"kind": kind}:
            about = message.get("title") or message.get("recognition") or message.get("card_id")
            text = _bracketed(kind, about, message.get("url"))
    return printable(text.strip("\n"))


def _bracketed(kind: str, *about: object) -> str:
    return " ".join([f"[{kind}]", *(str(one) for one in about if one)])


def _segment(segment: Mapping[str, Any]) -> str:
    """A piece of a text, a link with where it leads."""
    text, href = str(segment["text"]), segment.get("href")
    return f"{text} <{href}>" if href and href != text else text


def printable(text: str) -> str:
    """Text of several lines that does no harm to a terminal."""
    return "\n".join(visible(line) for line in text.splitlines())

"""What the platform takes as a passive reply (protocol: passive replies)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wxevents.errors import AnswerError
from wxevents.xml import Fields

MAX_TEXT_BYTES: Final = 2048

PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "image": ("Image", "MediaId"),
    "voice": ("Voice", "MediaId"),
    "video": ("Video", "MediaId"),
    "music": ("Music", "ThumbMediaId"),
}
"""What a reply of a kind must have inside, besides the common elements: a part, and its field."""


def judge_content(answer: Fields, push: Fields) -> None:
    """Raise AnswerError for a reply that the platform discards, with an outage notice for the
    user."""
    if push.get("Event") == "LOCATION":
        raise AnswerError("a LOCATION event may be answered with success or nothing only")
    kind = answer.get("MsgType")
    match kind:
        case "text":
            text = answer.get("Content")
            if not isinstance(text, str) or not text:
                raise AnswerError("a text reply without Content")
            if len(text.encode()) > MAX_TEXT_BYTES:
                raise AnswerError(
                    f"Content has {len(text.encode())} bytes, at most {MAX_TEXT_BYTES} are shown"
                )
        case "image" | "voice" | "video" | "music":
            part, required = PARTS[kind]
            if not fields_of(answer.get(part)).get(required):
                raise AnswerError(f"a reply of type {kind} without {part}.{required}")
        case "news":
            if not articles_of(answer):
                raise AnswerError("a news reply without Articles")
        case "transfer_customer_service":
            if push.get("MsgType") == "event":
                raise AnswerError("only messages can be handed to customer service, no events")
        case _:
            raise AnswerError(f"there is no reply of type {kind!r}")


def articles_of(answer: Fields) -> list[Fields]:
    """One item is a value, several are a list; JSON answers have the list itself."""
    articles = answer.get("Articles")
    items = articles.get("item") if isinstance(articles, dict) else articles
    listed = items if isinstance(items, list) else [items]
    return [item for item in listed if isinstance(item, dict)]


def fields_of(value: object) -> Fields:
    """The elements inside a part; none where it is missing, or a text."""
    return value if isinstance(value, dict) else {}

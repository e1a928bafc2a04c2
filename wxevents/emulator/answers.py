"""Passive replies as the platform takes them: judged, and put into the chat (protocol: passive
replies)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from wxevents.emulator.links import segments
from wxevents.emulator.media import MediaLibrary
from wxevents.errors import AnswerError
from wxevents.xml import Fields

MAX_TEXT_BYTES: Final = 2048
MAX_ARTICLES: Final = 8

# What a reply must have inside, besides the common elements.
_PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "image": ("Image", "MediaId"),
    "voice": ("Voice", "MediaId"),
    "video": ("Video", "MediaId"),
    "music": ("Music", "ThumbMediaId"),
}
_MESSAGES: Final = frozenset(("text", "image", "voice", "video", "shortvideo", "location", "link"))


def judge_content(answer: Fields | None, push: Fields) -> None:
    """Raise AnswerError for a reply that the platform discards, with an outage notice for the
    user."""
    if answer is None:
        return
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
            part, required = _PARTS[kind]
            if not _fields(answer.get(part)).get(required):
                raise AnswerError(f"a reply of type {kind} without {part}.{required}")
        case "news":
            if not _articles(answer):
                raise AnswerError("a news reply without Articles")
        case "transfer_customer_service":
            if push["MsgType"] == "event":
                raise AnswerError("only messages can be handed to customer service, no events")
        case _:
            raise AnswerError(f"there is no reply of type {kind!r}")


def chat_content(
    answer: Fields, push: Fields, media: MediaLibrary
) -> tuple[str, Mapping[str, Any]]:
    """Kind and content of the chat message that a judged reply becomes."""
    kind = str(answer["MsgType"])
    match kind:
        case "text":
            return "text", {"segments": segments(answer["Content"])}
        case "news":
            # In answer to a message one is shown; the excess is dropped.
            shown = 1 if push["MsgType"] in _MESSAGES else MAX_ARTICLES
            return "news", {"articles": [_article(item) for item in _articles(answer)[:shown]]}
        case "music":
            music = _fields(answer["Music"])
            return "music", {
                "title": _text(music, "Title"),
                "description": _text(music, "Description"),
                "url": _text(music, "MusicUrl"),
                "hq_url": _text(music, "HQMusicUrl"),
                "thumb_url": media_url(_text(music, "ThumbMediaId"), media),
            }
        case "transfer_customer_service":
            return "notice", {"text": "已转接人工客服"}
        case _:
            part = _fields(answer[_PARTS[kind][0]])
            media_id = _text(part, "MediaId")
            content = {"media_id": media_id, "url": media_url(media_id, media)}
            if kind == "video":
                content |= {"title": _text(part, "Title")}
                content |= {"description": _text(part, "Description")}
            return kind, content


def media_url(media_id: str, media: MediaLibrary) -> str:
    """Where a page finds the file; "" for one that the account does not have."""
    found = media.find(media_id)
    return found.url if found else ""


def _articles(answer: Fields) -> list[Fields]:
    """One item is a value, several are a list; JSON answers have the list itself."""
    articles = answer.get("Articles")
    items = articles.get("item") if isinstance(articles, dict) else articles
    listed = items if isinstance(items, list) else [items]
    return [item for item in listed if isinstance(item, dict)]


def _article(item: Fields) -> dict[str, str]:
    return {
        "title": _text(item, "Title"),
        "description": _text(item, "Description"),
        "pic_url": _text(item, "PicUrl"),
        "url": _text(item, "Url"),
    }


def _fields(value: object) -> Fields:
    return value if isinstance(value, dict) else {}


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""

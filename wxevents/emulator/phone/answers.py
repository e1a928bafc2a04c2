"""Passive replies, put into the chat (protocol: passive replies)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from wxevents.emulator.state.links import segments
from wxevents.emulator.state.media import MediaLibrary
from wxevents.pushes.judging import PARTS, articles_of, fields_of
from wxevents.xml import Fields

MAX_ARTICLES: Final = 8

_MESSAGES: Final = frozenset(("text", "image", "voice", "video", "shortvideo", "location", "link"))


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
            return "news", {"articles": [_article(item) for item in articles_of(answer)[:shown]]}
        case "music":
            music = fields_of(answer["Music"])
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
            part = fields_of(answer[PARTS[kind][0]])
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


def _article(item: Fields) -> dict[str, str]:
    return {
        "title": _text(item, "Title"),
        "description": _text(item, "Description"),
        "pic_url": _text(item, "PicUrl"),
        "url": _text(item, "Url"),
    }


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""

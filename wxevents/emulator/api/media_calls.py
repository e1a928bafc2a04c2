"""The calls about temporary media and permanent material (protocol: other calls, further calls)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from wxevents.emulator.api.endpoints import OK, Answer, Arguments, Endpoint, File, is_number
from wxevents.emulator.refusals import Refusal
from wxevents.emulator.state.account import Account
from wxevents.emulator.state.file_formats import CONTENT_TYPES, FORMATS, format_of
from wxevents.emulator.state.media import MediaKind, StoredMedia

MAX_BYTES: Final[Mapping[MediaKind, int]] = {
    "image": 10 * 1024 * 1024,
    "voice": 2 * 1024 * 1024,
    "video": 10 * 1024 * 1024,
    "thumb": 64 * 1024,
}
MAX_LISTED: Final = 20

_LISTED: Final = ("image", "voice", "video", "news")
_ARTICLE: Final[Mapping[str, object]] = {
    "title": "",
    "author": "",
    "digest": "",
    "content": "",
    "content_source_url": "",
    "thumb_media_id": "",
    "show_cover_pic": 0,
    "url": "",
}
# What may stand in the header that names a file.
_UNSAFE: Final = re.compile(r"[^\w.-]", re.ASCII)


def upload(arguments: Arguments) -> Answer:
    """Kept for three days."""
    kind = _kind_of_file(arguments)
    media = arguments.account.media.keep(kind, **_judged_file(arguments, kind))
    name = "thumb_media_id" if kind == "thumb" else "media_id"
    return {"type": kind, name: media.media_id, "created_at": int(media.created_at)}


def download(arguments: Arguments) -> Answer:
    """Of a video only where it is. Permanent material has a call of its own (inferred)."""
    media = arguments.account.media.find(arguments.query.get("media_id"))
    if media is None or media.permanent:
        raise Refusal(40007)
    if media.kind == "video":
        return {"video_url": _url(media, arguments)}
    return _as_file(media)


def add_material(arguments: Arguments) -> Answer:
    """A video comes with a `description`, JSON in the form or (so wechatpy) in the query."""
    kind = _kind_of_file(arguments)
    fields = _judged_file(arguments, kind)
    if kind == "video":
        fields |= _described(arguments.form.get("description", arguments.query.get("description")))
    media = arguments.account.media.keep(kind, permanent=True, **fields)
    return {"media_id": media.media_id} | (
        {"url": _url(media, arguments)} if kind == "image" else {}
    )


def get_material(arguments: Arguments) -> Answer:
    media = _material(arguments)
    if media.kind == "news":
        return {"news_item": _articles(media)}
    if media.kind == "video":
        url = _url(media, arguments)
        return {"title": media.title, "description": media.description, "down_url": url}
    return _as_file(media)


def delete_material(arguments: Arguments) -> Answer:
    arguments.account.media.remove(_material(arguments).media_id)
    return OK


def list_material(arguments: Arguments) -> Answer:
    """The newest first, at most 20 at once."""
    given = arguments.json()
    kind, offset, count = given.get("type"), given.get("offset", 0), given.get("count")
    if kind not in _LISTED:
        raise Refusal(40004)
    if not is_number(offset) or offset < 0:
        raise Refusal(40097)
    if not is_number(count) or not 1 <= count <= MAX_LISTED:
        raise Refusal(40097)
    everything = _all_of(kind, arguments.account)
    shown = [_entry(media, arguments) for media in everything[offset : offset + count]]
    return {"total_count": len(everything), "item_count": len(shown), "item": shown}


def count_material(arguments: Arguments) -> Answer:
    return {f"{kind}_count": len(_all_of(kind, arguments.account)) for kind in _LISTED}


def _kind_of_file(arguments: Arguments) -> MediaKind:
    given = arguments.query.get("type")
    kind = next((kind for kind in MAX_BYTES if kind == given), None)
    if kind is None:
        raise Refusal(40004)
    return kind


def _judged_file(arguments: Arguments, kind: MediaKind) -> dict[str, Any]:
    """StoredMedia's fields of the part `media`: there is one, not empty, not too large, and of a
    format that fits."""
    file = arguments.files.get("media")
    if file is None:
        raise Refusal(41005)
    if not file.data:
        raise Refusal(44001)
    if len(file.data) > MAX_BYTES[kind]:
        raise Refusal(45001)
    file_format = format_of(file)
    if file_format not in FORMATS[kind]:
        raise Refusal(40005)
    content_type = CONTENT_TYPES[file_format]
    return {"data": file.data, "content_type": content_type, "filename": file.filename}


def _described(description: str | None) -> dict[str, str]:
    try:
        given = json.loads(description or "")
    except (ValueError, RecursionError) as error:
        raise Refusal(47001) from error
    if not isinstance(given, dict):
        raise Refusal(47001)
    title, introduction = given.get("title", ""), given.get("introduction", "")
    if not isinstance(title, str) or not isinstance(introduction, str):
        raise Refusal(47001)
    return {"title": title, "description": introduction}


def _material(arguments: Arguments) -> StoredMedia:
    media = arguments.account.media.permanent(arguments.json().get("media_id"))
    if media is None:
        raise Refusal(40007)
    return media


def _all_of(kind: str, account: Account) -> list[StoredMedia]:
    found = [media for media in account.media if media.permanent and media.kind == kind]
    found.reverse()  # of one moment the later one first
    return sorted(found, key=lambda media: media.created_at, reverse=True)


def _entry(media: StoredMedia, arguments: Arguments) -> dict[str, object]:
    moment = int(media.created_at)
    if media.kind == "news":
        times = {"create_time": moment, "update_time": moment}
        content = {"news_item": _articles(media), **times}
        return {"media_id": media.media_id, "content": content, "update_time": moment}
    return {
        "media_id": media.media_id,
        "name": media.title or media.filename,
        "update_time": moment,
        "url": _url(media, arguments),
    }


def _articles(media: StoredMedia) -> list[Mapping[str, object]]:
    return [{**_ARTICLE, **article} for article in media.articles]


def _as_file(media: StoredMedia) -> File:
    """Under its media id, as the platform names it; with the extension of what it is."""
    extensions = {content_type: name for name, content_type in CONTENT_TYPES.items()}
    extension = extensions.get(media.content_type) or media.filename.rpartition(".")[2]
    name = f"{media.media_id}.{extension}" if extension else media.media_id
    return File(_UNSAFE.sub("_", name), media.content_type, media.data)


def _url(media: StoredMedia, arguments: Arguments) -> str:
    return f"{arguments.base}{media.url}"


ENDPOINTS: Final = (
    Endpoint("/cgi-bin/media/upload", "POST", upload),
    Endpoint("/cgi-bin/media/get", "GET", download),
    Endpoint("/cgi-bin/material/add_material", "POST", add_material),
    Endpoint("/cgi-bin/material/get_material", "POST", get_material),
    Endpoint("/cgi-bin/material/del_material", "POST", delete_material),
    Endpoint("/cgi-bin/material/batchget_material", "POST", list_material),
    Endpoint("/cgi-bin/material/get_materialcount", "GET", count_material),
)

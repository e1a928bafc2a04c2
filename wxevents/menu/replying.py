"""Replies in menu files: what a click button answers without a handler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from wxevents.errors import MenuError
from wxevents.menu.findings import Finding
from wxevents.menu.reading import Node, shown
from wxevents.replies import (
    Article,
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    VideoReply,
    VoiceReply,
)

_KINDS: Final[Mapping[str, type[Any]]] = {
    "text": TextReply,
    "image": ImageReply,
    "voice": VoiceReply,
    "video": VideoReply,
    "music": MusicReply,
}
_NAMES: Final = (*_KINDS, "news")


def read_reply(node: Node) -> str | Reply | None:
    """The answer in a file: text, or one kind of reply by its name.

    `reply: 谢谢` · `reply: {image: MEDIA_ID}` · `reply: {video: {media_id: {file: media/a.mp4},
    title: …}}` · `reply: {news: [{title: …, url: …}]}`. A media id may be a file beside the menu
    file: `{file: PATH}`. None with findings where it is nothing of the kind.
    """
    value = node.value
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, Mapping) or len(value) != 1 or next(iter(value)) not in _NAMES:
        node.find(f"{shown(value)} where a text or one of {', '.join(_NAMES)} is due")
        return None
    name = next(iter(value))
    child = node.child(name)
    if name == "news":
        return NewsReply([article for one in child.items() if (article := _article(one))])
    return _reply(child, _KINDS[name])


def reply_body(reply: str | Reply) -> Any:
    """The way back: the reply as a file writes it. Paths are written as they are. Raises MenuError
    for a reply that a file cannot have."""
    if isinstance(reply, str):
        return reply
    if isinstance(reply, NewsReply):
        return {"news": [_filled(article) for article in reply.articles]}
    name = next((name for name, kind in _KINDS.items() if isinstance(reply, kind)), None)
    if name is None:
        raise MenuError([Finding("reply", f"a file has no {type(reply).__name__}")])
    values = _filled(reply)
    first = fields(reply)[0].name  # type: ignore[arg-type]  # every one of _KINDS is a dataclass
    return {name: values[first] if set(values) == {first} else values}


def _filled(value: Any) -> dict[str, Any]:
    names = [field.name for field in fields(value)]
    written = {name: getattr(value, name) for name in names}
    return {
        name: {"file": one.as_posix()} if isinstance(one, Path) else one
        for name, one in written.items()
        if one or name == names[0]
    }


def _reply(node: Node, kind: type[Any]) -> Reply | None:
    names = [field.name for field in fields(kind)]
    if isinstance(node.value, str):
        return _made(kind, node.value)
    if not node.is_mapping():
        return None
    if kind.media and set(node.value) == {"file"}:
        return _made(kind, _file(node))
    node.refuse_others(frozenset(names))
    first = node.child(names[0])
    if not node.has(names[0]):
        first.find(f"{names[0]} is missing")
    values: dict[str, Any] = {name: node.text(name) for name in names[1:]}
    if kind.media and isinstance(first.value, Mapping):
        values[names[0]] = _file(first)
    else:
        values[names[0]] = node.text(names[0])
    return _made(kind, **values)


def _made(kind: type[Any], *values: Any, **named: Any) -> Reply:
    reply: Reply = kind(*values, **named)
    return reply


def _file(node: Node) -> Path:
    """A file named in a menu file, which is looked for beside that file."""
    node.refuse_others(frozenset(("file",)))
    path = Path(node.text("file"))
    if not node.has("file"):
        node.find("the file is missing: `file: PATH`")
    return Path(node.source.name).parent / path


def _article(node: Node) -> Article | None:
    if not node.is_mapping():
        return None
    names = [field.name for field in fields(Article)]
    node.refuse_others(frozenset(names))
    if not node.has("title"):
        node.child("title").find("title is missing")
    return Article(**{name: node.text(name) for name in names})

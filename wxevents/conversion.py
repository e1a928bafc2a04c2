"""A passive reply as customer-service messages, whose limits are others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from wxevents.client import (
    CustomerImage,
    CustomerMessage,
    CustomerMusic,
    CustomerNews,
    CustomerText,
    CustomerVideo,
    CustomerVoice,
)
from wxevents.replies import (
    MAX_TEXT_BYTES,
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    VideoReply,
    VoiceReply,
)


class Undeliverable(Exception):
    """No customer-service message can say it; the text says why."""


def as_customer_messages(reply: Reply) -> Sequence[CustomerMessage]:
    """The messages that say what the reply says, in order: a long text in parts, news one article
    each. Raises Undeliverable."""
    convert = _CONVERTERS.get(type(reply))
    if convert is None:
        raise Undeliverable(f"there is no customer-service message for {type(reply).__name__}")
    return convert(reply)


def split(text: str, limit: int = MAX_TEXT_BYTES) -> Iterator[str]:
    """The text in parts of at most `limit` bytes of UTF-8, cut behind a line where there is one."""
    rest = text
    while len(rest.encode(errors="replace")) > limit:
        # Bytes cut within a character leave a rest that `ignore` drops.
        longest = rest.encode(errors="replace")[:limit].decode(errors="ignore")
        line_end = longest.rfind("\n") + 1
        part = rest[: line_end or len(longest)]
        if part.strip():
            yield part.rstrip("\n")
        rest = rest[len(part) :]
    if rest.strip():
        yield rest


def _texts(reply: TextReply) -> list[CustomerMessage]:
    return [CustomerText(part) for part in split(reply.content)]


def _articles(reply: NewsReply) -> list[CustomerMessage]:
    # The platform takes one article in a message (45008).
    return [
        CustomerNews(one.title, one.description, one.url, one.pic_url) for one in reply.articles
    ]


def _music(reply: MusicReply) -> list[CustomerMessage]:
    music = CustomerMusic(
        reply.thumb_media_id, reply.music_url, reply.hq_music_url, reply.title, reply.description
    )
    return [music]


def _video(reply: VideoReply) -> list[CustomerMessage]:
    if not reply.thumb_media_id:
        raise Undeliverable("a VideoReply that is late needs its thumb_media_id, a cover")
    return [CustomerVideo(reply.media_id, reply.thumb_media_id, reply.title, reply.description)]


_CONVERTERS: Final[Mapping[type[Reply], Callable[[Any], list[CustomerMessage]]]] = {
    TextReply: _texts,
    ImageReply: lambda reply: [CustomerImage(reply.media_id)],
    VoiceReply: lambda reply: [CustomerVoice(reply.media_id)],
    VideoReply: _video,
    MusicReply: _music,
    NewsReply: _articles,
}

"""Passive replies: what a handler may answer within the five seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, TypeAlias

from wxevents.errors import ReplyError
from wxevents.events import Event, LinkMessage, Message
from wxevents.xml import Fields

MAX_TEXT_BYTES: Final = 2048
MAX_ARTICLES: Final = 8


MediaKind: TypeAlias = Literal["image", "voice", "video", "thumb"]

Media: TypeAlias = str | Path
"""A media id, or a local file: it is uploaded once, and again before its three days end."""


class Reply:
    """An answer of any kind."""

    msg_type: ClassVar[str]
    media: ClassVar[tuple[str, MediaKind] | None] = None
    """The field that holds Media, and what the platform calls that kind of file."""

    # Not an abstract class: isinstance would cost every push a microsecond.
    def fields(self) -> Fields:
        """The elements of its own, under the platform's names."""
        raise NotImplementedError


@dataclass(frozen=True)
class TextReply(Reply):
    """Text of at most 2,048 bytes of UTF-8 (about 680 Chinese characters); may hold line breaks
    and `<a href="…">` links."""

    msg_type = "text"

    content: str

    def fields(self) -> Fields:
        return {"Content": self.content}


@dataclass(frozen=True)
class ImageReply(Reply):
    """A picture; `media_id` of temporary or permanent material, or the path of a file."""

    msg_type = "image"
    media = ("media_id", "image")

    media_id: Media

    def fields(self) -> Fields:
        return {"Image": {"MediaId": self.media_id}}


@dataclass(frozen=True)
class VoiceReply(Reply):
    """A voice message; `media_id` of temporary or permanent material, or the path of a file."""

    msg_type = "voice"
    media = ("media_id", "voice")

    media_id: Media

    def fields(self) -> Fields:
        return {"Voice": {"MediaId": self.media_id}}


@dataclass(frozen=True)
class VideoReply(Reply):
    """A video; `media_id` of temporary or permanent material, or the path of a file.

    A customer-service message wants a cover: give `thumb_media_id` where the answer may be late.
    """

    msg_type = "video"
    media = ("media_id", "video")

    media_id: Media
    title: str = ""
    description: str = ""
    thumb_media_id: Media = ""

    def fields(self) -> Fields:
        return {
            "Video": {
                "MediaId": self.media_id,
                "Title": self.title,
                "Description": self.description,
            }
        }


@dataclass(frozen=True)
class MusicReply(Reply):
    """A piece of music; `thumb_media_id` (its cover, a media id or the path of a file) is required
    by the platform. `hq_music_url` is preferred on Wi-Fi."""

    msg_type = "music"
    media = ("thumb_media_id", "thumb")

    thumb_media_id: Media
    title: str = ""
    description: str = ""
    music_url: str = ""
    hq_music_url: str = ""

    def fields(self) -> Fields:
        return {
            "Music": {
                "Title": self.title,
                "Description": self.description,
                "MusicUrl": self.music_url,
                "HQMusicUrl": self.hq_music_url,
                "ThumbMediaId": self.thumb_media_id,
            }
        }


@dataclass(frozen=True)
class Article:
    """One entry of a NewsReply; its picture a JPG or PNG, 360×200 in the first, else 200×200."""

    title: str
    description: str = ""
    pic_url: str = ""
    url: str = ""

    def fields(self) -> Fields:
        return {
            "Title": self.title,
            "Description": self.description,
            "PicUrl": self.pic_url,
            "Url": self.url,
        }


@dataclass(frozen=True)
class NewsReply(Reply):
    """Articles: one in answer to a message, up to eight in answer to an event."""

    msg_type = "news"

    articles: Sequence[Article]

    def __post_init__(self) -> None:
        # A list would leave the reply open to changes, and without a hash.
        object.__setattr__(self, "articles", tuple(self.articles))

    def fields(self) -> Fields:
        items = [article.fields() for article in self.articles]
        return {"ArticleCount": len(items), "Articles": {"item": items}}


@dataclass(frozen=True)
class TransferReply(Reply):
    """Hands the user's message to human customer service: to one agent, or to any."""

    msg_type = "transfer_customer_service"

    kf_account: str = ""

    def fields(self) -> Fields:
        return {"TransInfo": {"KfAccount": self.kf_account}} if self.kf_account else {}


Answer: TypeAlias = str | Reply | None
"""What a handler or a middleware may return; "" and None are "nothing to say"."""


def as_reply(answer: object, event: Event, source: str, *, late: bool = False) -> Reply | None:
    """The one gate for what handlers and middlewares return. One that is `late` goes out as
    customer-service messages, as many as its length takes.

    `source` names the handler in the ReplyError that a wrong type or a broken limit raises.
    """
    if isinstance(answer, str):
        answer = TextReply(answer)
    if answer is None or (isinstance(answer, TextReply) and answer.content == ""):
        return None
    if not isinstance(answer, Reply):
        raise ReplyError(
            f"{source} returned {type(answer).__name__}; "
            "return a str, a reply such as TextReply, or None"
        )
    fault = _late_fault(answer) if late else _fault(answer, event)
    if fault:
        raise ReplyError(f"{source}: {fault}")
    return answer


def _fault(reply: Reply, event: Event) -> str | None:
    """Which limit of the platform the reply breaks."""
    if isinstance(reply, TextReply) and isinstance(reply.content, str):
        return _text_fault(reply.content)
    fault = _field_fault(reply) if isinstance(reply, _READABLE) else None
    if fault:
        return fault
    if isinstance(reply, NewsReply):
        return _news_fault(len(reply.articles), event)
    if isinstance(reply, TransferReply) and not isinstance(event, Message):
        return f"TransferReply hands messages to customer service, and {event.name} is an event"
    return None


def _late_fault(reply: Reply) -> str | None:
    """What is wrong with a reply, whatever its length."""
    fault = _field_fault(reply) if isinstance(reply, _READABLE) else None
    if not fault and isinstance(reply, NewsReply) and not reply.articles:
        return "a NewsReply without articles"
    return fault


def _field_fault(value: Any) -> str | None:
    """Which field of a reply is no text, or names no media."""
    kind = type(value).__name__
    for field in fields(value):
        content = getattr(value, field.name)
        if field.name == "articles":
            faults = (
                _field_fault(one) if isinstance(one, Article) else f"{one!r} is no Article"
                for one in content
            )
            return next(filter(None, faults), None)
        if field.name.endswith("media_id") and isinstance(content, Path):
            continue
        if not isinstance(content, str):
            return f"{kind}: {field.name} has to be a str, not {type(content).__name__}"
        if field.name.endswith("media_id") and not content and field.default is MISSING:
            return f"{kind}: {field.name} is empty; give that of uploaded material, or a Path"
    return None


def _text_fault(content: str) -> str | None:
    # A character has at most four bytes, so most texts need not be encoded to be measured.
    if len(content) * 4 <= MAX_TEXT_BYTES:
        return None
    size = len(content.encode(errors="replace"))
    if size <= MAX_TEXT_BYTES:
        return None
    return f"the text has {size:,} bytes, at most {MAX_TEXT_BYTES:,} reach the user"


def _news_fault(count: int, event: Event) -> str | None:
    # "One article" applies to text, image, voice, video, news and location messages.
    single = isinstance(event, Message) and not isinstance(event, LinkMessage)
    if 1 <= count <= (1 if single else MAX_ARTICLES):
        return None
    allowed = "there is 1" if single else f"there are 1 to {MAX_ARTICLES}"
    return f"{count} articles; in answer to {event.name} {allowed}"


_READABLE: Final = (
    TextReply,
    ImageReply,
    VoiceReply,
    VideoReply,
    MusicReply,
    NewsReply,
    TransferReply,
)


def answer_fields(reply: Reply, event: Event, create_time: int) -> Fields:
    """The whole answer to a push: sender and receiver swapped."""
    return {
        "ToUserName": event.from_user_name,
        "FromUserName": event.to_user_name,
        "CreateTime": create_time,
        "MsgType": reply.msg_type,
        **reply.fields(),
    }


def read(answer: Mapping[str, Any]) -> Reply:
    """The reply in a parsed answer: the way back of `answer_fields`, for tests and tools.

    Raises ReplyError for anything that is no complete reply.
    """
    reader = _READERS.get(str(answer.get("MsgType")))
    if reader is None:
        raise ReplyError(f"no reply has the MsgType {answer.get('MsgType')!r}")
    try:
        reply = reader(answer)
    except (KeyError, TypeError) as error:
        raise ReplyError(f"the {answer['MsgType']} reply is incomplete: {error!r}") from error
    fault = _field_fault(reply)
    if fault:
        raise ReplyError(f"the {answer['MsgType']} reply is incomplete: {fault}")
    return reply


def _read_articles(fields: Mapping[str, Any]) -> NewsReply:
    items = fields["Articles"]["item"]
    items = items if isinstance(items, list) else [items]
    return NewsReply(
        [Article(one["Title"], one["Description"], one["PicUrl"], one["Url"]) for one in items]
    )


def _read_music(fields: Mapping[str, Any]) -> MusicReply:
    music = fields["Music"]
    return MusicReply(
        music["ThumbMediaId"],
        music["Title"],
        music["Description"],
        music["MusicUrl"],
        music["HQMusicUrl"],
    )


def _read_video(fields: Mapping[str, Any]) -> VideoReply:
    video = fields["Video"]
    return VideoReply(video["MediaId"], video["Title"], video["Description"])


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Reply]]] = {
    "text": lambda fields: TextReply(fields["Content"]),
    "image": lambda fields: ImageReply(fields["Image"]["MediaId"]),
    "voice": lambda fields: VoiceReply(fields["Voice"]["MediaId"]),
    "video": _read_video,
    "music": _read_music,
    "news": _read_articles,
    "transfer_customer_service": lambda fields: TransferReply(
        fields["TransInfo"]["KfAccount"] if fields.get("TransInfo") else ""
    ),
}

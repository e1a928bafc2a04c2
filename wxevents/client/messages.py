"""Customer-service messages (客服消息): what may be sent after the five seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final, TypeAlias

from wxevents.client.api import Api
from wxevents.client.files import MediaKind
from wxevents.client.media import Media

MediaRef: TypeAlias = str | Path
"""A media id of temporary or permanent material, or a local file: it is uploaded once, and again
before its three days end."""

_NONE: Final[Mapping[str, MediaKind]] = MappingProxyType({})


class CustomerMessage:
    """A customer-service message of any kind."""

    msg_type: ClassVar[str]
    media: ClassVar[Mapping[str, MediaKind]] = _NONE
    """The fields that may be local files, with what the platform calls these."""

    def fields(self) -> Mapping[str, Any]:
        """Its fields under the platform's names."""
        raise NotImplementedError


@dataclass(frozen=True)
class CustomerText(CustomerMessage):
    """Text; may hold line breaks and `<a href="…">` links."""

    msg_type = "text"

    content: str

    def fields(self) -> Mapping[str, Any]:
        return {"content": self.content}


@dataclass(frozen=True)
class CustomerImage(CustomerMessage):
    """A picture: a media id, or the path of a file."""

    msg_type = "image"
    media = MappingProxyType({"media_id": "image"})

    media_id: MediaRef

    def fields(self) -> Mapping[str, Any]:
        return {"media_id": self.media_id}


@dataclass(frozen=True)
class CustomerVoice(CustomerMessage):
    """A voice message: a media id, or the path of a file."""

    msg_type = "voice"
    media = MappingProxyType({"media_id": "voice"})

    media_id: MediaRef

    def fields(self) -> Mapping[str, Any]:
        return {"media_id": self.media_id}


@dataclass(frozen=True)
class CustomerVideo(CustomerMessage):
    """A video with its cover: media ids, or the paths of files."""

    msg_type = "video"
    media = MappingProxyType({"media_id": "video", "thumb_media_id": "thumb"})

    media_id: MediaRef
    thumb_media_id: MediaRef
    title: str = ""
    description: str = ""

    def fields(self) -> Mapping[str, Any]:
        return {
            "media_id": self.media_id,
            "thumb_media_id": self.thumb_media_id,
            "title": self.title,
            "description": self.description,
        }


@dataclass(frozen=True)
class CustomerMusic(CustomerMessage):
    """A piece of music and its cover. `hq_music_url` is preferred on Wi-Fi."""

    msg_type = "music"
    media = MappingProxyType({"thumb_media_id": "thumb"})

    thumb_media_id: MediaRef
    music_url: str
    hq_music_url: str
    title: str = ""
    description: str = ""

    def fields(self) -> Mapping[str, Any]:
        return {
            "title": self.title,
            "description": self.description,
            "musicurl": self.music_url,
            "hqmusicurl": self.hq_music_url,
            "thumb_media_id": self.thumb_media_id,
        }


@dataclass(frozen=True)
class CustomerNews(CustomerMessage):
    """A link with title and picture to any page. The platform takes one in a message."""

    msg_type = "news"

    title: str
    description: str = ""
    url: str = ""
    pic_url: str = ""

    def fields(self) -> Mapping[str, Any]:
        article = {
            "title": self.title,
            "description": self.description,
            "url": self.url,
            "picurl": self.pic_url,
        }
        return {"articles": [article]}


@dataclass(frozen=True)
class CustomerArticle(CustomerMessage):
    """A published article of the account (`mpnewsarticle`)."""

    msg_type = "mpnewsarticle"

    article_id: str

    def fields(self) -> Mapping[str, Any]:
        return {"article_id": self.article_id}


@dataclass(frozen=True)
class CustomerChoice:
    """One line of a CustomerMenu. A tap sends `content` as the user's text message, with `id` in
    its `bizmsgmenuid`."""

    id: str
    content: str


@dataclass(frozen=True)
class CustomerMenu(CustomerMessage):
    """Lines to choose from (`msgmenu`), with text before and after them."""

    msg_type = "msgmenu"

    head_content: str
    choices: Sequence[CustomerChoice]
    tail_content: str = ""

    def fields(self) -> Mapping[str, Any]:
        return {
            "head_content": self.head_content,
            "list": [{"id": choice.id, "content": choice.content} for choice in self.choices],
            "tail_content": self.tail_content,
        }


@dataclass(frozen=True)
class CustomerCard(CustomerMessage):
    """A card or coupon (`wxcard`)."""

    msg_type = "wxcard"

    card_id: str

    def fields(self) -> Mapping[str, Any]:
        return {"card_id": self.card_id}


@dataclass(frozen=True)
class CustomerMiniProgram(CustomerMessage):
    """A card that opens a mini program (`miniprogrampage`), which is linked with the account."""

    msg_type = "miniprogrampage"
    media = MappingProxyType({"thumb_media_id": "image"})

    title: str
    app_id: str
    page_path: str
    thumb_media_id: MediaRef

    def fields(self) -> Mapping[str, Any]:
        return {
            "title": self.title,
            "appid": self.app_id,
            "pagepath": self.page_path,
            "thumb_media_id": self.thumb_media_id,
        }


class Messages:
    """`client.messages`.

    The platform lets an account write to a user for a while only: 5 messages within 48 hours of a
    message of theirs, 3 within one minute of a tap on a click or scan button, of following or of
    scanning a QR code. UserUnreachable tells that it does not, or no more.
    """

    def __init__(self, api: Api, media: Media) -> None:
        self._api = api
        self._media = media

    async def send(
        self, openid: str, message: CustomerMessage | str, *, kf_account: str = ""
    ) -> None:
        """Send one message, a `str` as text; `kf_account` shows it as from that customer-service
        account.

        Local files are uploaded first. It is not sent again after a lost answer (AnswerLost): the
        user might get it twice.
        """
        await self.send_prepared(await self.prepare(openid, message, kf_account=kf_account))

    async def prepare(
        self, openid: str, message: CustomerMessage | str, *, kf_account: str = ""
    ) -> dict[str, Any]:
        """The body of a call that sends the message, for `send_prepared`; local files are uploaded.
        A body can be written down before it is sent."""
        if isinstance(message, str):
            message = CustomerText(message)
        fields = dict(message.fields())
        for name, kind in message.media.items():
            if isinstance(fields[name], Path):
                fields[name] = await self._media.media_id_of(fields[name], kind)
        body: dict[str, Any] = {
            "touser": openid,
            "msgtype": message.msg_type,
            message.msg_type: fields,
        }
        if kf_account:
            body["customservice"] = {"kf_account": kf_account}
        return body

    async def send_prepared(self, body: Mapping[str, Any]) -> None:
        """Send what `prepare` gave."""
        await self._api.post("/cgi-bin/message/custom/send", body)

    async def typing(self, openid: str) -> None:
        """Show the user for 15 seconds that somebody is typing; only within 30 seconds of their
        last message (45080), and not while it is shown (45081)."""
        await self._typing(openid, "Typing")

    async def cancel_typing(self, openid: str) -> None:
        """Show no typing any more."""
        await self._typing(openid, "CancelTyping")

    async def _typing(self, openid: str, command: str) -> None:
        # Not idempotent: a second time is answered with 45081.
        await self._api.post(
            "/cgi-bin/message/custom/typing", {"touser": openid, "command": command}
        )

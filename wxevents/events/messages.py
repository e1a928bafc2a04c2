"""Messages that users send (protocol: messages)."""

from __future__ import annotations

from pydantic import Field

from wxevents.events.event import Message
from wxevents.events.structure import Count


class TextMessage(Message, msg_type="text"):
    """Text; `bizmsgmenuid` is set when the user tapped an option of a message menu."""

    decorator = "text"

    content: str
    bizmsgmenuid: str | None = Field(default=None, alias="bizmsgmenuid")

    @property
    def routing_key(self) -> str:
        return self.content


class ImageMessage(Message, msg_type="image"):
    """A picture: `pic_url` links to it, `media_id` fetches it as temporary media."""

    decorator = "image"

    pic_url: str
    media_id: str


class VoiceMessage(Message, msg_type="voice"):
    """A voice message; `recognition` is set where the account has speech recognition on."""

    decorator = "voice"

    media_id: str
    format: str = Field(default="", description="amr or speex")
    recognition: str | None = None
    media_id_16k: str | None = Field(default=None, alias="MediaId16K")


class VideoMessage(Message, msg_type="video"):
    """A video; `thumb_media_id` is its cover, both ids are of temporary media."""

    decorator = "video"

    media_id: str
    thumb_media_id: str


class ShortVideoMessage(Message, msg_type="shortvideo"):
    """A short video, filmed in the chat; otherwise like a video."""

    decorator = "shortvideo"

    media_id: str
    thumb_media_id: str


class LocationMessage(Message, msg_type="location"):
    """A place that the user sent; not the LOCATION event, which is LocationEvent."""

    decorator = "location"

    latitude: float = Field(alias="Location_X")
    longitude: float = Field(alias="Location_Y")
    scale: Count = 0
    label: str = ""


class LinkMessage(Message, msg_type="link"):
    """A link that the user shared."""

    decorator = "link"

    title: str
    description: str = ""
    url: str

"""What the buttons of a custom menu push (protocol: menu events)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import AliasChoices, Field, field_validator

from wxevents.events.event import Notification
from wxevents.events.structure import Count, Structure, is_empty


class MenuEvent(Notification):
    """A button of the menu was used. Parents, `media_id` and article buttons push nothing."""

    menu_id: str | None = Field(
        default=None,
        validation_alias=AliasChoices("MenuId", "MenuID"),  # samples write one, a table the other
        serialization_alias="MenuId",
        description="id of the default or conditional menu, where the platform tells it",
    )

    @property
    def key(self) -> str:
        """The button's key; of a view button its URL, of a mini program its page path."""
        return self.event_key

    @property
    def routing_key(self) -> str:
        return self.event_key


class ClickEvent(MenuEvent, event="CLICK"):
    """A click button was tapped."""

    decorator = "click"


class ViewEvent(MenuEvent, event="VIEW"):
    """A view button opened its URL; the user has left the chat, so nothing can be answered."""

    decorator = "view"
    answerable = False


class ViewMiniprogramEvent(MenuEvent, event="view_miniprogram"):
    """A button opened a mini program; `key` is the page path."""

    decorator = "view_miniprogram"
    answerable = False


class ScanCodeInfo(Structure):
    scan_type: str = Field(default="", description="qrcode or barcode")
    scan_result: str = Field(
        default="", description="as sent: `EAN_13,4006381333931` for a bar code"
    )

    @property
    def symbology(self) -> str | None:
        """`EAN_13`, `CODE_128`, …; None for a QR code."""
        return self.scan_result.partition(",")[0] if self._names_its_symbology else None

    @property
    def code(self) -> str:
        """What the code says, without its symbology."""
        return self.scan_result.partition(",")[2] if self._names_its_symbology else self.scan_result

    @property
    def _names_its_symbology(self) -> bool:
        return self.scan_type.lower() == "barcode" and "," in self.scan_result


class ScanCodeEvent(MenuEvent):
    """A code was scanned through a button."""

    scan_code_info: ScanCodeInfo = Field(default_factory=ScanCodeInfo)

    @property
    def symbology(self) -> str | None:
        """`EAN_13`, `CODE_128`, …; None for a QR code."""
        return self.scan_code_info.symbology

    @property
    def code(self) -> str:
        """What the code says, without its symbology."""
        return self.scan_code_info.code


class ScancodePushEvent(ScanCodeEvent, event="scancode_push"):
    """The phone shows or opens the result itself, and tells the account."""

    decorator = "scancode_push"


class ScancodeWaitmsgEvent(ScanCodeEvent, event="scancode_waitmsg"):
    """The phone shows 消息接收中 until the account answers."""

    decorator = "scancode_waitmsg"


class Picture(Structure):
    """One picture. Its image message, which has the media id, arrives on its own."""

    pic_md5_sum: str = Field(default="", alias="PicMd5Sum")


class SendPicsInfo(Structure):
    """The pictures a user sent through a button.

    `count` is what the platform claims, which was seen to be wrong; `pictures` is what it sent.
    """

    count: Count = 0
    pictures: tuple[Picture, ...] = Field(default=(), alias="PicList")

    @field_validator("pictures", mode="before")
    @classmethod
    def _gather_every_item(cls, pic_list: Any) -> list[Any]:
        return list(_items(pic_list))


def _items(pic_list: Any) -> Iterator[Any]:
    """All `item`s, whether the list is empty, has one, has many, or is itself repeated."""
    if isinstance(pic_list, list):
        for one in pic_list:
            yield from _items(one)
    elif isinstance(pic_list, dict):
        if "item" in pic_list:
            yield from _items(pic_list["item"])
        else:
            yield pic_list
    elif not is_empty(pic_list):
        yield pic_list  # not a structure: left for validation to refuse


class PicturesEvent(MenuEvent):
    """Pictures were sent through a button; one image message each arrives beside it."""

    send_pics_info: SendPicsInfo = Field(default_factory=SendPicsInfo)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """What was sent, whatever `send_pics_info.count` says; may be empty."""
        return self.send_pics_info.pictures


class PicSysphotoEvent(PicturesEvent, event="pic_sysphoto"):
    """Photographs were taken with the phone's camera."""

    decorator = "pic_sysphoto"


class PicPhotoOrAlbumEvent(PicturesEvent, event="pic_photo_or_album"):
    """Pictures came from the camera or the album, as the user chose."""

    decorator = "pic_photo_or_album"


class PicWeixinEvent(PicturesEvent, event="pic_weixin"):
    """Pictures were chosen in WeChat's own album."""

    decorator = "pic_weixin"


class SendLocationInfo(Structure):
    latitude: float = Field(alias="Location_X")
    longitude: float = Field(alias="Location_Y")
    scale: Count = 0
    label: str = Field(default="", description="address")
    poiname: str = Field(default="", alias="Poiname", description="name of the place; may be empty")


class LocationSelectEvent(MenuEvent, event="location_select"):
    """A place was chosen through a button; its location message arrives beside it."""

    decorator = "location_select"

    send_location_info: SendLocationInfo

    @property
    def place(self) -> SendLocationInfo:
        """Latitude, longitude, label and name of the place."""
        return self.send_location_info

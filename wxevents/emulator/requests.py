"""The bodies of the control API, as pydantic models; see docs/emulator.md."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from wxevents.xml import Fields


class WrongRequest(Exception):
    """What was asked for cannot be done; the message is one sentence for whoever asked."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Scan(_Body):
    """What was in front of the camera. `symbology` is that of a bar code, such as EAN_13."""

    result: str
    type: Literal["qrcode", "barcode"] = "qrcode"
    symbology: str = "EAN_13"

    @property
    def pushed_result(self) -> str:
        """A bar code comes with its symbology in front."""
        return f"{self.symbology},{self.result}" if self.type == "barcode" else self.result


class Place(_Body):
    """`label` is the address, `poiname` the name of the place."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    scale: int = 16
    label: str = ""
    poiname: str = ""

    @property
    def elements(self) -> Fields:
        """As the location message and the event have them."""
        return {
            "Location_X": str(self.latitude),
            "Location_Y": str(self.longitude),
            "Scale": str(self.scale),
            "Label": self.label,
        }


class PhotoBody(_Body):
    """A sample by name, or a file in base64."""

    sample: str = ""
    name: str = "photo.jpg"
    data: str = ""


class Tap(_Body):
    path: list[int] | None = None
    key: str | None = None
    name: str | None = None
    scan: Scan | None = None
    photos: list[PhotoBody] | None = None
    place: Place | None = None


class Say(_Body):
    text: Annotated[str, Field(min_length=1)]
    menu_id: str = ""


class SendImage(_Body):
    kind: Literal["image"]
    photo: PhotoBody = PhotoBody(sample="cat")


class SendVoice(_Body):
    kind: Literal["voice"]
    recognition: str | None = None


class SendVideo(_Body):
    kind: Literal["video", "shortvideo"]


class SendLink(_Body):
    kind: Literal["link"]
    title: str = ""
    description: str = ""
    url: str


class SendLocation(Place):
    kind: Literal["location"]


Sent = Annotated[
    SendImage | SendVoice | SendVideo | SendLink | SendLocation, Field(discriminator="kind")
]


class Nothing(_Body):
    """An empty object."""


class Scene(_Body):
    scene: str = ""


class SceneScan(_Body):
    scene: Annotated[str, Field(min_length=1)]


class ReportedLocation(_Body):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    precision: float = 40.0


class Open(_Body):
    refresh: bool = False


class UserBody(_Body):
    """Of a change, only the given fields count. `tags` by id or name, in the order in which they
    were applied."""

    openid: Annotated[str, Field(pattern=r"^[\w-]{1,64}$")] | None = None
    name: str | None = None
    platform: Literal["ios", "android", "others"] | None = None
    client_version: Annotated[str, Field(pattern=r"^\d+(\.\d+)*$")] | None = None
    tags: list[int | str] | None = None
    subscribed: bool | None = None


class TagBody(_Body):
    name: Annotated[str, Field(min_length=1)]


class AnyPush(_Body):
    openid: str
    name: Annotated[str, Field(min_length=1)]
    key: str | None = None
    elements: dict[str, Any] = {}


class TemplateResult(_Body):
    openid: str
    status: Literal["success", "failed:user block", "failed: system failed"] = "success"


class Again(_Body):
    anew: bool = False


class Material(_Body):
    type: Literal["image", "voice", "video", "news"]
    media_id: str = ""
    title: str = ""
    description: str = ""
    articles: list[dict[str, Any]] = []
    data: str = ""


class ArticleBody(_Body):
    article_id: str = ""
    articles: Annotated[list[dict[str, Any]], Field(min_length=1)]


class WebsiteMenu(_Body):
    selfmenu_info: dict[str, Any]
    is_menu_open: bool = True


class Advance(_Body):
    advance: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Exhaust(_Body):
    path: str


class Handled(_Body):
    identity: str
    handler: str | None
    result: str = ""
    seconds: float = 0.0

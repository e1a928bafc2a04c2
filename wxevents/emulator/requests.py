"""The bodies of the control API, as pydantic models; see reference/emulator.md."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from wxevents.xml import Fields

VERSION: Final = r"^[0-9]{1,6}(\.[0-9]{1,6}){0,5}$"
MAX_TEXT: Final = 20_000
"""Characters of a text; the platform takes fewer."""

_ELEMENT: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
# A token's life, the windows and the days of quotas fit in many times over.
_TEN_YEARS: Final = 10 * 365 * 24 * 3600


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
            "Location_X": _decimal(self.latitude),
            "Location_Y": _decimal(self.longitude),
            "Scale": str(self.scale),
            "Label": self.label,
        }


def _as_xml_has_it(value: Any) -> Any:
    if isinstance(value, dict):
        wrong = next((name for name in value if not _ELEMENT.fullmatch(name)), None)
        if wrong is not None:
            raise ValueError(f"{wrong!r} is no element's name")
        return {name: _as_xml_has_it(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_xml_has_it(inner) for inner in value]
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    return value


def _decimal(degrees: float) -> str:
    """Without an exponent; six digits are a tenth of a metre."""
    return f"{degrees:.6f}".rstrip("0").rstrip(".")


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
    text: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    menu_id: str = ""


class SendImage(_Body):
    kind: Literal["image"]
    photo: PhotoBody = PhotoBody(sample="cat")


class SendVoice(_Body):
    kind: Literal["voice"]
    seconds: Annotated[float, Field(gt=0, le=60)] = 1.0
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

    openid: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None
    name: str | None = None
    platform: Literal["ios", "android", "others"] | None = None
    client_version: Annotated[str, Field(pattern=VERSION)] | None = None
    tags: list[int | str] | None = None
    subscribed: bool | None = None


class TagBody(_Body):
    name: Annotated[str, Field(min_length=1)]


class AnyPush(_Body):
    """`elements` by their paths; what JSON has and XML has not becomes text."""

    openid: str
    name: Annotated[str, Field(min_length=1)]
    key: str | None = None
    elements: dict[str, Any] = {}

    @field_validator("elements")
    @classmethod
    def _writable(cls, elements: dict[str, Any]) -> dict[str, Any]:
        return {path: _as_xml_has_it(value) for path, value in elements.items()}


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


class _WebsiteButton(BaseModel):
    """Only what every shape of them has."""

    name: str
    type: str = ""
    url: str = ""
    sub_button: _WebsiteList | None = None

    @model_validator(mode="after")
    def _opens_something(self) -> Self:
        if self.type == "view" and not self.url:
            raise ValueError(f"the view button {self.name!r} has no url")
        return self


class _WebsiteList(BaseModel):
    list: list[_WebsiteButton]


class _WebsiteButtons(BaseModel):
    button: Annotated[list[_WebsiteButton], Field(min_length=1)]


def website_menu(value: dict[str, Any]) -> dict[str, Any]:
    """The value itself; raises ValidationError where it has not the shape of one."""
    _WebsiteButtons.model_validate(value)
    return value


class WebsiteMenu(_Body):
    """`selfmenu_info` as get_current_selfmenu_info has it."""

    selfmenu_info: dict[str, Any]

    @field_validator("selfmenu_info")
    @classmethod
    def _is_a_menu(cls, value: dict[str, Any]) -> dict[str, Any]:
        return website_menu(value)

    is_menu_open: bool = True


class Advance(_Body):
    advance: Annotated[float, Field(ge=0, le=_TEN_YEARS)]


class Exhaust(_Body):
    path: str


class Handled(_Body):
    identity: str
    handler: str | None

"""The buttons: one frozen definition per type, typed by people and read from the wire.

A button is only a value. What the platform would refuse is found by `wxevents.menu.check`, all of
it at once and before anything is sent, not by the first constructor that notices something.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, TypeAlias

from wxevents.menu.findings import NOWHERE, Origin, remember_origin
from wxevents.menu.reading import Node, shown
from wxevents.menu.replying import read_reply
from wxevents.replies import Answer, Reply

Key: TypeAlias = str | Callable[..., Coroutine[Any, Any, Answer] | AsyncIterator[Answer]]
"""A key of at most 128 bytes, or the handler that takes it: then the key is that of its route."""


@dataclass(frozen=True)
class Button:
    """Any button without a sub-menu. `name` is what the user reads: at most 16 bytes of UTF-8, 60
    in a sub-menu, of which 4 and 7 Chinese characters are shown."""

    type: ClassVar[str]
    wire_fields: ClassVar[tuple[str, ...]]
    """What the platform wants besides type and name; all required."""

    name: str
    origin: Origin = field(default=NOWHERE, kw_only=True, repr=False, compare=False)

    def __post_init__(self) -> None:
        remember_origin(self)


@dataclass(frozen=True)
class KeyButton(Button):
    """A button that pushes an event with its key: a handler, or the text that one is registered
    for."""

    wire_fields = ("key",)

    key: Key


@dataclass(frozen=True)
class ClickButton(KeyButton):
    """Pushes CLICK. `reply` answers without a handler.

    ClickButton("赞一下我们", "V1001_GOOD", reply="谢谢！")
    """

    type = "click"

    reply: str | Reply | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class ScancodePushButton(KeyButton):
    """Opens the scanner, shows the result (a URL opens), and pushes scancode_push."""

    type = "scancode_push"


@dataclass(frozen=True)
class ScancodeWaitmsgButton(KeyButton):
    """Opens the scanner, shows 消息接收中 and pushes scancode_waitmsg; the answer comes into the
    chat."""

    type = "scancode_waitmsg"


@dataclass(frozen=True)
class PicSysphotoButton(KeyButton):
    """Opens the camera; pushes pic_sysphoto, and the photo as a message of its own."""

    type = "pic_sysphoto"


@dataclass(frozen=True)
class PicPhotoOrAlbumButton(KeyButton):
    """Asks for camera or album; pushes pic_photo_or_album, and the photos as messages."""

    type = "pic_photo_or_album"


@dataclass(frozen=True)
class PicWeixinButton(KeyButton):
    """Opens WeChat's album; pushes pic_weixin, and the photos as messages."""

    type = "pic_weixin"


@dataclass(frozen=True)
class LocationSelectButton(KeyButton):
    """Opens the map; pushes location_select, and the place as a message."""

    type = "location_select"


@dataclass(frozen=True)
class ViewButton(Button):
    """Opens a page: http or https, at most 1,024 bytes. Pushes VIEW with the URL."""

    type = "view"
    wire_fields = ("url",)

    url: str


@dataclass(frozen=True)
class MiniProgramButton(Button):
    """Opens a mini program that is linked to the account; `url` is for clients that cannot."""

    type = "miniprogram"
    wire_fields = ("url", "appid", "pagepath")

    url: str
    appid: str
    pagepath: str


@dataclass(frozen=True)
class MediaIdButton(Button):
    """Sends permanent material (image, voice, video) into the chat. Pushes nothing; meant for
    unverified subscription accounts of third-party platforms."""

    type = "media_id"
    wire_fields = ("media_id",)

    media_id: str


@dataclass(frozen=True)
class ViewLimitedButton(Button):
    """Opens permanent news material, which the platform no longer accepts: use
    ArticleViewLimitedButton. Pushes nothing."""

    type = "view_limited"
    wire_fields = ("media_id",)

    media_id: str


@dataclass(frozen=True)
class ArticleIdButton(Button):
    """Sends a published article into the chat as a card. Pushes nothing."""

    type = "article_id"
    wire_fields = ("article_id",)

    article_id: str


@dataclass(frozen=True)
class ArticleViewLimitedButton(Button):
    """Opens a published article. Pushes nothing."""

    type = "article_view_limited"
    wire_fields = ("article_id",)

    article_id: str


@dataclass(frozen=True)
class WebsiteButton(Button):
    """A button that the platform reports but does not take: made on its website, or of a type that
    is newer than this.

    `kind` is the platform's type: text (`value` is the text), img, photo and voice (a temporary
    media id), video (a download link), news (a media id, and the articles in `news`).
    """

    type = ""
    wire_fields = ()

    kind: str = ""
    value: str = ""
    news: tuple[dict[str, Any], ...] = field(default=(), hash=False)


@dataclass(frozen=True, init=False)
class SubMenu:
    """One to five buttons under a name; the platform knows two levels only.

    SubMenu("菜单", ViewButton("搜索", "https://www.soso.com/"), ClickButton("赞", "V1001_GOOD"))
    """

    name: str
    sub_button: tuple[Button, ...]
    origin: Origin = field(default=NOWHERE, kw_only=True, repr=False, compare=False)

    def __init__(self, name: str, *sub_button: Button, origin: Origin = NOWHERE) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "sub_button", sub_button)
        object.__setattr__(self, "origin", origin)
        remember_origin(self)


BUTTON_TYPES: Final[dict[str, type[Button]]] = {
    kind.type: kind
    for kind in (
        ClickButton,
        ViewButton,
        MiniProgramButton,
        ScancodePushButton,
        ScancodeWaitmsgButton,
        PicSysphotoButton,
        PicPhotoOrAlbumButton,
        PicWeixinButton,
        LocationSelectButton,
        MediaIdButton,
        ViewLimitedButton,
        ArticleIdButton,
        ArticleViewLimitedButton,
    )
}
"""Every button type of the platform's API, by its name on the wire."""


def button_body(button: Button | SubMenu) -> dict[str, Any]:
    """The button as the platform's API takes it. Keys have to be text by now."""
    if isinstance(button, SubMenu):
        return {"name": button.name, "sub_button": [button_body(one) for one in button.sub_button]}
    if isinstance(button, WebsiteButton):
        return {"type": button.kind, "name": button.name, "value": button.value}
    body: dict[str, Any] = {"type": button.type, "name": button.name}
    body.update((name, getattr(button, name)) for name in button.wire_fields)
    return body


def read_button(node: Node) -> Button | SubMenu | None:
    """A button or sub-menu; None where it is none, with findings in the source.

    From the platform come types that its API does not take, and sub-menus as {"list": […]}.
    """
    if not node.is_mapping():
        return None
    name = node.text("name")
    children = _children(node)
    if not children.value:
        return _read_leaf(node, name)
    if node.has("type"):
        node.child("type").find("a button has either a type or a sub_button, not both")
    node.refuse_others(frozenset(("name", "sub_button", "type")))
    buttons = []
    for child in children.items():
        if not child.is_mapping():
            continue
        below = _children(child)
        if below.value:
            below.find("a sub-menu inside a sub-menu; there are two levels", 40022)
            continue
        button = _read_leaf(child, child.text("name"))
        if button:
            buttons.append(button)
    return SubMenu(name, *buttons, origin=node.origin())


def _children(node: Node) -> Node:
    """The list under a button: [] for most, and inside {"list": …} in the current menu."""
    children = node.child("sub_button")
    if isinstance(children.value, dict) and "list" in children.value:
        children.refuse_others(frozenset(("list",)))
        return children.child("list")
    return children


def _read_leaf(node: Node, name: str) -> Button | None:
    kind = node.value.get("type")
    if node.source.tolerant and isinstance(kind, str) and kind not in BUTTON_TYPES:
        return _read_website_button(node, name)
    if not isinstance(kind, str) or kind not in BUTTON_TYPES:
        there_are = ", ".join(BUTTON_TYPES)
        if kind is None:
            node.find(f"a button without type or sub_button; the types are {there_are}", 40017)
        else:
            node.child("type").find(f"there is no type {shown(kind)}; there are {there_are}", 40017)
        return None
    model = BUTTON_TYPES[kind]
    known = ["name", "type", "sub_button", *model.wire_fields]
    options: dict[str, Any] = {}
    if model is ClickButton:
        known.append("reply")
        options["reply"] = read_reply(node.child("reply"))
    node.refuse_others(frozenset(known))
    values = [node.identifier(field) for field in model.wire_fields]
    make: Any = model  # whose fields are those of the wire, in the same order
    button: Button = make(name, *values, **options, origin=node.origin())
    return button


def _read_website_button(node: Node, name: str) -> WebsiteButton:
    news = node.value.get("news_info")
    articles = news.get("list") if isinstance(news, dict) else None
    articles = articles if isinstance(articles, list) else []
    return WebsiteButton(
        name,
        kind=node.text("type"),
        value=node.text("value"),
        news=tuple(one for one in articles if isinstance(one, dict)),
        origin=node.origin(),
    )

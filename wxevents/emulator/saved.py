"""The state of an account as a file, to go on with later."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    field_validator,
)

from wxevents.emulator.requests import VERSION, website_menu
from wxevents.emulator.state.account import Account, Kind
from wxevents.emulator.state.chats import ChatMessage
from wxevents.emulator.state.interactions import Interaction, SavedWindow
from wxevents.emulator.state.media import StoredMedia
from wxevents.emulator.state.menu_store import StoredMenu, require_shape
from wxevents.emulator.state.people import Tag, User
from wxevents.emulator.switches import Switches

Data = Annotated[
    bytes,
    BeforeValidator(lambda value: base64.b64decode(value) if isinstance(value, str) else value),
    PlainSerializer(
        lambda data: base64.b64encode(data).decode(), return_type=str, when_used="json"
    ),
]


class SavedFile(BaseModel):
    """StoredMedia, with its data in base64."""

    model_config = ConfigDict(extra="forbid")

    media_id: str
    kind: Literal["image", "voice", "video", "thumb", "news"]
    created_at: float
    permanent: bool
    data: Data
    content_type: Annotated[str, Field(pattern=r"^[\w.+-]+/[\w.+-]+$")]
    filename: str
    title: str
    description: str
    articles: list[dict[str, Any]]


class SavedUser(BaseModel):
    """User, without what his phone forgets when it is switched off."""

    model_config = ConfigDict(extra="forbid")

    openid: str
    platform: Literal["ios", "android", "others"]
    wechat_id: str | None
    name: str
    client_version: Annotated[str, Field(pattern=VERSION)]
    subscribed: bool
    subscribe_time: int
    tags: list[int]
    language: str
    remark: str
    unionid: str
    subscribe_scene: str
    qr_scene: int
    qr_scene_str: str


class Saved(BaseModel):
    """Everything that outlives the emulator. Tokens and quotas do not, nor do pushes and calls."""

    model_config = ConfigDict(extra="forbid")

    version: Literal[1] = 1
    name: str
    kind: Kind
    users: list[SavedUser]
    tags: list[Tag]
    default_menu: StoredMenu | None
    conditional_menus: list[StoredMenu]
    website_menu: dict[str, Any] | None
    is_menu_open: bool
    media: list[SavedFile]
    articles: dict[str, list[dict[str, Any]]]
    chats: dict[str, list[ChatMessage]]
    switches: Switches
    interactions: dict[str, dict[Interaction, SavedWindow]] = {}

    @field_validator("default_menu", "conditional_menus")
    @classmethod
    def _are_menus(cls, value: Any) -> Any:
        menus = value if isinstance(value, list) else [value] if value else []
        for menu in menus:
            if not menu.menu_id.isdecimal():
                raise ValueError(f"the menu id {menu.menu_id!r} is no number")
            require_shape(menu.button)
        return value

    @field_validator("website_menu")
    @classmethod
    def _is_a_menu(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        return None if value is None else website_menu(value)


def snapshot(account: Account) -> dict[str, Any]:
    """The account's state as values that do not change any more, for `written`."""
    return {
        "name": account.name,
        "kind": account.kind,
        "users": [
            {name: getattr(user, name) for name in SavedUser.model_fields}
            | {"tags": list(user.tags)}
            for user in account.users.values()
        ],
        "tags": [replace(tag) for tag in account.tags.values()],
        "default_menu": account.default_menu,
        "conditional_menus": list(account.conditional_menus),
        "website_menu": dict(account.website_menu) if account.website_menu else None,
        "is_menu_open": account.is_menu_open,
        "media": [
            {name: getattr(media, name) for name in SavedFile.model_fields}
            for media in account.media
        ],
        "articles": {key: list(value) for key, value in account.media.articles.items()},
        "chats": {
            openid: [message for message in chat if message.kind != "receiving"]
            for openid, chat in account.chats
        },
        "switches": account.switches,
        "interactions": account.interactions.saved(),
    }


def written(taken: Mapping[str, Any]) -> dict[str, Any]:
    """A snapshot as JSON: seconds of work where there are many files, so it may be done in another
    thread."""
    return Saved.model_validate(taken).model_dump(mode="json")


def restore(account: Account, given: Mapping[str, Any]) -> None:
    """Put a saved state in place of the account's own. Raises ValidationError, before anything is
    changed, for what is none."""
    saved = Saved.model_validate(given)
    account.name = saved.name
    account.kind = saved.kind
    account.switches = saved.switches
    account.users = {user.openid: User(**user.model_dump()) for user in saved.users}
    account.restore_tags(saved.tags)
    account.restore_menus(saved.default_menu, saved.conditional_menus)
    account.website_menu = saved.website_menu
    account.is_menu_open = saved.is_menu_open
    account.media.clear()
    for media in saved.media:
        account.media.restore(StoredMedia(**media.model_dump()))
    account.media.articles.update(saved.articles)
    account.chats.clear()
    for openid, messages in saved.chats.items():
        account.chats.restore(openid, messages)
    account.interactions.restore(saved.interactions)
    account.feed.changed("state")

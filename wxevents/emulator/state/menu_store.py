"""Menus as the account keeps them, and the three shapes in which the platform shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeAlias

from wxevents.menu.limits import RETIRED_MATCH_FIELDS
from wxevents.menu.matching import Rule

Json: TypeAlias = dict[str, Any]

FIELDS: Final = ("type", "name", "key", "url", "media_id", "appid", "pagepath", "article_id")

# What a type needs besides its name.
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (
            "click",
            "scancode_push",
            "scancode_waitmsg",
            "pic_sysphoto",
            "pic_photo_or_album",
            "pic_weixin",
            "location_select",
        ),
        ("key",),
    ),
    "view": ("url",),
    "miniprogram": ("url", "appid", "pagepath"),
    "media_id": ("media_id",),
    "view_limited": ("media_id",),
    "article_id": ("article_id",),
    "article_view_limited": ("article_id",),
}

# What the phone does something with when such a button is tapped.
TAPPED: Final[Mapping[str, str]] = {
    **dict.fromkeys((kind for kind, names in REQUIRED.items() if names == ("key",)), "key"),
    "view": "url",
    "miniprogram": "pagepath",
    "media_id": "media_id",
    "view_limited": "media_id",
    "article_id": "article_id",
    "article_view_limited": "article_id",
}

# The types of a website-made menu whose media id is another one on each call.
_FRESH_MEDIA: Final = frozenset({"img", "photo", "voice"})
_NUMBERS: Final = frozenset({"tag_id", "sex", "client_platform_type"})


@dataclass(frozen=True)
class StoredMenu:
    """A menu made by the API. `matchrule` holds the filled-in fields as text, the tag always as
    `tag_id`; it is empty for the default menu."""

    menu_id: str
    button: Sequence[Json]
    matchrule: Mapping[str, str] = field(default_factory=dict)

    @cached_property  # asked for by every look at who sees what
    def rule(self) -> Rule:
        return Rule(
            tag_id=self.matchrule.get("tag_id", ""),
            platform=self.matchrule.get("client_platform_type", ""),
            retired=any(name in self.matchrule for name in RETIRED_MATCH_FIELDS),
        )


def stored_buttons(raw: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Buttons as they are kept: known fields only, `sub_button` only with children."""
    return [_stored_button(button) for button in raw]


def _stored_button(raw: Mapping[str, Any]) -> Json:
    button: Json = {name: str(raw[name]) for name in FIELDS if raw.get(name) is not None}
    if raw.get("sub_button"):
        button["sub_button"] = stored_buttons(raw["sub_button"])
    return button


def require_shape(buttons: Sequence[Json]) -> None:
    """Raise ValueError for stored buttons that lack what a tap on them needs, those of a type that
    there is not a key."""
    for button in buttons:
        if button.get("sub_button"):
            require_shape(button["sub_button"])
        elif not isinstance(button.get(TAPPED.get(str(button.get("type")), "key")), str):
            raise ValueError(f"the button {button.get('name')!r} lacks what its type needs")


def stored_rule(raw: Mapping[str, Any]) -> dict[str, str]:
    """A match rule as it is kept. The platform's pages call the tag `tag_id` in the table and
    `group_id` in the samples; both are read."""
    rule = {
        "tag_id" if name == "group_id" else name: str(value)
        for name, value in raw.items()
        if value not in ("", None)
    }
    known = ("tag_id", "client_platform_type", *RETIRED_MATCH_FIELDS)
    return {name: rule[name] for name in known if name in rule}


def listed_buttons(buttons: Sequence[Json]) -> list[Json]:
    """As menu/get and trymatch show them: every leaf carries `"sub_button": []`."""
    return [
        {**button, "sub_button": listed_buttons(button.get("sub_button", []))} for button in buttons
    ]


def listed_rule(rule: Mapping[str, str], tag_field: str) -> Json:
    """As menu/get shows it: numbers as numbers, the tag under the name that the account uses."""
    return {
        tag_field if name == "tag_id" else name: (
            int(value) if name in _NUMBERS and value.isdecimal() else value
        )
        for name, value in rule.items()
    }


def selfmenu_buttons(buttons: Sequence[Json]) -> list[Json]:
    """As get_current_selfmenu_info shows those made by the API: children lie in a `list`."""
    return [
        {**button, "sub_button": {"list": button["sub_button"]}}
        if "sub_button" in button
        else button
        for button in buttons
    ]


def website_buttons(buttons: Sequence[Json], fresh_media: Callable[[str], str]) -> list[Json]:
    """As get_current_selfmenu_info shows those made on the website. Pictures and voices get a new
    temporary media id on each call, 3 days valid, by their type from `fresh_media`."""
    shown = []
    for button in buttons:
        one = dict(button)
        if one.get("type") in _FRESH_MEDIA:
            one["value"] = fresh_media(one["type"])
        if one.get("sub_button"):
            one["sub_button"] = {"list": website_buttons(one["sub_button"]["list"], fresh_media)}
        shown.append(one)
    return shown


def flat_website_buttons(buttons: Sequence[Json]) -> list[Json]:
    """Website-made buttons with their children as those of the API have them."""
    return [
        {**button, "sub_button": flat_website_buttons(button["sub_button"]["list"])}
        if button.get("sub_button")
        else dict(button)
        for button in buttons
    ]

"""Menus as values: typed, read from files and from the platform, checked, and told apart."""

from wxevents.menu.buttons import (
    ArticleIdButton,
    ArticleViewLimitedButton,
    Button,
    ClickButton,
    KeyButton,
    LocationSelectButton,
    MediaIdButton,
    MiniProgramButton,
    PicPhotoOrAlbumButton,
    PicSysphotoButton,
    PicWeixinButton,
    ScancodePushButton,
    ScancodeWaitmsgButton,
    SubMenu,
    ViewButton,
    ViewLimitedButton,
    WebsiteButton,
)
from wxevents.menu.checking import check, link_domains, require_valid
from wxevents.menu.findings import Finding
from wxevents.menu.menus import ConditionalMenu, MatchRule, Menu, MenuSet, SelfMenuInfo

__all__ = [
    "ArticleIdButton",
    "ArticleViewLimitedButton",
    "Button",
    "ClickButton",
    "ConditionalMenu",
    "Finding",
    "KeyButton",
    "LocationSelectButton",
    "MatchRule",
    "MediaIdButton",
    "Menu",
    "MenuSet",
    "MiniProgramButton",
    "PicPhotoOrAlbumButton",
    "PicSysphotoButton",
    "PicWeixinButton",
    "ScancodePushButton",
    "ScancodeWaitmsgButton",
    "SelfMenuInfo",
    "SubMenu",
    "ViewButton",
    "ViewLimitedButton",
    "WebsiteButton",
    "check",
    "link_domains",
    "require_valid",
]

"""Every button: its fields and the JSON that the platform takes; and the limits of a menu."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from wxevents.menu import (
    ArticleIdButton,
    ArticleViewLimitedButton,
    Button,
    ClickButton,
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
    limits,
)
from wxevents.menu.buttons import BUTTON_TYPES, button_body
from wxevents_reference.markdown import block, docstring, heading, page, table
from wxevents_reference.phrases import Phrases
from wxevents_reference.replies import field_table

EXAMPLES: Final[Sequence[Button | SubMenu]] = (
    ClickButton("今日歌曲", "V1001_TODAY_MUSIC"),
    ViewButton("搜索", "https://www.soso.com/"),
    MiniProgramButton("小程序", "https://shop.example/", "wx286b93c14bbf93aa", "pages/home/main"),
    ScancodePushButton("扫码", "rselfmenu_0_1"),
    ScancodeWaitmsgButton("扫码查价", "rselfmenu_0_0"),
    PicSysphotoButton("拍照", "rselfmenu_1_0"),
    PicPhotoOrAlbumButton("拍照或相册", "rselfmenu_1_1"),
    PicWeixinButton("微信相册", "rselfmenu_1_2"),
    LocationSelectButton("发送位置", "rselfmenu_2_0"),
    MediaIdButton("图片", "MEDIA_ID1"),
    ViewLimitedButton("图文消息", "MEDIA_ID2"),
    ArticleIdButton("发布后的图文消息", "ARTICLE_ID1"),
    ArticleViewLimitedButton("发布后的图文消息", "ARTICLE_ID2"),
    SubMenu(
        "菜单", ViewButton("搜索", "https://www.soso.com/"), ClickButton("赞一下我们", "V1001_GOOD")
    ),
)

_LIMITS: Final[Mapping[str, str]] = {
    "MAX_BUTTONS": "buttons of a menu",
    "MAX_CHILDREN": "buttons of a sub-menu",
    "MAX_NAME_BYTES": "bytes of a button's name",
    "MAX_CHILD_NAME_BYTES": "bytes of the name of a button in a sub-menu",
    "DISPUTED_CHILD_NAME_BYTES": "the same, as another page of the platform gives it: "
    "`menu check` warns above it",
    "MAX_KEY_BYTES": "bytes of a key",
    "MAX_URL_BYTES": "bytes of a URL",
    "SHOWN_NAME_CHARACTERS": "Chinese characters of a button's name that are shown",
    "SHOWN_CHILD_NAME_CHARACTERS": "the same in a sub-menu",
    "MAX_DOMAINS": "domains that the links of all conditional menus together may lie in",
    "DAILY_CONDITIONAL_ADDS": "conditional menus added a day",
    "DAILY_CONDITIONAL_DELETES": "conditional menus deleted a day",
    "DAILY_TRY_MATCHES": "questions which menu a user sees, a day",
    "DAILY_CREATES": "default menus published a day",
    "DAILY_GETS": "menus fetched a day",
    "DAILY_DELETES": "deletions of all menus a day",
    "TEST_ACCOUNT_DAILY_CREATES": "default menus published a day, test account",
    "TEST_ACCOUNT_DAILY_GETS": "menus fetched a day, test account",
    "TEST_ACCOUNT_DAILY_DELETES": "deletions of all menus a day, test account",
}


def describe_buttons(phrases: Phrases) -> str:
    described = {type(one) for one in EXAMPLES}
    assert described == {*BUTTON_TYPES.values(), SubMenu}, "a button has no example"
    return page(part for example in EXAMPLES for part in _section(example, phrases))


def describe_limits(phrases: Phrases) -> str:
    numbers = {name: value for name, value in vars(limits).items() if isinstance(value, int)}
    rows = [
        (phrases("limits", name, _LIMITS[name]), f"{value:,}") for name, value in numbers.items()
    ]
    return table([phrases.label("Limit"), phrases.label("Number")], rows)


def _section(example: Button | SubMenu, phrases: Phrases) -> Iterator[str]:
    kind = type(example)
    yield heading(2, kind.__name__)
    yield phrases("buttons", kind.__name__, docstring(kind))
    yield field_table(kind, phrases, hidden=("origin",))
    yield block("json", json.dumps(button_body(example), ensure_ascii=False, indent=2))

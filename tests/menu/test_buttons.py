"""Buttons as values, and the line that each was written in."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import pytest

from tests.menu.writing import here
from wxevents import (
    ArticleIdButton,
    ArticleViewLimitedButton,
    Button,
    ClickButton,
    ConditionalMenu,
    ImageReply,
    LocationSelectButton,
    MatchRule,
    MediaIdButton,
    Menu,
    MenuSet,
    MiniProgramButton,
    NewsReply,
    PicPhotoOrAlbumButton,
    PicSysphotoButton,
    PicWeixinButton,
    ScancodePushButton,
    ScancodeWaitmsgButton,
    SubMenu,
    ViewButton,
    ViewLimitedButton,
)
from wxevents.menu import WebsiteButton
from wxevents.menu.buttons import BUTTON_TYPES
from wxevents.menu.findings import NOWHERE, Origin
from wxevents.menu.wire import read_menu

CLICK = ClickButton("赞", "V1001_GOOD")

BODIES: list[tuple[Button, dict[str, str]]] = [
    (ClickButton("赞", "good", reply="谢谢"), {"type": "click", "key": "good"}),
    (ScancodePushButton("扫", "scan"), {"type": "scancode_push", "key": "scan"}),
    (ScancodeWaitmsgButton("扫", "scan"), {"type": "scancode_waitmsg", "key": "scan"}),
    (PicSysphotoButton("拍", "photo"), {"type": "pic_sysphoto", "key": "photo"}),
    (PicPhotoOrAlbumButton("拍", "photo"), {"type": "pic_photo_or_album", "key": "photo"}),
    (PicWeixinButton("拍", "photo"), {"type": "pic_weixin", "key": "photo"}),
    (LocationSelectButton("在", "place"), {"type": "location_select", "key": "place"}),
    (ViewButton("店", "https://x.example"), {"type": "view", "url": "https://x.example"}),
    (
        MiniProgramButton("店", "https://x.example", "wx286b", "pages/index"),
        {
            "type": "miniprogram",
            "url": "https://x.example",
            "appid": "wx286b",
            "pagepath": "pages/index",
        },
    ),
    (MediaIdButton("图", "MEDIA_ID1"), {"type": "media_id", "media_id": "MEDIA_ID1"}),
    (ViewLimitedButton("文", "MEDIA_ID2"), {"type": "view_limited", "media_id": "MEDIA_ID2"}),
    (ArticleIdButton("文", "ARTICLE"), {"type": "article_id", "article_id": "ARTICLE"}),
    (
        ArticleViewLimitedButton("文", "ARTICLE"),
        {"type": "article_view_limited", "article_id": "ARTICLE"},
    ),
]
EACH = pytest.mark.parametrize(("button", "body"), BODIES, ids=lambda one: type(one).__name__)
ALL_VALUES: list[Any] = [
    *(button for button, _ in BODIES),
    ClickButton("赞", "good", reply=NewsReply([])),
    WebsiteButton("新闻", kind="news", value="id", news=({"title": "t"},)),
    SubMenu("菜单", CLICK),
    Menu(CLICK),
    MatchRule(tag="VIP"),
    ConditionalMenu(Menu(CLICK), MatchRule(tag="VIP"), menu_id="7"),
    MenuSet(Menu(CLICK), ConditionalMenu(Menu(CLICK), MatchRule(tag="VIP"))),
]
EVERY = pytest.mark.parametrize("value", ALL_VALUES, ids=lambda one: type(one).__name__)


def test_there_is_a_button_for_each_of_the_platform_s_types() -> None:
    assert {body["type"] for _, body in BODIES} == set(BUTTON_TYPES)


@EACH
def test_a_button_becomes_what_the_platform_takes(button: Button, body: dict[str, str]) -> None:
    assert Menu(button).body() == {"button": [{"name": button.name, **body}]}


@EACH
def test_a_button_is_read_back_from_it(button: Button, body: dict[str, str]) -> None:
    (read,) = read_menu({"button": [{"name": button.name, **body, "sub_button": []}]}).button
    assert read == (replace(button, reply=None) if isinstance(button, ClickButton) else button)


def test_a_sub_menu_has_a_name_and_no_type() -> None:
    assert Menu(SubMenu("菜单", CLICK)).body() == {
        "button": [
            {
                "name": "菜单",
                "sub_button": [{"type": "click", "name": "赞", "key": "V1001_GOOD"}],
            }
        ]
    }


def test_a_button_of_the_website_shows_what_it_was() -> None:
    assert Menu(WebsiteButton("文字", kind="text", value="你好")).body() == {
        "button": [{"type": "text", "name": "文字", "value": "你好"}]
    }


# Values


@EVERY
def test_nothing_can_be_changed(value: Any) -> None:
    for name in value.__dataclass_fields__:
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, "x")


@EVERY
def test_equal_values_have_equal_hashes(value: Any) -> None:
    same = copy.deepcopy(value)
    assert same == value
    assert hash(same) == hash(value)
    assert {same, value} == {value}


@EVERY
def test_a_value_survives_pickling_with_its_place(value: Any) -> None:
    same = pickle.loads(pickle.dumps(value))
    assert same == value
    assert getattr(same, "origin", None) == getattr(value, "origin", None)


@EVERY
def test_the_repr_does_not_tell_the_place(value: Any) -> None:
    assert "origin" not in repr(value)
    assert Path(__file__).name not in repr(value)


def test_buttons_of_different_types_are_different() -> None:
    alike: list[Button] = [ScancodePushButton("扫", "k"), ScancodeWaitmsgButton("扫", "k")]
    alike += [ArticleIdButton("扫", "k"), ArticleViewLimitedButton("扫", "k")]
    assert len(set(alike)) == 4


def test_the_reply_is_part_of_a_click_button() -> None:
    assert replace(CLICK, reply="谢谢") != CLICK
    assert replace(CLICK, reply=ImageReply("m")) == replace(CLICK, reply=ImageReply("m"))


def test_the_repr_reads_like_the_call() -> None:
    assert repr(SubMenu("菜单", ViewButton("店", "https://x.example"))) == (
        "SubMenu(name='菜单', sub_button=(ViewButton(name='店', url='https://x.example'),))"
    )


# Lines


def test_a_button_knows_the_line_that_it_was_made_in() -> None:
    button, line = ViewButton("店", "https://x.example"), here()
    assert button.origin.whole == line
    assert button.origin.of("url") == line


def test_every_value_knows_its_line() -> None:
    rule, menu, line = MatchRule(), Menu(), here()
    assert [rule.origin.whole, menu.origin.whole] == [line] * 2
    conditional, sub_menu, line = ConditionalMenu(menu, rule), SubMenu("菜单"), here()
    assert [conditional.origin.whole, sub_menu.origin.whole] == [line] * 2


def test_the_line_is_no_part_of_the_value() -> None:
    first = ClickButton("赞", "good")
    second = ClickButton("赞", "good")
    assert first.origin != second.origin
    assert first == second
    assert hash(first) == hash(second)


def link(name: str) -> ViewButton:
    return ViewButton(name, f"https://{name}.example")


def test_a_button_of_a_helper_knows_the_helper_s_line() -> None:
    button = link("shop")
    file, _, number = button.origin.whole.rpartition(":")
    assert file == here().rpartition(":")[0]
    assert Path(__file__).read_text("utf-8").splitlines()[int(number) - 1].strip() == (
        'return ViewButton(name, f"https://{name}.example")'
    )


def test_buttons_of_a_loop_share_its_line() -> None:
    buttons, line = [link_type("a", "k") for link_type in (ClickButton, PicWeixinButton)], here()
    assert {one.origin.whole for one in buttons} == {line}


def test_a_changed_copy_keeps_the_line_of_the_original() -> None:
    copied = replace(CLICK, name="踩")
    assert copied.name == "踩"
    assert copied.origin == CLICK.origin


def test_a_menu_with_changed_buttons_keeps_every_line() -> None:
    menu = Menu(SubMenu("菜单", CLICK), link("shop"))
    menus = MenuSet(menu, ConditionalMenu(menu, MatchRule(tag="VIP"), menu_id="7"))
    changed = menus.with_leaves(lambda button: replace(button, name=button.name * 2))
    assert [leaf.name for _, leaf in changed.menu.leaves()] == ["赞赞", "shopshop"]
    assert changed.menu.origin == menu.origin
    assert changed.menu.button[0].origin == menu.button[0].origin
    assert changed.conditional[0].origin == menus.conditional[0].origin
    assert changed.conditional[0].menu_id == "7"
    assert changed.conditional[0].menu == changed.menu


def test_a_button_of_one_s_own_class_knows_its_line() -> None:
    class ShopButton(ViewButton): ...

    button, line = ShopButton("店", "https://x.example"), here()
    assert button.origin.whole == line


def test_a_place_outside_the_working_directory_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ClickButton("赞", "good").origin.whole.startswith(Path(__file__).as_posix())


def test_a_button_can_be_made_in_a_removed_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    button = ClickButton("赞", "good")
    monkeypatch.chdir(tmp_path)
    assert button.origin.whole.startswith(Path(__file__).as_posix())


def test_a_field_of_unknown_place_is_where_the_whole_is() -> None:
    origin = Origin("menu.yaml:2:5", {"name": "menu.yaml:3:5"})
    assert origin.of("name") == "menu.yaml:3:5"
    assert origin.of("key") == "menu.yaml:2:5"
    assert NOWHERE.of("key") == ""

"""Bodies of the platform's API, in all the shapes that it writes, and in none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from tests.menu.strategies import garbage
from wxevents import ClickButton, MatchRule, Menu, MenuError, SubMenu, ViewButton
from wxevents.menu import SelfMenuInfo, WebsiteButton, check
from wxevents.menu.wire import read_conditional, read_menu, read_menu_set, read_selfmenu_info

CLICK = {"type": "click", "name": "赞", "key": "good"}
BUTTON = ClickButton("赞", "good")
READERS: list[Callable[[object], Any]] = [
    read_menu,
    read_menu_set,
    read_conditional,
    read_selfmenu_info,
]


def selfmenu(*buttons: Any) -> SelfMenuInfo:
    return read_selfmenu_info({"is_menu_open": 1, "selfmenu_info": {"button": list(buttons)}})


@pytest.mark.parametrize("empty", [[], {}, None, "", {"list": []}])
def test_a_button_may_have_an_empty_sub_menu(empty: Any) -> None:
    assert read_menu({"button": [{**CLICK, "sub_button": empty}]}) == Menu(BUTTON)
    child = {**CLICK, "sub_button": empty}
    assert selfmenu({"name": "菜单", "sub_button": {"list": [child]}}).menu == Menu(
        SubMenu("菜单", BUTTON)
    )


def test_fields_that_the_platform_adds_tomorrow_are_passed_over() -> None:
    button = {**CLICK, "colour": "red", "reply": "thanks"}
    parent = {"name": "菜单", "sub_button": {"list": [button], "more": 1}, "icon": "x"}
    answer = {"menu": {"button": [parent], "version": 2}, "errcode": 0, "menuid": 7}
    assert read_menu_set(answer).body() == {"button": [{"name": "菜单", "sub_button": [CLICK]}]}


def test_a_type_of_tomorrow_is_a_button_of_the_website() -> None:
    menu = read_menu({"button": [{"type": "hologram", "name": "店", "value": "x"}]})
    assert menu == Menu(WebsiteButton("店", kind="hologram", value="x"))
    (finding,) = check(menu)
    assert (finding.code, finding.level) == (40017, "error")


def test_what_the_platform_wrote_has_no_line() -> None:
    (button,) = read_menu({"button": [CLICK]}).button
    assert button.origin.of("name") == "the platform"


@pytest.mark.parametrize(
    "news", [None, "x", 5, [], {}, {"list": None}, {"list": 5}, {"list": [5, None]}]
)
def test_news_without_articles_is_news(news: Any) -> None:
    info = selfmenu({"type": "news", "name": "新闻", "value": "id", "news_info": news})
    assert info.button == (WebsiteButton("新闻", kind="news", value="id"),)


@pytest.mark.parametrize(
    ("value", "is_open"),
    [(1, True), ("1", True), (True, True), (0, False), ("0", False), ([], False)],
)
def test_the_menu_is_switched_on_or_off(value: Any, is_open: bool) -> None:
    assert read_selfmenu_info({"is_menu_open": value}) == SelfMenuInfo(is_open, ())


def test_an_account_without_menu_has_no_buttons() -> None:
    assert read_selfmenu_info({"is_menu_open": 0, "selfmenu_info": {}}).menu is None
    assert read_selfmenu_info({"is_menu_open": 0, "selfmenu_info": {"button": []}}).button == ()


def test_a_stored_rule_may_have_any_field() -> None:
    stored = {"group_id": 0, "sex": "", "client_platform_type": 2, "language": "zh_CN"}
    conditional = read_conditional({"button": [CLICK], "matchrule": stored, "menuid": 7})
    assert conditional.match == MatchRule(
        tag_id="0", client_platform_type="android", language="zh_CN"
    )
    assert conditional.menu_id == "7"


def test_all_faults_of_an_answer_are_told_at_once() -> None:
    answer = {
        "menu": {"button": [5, {"name": "菜单"}, {**CLICK, "name": 5}]},
        "conditionalmenu": [{"button": [CLICK]}, None],
    }
    with pytest.raises(MenuError) as refused:
        read_menu_set(answer)
    assert [str(one).partition(":")[0] for one in refused.value.findings] == ["the platform"] * 5


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("data", [None, [], "x", b"x", 5, True, {"selfmenu_info": 5, "menu": 5}])
def test_what_is_no_answer_is_refused(read: Callable[[object], Any], data: Any) -> None:
    with pytest.raises(MenuError, match="where fields are due"):
        read(data)


@pytest.mark.parametrize("read", READERS)
@given(data=garbage)
def test_anything_is_an_answer_or_a_menu_error(read: Callable[[object], Any], data: object) -> None:
    findings: Any
    try:
        value = read(data)
        findings = [] if isinstance(value, SelfMenuInfo) else check(value)
    except MenuError as error:
        findings = error.findings
    assert all(str(one).isprintable() for one in findings)


def test_strange_names_of_fields_do_no_harm() -> None:
    strange: Any = {1: 2, None: 3, "button": [{**CLICK, 4: 5, (): 6}]}
    assert read_menu(strange) == Menu(BUTTON)
    assert read_menu_set(strange).menu == Menu(BUTTON)


def test_a_link_is_read_as_it_is_written() -> None:
    url = "https://shop.example/?a=1&b=%E8%8F%9C#x"
    assert read_menu({"button": [{"type": "view", "name": "店", "url": url}]}) == Menu(
        ViewButton("店", url)
    )

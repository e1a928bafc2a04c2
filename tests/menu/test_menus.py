"""Menus, match rules and whole sets as values."""

from __future__ import annotations

import pytest

from tests.menu.writing import CLICK
from wxevents import ConditionalMenu, MatchRule, Menu, MenuSet, SubMenu, ViewButton
from wxevents.menu import SelfMenuInfo, WebsiteButton

LINK = ViewButton("店", "https://shop.example")
MENU = Menu(CLICK, SubMenu("菜单", LINK, CLICK))


def test_leaves_are_the_buttons_that_can_be_tapped_with_their_paths() -> None:
    assert MENU.leaves() == [
        ("button[0]", CLICK),
        ("button[1].sub_button[0]", LINK),
        ("button[1].sub_button[1]", CLICK),
    ]


def test_menus_are_listed_with_the_beginnings_of_their_paths() -> None:
    menus = MenuSet(MENU, *[ConditionalMenu(Menu(LINK), MatchRule(tag="VIP"))] * 2)
    assert menus.menus() == [
        ("", MENU),
        ("conditionalmenu[0].", Menu(LINK)),
        ("conditionalmenu[1].", Menu(LINK)),
    ]


def test_a_set_without_conditional_menus_is_the_body_of_its_menu() -> None:
    assert MenuSet(MENU).body() == MENU.body()


def test_a_set_has_the_shape_of_a_file() -> None:
    conditional = ConditionalMenu(Menu(LINK), MatchRule(tag_id="2"))
    assert MenuSet(MENU, conditional).body() == {
        **MENU.body(),
        "conditionalmenu": [{**Menu(LINK).body(), "matchrule": {"tag_id": "2"}}],
    }


def test_the_platform_s_number_of_a_menu_does_not_tell_menus_apart() -> None:
    rule = MatchRule(tag="VIP")
    assert ConditionalMenu(MENU, rule, menu_id="1") == ConditionalMenu(MENU, rule)


def test_the_order_of_conditional_menus_tells_sets_apart() -> None:
    one = ConditionalMenu(MENU, MatchRule(tag="VIP"))
    other = ConditionalMenu(MENU, MatchRule(tag="new"))
    assert MenuSet(MENU, one, other) != MenuSet(MENU, other, one)


@pytest.mark.parametrize(
    ("name", "number"),
    [("ios", "1"), ("IOS", "1"), ("Android", "2"), ("others", "3"), ("2", "2"), ("", "")],
)
def test_a_platform_has_a_name_and_a_number(name: str, number: str) -> None:
    assert MatchRule(client_platform_type=name).client_platform_type == number


def test_numbers_of_tags_and_platforms_may_be_integers() -> None:
    rule = MatchRule(tag_id=2, client_platform_type=1)  # type: ignore[arg-type]
    assert rule == MatchRule(tag_id="2", client_platform_type="ios")


def test_a_rule_sends_what_is_filled_in_but_no_name_of_a_tag() -> None:
    rule = MatchRule(tag="VIP", tag_id="100", client_platform_type="ios", sex="1", city="广州")
    assert rule.body() == {
        "tag_id": "100",
        "client_platform_type": "1",
        "sex": "1",
        "city": "广州",
    }
    assert rule.retired == {"sex": "1", "city": "广州"}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (MatchRule(tag="VIP"), "tag VIP"),
        (MatchRule(tag="VIP", tag_id="100"), "tag VIP"),
        (MatchRule(tag_id="100", client_platform_type="2"), "tag 100, android"),
        (MatchRule(client_platform_type="9"), "9"),
        (MatchRule(sex="1", city="广州"), "sex 1 (retired), city 广州 (retired)"),
        (MatchRule(), "nobody"),
    ],
)
def test_a_rule_says_whom_it_is_for(rule: MatchRule, text: str) -> None:
    assert str(rule) == text


def test_the_current_menu_is_a_menu_if_the_api_could_make_it() -> None:
    assert SelfMenuInfo(True, (CLICK,)).menu == Menu(CLICK)
    assert SelfMenuInfo(True, ()).menu is None
    website = WebsiteButton("文字", kind="text", value="x")
    assert SelfMenuInfo(True, (SubMenu("菜单", website),)).menu is None

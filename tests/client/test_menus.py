"""Menus: published, read, deleted, tried."""

from __future__ import annotations

import pytest

from tests.client.server import OK, Dropped, ScriptedPlatform, WaitingClock
from wxevents.client import Client
from wxevents.errors import AnswerLost, ApiAnswerUnreadable, ApiError, MenuError, MenuRefused
from wxevents.menu import ClickButton, ConditionalMenu, MatchRule, Menu, SubMenu, ViewButton

MENU = Menu(
    ClickButton("今日歌曲", "V1001_TODAY_MUSIC"),
    SubMenu("菜单", ViewButton("搜索", "https://www.soso.com/")),
)
WIRE = {
    "button": [
        {"type": "click", "name": "今日歌曲", "key": "V1001_TODAY_MUSIC"},
        {
            "name": "菜单",
            "sub_button": [{"type": "view", "name": "搜索", "url": "https://www.soso.com/"}],
        },
    ]
}
CONDITIONAL = ConditionalMenu(Menu(ClickButton("会员", "MEMBER")), MatchRule(tag_id="101"))


def refused(errcode: int) -> dict[str, object]:
    return {"errcode": errcode, "errmsg": "refused"}


async def test_a_menu_is_published_as_the_platform_writes_it(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer("/cgi-bin/menu/create", OK)
    await client.menus.create(MENU)
    (seen,) = platform.seen
    assert seen.method == "POST"
    assert seen.json == WIRE
    assert "今日歌曲".encode() in seen.body


async def test_a_menu_that_breaks_a_rule_is_not_sent(
    platform: ScriptedPlatform, client: Client
) -> None:
    broken = Menu(ClickButton("x" * 100, "KEY"))
    with pytest.raises(MenuError):
        await client.menus.create(broken)
    with pytest.raises(MenuError):
        await client.menus.add_conditional(ConditionalMenu(broken, CONDITIONAL.match))
    assert platform.seen == []


async def test_a_tag_without_its_id_is_not_sent(platform: ScriptedPlatform, client: Client) -> None:
    menu = ConditionalMenu(CONDITIONAL.menu, MatchRule(tag="VIP"))
    with pytest.raises(MenuError, match=r"matchrule\.tag: the platform knows tags by their ids"):
        await client.menus.add_conditional(menu)
    assert platform.seen == []


async def test_a_menu_that_the_platform_refuses_says_why(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer("/cgi-bin/menu/create", refused(40054))
    with pytest.raises(MenuRefused, match="40054, the domain of a sub-button"):
        await client.menus.create(MENU)


async def test_all_menus_are_read(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer(
        "/cgi-bin/menu/get",
        {
            "menu": WIRE | {"menuid": 500100200},
            "conditionalmenu": [
                {
                    "button": [{"type": "click", "name": "会员", "key": "MEMBER"}],
                    "matchrule": {"group_id": 101},
                    "menuid": 500100201,
                }
            ],
        },
    )
    published = await client.menus.get()
    assert published
    assert published.menu == MENU
    assert [menu.menu_id for menu in published.conditional] == ["500100201"]


@pytest.mark.parametrize("errcode", [46002, 46003])
async def test_no_menu_is_none(platform: ScriptedPlatform, client: Client, errcode: int) -> None:
    platform.will_answer("/cgi-bin/menu/get", refused(errcode))
    assert await client.menus.get() is None


async def test_another_error_of_get_is_raised(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer("/cgi-bin/menu/get", refused(48001))
    with pytest.raises(ApiError, match="48001"):
        await client.menus.get()


async def test_an_answer_without_a_menu_is_unreadable(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer("/cgi-bin/menu/get", {"menu": {"button": 3}})
    with pytest.raises(ApiAnswerUnreadable, match="GET /cgi-bin/menu/get: the answer has no menu"):
        await client.menus.get()


async def test_the_menu_is_deleted_by_get(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer("/cgi-bin/menu/delete", OK)
    await client.menus.delete()
    assert platform.seen[0].method == "GET"


async def test_a_conditional_menu_is_added_and_deleted_by_its_id(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer("/cgi-bin/menu/addconditional", {"menuid": 500100201})
    platform.will_answer("/cgi-bin/menu/delconditional", OK)
    menu_id = await client.menus.add_conditional(CONDITIONAL)
    assert menu_id == "500100201"
    await client.menus.delete_conditional(menu_id)
    added, deleted = platform.seen
    assert added.json == {
        "button": [{"type": "click", "name": "会员", "key": "MEMBER"}],
        "matchrule": {"tag_id": "101"},
    }
    assert deleted.json == {"menuid": "500100201"}


async def test_a_conditional_menu_whose_answer_is_lost_is_not_added_twice(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer("/cgi-bin/menu/addconditional", Dropped())
    with pytest.raises(AnswerLost):
        await client.menus.add_conditional(CONDITIONAL)
    assert len(platform.seen) == 1


@pytest.mark.parametrize("answer", [WIRE, {"menu": WIRE}])
async def test_the_menu_of_a_user_is_read_bare_and_wrapped(
    platform: ScriptedPlatform, client: Client, answer: dict[str, object]
) -> None:
    platform.will_answer("/cgi-bin/menu/trymatch", answer)
    assert await client.menus.try_match("o-1") == MENU
    assert platform.seen[0].json == {"user_id": "o-1"}


@pytest.mark.parametrize("errcode", [65303, 46003, 46002])
async def test_a_user_without_menu_gets_none(
    platform: ScriptedPlatform, client: Client, errcode: int
) -> None:
    platform.will_answer("/cgi-bin/menu/trymatch", refused(errcode))
    assert await client.menus.try_match("o-1") is None


@pytest.mark.parametrize("errcode", [65302, 65315])
async def test_who_does_not_follow_has_no_menu_to_try(
    platform: ScriptedPlatform, client: Client, errcode: int
) -> None:
    platform.will_answer("/cgi-bin/menu/trymatch", refused(errcode))
    with pytest.raises(ApiError, match=str(errcode)):
        await client.menus.try_match("o-1")


async def test_the_menu_of_the_website_is_read(
    platform: ScriptedPlatform, client: Client, clock: WaitingClock
) -> None:
    platform.will_answer(
        "/cgi-bin/get_current_selfmenu_info",
        {
            "is_menu_open": 1,
            "selfmenu_info": {"button": [{"type": "text", "name": "时间", "value": "9-18"}]},
        },
    )
    info = await client.menus.current_selfmenu_info()
    assert info.is_menu_open
    assert len(info.button) == 1
    assert info.menu is None

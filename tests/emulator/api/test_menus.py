"""Menus that the emulated platform takes, keeps, shows and matches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.emulator.api.caller import CLICK, VIEW, Caller, Json, error
from wxevents.emulator import Emulator, Switches
from wxevents.testing import ManualClock

EVERY_TYPE: list[Json] = [
    *(
        {"type": kind, "name": kind[:16], "key": "K"}
        for kind in (
            "click",
            "scancode_push",
            "scancode_waitmsg",
            "pic_sysphoto",
            "pic_photo_or_album",
            "pic_weixin",
            "location_select",
        )
    ),
    VIEW,
    {
        "type": "miniprogram",
        "name": "wxa",
        "url": "http://mp.weixin.qq.com",
        "appid": "wx286b93c14bbf93aa",
        "pagepath": "pages/lunar/index",
    },
    {"type": "media_id", "name": "图片", "media_id": "MEDIA_ID1"},
    {"type": "view_limited", "name": "图文", "media_id": "MEDIA_ID2"},
    {"type": "article_id", "name": "文章", "article_id": "ARTICLE_ID1"},
    {"type": "article_view_limited", "name": "文章", "article_id": "ARTICLE_ID2"},
]


@asynccontextmanager
async def calling(**options: Any) -> AsyncIterator[Caller]:
    emulator = Emulator(clock=ManualClock(), **options)
    async with emulator.serve() as url, ClientSession() as session:
        yield Caller(session, url, emulator)


def named(name: str) -> Json:
    return CLICK | {"name": name}


async def seen(caller: Caller, user_id: str) -> str:
    """The first button's name in the menu that a user sees."""
    answer = await caller.post("menu/trymatch", {"user_id": user_id})
    assert answer.keys() == {"button"}, answer
    return str(answer["button"][0]["name"])


@pytest.mark.parametrize("button", EVERY_TYPE, ids=lambda button: button["type"])
async def test_a_button_of_every_type_comes_back_as_it_was_sent(
    caller: Caller, button: Json
) -> None:
    parent = {"name": "菜单", "sub_button": [button]}
    assert error(await caller.create(button, parent)) == 0
    leaf = button | {"sub_button": []}
    listed = await caller.get("menu/get")
    assert listed == {"menu": {"button": [leaf, {"name": "菜单", "sub_button": [leaf]}]}}
    info = await caller.get("get_current_selfmenu_info")
    assert info["selfmenu_info"]["button"] == [
        button,
        {"name": "菜单", "sub_button": {"list": [button]}},
    ]


@pytest.mark.parametrize(
    "button",
    [
        CLICK | {"name": "x" * 16},
        {"name": "菜单", "sub_button": [CLICK | {"name": "x" * 60}] * 5},
        {"name": "菜单", "sub_button": [CLICK | {"name": "歌" * 20}]},
        CLICK | {"key": "k" * 128},
        VIEW | {"url": "http://a.cn/" + "u" * 1012},
        CLICK | {"sub_button": []},
        CLICK | {"sub_button": None},
    ],
)
async def test_a_menu_at_its_limits_is_taken(caller: Caller, button: Json) -> None:
    assert error(await caller.create(button, button, button)) == 0


async def test_an_escaped_backslash_and_escapes_outside_names_are_no_fault(caller: Caller) -> None:
    body = rb'{"button":[{"type":"click","name":"a\\u4eca","key":"\u4eca\ud83d\ude00"}]}'
    assert await caller.code("POST", "menu/create", body) == 0
    button = (await caller.get("menu/get"))["menu"]["button"][0]
    assert (button["name"], button["key"]) == (r"a\u4eca", "今😀")


async def test_create_replaces_the_default_menu_ignores_a_matchrule_and_keeps_the_conditionals(
    caller: Caller,
) -> None:
    await caller.create(named("old"))
    menu_id = await caller.add({"tag_id": 2})
    body = {"button": [named("new")], "matchrule": {"sex": "1"}}
    assert await caller.code("POST", "menu/create", body) == 0
    listed = await caller.get("menu/get")
    assert listed["menu"]["button"][0]["name"] == "new"
    assert "matchrule" not in listed["menu"]
    assert [menu["menuid"] for menu in listed["conditionalmenu"]] == [int(menu_id)]


async def test_create_can_be_told_to_drop_the_conditional_menus() -> None:
    async with calling(switches=Switches(create_drops_conditionals=True)) as caller:
        await caller.create()
        await caller.add({"tag_id": 2})
        await caller.create()
        assert (await caller.get("menu/get")).keys() == {"menu"}


async def test_the_default_menu_shows_an_id_only_beside_conditional_ones(caller: Caller) -> None:
    await caller.create()
    assert (await caller.get("menu/get"))["menu"].keys() == {"button"}
    menu_id = await caller.add({"client_platform_type": 1})
    listed = await caller.get("menu/get")
    assert isinstance(listed["menu"]["menuid"], int)
    (conditional,) = listed["conditionalmenu"]
    assert conditional.keys() == {"button", "matchrule", "menuid"}
    assert conditional["menuid"] == int(menu_id) != listed["menu"]["menuid"]
    assert conditional["matchrule"] == {"client_platform_type": 1}


@pytest.mark.parametrize("given", [{"tag_id": "2"}, {"tag_id": 2}, {"group_id": 2}])
async def test_the_tag_may_be_given_under_both_names_and_is_listed_as_group_id(
    caller: Caller, given: Json
) -> None:
    await caller.create()
    await caller.add(given)
    listed = await caller.get("menu/get")
    assert listed["conditionalmenu"][0]["matchrule"] == {"group_id": 2}


async def test_the_tag_can_be_told_to_be_listed_as_tag_id() -> None:
    async with calling(switches=Switches(tag_field="tag_id")) as caller:
        await caller.create()
        await caller.add({"tag_id": "2"})
        listed = await caller.get("menu/get")
        assert listed["conditionalmenu"][0]["matchrule"] == {"tag_id": 2}


async def test_delete_takes_every_menu_and_may_be_repeated(caller: Caller) -> None:
    await caller.create()
    await caller.add({"tag_id": 2})
    for _ in range(2):
        assert await caller.get("menu/delete") == {"errcode": 0, "errmsg": "ok"}
        assert error(await caller.get("menu/get")) == 46003
    assert await caller.get("get_current_selfmenu_info") == {
        "is_menu_open": 0,
        "selfmenu_info": {"button": []},
    }
    await caller.create()
    assert (await caller.get("menu/get")).keys() == {"menu"}


@pytest.mark.parametrize("as_sent", [str, int])
async def test_delconditional_takes_the_id_as_text_or_number_and_once(
    caller: Caller, as_sent: Callable[[str], object]
) -> None:
    await caller.create()
    kept = await caller.add({"tag_id": 2})
    body = {"menuid": as_sent(await caller.add({"tag_id": 2}))}
    codes = [await caller.code("POST", "menu/delconditional", body) for _ in range(2)]
    assert codes == [0, 65301]
    assert [menu.menu_id for menu in caller.account.conditional_menus] == [kept]


async def test_the_default_menu_is_no_conditional_one_to_delete(caller: Caller) -> None:
    await caller.create()
    await caller.add({"tag_id": 2})
    menu_id = (await caller.get("menu/get"))["menu"]["menuid"]
    assert await caller.code("POST", "menu/delconditional", {"menuid": menu_id}) == 65301


async def test_the_newest_menu_that_matches_wins_and_else_the_default_one(caller: Caller) -> None:
    account = caller.account
    for openid, platform in (("oIos", "ios"), ("oAndroid", "android"), ("oOthers", "others")):
        account.follow(openid, platform)  # type: ignore[arg-type]
    vip = account.tag("oIos", "VIP")
    account.tag("oAndroid", "VIP")
    await caller.create(named("default"))
    await caller.add({"tag_id": vip}, named("vip"))
    await caller.add({"client_platform_type": "2"}, named("android"))
    await caller.add({"tag_id": vip, "client_platform_type": "1"}, named("vip ios"))
    users = ("oIos", "oAndroid", "oOthers")
    assert [await seen(caller, user) for user in users] == ["vip ios", "android", "default"]


async def test_only_the_tag_applied_last_decides_and_untagging_brings_back_the_one_before(
    caller: Caller,
) -> None:
    account = caller.account
    account.follow("oFan")
    first, second = account.tag("oFan", "first"), account.tag("oFan", "second")
    await caller.create(named("default"))
    await caller.add({"tag_id": first}, named("first"))
    assert await seen(caller, "oFan") == "default"
    account.untag("oFan", second)
    assert await seen(caller, "oFan") == "first"
    account.tag("oFan", "second")
    account.tag("oFan", "first")
    assert await seen(caller, "oFan") == "first"


async def test_a_stored_menu_with_retired_fields_is_listed_and_never_matches(
    caller: Caller,
) -> None:
    account = caller.account
    account.follow("oFan", "android")
    await caller.create(named("default"))
    rule = {"client_platform_type": "2", "sex": "1", "country": "中国", "city": ""}
    menu_id = account.seed_conditional([named("retired")], rule)
    assert await seen(caller, "oFan") == "default"
    (listed,) = (await caller.get("menu/get"))["conditionalmenu"]
    assert listed["menuid"] == int(menu_id)
    assert listed["matchrule"] == {"client_platform_type": 2, "sex": 1, "country": "中国"}


async def test_links_of_all_conditional_menus_may_lie_in_three_domains(caller: Caller) -> None:
    await caller.create(*[VIEW | {"url": f"http://default{n}.cn"} for n in range(3)])
    ids = [await caller.add({"tag_id": 2}, VIEW | {"url": f"https://{n}.cn/"}) for n in range(3)]
    await caller.add({"tag_id": 2}, VIEW | {"url": "HTTP://0.CN:80/other?page"})
    fourth = {"button": [VIEW | {"url": "http://3.cn"}], "matchrule": {"tag_id": 2}}
    assert await caller.code("POST", "menu/addconditional", fourth) == 65316
    await caller.post("menu/delconditional", {"menuid": ids[2]})
    assert await caller.code("POST", "menu/addconditional", fourth) == 0


async def test_a_stored_link_that_is_none_has_no_domain(caller: Caller) -> None:
    await caller.create()
    caller.account.seed_conditional([VIEW | {"url": "http://[::1"}], {"tag_id": 2})
    await caller.add({"tag_id": 2}, *[VIEW | {"url": f"http://{n}.cn"} for n in range(3)])


async def test_news_material_is_taken_where_the_account_accepts_it() -> None:
    async with calling(switches=Switches(accepts_news=True)) as caller:
        for media_id in ("MEDIA_ID1", "MEDIA_ID2"):
            caller.account.media.keep("news", media_id=media_id, permanent=True)
        assert error(await caller.create(EVERY_TYPE[9], EVERY_TYPE[10])) == 0


async def test_a_strict_account_takes_what_it_has() -> None:
    async with calling(switches=Switches(strict=True)) as caller:
        account = caller.account
        account.media.keep("image", media_id="MEDIA_ID1", permanent=True)
        account.media.articles["ARTICLE_ID1"] = ()
        account.mini_programs = {"wx286b93c14bbf93aa"}
        assert error(await caller.create(EVERY_TYPE[9], EVERY_TYPE[11], EVERY_TYPE[8])) == 0
        await caller.add({"tag_id": account.new_tag("VIP").id})


async def test_a_menu_of_the_website_hides_from_menu_get_and_ends_with_create(
    caller: Caller,
) -> None:
    account = caller.account
    await caller.create()
    await caller.add({"tag_id": 2})
    website: Json = {
        "button": [{"name": "更多", "sub_button": {"list": [{"type": "text", "value": "9-18"}]}}]
    }
    account.set_website_menu(website, is_open=False)
    assert error(await caller.get("menu/get")) == 46003
    assert await caller.get("get_current_selfmenu_info") == {
        "is_menu_open": 0,
        "selfmenu_info": website,
    }
    await caller.create()
    info = await caller.get("get_current_selfmenu_info")
    assert info == {"is_menu_open": 1, "selfmenu_info": {"button": [CLICK]}}


@pytest.mark.parametrize(
    ("kind", "menus", "conditional"),
    [
        ("service", 0, 0),
        ("verified_subscription", 0, 0),
        ("test", 0, 0),
        ("unverified_service", 0, 65306),
        ("unverified_subscription", 48001, 48001),
    ],
)
async def test_who_may_call_what(kind: str, menus: int, conditional: int) -> None:
    async with calling(kind=kind) as caller:
        body = {"button": [CLICK], "matchrule": {"tag_id": 2}}
        assert await caller.code("POST", "menu/create", body) == menus
        assert await caller.code("POST", "menu/addconditional", body) == conditional
        assert await caller.code("GET", "get_current_selfmenu_info") == 0


async def test_test_accounts_can_be_told_to_have_no_conditional_menus() -> None:
    async with calling(kind="test", switches=Switches(test_account_conditionals=False)) as caller:
        await caller.create()
        body = {"button": [CLICK], "matchrule": {"tag_id": 2}}
        assert await caller.code("POST", "menu/addconditional", body) == 65306


async def test_the_number_of_conditional_menus_can_be_limited(caller: Caller) -> None:
    await caller.create()
    caller.account.max_conditional_menus = 1
    await caller.add({"tag_id": 2})
    body = {"button": [CLICK], "matchrule": {"tag_id": 2}}
    assert await caller.code("POST", "menu/addconditional", body) == 65305

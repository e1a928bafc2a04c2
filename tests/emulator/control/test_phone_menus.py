"""Which menu a phone shows, and when it pulls another (protocol: buttons, conditional menus)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.emulator.control.stage import MENU, Stage
from wxevents.testing import FOLLOWER, EmulatorError

REFRESH = 300


def button(name: str, key: str = "k") -> dict[str, Any]:
    return {"type": "click", "name": name, "key": key}


async def seen(stage: Stage, openid: str = FOLLOWER) -> list[str]:
    """The bar of the menu that his phone shows."""
    for user in (await stage.client.state())["users"]:
        if user["openid"] == openid:
            return [one["name"] for one in (user["menu"] or {"button": []})["button"]]
    raise KeyError(openid)


async def user_of(stage: Stage, openid: str = FOLLOWER) -> Mapping[str, Any]:
    users = (await stage.client.state())["users"]
    return next(user for user in users if user["openid"] == openid)


async def test_a_phone_keeps_its_menu_for_five_minutes(stage: Stage) -> None:
    assert await seen(stage) == ["订单", "更多"]
    pulled = (await user_of(stage))["menu_seen_at"]
    stage.emulator.account.seed_default([button("新的")])
    user = await user_of(stage)
    assert (user["menu_outdated"], user["menu_seen_at"]) == (True, pulled)

    await stage.client.advance(REFRESH)
    assert (await stage.user.open())["menu_outdated"]
    with pytest.raises(EmulatorError, match="has the name '新的'"):
        await stage.user.tap("新的")
    assert (await stage.user.tap("订单")).did == {"kind": "pushed"}

    await stage.client.advance(1)
    user = await stage.user.open()
    assert ([one["name"] for one in user["menu"]["button"]], user["menu_outdated"]) == (
        ["新的"],
        False,
    )
    assert user["menu_seen_at"] == pulled + REFRESH + 1
    assert (await stage.user.tap("新的")).did == {"kind": "pushed"}


async def test_time_alone_pulls_no_menu(stage: Stage) -> None:
    await seen(stage)
    stage.emulator.account.seed_default([button("新的")])
    await stage.client.advance(10 * REFRESH)
    assert await seen(stage) == ["订单", "更多"]


async def test_a_menu_is_pulled_at_once_on_demand(stage: Stage) -> None:
    await seen(stage)
    stage.emulator.account.seed_default([button("新的")])
    await stage.user.open()
    assert await seen(stage) == ["订单", "更多"]
    await stage.user.open(refresh=True)
    assert await seen(stage) == ["新的"]


async def test_who_unfollows_and_follows_again_sees_the_new_menu(stage: Stage) -> None:
    await seen(stage)
    stage.emulator.account.seed_default([button("新的")])
    await stage.user.unsubscribe()
    await stage.user.subscribe()
    assert await seen(stage) == ["新的"]


async def test_the_time_until_the_next_pull_is_a_switch(stage: Stage) -> None:
    await seen(stage)
    await stage.client.switches(menu_refresh=0)
    stage.emulator.account.seed_default([button("新的")])
    assert await seen(stage) == ["新的"]
    await stage.client.switches(menu_refresh=10)
    stage.emulator.account.seed_default([button("noch neuer")])
    await stage.client.advance(11)
    await stage.user.open()
    assert await seen(stage) == ["noch neuer"]


async def test_a_phone_without_a_menu_has_no_buttons(stage: Stage) -> None:
    stage.emulator.account.delete_menus()
    with pytest.raises(EmulatorError, match="no menu: nothing is published"):
        await stage.user.tap(path=[0])
    assert (await user_of(stage))["menu"] is None
    stage.emulator.account.seed_default(MENU)  # there was nothing to keep for five minutes
    assert await seen(stage) == ["订单", "更多"]


async def test_users_see_the_menu_of_their_last_tag_and_their_system(stage: Stage) -> None:
    account = stage.emulator.account
    vip, staff = account.new_tag("VIP").id, account.new_tag("员工").id
    account.seed_conditional([button("贵宾")], {"tag_id": vip})
    account.seed_conditional([button("安卓")], {"client_platform_type": 2})
    account.seed_conditional([button("退役")], {"sex": "1"})  # never matches
    people = {
        "plain": await stage.client.add_user(),
        "vip": await stage.client.add_user(tags=["VIP"]),
        "android": await stage.client.add_user(platform="android"),
        "both": await stage.client.add_user(platform="android", tags=[vip]),
        "promoted": await stage.client.add_user(tags=["VIP", "员工"]),
    }
    shown = {name: await seen(stage, user.openid) for name, user in people.items()}
    assert shown == {
        "plain": ["订单", "更多"],
        "vip": ["贵宾"],
        "android": ["安卓"],
        "both": ["安卓"],  # the newest one that matches
        "promoted": ["订单", "更多"],
    }
    assert (await people["vip"].tap("贵宾")).did == {"kind": "pushed"}
    await people["promoted"].change(tags=[staff, vip])
    assert await seen(stage, people["promoted"].openid) == ["订单", "更多"]  # pulled a while ago
    assert (await user_of(stage, people["promoted"].openid))["menu_outdated"]
    await people["promoted"].open(refresh=True)
    assert await seen(stage, people["promoted"].openid) == ["贵宾"]


async def test_audiences_tell_who_sees_what(stage: Stage) -> None:
    account = stage.emulator.account
    vip = account.new_tag("VIP").id
    default = account.default_menu
    assert default
    conditional = account.seed_conditional(
        [button("贵宾")], {"tag_id": vip, "client_platform_type": 1}
    )
    audiences = (await stage.client.state())["audiences"]
    combinations = {(one["tag"], one["platform"]): one for one in audiences}
    assert combinations.keys() == {
        (tag, platform)
        for tag in ("", "星标组", "VIP")
        for platform in ("ios", "android", "others")
    }
    assert combinations["VIP", "ios"]["menu_id"] == conditional
    assert combinations["VIP", "ios"]["tag_id"] == str(vip)
    assert [one["name"] for one in combinations["VIP", "ios"]["button"]] == ["贵宾"]
    others = {one["menu_id"] for key, one in combinations.items() if key != ("VIP", "ios")}
    assert others == {default.menu_id}


@pytest.mark.parametrize(
    ("platform", "version", "bar"),
    [
        ("ios", "6.2.1", ["订单", "更多"]),
        ("ios", "6.2.2", ["贵宾"]),
        ("android", "6.2.3", ["订单", "更多"]),
        ("android", "6.2.4", ["贵宾"]),
        ("android", "6.10", ["贵宾"]),
    ],
)
async def test_clients_too_old_for_conditional_menus_show_the_default_one(
    stage: Stage, platform: Any, version: str, bar: list[str]
) -> None:
    account = stage.emulator.account
    account.seed_conditional([button("贵宾")], {"tag_id": account.new_tag("VIP").id})
    user = await stage.client.add_user(platform=platform, client_version=version, tags=["VIP"])
    assert await seen(stage, user.openid) == bar


async def test_a_tap_on_a_link_tells_the_menu_that_it_is_in(stage: Stage) -> None:
    account = stage.emulator.account
    link = {"type": "view", "name": "贵宾", "url": "https://shop.example/v"}
    menu_id = account.seed_conditional([link], {"client_platform_type": 1})
    await stage.user.tap("贵宾")
    assert (await stage.bot.delivery(1))["MenuId"] == menu_id
    await stage.user.change(platform="others")
    await stage.user.open(refresh=True)
    await stage.user.tap("小程序")
    delivered = await stage.bot.delivery(2)
    assert (delivered["Event"], delivered["EventKey"]) == ("view_miniprogram", "pages/home/main")
    assert account.default_menu
    assert delivered["MenuId"] == account.default_menu.menu_id


async def test_a_mini_program_opens(stage: Stage) -> None:
    done = await stage.user.tap("小程序")
    (opened,) = done.messages
    assert done.did["kind"] == "opened"
    assert (opened["what"], opened["target"]) == ("miniprogram", "pages/home/main")


async def test_material_is_delivered_without_a_push(stage: Stage) -> None:
    client, account = stage.client, stage.emulator.account
    picture = await client.add_material("image", data="YWJj")
    video = await client.add_material("video", media_id="m-2", title="Tour", description="inside")
    story = {"title": "头条", "digest": "要点", "url": "https://mp.example/a1"}
    news = await client.add_material("news", articles=[story])
    article = await client.add_article(story)
    account.seed_default(
        [
            {
                "name": "素材",
                "sub_button": [
                    {"type": "media_id", "name": "图", "media_id": picture},
                    {"type": "media_id", "name": "视频", "media_id": video},
                    {"type": "media_id", "name": "图文", "media_id": news},
                    {"type": "view_limited", "name": "打开", "media_id": news},
                ],
            },
            {"type": "article_id", "name": "文章", "article_id": article},
            {"type": "article_view_limited", "name": "看文章", "article_id": article},
        ]
    )
    shown = {}
    for name in ("图", "视频", "图文", "文章"):
        done = await stage.user.tap(name)
        assert (done.did, done.pushes) == ({"kind": "delivered"}, [])
        (shown[name],) = done.messages
        assert (shown[name]["from"], shown[name]["via"]) == ("account", "menu")
    assert (shown["图"]["kind"], shown["图"]["url"]) == ("image", f"/emulator/media/{picture}")
    assert (shown["视频"]["kind"], shown["视频"]["title"]) == ("video", "Tour")
    card = {"title": "头条", "description": "要点", "pic_url": "", "url": "https://mp.example/a1"}
    assert shown["图文"]["articles"] == shown["文章"]["articles"] == [card]
    for name in ("打开", "看文章"):
        done = await stage.user.tap(name)
        assert (done.did, done.pushes) == ({"kind": "opened", "url": "https://mp.example/a1"}, [])
        assert [one["kind"] for one in done.messages] == ["opened"]
    assert stage.bot.deliveries == []


async def test_material_that_is_gone_is_a_notice(stage: Stage) -> None:
    stage.emulator.account.seed_default(
        [
            {"type": "media_id", "name": "图", "media_id": "gone"},
            {"type": "article_id", "name": "文章", "article_id": "gone"},
        ]
    )
    for name in ("图", "文章"):
        done = await stage.user.tap(name)
        assert done.did == {"kind": "delivered"}
        assert [(one["from"], one["kind"]) for one in done.messages] == [("system", "notice")]


WEBSITE = {
    "button": [
        {
            "name": "更多",
            "sub_button": {
                "list": [
                    {"type": "view", "name": "官网", "url": "https://shop.example"},
                    {
                        "type": "news",
                        "name": "新闻",
                        "value": "m",
                        "news_info": {
                            "list": [
                                {
                                    "title": "一",
                                    "digest": "二",
                                    "cover_url": "https://shop.example/c.jpg",
                                    "content_url": "https://shop.example/c",
                                }
                            ]
                        },
                    },
                ]
            },
        },
        {"type": "text", "name": "时间", "value": '9-18 <a href="https://shop.example">官网</a>'},
        {"type": "img", "name": "图", "value": "m-img"},
    ]
}


async def test_the_buttons_of_a_website_menu_need_no_bot(stage: Stage) -> None:
    await stage.client.set_website_menu(WEBSITE)
    await stage.user.open(refresh=True)
    assert await seen(stage) == ["更多", "时间", "图"]
    state = await stage.client.state()
    assert state["menus"] == {
        "open": True,
        "default": None,
        "conditional": [],
        "website": WEBSITE,
    }

    (text,) = (await stage.user.tap("时间")).messages
    assert text["segments"] == [{"text": "9-18 "}, {"text": "官网", "href": "https://shop.example"}]
    (news,) = (await stage.user.tap(path=[0, 1])).messages
    assert news["articles"] == [
        {
            "title": "一",
            "description": "二",
            "pic_url": "https://shop.example/c.jpg",
            "url": "https://shop.example/c",
        }
    ]
    (picture,) = (await stage.user.tap("图")).messages
    assert (picture["kind"], picture["via"]) == ("image", "menu")
    done = await stage.user.tap("官网")
    assert done.did == {"kind": "opened", "url": "https://shop.example"}
    assert [push["name"] for push in done.pushes] == ["VIEW"]
    assert len(stage.bot.deliveries) == 1


async def test_everybody_sees_a_website_menu(stage: Stage) -> None:
    await stage.client.set_website_menu(WEBSITE)
    audiences = (await stage.client.state())["audiences"]
    assert {tuple(one["name"] for one in each["button"]) for each in audiences} == {
        ("更多", "时间", "图")
    }


@pytest.mark.parametrize(
    "info",
    [
        {},
        {"button": "x"},
        {"button": [1]},
        {"button": [{"name": "a", "sub_button": [{"name": "b"}]}]},
    ],
)
async def test_a_website_menu_of_another_shape_is_a_sentence(stage: Stage, info: Any) -> None:
    with pytest.raises(EmulatorError):
        await stage.client.set_website_menu(info)
    assert await seen(stage) == ["订单", "更多"]


async def test_a_website_menu_that_is_switched_off_is_not_shown(stage: Stage) -> None:
    await stage.client.set_website_menu(WEBSITE, is_menu_open=False)
    await stage.user.open(refresh=True)
    assert await seen(stage) == []


async def test_a_bot_that_is_publishing_meets_nobody(stage: Stage) -> None:
    """A look at the state pulls the menu for whoever has none, and pushes nothing."""
    await seen(stage)
    assert stage.bot.deliveries == []

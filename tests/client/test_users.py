"""Followers."""

from __future__ import annotations

from tests.client.server import ScriptedPlatform
from wxevents.client import Client, User

LIST = "/cgi-bin/user/get"


async def test_a_user_is_read_with_mixed_ids_as_text(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(
        "/cgi-bin/user/info",
        {
            "subscribe": 1,
            "openid": "o-1",
            "language": "zh_CN",
            "subscribe_time": 1735700000,
            "groupid": 0,
            "tagid_list": [128, 2],
            "subscribe_scene": "ADD_SCENE_QR_CODE",
            "qr_scene": 98765,
            "qr_scene_str": "",
            "nickname": "",
        },
    )
    assert await client.users.info("o-1") == User(
        openid="o-1",
        subscribe=True,
        language="zh_CN",
        subscribe_time=1735700000,
        groupid="0",
        tagid_list=(128, 2),
        subscribe_scene="ADD_SCENE_QR_CODE",
        qr_scene="98765",
    )
    query = dict(platform.seen[0].query)
    del query["access_token"]
    assert query == {"openid": "o-1", "lang": "zh_CN"}


async def test_who_does_not_follow_is_known_by_openid_only(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer("/cgi-bin/user/info", {"subscribe": 0, "openid": "o-1"})
    assert await client.users.info("o-1", lang="en") == User("o-1", subscribe=False)


async def test_all_followers_come_page_by_page(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer(
        LIST,
        {"total": 3, "count": 2, "data": {"openid": ["a", "b"]}, "next_openid": "b"},
        {"total": 3, "count": 1, "data": {"openid": ["c"]}, "next_openid": "c"},
        {"total": 3, "count": 0, "next_openid": ""},
    )
    assert [openid async for openid in client.users.list()] == ["a", "b", "c"]
    assert [seen.query.get("next_openid") for seen in platform.seen] == [None, "b", "c"]


async def test_a_page_that_names_itself_as_the_next_ends_the_list(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(LIST, {"data": {"openid": ["a"]}, "next_openid": "a"})
    assert [openid async for openid in client.users.list()] == ["a", "a"]

"""Tags and followers."""

from __future__ import annotations

import json

import pytest

from tests.emulator.api.caller import Caller, Json, error
from wxevents.testing import ManualClock

OK = {"errcode": 0, "errmsg": "ok"}


async def test_a_tag_from_its_creation_to_its_end(caller: Caller) -> None:
    caller.account.follow("oFan")
    created = await caller.post("tags/create", {"tag": {"name": "会员"}})
    assert created == {"tag": {"id": 100, "name": "会员"}}
    batch = {"openid_list": ["oFan"], "tagid": 100}
    assert await caller.post("tags/members/batchtagging", batch) == OK
    starred = {"id": 2, "name": "星标组", "count": 0}
    listed = await caller.get("tags/get")
    assert listed == {"tags": [starred, {"id": 100, "name": "会员", "count": 1}]}
    assert await caller.post("tags/update", {"tag": {"id": 100, "name": "VIP"}}) == OK
    assert await caller.post("tags/update", {"tag": {"id": 100, "name": "VIP"}}) == OK
    assert (await caller.get("tags/get"))["tags"][1]["name"] == "VIP"
    assert await caller.post("tags/delete", {"tag": {"id": 100}}) == OK
    assert await caller.get("tags/get") == {"tags": [starred]}
    assert await caller.post("tags/getidlist", {"openid": "oFan"}) == {"tagid_list": []}


async def test_tags_keep_the_order_in_which_they_were_applied(caller: Caller) -> None:
    account = caller.account
    for openid in ("oOne", "oTwo"):
        account.follow(openid)
    for tag in (account.new_tag("a").id, account.new_tag("b").id, 2):
        batch = {"openid_list": ["oOne"], "tagid": tag}
        assert await caller.post("tags/members/batchtagging", batch) == OK
    again = {"openid_list": ["oTwo", "oOne"], "tagid": "100"}
    assert await caller.post("tags/members/batchtagging", again) == OK
    assert await caller.post("tags/getidlist", {"openid": "oOne"}) == {"tagid_list": [101, 2, 100]}
    assert await caller.post("tags/members/batchuntagging", again) == OK
    assert await caller.post("tags/members/batchuntagging", again) == OK
    assert await caller.post("tags/getidlist", {"openid": "oOne"}) == {"tagid_list": [101, 2]}


async def test_a_hundred_tags_besides_the_platform_s_own(caller: Caller) -> None:
    answers = [await caller.post("tags/create", {"tag": {"name": f"t{n}"}}) for n in range(101)]
    assert answers[99] == {"tag": {"id": 199, "name": "t99"}}
    assert error(answers[100]) == 45056


@pytest.mark.parametrize("name", ["会" * 10, "x" * 30])
async def test_a_tag_s_name_may_have_30_bytes(caller: Caller, name: str) -> None:
    created = await caller.post("tags/create", {"tag": {"name": name}})
    assert created["tag"]["name"] == name


async def test_twenty_tags_on_a_user_and_none_of_a_batch_beyond(caller: Caller) -> None:
    account = caller.account
    for openid in ("oFew", "oMany"):
        account.follow(openid)
    for number in range(20):
        account.tag("oMany", f"t{number}")
    extra = account.new_tag("extra").id
    batch: Json = {"openid_list": ["oFew", "oMany"], "tagid": extra}
    assert await caller.code("POST", "tags/members/batchtagging", batch) == 45059
    assert account.users["oFew"].tags == []
    assert await caller.code("POST", "tags/members/batchtagging", batch | {"tagid": 100}) == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_fans_of_a_tag(caller: Caller, method: str) -> None:
    account = caller.account
    for openid in ("oOne", "oTwo", "oThree"):
        account.follow(openid)
    tag = account.tag("oOne", "VIP")
    account.tag("oThree", "VIP")

    async def fans(next_openid: str = "") -> Json:
        body = json.dumps({"tagid": tag, "next_openid": next_openid}).encode()
        return await caller.call(method, "user/tag/get", body)

    both = {"count": 2, "data": {"openid": ["oOne", "oThree"]}, "next_openid": "oThree"}
    assert await fans() == both
    assert await fans("oOne") == both | {"count": 1, "data": {"openid": ["oThree"]}}
    assert await fans("oThree") == {"count": 0, "next_openid": ""}


async def test_a_follower_s_card(caller: Caller, clock: ManualClock) -> None:
    account = caller.account
    user = account.follow("oFan", "android", wechat_id="fan")
    tag = account.tag("oFan", "VIP")
    card = {
        "subscribe": 1,
        "openid": "oFan",
        "language": "zh_CN",
        "subscribe_time": int(clock.time()),
        "remark": "",
        "groupid": tag,
        "tagid_list": [tag],
        "subscribe_scene": "ADD_SCENE_QR_CODE",
        "qr_scene": 0,
        "qr_scene_str": "",
    }
    assert await caller.get("user/info", openid="oFan", lang="zh_CN") == card
    user.unionid = "u1"
    account.untag("oFan", tag)
    bare = card | {"groupid": 0, "tagid_list": [], "unionid": "u1"}
    assert await caller.get("user/info", openid="oFan") == bare


async def test_who_left_is_known_by_that_only_and_comes_back_without_tags(caller: Caller) -> None:
    account = caller.account
    account.follow("oFan")
    account.tag("oFan", "VIP")
    account.unfollow("oFan")
    assert await caller.get("user/info", openid="oFan") == {"subscribe": 0, "openid": "oFan"}
    assert await caller.get("user/get") == {"total": 0, "count": 0, "next_openid": ""}
    assert account.users["oFan"].tags == []
    account.follow("oFan")
    assert (await caller.get("user/info", openid="oFan"))["tagid_list"] == []


async def test_followers_come_in_pages_of_10000(caller: Caller) -> None:
    openids = [f"o{number}" for number in range(10_001)]
    for openid in openids:
        caller.account.follow(openid)
    first = await caller.get("user/get")
    assert first == {
        "total": 10_001,
        "count": 10_000,
        "data": {"openid": openids[:10_000]},
        "next_openid": "o9999",
    }
    second = await caller.get("user/get", next_openid=first["next_openid"])
    assert (second["count"], second["data"]["openid"]) == (1, ["o10000"])

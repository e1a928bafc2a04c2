"""Users, tags and material through the control API; wrong requests are one sentence each."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientSession

from tests.emulator.control.stage import Stage
from wxevents.testing import EmulatorError


async def test_a_user_is_made_changed_and_deleted(stage: Stage) -> None:
    user = await stage.client.add_user(
        "小红", openid="oNew", platform="android", client_version="8.0", tags=["VIP", "员工"]
    )
    made = (await stage.client.state())["users"][-1]
    assert {name: made[name] for name in ("openid", "name", "platform", "client_version")} == {
        "openid": "oNew",
        "name": "小红",
        "platform": "android",
        "client_version": "8.0",
    }
    assert (made["tags"], made["last_tag_id"], made["subscribed"]) == ([100, 101], "101", True)
    changed = await user.change(name="红", tags=[101, "VIP", 101])
    assert (changed["name"], changed["tags"], changed["last_tag_id"]) == ("红", [101, 100], "100")
    assert changed["platform"] == "android"
    tags = {tag["name"]: tag["count"] for tag in (await stage.client.state())["tags"]}
    assert tags == {"星标组": 0, "VIP": 1, "员工": 1}
    assert (await user.change(tags=[], subscribed=False))["last_tag_id"] == ""
    await user.delete()
    assert [one["openid"] for one in (await stage.client.state())["users"]] == [stage.user.openid]
    assert stage.bot.deliveries == []  # nobody did anything
    with pytest.raises(EmulatorError, match="there is no user oNew"):
        await user.say("你好")


async def test_users_without_a_name_get_an_openid_of_their_own(stage: Stage) -> None:
    one, two = await stage.client.add_user(), await stage.client.add_user()
    assert len({one.openid, two.openid, stage.user.openid}) == 3
    assert [len(user.openid) for user in (one, two)] == [28, 28]
    assert (await stage.client.state())["users"][-1]["name"] == two.openid


async def test_a_tag_by_its_name_is_made_once(stage: Stage) -> None:
    tag = await stage.client.request("POST", "/tags", {"name": "VIP"})
    assert tag == {"id": 100, "name": "VIP", "count": 0}
    await stage.user.change(tags=["VIP"])
    assert (await stage.client.state())["tags"][-1] == {"id": 100, "name": "VIP", "count": 1}
    with pytest.raises(EmulatorError, match="a tag 'VIP' already"):
        await stage.client.request("POST", "/tags", {"name": "VIP"})


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"openid": "with space"}, "openid"),
        ({"openid": "../x"}, "openid"),
        ({"platform": "symbian"}, "platform"),
        ({"client_version": "new"}, "client_version"),
        ({"tags": [77]}, "no tag with the id 77"),
        ({"tags": "VIP"}, "tags"),
        ({"height": 7}, "height"),
        ({"name": None, "subscribed": "maybe"}, "subscribed"),
    ],
)
async def test_a_user_that_cannot_be_is_a_sentence(
    stage: Stage, body: dict[str, Any], why: str
) -> None:
    with pytest.raises(EmulatorError) as raised:
        await stage.client.request("POST", "/users", body)
    assert why in str(raised.value)
    state = await stage.client.state()
    assert (len(state["users"]), len(state["tags"])) == (1, 1)


async def test_an_openid_is_there_once_and_does_not_change(stage: Stage) -> None:
    with pytest.raises(EmulatorError, match="there is a user"):
        await stage.client.add_user(openid=stage.user.openid)
    with pytest.raises(EmulatorError, match="openid"):
        await stage.user.change(openid="oOther")


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'"x"', b"7", b"null", b"\xff\xfe", b"[" * 100_000, b"{" * 100_000]
)
async def test_a_body_that_is_no_json_object_is_a_sentence(
    stage: Stage, http: ClientSession, body: bytes
) -> None:
    url = f"{stage.client.url}/emulator/users"
    headers = {"Content-Type": "application/json"}
    async with http.post(url, data=body, headers=headers) as response:
        assert response.status == 400
        assert (await response.json())["error"].startswith("the body is no JSON")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("POST", "/nothing", 404),
        ("GET", "/users/nobody/chat", 404),
        ("POST", "/users/nobody/tap", 404),
        ("POST", "/users/nobody/open", 404),
        ("PATCH", "/users/nobody", 404),
        ("DELETE", "/users/nobody", 404),
        ("GET", "/media/nothing", 404),
        ("POST", "/users/FOLLOWER/fly", 404),
        ("POST", "/users/FOLLOWER/say", 400),
        ("POST", "/users/FOLLOWER/scan", 400),
        ("POST", "/state", 405),
    ],
)
async def test_a_wrong_call_is_a_sentence_in_json(
    stage: Stage, http: ClientSession, method: str, path: str, status: int
) -> None:
    path = path.replace("FOLLOWER", stage.user.openid)
    url = f"{stage.client.url}/emulator{path}"
    async with http.request(
        method, url, data=b"{}", headers={"Content-Type": "application/json"}
    ) as response:
        assert response.status == status
        assert response.content_type == "application/json"
        assert (await response.json()).keys() == {"error"}


async def test_material_that_cannot_be_is_a_sentence(stage: Stage) -> None:
    with pytest.raises(EmulatorError, match="data: no base64"):
        await stage.client.add_material("image", data="***")
    with pytest.raises(EmulatorError, match="articles"):
        await stage.client.add_material("news")
    with pytest.raises(EmulatorError, match="type"):
        await stage.client.add_material("hologram")
    with pytest.raises(EmulatorError, match="articles"):
        await stage.client.add_article()


async def test_media_live_for_three_days(stage: Stage, http: ClientSession) -> None:
    done = await stage.user.send("image")
    permanent = await stage.client.add_material("image", data="YWJj")
    url = stage.client.url + done.messages[0]["url"]
    await stage.client.advance(3 * 24 * 3600 - 1)
    async with http.get(url) as response:
        assert response.status == 200
    await stage.client.advance(1)
    async with http.get(url) as response:
        assert response.status == 404
    async with http.get(f"{stage.client.url}/emulator/media/{permanent}") as response:
        assert (response.status, await response.read()) == (200, b"abc")


async def test_the_account_tells_how_it_pushes(stage: Stage) -> None:
    account = (await stage.client.state())["account"]
    assert (account["mode"], account["data_format"], account["kind"]) == ("plain", "xml", "service")
    assert account["webhook"] == stage.bot.url
    assert account["app_id"] == stage.emulator.account.app_id
    assert account["account_id"].startswith("gh_")

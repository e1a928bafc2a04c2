"""The state of an account is kept and gone on with."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.emulator.control.api import Api
from tests.emulator.control.bot import text
from tests.emulator.control.stage import Stage, staged
from wxevents.emulator import Emulator
from wxevents.testing import EmulatorError

WEBSITE = {"button": [{"type": "text", "name": "时间", "value": "9-18"}]}


async def lived(stage: Stage) -> None:
    """An account with everything that is kept."""
    stage.bot.always = text('<a href="https://shop.example/">好</a>')
    client, account = stage.client, stage.emulator.account
    user = await client.add_user("小红", openid="oRed", platform="android", tags=["VIP"])
    await user.change(client_version="7.0.1")
    account.seed_conditional([{"type": "click", "name": "贵宾", "key": "k"}], {"tag_id": 100})
    await client.add_material("image", media_id="m-1", data="YWJj", title="t")
    await client.add_material("news", media_id="m-2", articles=[{"title": "一"}])
    await client.add_article({"title": "二"}, article_id="a-1")
    await client.switches(strict=True, pictures="many_lists")
    await stage.user.say("你好")
    await stage.user.send("image")
    await user.unsubscribe()


async def test_everything_that_is_kept_comes_back(stage: Stage, http: ClientSession) -> None:
    await lived(stage)
    saved = json.loads(json.dumps(await stage.client.saved()))
    before = await stage.client.state()
    async with staged() as other:
        await other.client.restore(saved)
        after = await other.client.state()
        assert await other.client.saved() == saved
        for name in ("tags", "menus", "audiences", "chats", "switches"):
            assert after[name] == before[name], name
        told = ("openid", "name", "platform", "client_version", "subscribed", "tags")
        assert [{name: user[name] for name in told} for user in after["users"]] == [
            {name: user[name] for name in told} for user in before["users"]
        ]
        async with http.get(f"{other.client.url}/emulator/media/m-1") as response:
            assert (await response.read(), response.content_type) == (b"abc", "image/jpeg")
        photo = next(m for m in after["chats"][stage.user.openid] if m["kind"] == "image")
        async with http.get(other.client.url + photo["url"]) as response:
            assert response.status == 200
        assert other.emulator.account.media.articles == {"a-1": [{"title": "二"}]}
        # Pushes and calls are not kept.
        assert (after["pushes"], after["calls"]) == ([], [])


async def test_ids_go_on_higher(stage: Stage) -> None:
    await lived(stage)
    saved = await stage.client.saved()
    newest = max(one["id"] for one in await stage.user.chat())
    account = stage.emulator.account
    menus = [int(menu.menu_id) for menu in account.conditional_menus]
    async with staged() as other:
        await other.client.restore(saved)
        done = await other.user.say("再来")
        assert done.messages[0]["id"] > newest
        tag = await other.client.request("POST", "/tags", {"name": "员工"})
        assert tag["id"] == 101
        assert int(other.emulator.account.seed_default([])) > max(menus)


async def test_a_saved_message_that_comes_back_is_not_older_than_the_page(stage: Stage) -> None:
    """Ids do not go back when an old state is loaded into an emulator that has gone on."""
    kept = (await stage.user.say("零")).messages
    saved = await stage.client.saved()
    for said in ("一", "二"):
        last = (await stage.user.say(said)).messages[-1]["id"]
    await stage.client.restore(saved)
    assert await stage.user.chat() == kept
    assert (await stage.user.say("三")).messages[0]["id"] > last


async def test_a_website_menu_is_kept(stage: Stage) -> None:
    await stage.client.set_website_menu(WEBSITE)
    saved = await stage.client.saved()
    async with staged() as other:
        await other.client.restore(saved)
        assert (await other.client.state())["menus"]["website"] == WEBSITE
        assert (await other.user.tap("时间")).did == {"kind": "delivered"}


async def test_a_phone_that_waits_does_not_wait_for_ever(stage: Stage) -> None:
    """消息接收中 is not kept: its push is not, either."""
    stage.emulator.account.chats.start_receiving(stage.user.openid)
    saved = await stage.client.saved()
    assert saved["chats"].get(stage.user.openid, []) == []


async def test_an_emulator_can_be_saved_without_being_served() -> None:
    first = Emulator()
    first.account.follow("oRed")
    second = Emulator()
    second.restore(json.loads(json.dumps(first.save())))
    assert list(second.account.users) == ["oRed"]
    with pytest.raises(ValueError, match="version"):
        second.restore(first.save() | {"version": 2})


def without_name(saved: dict[str, Any]) -> None:
    del saved["name"]


def another_version(saved: dict[str, Any]) -> None:
    saved["version"] = 2


def a_menu_without_a_number(saved: dict[str, Any]) -> None:
    saved["default_menu"]["menu_id"] = "mine"


def a_file_that_is_no_base64(saved: dict[str, Any]) -> None:
    saved["media"][0]["data"] = "a"


def a_broken_website_menu(saved: dict[str, Any]) -> None:
    saved["website_menu"] = {"nothing": 1}


def deliveries_that_there_are_not(saved: dict[str, Any]) -> None:
    saved["switches"]["deliveries"] = 17


@pytest.mark.parametrize(
    "broken",
    [
        without_name,
        another_version,
        a_menu_without_a_number,
        a_file_that_is_no_base64,
        a_broken_website_menu,
        deliveries_that_there_are_not,
    ],
)
async def test_what_is_no_saved_state_changes_nothing(stage: Stage, broken: Any) -> None:
    await lived(stage)
    before = await stage.client.saved()
    saved = copy.deepcopy(dict(before))
    saved["users"] = saved["users"][:1]
    broken(saved)
    with pytest.raises(EmulatorError):
        await stage.client.restore(saved)
    assert await stage.client.saved() == before
    await stage.client.state()


async def test_temporary_media_are_forgotten_with_their_time(stage: Stage) -> None:
    await stage.client.add_material("image", media_id="m-1", data="YWJj")
    await stage.user.send("image")
    await stage.user.send("video")
    assert len((await stage.client.saved())["media"]) == 4
    await stage.client.advance(3 * 24 * 3600)
    assert [one["media_id"] for one in (await stage.client.saved())["media"]] == ["m-1"]
    assert [one.media_id for one in stage.emulator.account.media] == ["m-1"]


async def test_only_what_is_saved_is_a_reason_to_save(stage: Stage) -> None:
    async with Api(stage) as api:
        with stage.emulator.account.feed.alterations() as altered:
            await api.get("/cgi-bin/menu/get")
            await stage.client.state()
            assert not altered.is_set()
            view = await stage.user.push("VIEW", "https://shop.example/")  # opens no window
            assert (view.outcomes, altered.is_set()) == (["empty"], False)
            for alter in (
                lambda: stage.user.tap("订单"),  # it opens a window, and nothing is said
                lambda: stage.client.add_material("image", data="YWJj"),
                lambda: stage.client.add_article({"title": "一"}),
                lambda: stage.client.switches(strict=True),
                lambda: api.post("/cgi-bin/tags/create", {"tag": {"name": "VIP"}}),
                lambda: stage.user.say("你好"),
            ):
                altered.clear()
                await alter()
                assert altered.is_set()

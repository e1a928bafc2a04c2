"""What the inspector knows of pushes and calls (reference/emulator.md: a push, a call)."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.emulator.control.api import Api
from tests.emulator.control.bot import text
from tests.emulator.control.stage import MENU, Stage, staged
from wxevents.events import parse
from wxevents.events.identity import identity
from wxevents.testing import EmulatorClient, EmulatorError
from wxevents.xml import parse as parse_xml

PUSH = {
    "id",
    "time",
    "openid",
    "name",
    "key",
    "xml",
    "outcome",
    "alarm",
    "handler",
    "deliveries",
    "command",
    "test",
    "action",
}
DELIVERY = {
    "attempt",
    "offset",
    "seconds",
    "status",
    "request",
    "query",
    "response",
    "answer",
    "verdict",
    "accepted",
}
CALL = {
    "id",
    "time",
    "method",
    "path",
    "query",
    "request",
    "response",
    "errcode",
    "meaning",
    "seconds",
}


async def test_a_push_is_told_as_the_document_says(stage: Stage) -> None:
    stage.bot.always = text("好")
    (push,) = (await stage.user.tap("订单")).pushes
    assert push.keys() == PUSH
    assert push["deliveries"][0].keys() == DELIVERY
    assert (push["name"], push["key"], push["openid"]) == ("CLICK", "k.order", stage.user.openid)
    assert push["time"] == stage.clock.time()
    (delivery,) = push["deliveries"]
    assert (delivery["status"], delivery["accepted"], delivery["attempt"]) == (200, True, 1)
    assert (delivery["response"], "Content" in delivery["answer"]) == (delivery["answer"], True)
    assert push["action"] == {
        "path": f"/emulator/users/{stage.user.openid}/tap",
        "body": {"name": "订单"},
    }
    assert (await stage.client.state())["pushes"] == [push]
    assert await stage.client.request("GET", f"/pushes/{push['id']}") == push


async def test_a_message_has_no_key(stage: Stage) -> None:
    (push,) = (await stage.user.say("好")).pushes
    assert (push["name"], push["key"]) == ("text", None)


async def test_whoever_does_not_wait_gets_the_push_as_it_is(stage: Stage) -> None:
    stage.bot.answers.append(None)
    path = f"/users/{stage.user.openid}/tap?wait=0"
    answered = await stage.client.request("POST", path, {"name": "订单"})
    (push,) = answered["pushes"]
    assert (push["outcome"], answered["messages"]) == ("waiting", [])
    await stage.bot.delivery(1)
    running = await stage.client.request("GET", f"/pushes/{push['id']}")
    (delivery,) = running["deliveries"]
    assert (delivery["seconds"], delivery["status"], delivery["accepted"]) == (None, None, False)


async def test_a_delivery_again_is_the_same_push(stage: Stage) -> None:
    stage.bot.always = text("好")
    first = (await stage.user.tap("订单")).pushes[0]
    await stage.clock.advance(7)
    done = await stage.client.push_again(first["id"])
    one, two = stage.bot.deliveries
    assert one.opened == two.opened
    assert (done.pushes[0]["id"], done.texts) == (first["id"], ["好"])
    assert [one["offset"] for one in done.pushes[0]["deliveries"]] == [0, 7]
    assert len((await stage.client.state())["pushes"]) == 1


async def test_a_push_that_is_delivered_again_waits_for_its_answer(stage: Stage) -> None:
    first = (await stage.user.tap("订单")).pushes[0]
    stage.bot.answers.append(None)
    again = asyncio.create_task(stage.client.push_again(first["id"]))
    await stage.bot.delivery(2)
    running = await stage.client.request("GET", f"/pushes/{first['id']}")
    assert running["outcome"] == "waiting"
    await stage.clock.advance(5)
    assert (await again).outcomes == ["empty"]


async def test_an_alarm_does_not_outlast_the_delivery_that_was_answered(stage: Stage) -> None:
    stage.bot.always = text("x" * 3000)
    first = (await stage.user.tap("订单")).pushes[0]
    assert first["alarm"] == "illegal_response"
    stage.bot.always = text("好")
    again = (await stage.client.push_again(first["id"])).pushes[0]
    assert (again["outcome"], again["alarm"]) == ("answered", None)


async def test_the_same_action_anew_is_another_push(stage: Stage) -> None:
    first = (await stage.user.tap("官网")).pushes[0]
    await stage.clock.advance(7)
    (again,) = (await stage.client.push_again(first["id"], anew=True)).pushes
    one, two = stage.bot.deliveries
    assert again["id"] != first["id"]
    assert [two[name] for name in ("Event", "EventKey", "MenuId")] == [
        one[name] for name in ("Event", "EventKey", "MenuId")
    ]
    assert int(two["CreateTime"]) == int(one["CreateTime"]) + 7
    (text_push,) = (await stage.user.say("好")).pushes
    await stage.client.push_again(text_push["id"], anew=True)
    three, four = stage.bot.deliveries[2:]
    assert (three["Content"], three["MsgId"] == four["MsgId"]) == (four["Content"], False)


async def test_a_text_said_anew_stands_in_the_chat(stage: Stage) -> None:
    (push,) = (await stage.user.say("好")).pushes
    done = await stage.client.push_again(push["id"], anew=True)
    assert [one["from"] for one in done.messages] == ["user"]


async def test_what_is_not_there_is_a_sentence(stage: Stage) -> None:
    for path in ("/pushes/77", "/pushes/x", "/calls/77", f"/calls/{'9' * 5000}"):
        with pytest.raises(EmulatorError, match="there is no such"):
            await stage.client.request("GET", path)
    with pytest.raises(EmulatorError, match="there is no such push"):
        await stage.client.push_again(77)
    with pytest.raises(EmulatorError, match="there is no such call"):
        await stage.client.request("POST", "/calls/77/again", {})


async def test_a_push_of_somebody_who_was_deleted_is_not_repeated(stage: Stage) -> None:
    user = await stage.client.add_user()
    (push,) = (await user.say("好")).pushes
    await user.delete()
    with pytest.raises(EmulatorError, match="there is no user"):
        await stage.client.push_again(push["id"])


async def test_a_call_is_told_as_the_document_says(stage: Stage) -> None:
    async with Api(stage) as api:
        await api.post("/cgi-bin/tags/create", {"tag": {"name": "贵宾"}})
        await api.post("/cgi-bin/menu/delconditional", {"menuid": "7"})
        await api.get("/cgi-bin/nothing")
    created, deleted, nothing = (await stage.client.state())["calls"][1:]
    assert created.keys() == CALL
    assert (created["method"], created["path"]) == ("POST", "/cgi-bin/tags/create")
    assert json.loads(created["request"]) == {"tag": {"name": "贵宾"}}
    assert json.loads(created["response"])["tag"]["name"] == "贵宾"
    assert (created["errcode"], deleted["errcode"], nothing["errcode"]) == (0, 65301, 40066)
    assert deleted["meaning"]
    assert await stage.client.request("GET", f"/calls/{created['id']}") == created


async def test_a_call_again_has_a_token_that_is_valid(stage: Stage) -> None:
    async with Api(stage) as api:
        await api.post("/cgi-bin/menu/create", {"button": [MENU[0]]})
        (created,) = (await stage.client.state())["calls"][1:]
        await stage.client.expire_tokens()
        stage.emulator.account.delete_menus()
        again = await stage.client.request("POST", f"/calls/{created['id']}/again", {})
        assert (again["errcode"], again["path"], again["request"]) == (
            0,
            "/cgi-bin/menu/create",
            created["request"],
        )
        assert again["id"] > created["id"]
        assert stage.emulator.account.default_menu
        assert len((await stage.client.state())["calls"]) == 3


async def test_a_call_that_has_no_endpoint_is_not_repeated(stage: Stage) -> None:
    async with Api(stage) as api:
        await api.get("/cgi-bin/nothing")
    with pytest.raises(EmulatorError, match="only calls that have an endpoint"):
        await stage.client.request("POST", "/calls/2/again", {})


async def test_no_secret_is_told() -> None:
    async with staged(mode="safe", app_secret="5ec2e7" * 5) as stage, Api(stage) as api:
        stage.bot.always = text("好")
        await api.stable_token()
        await api.call("POST", "/cgi-bin/token", api.grant)
        await api.call("GET", "/cgi-bin/token", api.grant | {"appid": "wxother"})
        await api.call("POST", "/cgi-bin/stable_token", {}, api.grant | {"force_refresh": True})
        await api.new_token()
        await api.post("/cgi-bin/menu/create", {"button": [MENU[0]]})
        await api.get("/cgi-bin/menu/get")
        await api.get("/cgi-bin/user/info", openid=stage.user.openid)
        body = {"appid": api.grant["appid"], "appsecret": api.grant["secret"]}
        await api.call("POST", "/cgi-bin/clear_quota/v2", {}, body)
        await stage.user.say("好")
        calls = (await stage.client.state())["calls"]
        for call in calls:
            if call["method"] == "POST" and not call["request"]:
                continue
            await stage.client.request("POST", f"/calls/{call['id']}/again", {})
        shown = json.dumps(await stage.client.state())
        shown += json.dumps(await stage.client.saved())
        settings = stage.emulator.webhook.settings
        for secret in (settings.app_secret, settings.encoding_aes_key, *api.tokens):
            assert secret not in shown
            assert secret[:20] not in shown
        assert '"token"' not in shown.replace("access_token", "")


async def test_the_handler_is_noted_at_the_push_that_it_took(stage: Stage) -> None:
    app_id = stage.emulator.account.app_id
    taps = [(await stage.user.tap("订单")).pushes[0] for _ in range(2)]
    taps.append((await stage.user.say("好")).pushes[0])
    taps.append((await stage.user.tap("扫码", scan="a:b")).pushes[0])
    for number, push in enumerate(taps):
        body = {
            "identity": identity(parse(parse_xml(push["xml"].encode())), app_id),
            "handler": f"handlers.menu.h{number}",
        }
        await stage.client.request("POST", "/handled", body)
    told = [push["handler"] for push in (await stage.client.state())["pushes"]]
    assert told == [f"handlers.menu.h{number}" for number in range(4)]


async def test_keys_that_end_alike_are_told_apart(stage: Stage) -> None:
    """Both in one second, by one user."""
    app_id = stage.emulator.account.app_id
    longer, shorter = [
        (await stage.user.push("CLICK", key)).pushes[0] for key in ("shop:order", "order")
    ]
    body = {
        "identity": identity(parse(parse_xml(longer["xml"].encode())), app_id),
        "handler": "handlers.menu.shop",
    }
    await stage.client.request("POST", "/handled", body)
    pushes = (await stage.client.state())["pushes"]
    assert {push["key"]: push["handler"] for push in pushes} == {
        "shop:order": "handlers.menu.shop",
        "order": None,
    }
    assert longer["time"] == shorter["time"]


async def test_a_push_that_is_not_known_is_nobodys(stage: Stage) -> None:
    await stage.user.tap("订单")
    body = {"identity": "wx:o:1:click:::k", "handler": "handlers.menu.x"}
    assert await stage.client.request("POST", "/handled", body) == {}
    await stage.client.request("POST", "/handled", {"identity": "x", "handler": None})
    assert (await stage.client.state())["pushes"][0]["handler"] is None


async def test_the_state_of_a_busy_account_is_whole(emulator: EmulatorClient) -> None:
    """What the page asks for first."""
    await emulator.user().tap("今日歌曲")
    state = await emulator.state()
    assert state.keys() == {
        "account",
        "time",
        "users",
        "tags",
        "menus",
        "audiences",
        "chats",
        "pushes",
        "calls",
        "faults",
        "paths",
        "switches",
        "error_codes",
    }
    assert state["account"].keys() == {
        "app_id",
        "account_id",
        "name",
        "kind",
        "mode",
        "data_format",
        "webhook",
    }
    (user,) = state["users"]
    assert user.keys() == {
        "openid",
        "name",
        "platform",
        "client_version",
        "subscribed",
        "tags",
        "last_tag_id",
        "typing",
        "menu",
        "menu_seen_at",
        "menu_outdated",
    }
    assert state["error_codes"]["-1"]
    assert "/cgi-bin/menu/create" in [call["path"] for call in state["calls"]]


async def test_a_call_without_a_body_can_be_made_again(stage: Stage) -> None:
    async with Api(stage) as api:
        await api.call("POST", "/cgi-bin/token", api.grant)
    again = await stage.client.request("POST", "/calls/2/again", {})
    assert (again["errcode"], again["path"]) == (0, "/cgi-bin/token")

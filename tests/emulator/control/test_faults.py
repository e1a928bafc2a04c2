"""Faults of network and platform that can be switched on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.emulator.control.api import Api
from tests.emulator.control.bot import text
from tests.emulator.control.stage import Stage
from wxevents.pushes import OUTAGE_NOTICE
from wxevents.testing import EmulatorError

MENU = "/cgi-bin/menu/get"


async def test_a_delivery_may_be_late(stage: Stage) -> None:
    stage.bot.always = text("好")
    await stage.client.faults(delay=2)
    path = f"/users/{stage.user.openid}/tap?wait=0"
    await stage.client.request("POST", path, {"name": "订单"})
    await stage.clock.advance(1.9)
    assert stage.bot.deliveries == []
    await stage.clock.advance(0.1)
    await stage.bot.delivery(1)
    await stage.client.faults(delay=0)
    assert (await stage.user.tap("订单")).texts == ["好"]
    first = (await stage.client.state())["pushes"][0]
    assert (first["outcome"], first["deliveries"][0]["seconds"]) == ("answered", 2)


async def test_a_delivery_that_is_too_late_never_arrives(stage: Stage) -> None:
    await stage.client.faults(delay=6)
    path = f"/users/{stage.user.openid}/tap?wait=0"
    pushed = await stage.client.request("POST", path, {"name": "订单"})
    await stage.clock.advance(15)
    push = await stage.client.request("GET", f"/pushes/{pushed['pushes'][0]['id']}")
    assert (push["outcome"], push["alarm"]) == ("outage", "response_timeout")
    assert stage.bot.deliveries == []


async def test_an_answer_that_is_lost_is_asked_for_again(stage: Stage) -> None:
    stage.bot.always = text("好")
    await stage.client.faults(lose_answers=True)
    tapping = asyncio.create_task(stage.user.tap("订单"))
    await stage.bot.delivery(1)
    await stage.client.faults(lose_answers=False)
    await stage.clock.advance(5)
    done = await tapping
    assert [one["accepted"] for one in done.pushes[0]["deliveries"]] == [False, True]
    assert done.texts == ["好"]


async def test_all_answers_lost_is_an_outage_to_the_user(stage: Stage) -> None:
    stage.bot.always = text("好")
    await stage.client.faults(lose_answers=True)
    tapping = asyncio.create_task(stage.user.tap("订单"))
    for number in (1, 2, 3):
        await stage.bot.delivery(number)
        await stage.clock.advance(5)
    done = await tapping
    assert (done.outcomes, done.pushes[0]["alarm"]) == (["outage"], "response_timeout")
    assert [one["text"] for one in done.messages] == [OUTAGE_NOTICE]


async def test_a_push_may_arrive_twice_at_once_and_is_answered_once(stage: Stage) -> None:
    stage.bot.answers += [text("好"), text("好")]
    await stage.client.faults(duplicate=True)
    done = await stage.user.tap("订单")
    first, second = stage.bot.deliveries
    assert first.opened == second.opened
    assert first.query["nonce"] != second.query["nonce"]
    assert [one["attempt"] for one in done.pushes[0]["deliveries"]] == [1, 1]
    assert done.texts == ["好"]


async def test_pictures_may_arrive_before_their_event(stage: Stage) -> None:
    await stage.user.tap("相册", photos=["cat", "sea"])
    await stage.client.faults(reorder=True)
    await stage.user.tap("相册", photos=["cat", "sea"])
    order = [one["Event"] or one["MsgType"] for one in stage.bot.deliveries]
    assert order == ["pic_weixin", "image", "image", "image", "image", "pic_weixin"]


async def test_calls_of_one_path_fail_as_ordered(stage: Stage) -> None:
    await stage.client.faults(api_errors={MENU: 48004})
    async with Api(stage) as api:
        assert (await api.get(MENU))["errcode"] == 48004
        assert (await api.get(MENU))["errcode"] == 48004
        assert "errcode" not in await api.get("/cgi-bin/tags/get")
        await stage.client.faults(api_errors={})
        assert "menu" in await api.get(MENU)
    call = next(one for one in (await stage.client.state())["calls"] if one["path"] == MENU)
    assert (call["errcode"], call["meaning"] != "") == (48004, True)


async def test_an_error_of_all_calls_spares_those_that_give_a_token(stage: Stage) -> None:
    await stage.client.faults(api_errors={"*": -1})
    async with Api(stage) as api:
        assert await api.stable_token()
        assert (await api.get(MENU))["errcode"] == -1
        await stage.client.faults(api_errors={"/cgi-bin/token": 40164})
        assert (await api.call("GET", "/cgi-bin/token", api.grant))["errcode"] == 40164


@pytest.mark.parametrize(
    ("faults", "why"),
    [
        ({"api_errors": {MENU: 12345678}}, "no error code 12345678"),
        ({"delay": "soon"}, "delay"),
        ({"delay": float("nan")}, "the body is no JSON"),
        ({"delay": float("inf")}, "the body is no JSON"),
        ({"delay": 61}, "delay"),
        ({"thunder": True}, "there is no thunder; only delay"),
        ({"api_errors": {MENU: "x"}}, "api_errors"),
    ],
)
async def test_a_fault_that_there_is_not_is_a_sentence(
    stage: Stage, faults: dict[str, Any], why: str
) -> None:
    with pytest.raises(EmulatorError) as raised:
        await stage.client.faults(**faults)
    assert why in str(raised.value)
    assert (await stage.client.state())["faults"] == {
        "delay": 0.0,
        "lose_answers": False,
        "duplicate": False,
        "reorder": False,
        "api_errors": {},
    }


async def test_a_change_of_one_fault_keeps_the_others(stage: Stage) -> None:
    await stage.client.faults(delay=1, reorder=True)
    changed = await stage.client.faults(delay=0)
    assert (changed["delay"], changed["reorder"]) == (0, True)
    assert changed == (await stage.client.state())["faults"]


@pytest.mark.parametrize(
    ("switches", "why"),
    [
        ({"deliveries": 5}, "deliveries"),
        ({"pictures": "none"}, "pictures"),
        ({"gravity": 1}, "there is no gravity; only"),
        ({"menu_refresh": float("nan")}, "the body is no JSON"),
        ({"menu_refresh": -1}, "menu_refresh"),
    ],
)
async def test_a_switch_that_there_is_not_is_a_sentence(
    stage: Stage, switches: dict[str, Any], why: str
) -> None:
    with pytest.raises(EmulatorError) as raised:
        await stage.client.switches(**switches)
    assert why in str(raised.value)
    assert (await stage.client.state())["switches"]["deliveries"] == 3


async def test_all_tokens_expire_at_once(stage: Stage) -> None:
    async with Api(stage) as api:
        stable = await api.stable_token()
        await stage.client.expire_tokens()
        assert (await api.get(MENU))["errcode"] == 42001
        assert (await api.call("GET", MENU, {"access_token": stable}))["errcode"] == 42001
        await api.new_token()
        assert "menu" in await api.get(MENU)
        assert await api.stable_token() != stable


async def test_a_quota_is_used_up_until_the_next_day(stage: Stage) -> None:
    async with Api(stage) as api:
        await stage.client.exhaust_quota(MENU)
        assert (await api.get(MENU))["errcode"] == 45009
        assert "errcode" not in await api.get("/cgi-bin/tags/get")
        await stage.client.advance(24 * 3600)
        await api.new_token()
        assert "menu" in await api.get(MENU)


async def test_time_can_be_moved_forward_only(stage: Stage) -> None:
    before = (await stage.client.state())["time"]
    assert await stage.client.advance(60) == before + 60
    for seconds in (-1, float("nan"), float("inf"), 1e300, "soon"):
        with pytest.raises(EmulatorError):
            await stage.client.request("POST", "/clock", {"advance": seconds})
    assert (await stage.client.state())["time"] == before + 60


async def test_moving_the_time_does_not_hurry_a_delivery(stage: Stage) -> None:
    stage.bot.answers.append(None)
    tapping = asyncio.create_task(stage.user.tap("订单"))
    await stage.bot.delivery(1)
    await stage.client.advance(3600)
    state = await stage.client.state()
    assert (state["pushes"][0]["outcome"], len(stage.bot.deliveries)) == ("waiting", 1)
    await stage.clock.advance(5)
    assert (await tapping).outcomes == ["empty"]

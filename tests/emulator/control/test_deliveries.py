"""How pushes are delivered, judged, delivered again and given up (protocol: timing and retries)."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.emulator.control.bot import Answer, Answering, raw, reply, text
from tests.emulator.control.stage import Stage, staged
from wxevents.pushes import ACCOUNT, OUTAGE_NOTICE
from wxevents.testing import FOLLOWER, Done

PAUSE = 60


def only(done: Done) -> Mapping[str, Any]:
    """The one push that came of an action."""
    assert len(done.pushes) == 1
    return done.pushes[0]


def notices(done: Done) -> list[str]:
    return [message["text"] for message in done.messages if message["kind"] == "notice"]


def verdicts(push: Mapping[str, Any]) -> list[str]:
    return [delivery["verdict"] for delivery in push["deliveries"]]


async def five_seconds_each(stage: Stage, doing: asyncio.Task[Done], deliveries: int) -> Done:
    """Let every delivery take its time."""
    for number in range(1, deliveries + 1):
        await stage.bot.delivery(number)
        await stage.clock.advance(5)
    return await doing


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
async def test_a_foreign_library_opens_a_delivery_and_its_sealed_answer_is_taken(
    mode: str,
) -> None:
    async with staged(mode=mode) as stage:
        stage.bot.always = text("已发货")
        done = await stage.user.tap("订单")
        delivered = await stage.bot.delivery(1)  # whose signatures the bot has checked
        assert (delivered["FromUserName"], delivered["ToUserName"]) == (FOLLOWER, ACCOUNT)
        assert (delivered["Event"], delivered["EventKey"]) == ("CLICK", "k.order")
        assert delivered.query["openid"] == FOLLOWER
        assert done.texts == ["已发货"]
        push = only(done)
        assert push["xml"].encode() == delivered.opened
        assert push["deliveries"][0]["request"].encode() == delivered.body
        assert push["deliveries"][0]["answer"].startswith("<xml><ToUserName>")
        for name, value in delivered.query.items():
            assert value in push["deliveries"][0]["query"] or name == "openid"


async def test_the_compatible_mode_carries_the_push_twice() -> None:
    async with staged(mode="compatible") as stage:
        await stage.user.tap("订单")
        delivered = await stage.bot.delivery(1)
        body = ElementTree.fromstring(delivered.body)
        assert body.findtext("EventKey") == "k.order"
        assert body.findtext("Encrypt")


@pytest.mark.parametrize("mode", ["plain", "safe"])
async def test_json_is_pushed_and_answered_where_the_account_wants_it(mode: str) -> None:
    def write(delivered: Any) -> str:
        swapped = {"ToUserName": delivered["FromUserName"], "FromUserName": ACCOUNT}
        reply = {"CreateTime": 1735700101, "MsgType": "text", "Content": "好"}
        return json.dumps(swapped | reply)

    async with staged(mode=mode, data_format="json") as stage:
        stage.bot.always = Answer(write)
        done = await stage.user.tap("订单")
        delivered = await stage.bot.delivery(1)
        assert json.loads(delivered.opened)["EventKey"] == "k.order"
        assert isinstance(json.loads(delivered.opened)["CreateTime"], int)
        assert (done.outcomes, done.texts) == (["answered"], ["好"])


async def test_each_delivery_is_signed_and_sealed_anew() -> None:
    async with staged(mode="safe") as stage:
        stage.bot.answers.append(raw("", status=500))
        await stage.user.tap("订单")
        first, second = await stage.bot.delivery(1), await stage.bot.delivery(2)
        assert first.opened == second.opened
        assert first.body != second.body
        assert first.query["nonce"] != second.query["nonce"]


@pytest.mark.parametrize("deliveries", [3, 4])
async def test_a_bot_that_is_too_slow_is_asked_again_and_then_given_up(
    stage: Stage, deliveries: int
) -> None:
    await stage.client.switches(deliveries=deliveries)
    stage.bot.always = None
    tapping = asyncio.create_task(stage.user.tap("订单"))
    done = await five_seconds_each(stage, tapping, deliveries)
    push = only(done)
    assert len(stage.bot.deliveries) == deliveries
    assert (push["outcome"], push["alarm"]) == ("outage", "response_timeout")
    assert [one["attempt"] for one in push["deliveries"]] == list(range(1, deliveries + 1))
    assert [one["offset"] for one in push["deliveries"]] == [5 * n for n in range(deliveries)]
    assert [one["seconds"] for one in push["deliveries"]] == [5] * deliveries
    assert [one["status"] for one in push["deliveries"]] == [None] * deliveries
    assert notices(done) == [OUTAGE_NOTICE]


async def test_a_delivery_gets_its_five_seconds_whole(stage: Stage) -> None:
    stage.bot.always = None
    tapping = asyncio.create_task(stage.user.tap("订单"))
    await stage.bot.delivery(1)
    await stage.clock.advance(4.9)
    state = await stage.client.state()
    assert state["pushes"][-1]["outcome"] == "waiting"
    assert [one["seconds"] for one in state["pushes"][-1]["deliveries"]] == [None]
    await stage.clock.advance(0.1)
    await stage.bot.delivery(2)
    tapping.cancel()


async def test_the_answer_to_the_second_delivery_counts(stage: Stage) -> None:
    stage.bot.answers += [None, text("到了")]
    tapping = asyncio.create_task(stage.user.tap("订单"))
    await stage.bot.delivery(1)
    await stage.clock.advance(5)
    done = await tapping
    assert (done.outcomes, done.texts) == (["answered"], ["到了"])
    assert [one["accepted"] for one in only(done)["deliveries"]] == [False, True]
    assert notices(done) == []


@pytest.mark.parametrize("status", [201, 302, 404, 500])
async def test_another_status_is_asked_again_at_once(stage: Stage, status: int) -> None:
    stage.bot.always = raw("oops", status=status)
    done = await stage.user.tap("订单")
    push = only(done)
    assert [one["offset"] for one in push["deliveries"]] == [0, 0, 0]
    assert [one["status"] for one in push["deliveries"]] == [status] * 3
    assert push["alarm"] == "illegal_response"
    assert notices(done) == [OUTAGE_NOTICE]


UNSWAPPED = Answer(
    lambda delivered: (
        delivered.opened.decode()
        .replace("<MsgType><![CDATA[event]]></MsgType>", "<MsgType>text</MsgType>")
        .replace("</xml>", "<Content>好</Content></xml>")
    )
)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (raw("<html><body>hello</body></html>"), "lacks ToUserName"),
        (raw('"success"'), "not well-formed"),
        (raw('{"MsgType": "text", "Content": "好"}'), "not well-formed"),
        (raw("success\n"), "not well-formed"),
        (UNSWAPPED, "does not swap"),
        (text("好" * 683), "2049 bytes"),
        (text(""), "without Content"),
        (reply("image", "<Image></Image>"), "Image.MediaId"),
        (reply("music", "<Music><Title>t</Title></Music>"), "Music.ThumbMediaId"),
        (reply("news", "<ArticleCount>0</ArticleCount><Articles></Articles>"), "Articles"),
        (reply("shortvideo"), "shortvideo"),
        (reply("transfer_customer_service"), "no events"),
    ],
)
async def test_an_illegal_answer_is_not_asked_again(
    stage: Stage, answer: Answering, why: str
) -> None:
    stage.bot.always = answer
    done = await stage.user.tap("订单")
    push = only(done)
    assert (push["outcome"], push["alarm"]) == ("outage", "illegal_response")
    assert why in verdicts(push)[0]
    assert len(stage.bot.deliveries) == 1
    assert (notices(done), done.replies) == ([OUTAGE_NOTICE], [])


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (text("好"), ""),
        (Answer(text("好").write, sealed=False), "not sealed"),
        (
            raw("<xml><Encrypt>YQ==</Encrypt><MsgSignature>x</MsgSignature>"
                "<TimeStamp>1</TimeStamp><Nonce>1</Nonce></xml>"),
            "MsgSignature is wrong",
        ),
    ],
)  # fmt: skip
async def test_in_safe_mode_an_answer_needs_a_right_seal(answer: Answering, why: str) -> None:
    async with staged(mode="safe") as stage:
        stage.bot.always = answer
        push = only(await stage.user.tap("订单"))
        assert (push["outcome"] == "answered") is (not why)
        assert why in verdicts(push)[0]


async def test_a_reported_location_is_answered_with_nothing_only(stage: Stage) -> None:
    stage.bot.always = text("你好")
    push = only(done := await stage.user.report_location(31.23, 121.47))
    assert (push["outcome"], push["alarm"]) == ("outage", "illegal_response")
    assert "LOCATION" in verdicts(push)[0]
    assert done.messages == []  # he asked for nothing, so his phone shows nothing


@pytest.mark.parametrize("body", ["success", ""])
async def test_nothing_to_say_is_an_answer(stage: Stage, body: str) -> None:
    stage.bot.always = raw(body)
    done = await stage.user.tap("订单")
    push = only(done)
    assert (push["outcome"], push["alarm"], len(push["deliveries"])) == ("empty", None, 1)
    assert done.messages == []


async def test_a_text_of_2048_bytes_is_shown(stage: Stage) -> None:
    stage.bot.always = text("好" * 682 + "ab")
    assert (await stage.user.say("说")).texts == ["好" * 682 + "ab"]


async def test_nobody_who_listens_is_a_connect_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    async with staged(f"http://127.0.0.1:{port}/wechat") as stage:
        push = only(done := await stage.user.tap("订单"))
        assert (push["outcome"], push["alarm"]) == ("outage", "connect_timeout")
        assert len(push["deliveries"]) == 3
        assert "no connection" in verdicts(push)[0]
        assert notices(done) == [OUTAGE_NOTICE]


async def test_a_host_that_nobody_knows_is_a_dns_failure() -> None:
    async with staged("http://bot.invalid/wechat") as stage:
        push = only(await stage.user.tap("订单"))
        assert (push["outcome"], push["alarm"]) == ("outage", "dns")
        assert "bot.invalid" in verdicts(push)[0]


async def test_without_a_webhook_nothing_is_pushed() -> None:
    async with staged(None) as stage:
        push = only(done := await stage.user.tap("订单"))
        assert (push["outcome"], push["deliveries"], done.messages) == ("unconfigured", [], [])


async def test_a_webhook_with_a_query_of_its_own_keeps_it(stage: Stage) -> None:
    assert stage.emulator.webhook.url
    stage.emulator.webhook.url += "?shop=7&name=a%26b"
    await stage.user.tap("订单")
    query = (await stage.bot.delivery(1)).query
    assert (query["shop"], query["name"], query["openid"]) == ("7", "a&b", FOLLOWER)


async def test_after_many_failures_the_platform_pauses_for_a_minute(stage: Stage) -> None:
    await stage.client.switches(pause_after=2)
    stage.bot.always = raw("<html></html>")
    for _ in range(2):
        assert only(await stage.user.tap("订单"))["outcome"] == "outage"
    stage.bot.always = text("好")
    push = only(done := await stage.user.tap("订单"))
    assert (push["outcome"], push["alarm"], push["deliveries"]) == ("paused", "mark_fail", [])
    assert notices(done) == [OUTAGE_NOTICE]
    await stage.clock.advance(PAUSE - 1)
    assert (await stage.user.tap("订单")).outcomes == ["paused"]
    await stage.clock.advance(1)
    assert (await stage.user.tap("订单")).texts == ["好"]
    assert len(stage.bot.deliveries) == 3


async def test_failures_that_lie_apart_do_not_add_up(stage: Stage) -> None:
    await stage.client.switches(pause_after=2)
    stage.bot.answers += [raw("<html></html>")] * 2
    assert (await stage.user.tap("订单")).outcomes == ["outage"]
    await stage.clock.advance(PAUSE + 1)
    assert (await stage.user.tap("订单")).outcomes == ["outage"]
    assert (await stage.user.tap("订单")).outcomes == ["empty"]


async def test_a_platform_that_never_pauses(stage: Stage) -> None:
    await stage.client.switches(pause_after=0)
    stage.bot.always = raw("<html></html>")
    for _ in range(3):
        assert (await stage.user.tap("订单")).outcomes == ["outage"]


async def test_failed_events_that_nobody_waits_for_show_no_notice(stage: Stage) -> None:
    stage.bot.always = raw("<html></html>")
    done = await stage.user.tap("官网")
    assert done.outcomes == ["outage"]
    assert [message["kind"] for message in done.messages] == ["opened"]
    assert (await stage.user.unsubscribe()).messages == []


async def test_the_companions_of_an_event_do_not_wait_for_its_answer(stage: Stage) -> None:
    stage.bot.answers += [None]
    tapping = asyncio.create_task(stage.user.tap("相册", photos=["cat"]))
    await stage.bot.delivery(1)
    await stage.clock.advance(1)
    assert (await stage.bot.delivery(2))["MsgType"] == "image"
    await stage.clock.advance(4)
    assert (await stage.bot.delivery(3))["Event"] == "pic_weixin"
    assert (await tapping).outcomes == ["empty", "empty"]


async def test_a_user_who_presses_fast_waits_for_nobody(stage: Stage) -> None:
    stage.bot.always = None
    tapping = [asyncio.create_task(stage.user.tap("订单")) for _ in range(20)]
    await stage.bot.delivery(20)
    assert len({one["CreateTime"] for one in stage.bot.deliveries}) == 20
    for task in tapping:
        task.cancel()


async def test_a_redirect_is_not_followed(stage: Stage) -> None:
    location = {"Location": stage.bot.url}
    stage.bot.answers += [raw("", status=302, headers=location)] * 3
    push = only(await stage.user.tap("订单"))
    assert [one["status"] for one in push["deliveries"]] == [302] * 3

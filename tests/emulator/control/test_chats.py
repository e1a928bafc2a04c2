"""What replies look like in the chat (reference/emulator.md: a message)."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession

from tests.emulator.control.api import Api
from tests.emulator.control.bot import raw, reply, text
from tests.emulator.control.stage import Stage


async def test_links_in_a_text_lead_where_they_say(stage: Stage) -> None:
    stage.bot.always = text(
        '看<a href="https://shop.example/?a=1&amp;b=2">这里</a>，'
        '<a href="weixin://bizmsgmenu?msgmenucontent=%E6%BB%A1%E6%84%8F&msgmenuid=7">满意</a>'
        '<a href="https://m.example" data-miniprogram-appid="wx1" '
        'data-miniprogram-path="pages/a">小程序</a>'
    )
    (shown,) = (done := await stage.user.tap("订单")).replies
    assert shown["segments"] == [
        {"text": "看"},
        {"text": "这里", "href": "https://shop.example/?a=1&b=2"},
        {"text": "，"},
        {"text": "满意", "say": "满意", "menu_id": "7"},
        {
            "text": "小程序",
            "miniprogram": {"appid": "wx1", "path": "pages/a"},
            "href": "https://m.example",
        },
    ]
    assert done.texts == ["看这里，满意小程序"]


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,x">x</a>',
    ],
)
async def test_other_markup_is_text(stage: Stage, markup: str) -> None:
    stage.bot.always = text(markup)
    (shown,) = (await stage.user.tap("订单")).replies
    assert shown["segments"] == [{"text": markup}]


@pytest.mark.parametrize("kind", ["image", "voice", "video"])
async def test_a_file_of_the_account_is_shown(stage: Stage, http: ClientSession, kind: str) -> None:
    media_id = await stage.client.add_material(kind, data="YWJj")
    part = kind.capitalize()
    more = "<Title>Tour</Title><Description>inside</Description>" if kind == "video" else ""
    stage.bot.always = reply(kind, f"<{part}><MediaId>{media_id}</MediaId>{more}</{part}>")
    (shown,) = (await stage.user.say("好")).replies
    assert (shown["kind"], shown["media_id"], shown["via"]) == (kind, media_id, "reply")
    if kind == "video":
        assert (shown["title"], shown["description"]) == ("Tour", "inside")
    async with http.get(stage.client.url + shown["url"]) as response:
        assert await response.read() == b"abc"


async def test_a_file_that_the_account_does_not_have_has_no_url(stage: Stage) -> None:
    stage.bot.always = reply("image", "<Image><MediaId>nothing</MediaId></Image>")
    (shown,) = (await stage.user.say("好")).replies
    assert (shown["media_id"], shown["url"]) == ("nothing", "")


async def test_music_is_shown_with_its_cover(stage: Stage) -> None:
    thumb = await stage.client.add_material("image", data="YWJj")
    stage.bot.always = reply(
        "music",
        "<Music><Title>曲</Title><Description>词</Description><MusicUrl>https://m.example/lo"
        "</MusicUrl><HQMusicUrl>https://m.example/hi</HQMusicUrl>"
        f"<ThumbMediaId>{thumb}</ThumbMediaId></Music>",
    )
    (shown,) = (await stage.user.say("好")).replies
    assert {name: shown[name] for name in shown if name not in ("id", "time")} == {
        "from": "account",
        "kind": "music",
        "via": "reply",
        "title": "曲",
        "description": "词",
        "url": "https://m.example/lo",
        "hq_url": "https://m.example/hi",
        "thumb_url": f"/emulator/media/{thumb}",
    }


def articles(count: int) -> str:
    items = "".join(
        f"<item><Title>t{n}</Title><Description>d</Description><PicUrl>https://m.example/p"
        f"</PicUrl><Url>https://m.example/{n}</Url></item>"
        for n in range(count)
    )
    return f"<ArticleCount>{count}</ArticleCount><Articles>{items}</Articles>"


@pytest.mark.parametrize("count", [1, 2, 8, 10])
async def test_a_message_is_answered_with_one_article_and_an_event_with_eight(
    stage: Stage, count: int
) -> None:
    stage.bot.always = reply("news", articles(count))
    (to_message,) = (await stage.user.say("好")).replies
    (to_event,) = (await stage.user.tap("订单")).replies
    assert [one["title"] for one in to_message["articles"]] == ["t0"]
    assert [one["title"] for one in to_event["articles"]] == [
        f"t{number}" for number in range(min(count, 8))
    ]
    assert to_event["articles"][0] == {
        "title": "t0",
        "description": "d",
        "pic_url": "https://m.example/p",
        "url": "https://m.example/0",
    }


async def test_a_transfer_is_a_notice(stage: Stage) -> None:
    stage.bot.always = reply(
        "transfer_customer_service", "<TransInfo><KfAccount>anna@shopdemo</KfAccount></TransInfo>"
    )
    messages = (await stage.user.say("人工")).messages
    assert [(one["from"], one["kind"]) for one in messages] == [
        ("user", "text"),
        ("system", "notice"),
    ]


async def test_receiving_is_shown_until_the_answer_arrives(stage: Stage) -> None:
    path = f"/users/{stage.user.openid}/tap?wait=0"
    stage.bot.answers += [None, text("好")]
    at_once = await stage.client.request(
        "POST", path, {"name": "扫码", "scan": {"result": "https://t.example/9"}}
    )
    assert [one["kind"] for one in at_once["messages"]] == ["receiving"]
    assert at_once["pushes"][0]["outcome"] == "waiting"
    await stage.bot.delivery(1)
    assert [one["kind"] for one in await stage.user.chat()] == ["receiving"]
    await stage.clock.advance(5)
    await stage.bot.delivery(2)
    done = await stage.user.say("还在吗")  # behind it in the chat
    kinds = [one["kind"] for one in await stage.user.chat()]
    assert "receiving" not in kinds
    assert kinds[0] == "text"
    assert done.outcomes == ["empty"]


@pytest.mark.parametrize("body", ["success", "<html></html>"])
async def test_receiving_ends_with_the_push_whatever_became_of_it(stage: Stage, body: str) -> None:
    stage.bot.always = raw(body)
    done = await stage.user.tap("扫码", scan="x")
    kinds = [one["kind"] for one in done.messages]
    assert kinds == ([] if body == "success" else ["notice"])


async def test_a_chat_is_read_from_a_message_on(stage: Stage) -> None:
    stage.bot.always = text("好")
    first = await stage.user.say("一")
    await stage.user.say("二")
    chat = await stage.user.chat()
    assert [one["id"] for one in chat] == sorted(one["id"] for one in chat)
    rest = await stage.user.chat(after=first.messages[-1]["id"])
    assert list(rest) == list(chat[2:])
    assert (await stage.client.state())["chats"] == {stage.user.openid: list(chat)}


async def test_messages_of_customer_service_stand_in_the_chat(stage: Stage) -> None:
    await stage.user.say("在吗")
    async with Api(stage) as api:
        body = {"touser": stage.user.openid, "msgtype": "text", "text": {"content": "在的"}}
        assert (await api.post("/cgi-bin/message/custom/send", body))["errcode"] == 0
    last = (await stage.user.chat())[-1]
    assert (last["from"], last["via"], last["segments"]) == (
        "account",
        "customer_service",
        [{"text": "在的"}],
    )

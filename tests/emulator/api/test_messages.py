"""Customer-service messages and the typing indicator of the emulated platform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import pytest
from aiohttp import ClientSession

from tests.emulator.api.caller import Caller, Json, error
from wxevents.emulator import Account, Emulator
from wxevents.emulator.state.account import Kind
from wxevents.emulator.state.interactions import Interaction
from wxevents.testing import ManualClock

SEND = "message/custom/send"
TYPING = "message/custom/typing"
HOUR = 3600
DAY = 24 * HOUR

ARTICLE: Json = {
    "title": "T",
    "description": "D",
    "url": "https://a.cn",
    "picurl": "https://a.cn/p",
}
NEWS: Json = {"articles": [ARTICLE]}
CHOICES: Json = {
    "head_content": "满意吗",
    "list": [{"id": "101", "content": "满意"}, {"id": 102, "content": "不满意"}],
    "tail_content": "谢谢",
}
MUSIC: Json = {
    "title": "T",
    "description": "D",
    "musicurl": "https://a.cn/lo",
    "hqmusicurl": "https://a.cn/hi",
    "thumb_media_id": "M-thumb",
}
MINI: Json = {"title": "T", "appid": "wx1", "pagepath": "pages/a", "thumb_media_id": "M-image"}


@pytest.fixture
def account(emulator: Emulator) -> Account:
    """With files of every kind, "oFan" who has just written, and "oGone" who left."""
    account = emulator.account
    account.follow("oFan")
    account.interactions.happened("oFan", "message")
    account.follow("oGone")
    account.unfollow("oGone")
    for kind in ("image", "voice", "video", "thumb"):
        account.media.keep(kind, media_id=f"M-{kind}", permanent=kind != "voice")
    account.media.keep("news", media_id="M-news", permanent=True)
    account.media.articles["A1"] = [{"title": "T", "digest": "D", "thumb_url": "P", "url": "U"}]
    return account


def message(msgtype: str, fields: object, /, **changes: object) -> Json:
    return {"touser": "oFan", "msgtype": msgtype, msgtype: fields, **changes}


def text(content: object = "hi", /, **changes: object) -> Json:
    return message("text", {"content": content}, **changes)


async def shown(caller: Caller, body: object) -> Json:
    """What appears in the chat when a message is sent without errors."""
    assert await caller.post(SEND, body) == {"errcode": 0, "errmsg": "ok"}
    (entry,) = caller.account.chats.of("oFan")
    assert (entry.sender, entry.via, entry.time) == (
        "account",
        "customer_service",
        caller.account.clock.time(),
    )
    return {"kind": entry.kind, **entry.content}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (text("你好"), {"kind": "text", "segments": [{"text": "你好"}]}),
        (text("x" * 2048), {"kind": "text", "segments": [{"text": "x" * 2048}]}),
        (
            text('see <a href="https://a.cn">this</a>'),
            {
                "kind": "text",
                "segments": [{"text": "see "}, {"text": "this", "href": "https://a.cn"}],
            },
        ),
        (
            text(customservice={"kf_account": "anna@shop"}),
            {"kind": "text", "segments": [{"text": "hi"}]},
        ),
        (
            message("image", {"media_id": "M-image"}),
            {"kind": "image", "url": "/emulator/media/M-image", "media_id": "M-image"},
        ),
        (
            message("voice", {"media_id": "M-voice"}),
            {
                "kind": "voice",
                "url": "/emulator/media/M-voice",
                "media_id": "M-voice",
                "recognition": "",
            },
        ),
        (
            message(
                "video",
                {
                    "media_id": "M-video",
                    "thumb_media_id": "M-thumb",
                    "title": "T",
                    "description": "D",
                },
            ),
            {
                "kind": "video",
                "url": "/emulator/media/M-video",
                "media_id": "M-video",
                "title": "T",
                "description": "D",
            },
        ),
        (
            message("music", MUSIC),
            {
                "kind": "music",
                "title": "T",
                "description": "D",
                "url": "https://a.cn/lo",
                "hq_url": "https://a.cn/hi",
                "thumb_url": "/emulator/media/M-thumb",
            },
        ),
        (
            message("news", NEWS),
            {
                "kind": "news",
                "articles": [
                    {
                        "title": "T",
                        "description": "D",
                        "pic_url": "https://a.cn/p",
                        "url": "https://a.cn",
                    }
                ],
            },
        ),
        (
            message("mpnewsarticle", {"article_id": "A1"}),
            {
                "kind": "news",
                "articles": [{"title": "T", "description": "D", "pic_url": "P", "url": "U"}],
            },
        ),
        (
            message("mpnewsarticle", {"article_id": "A2"}),
            {
                "kind": "news",
                "articles": [{"title": "A2", "description": "", "pic_url": "", "url": ""}],
            },
        ),
        (
            message("msgmenu", CHOICES),
            {
                "kind": "menu",
                "head": "满意吗",
                "options": [{"id": "101", "text": "满意"}, {"id": "102", "text": "不满意"}],
                "tail": "谢谢",
            },
        ),
        (message("wxcard", {"card_id": "C1"}), {"kind": "card", "card_id": "C1"}),
        (
            message("miniprogrampage", MINI),
            {
                "kind": "miniprogram",
                "title": "T",
                "appid": "wx1",
                "path": "pages/a",
                "thumb_url": "/emulator/media/M-image",
            },
        ),
    ],
    ids=lambda value: value.get("msgtype", ""),
)
async def test_a_message_appears_in_the_chat(
    body: Json, expected: Json, account: Account, caller: Caller
) -> None:
    assert await shown(caller, body) == expected


async def test_a_video_needs_no_cover_and_has_the_title_of_its_material(
    account: Account, caller: Caller
) -> None:
    account.media.keep("video", media_id="V", permanent=True, title="T", description="D")
    entry = await shown(caller, message("video", {"media_id": "V"}))
    assert (entry["title"], entry["description"]) == ("T", "D")


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        (rb"\u4f60\u597d", r"\u4f60\u597d"),
        (rb"\ud83d\ude00", r"\ud83d\ude00"),
        (rb"\u003ca href='https://a.cn'\u003ex", r"\u003ca href='https://a.cn'\u003ex"),
        (rb"a\nb\"", 'a\nb"'),
    ],
)
async def test_escapes_are_what_the_user_reads(
    sent: bytes, seen: str, account: Account, caller: Caller
) -> None:
    body = b'{"touser":"oFan","msgtype":"text","text":{"content":"%s"}}' % sent
    assert (await shown(caller, body))["segments"] == [{"text": seen}]


def strict(account: Account) -> None:
    account.switches = replace(account.switches, strict=True)


def as_it_is(account: Account) -> None:
    """As the fixture has it."""


def is_a(kind: Kind) -> Callable[[Account], None]:
    def change(account: Account) -> None:
        account.kind = kind

    return change


def without(fields: Json, *names: str) -> Json:
    return {name: value for name, value in fields.items() if name not in names}


FAULTS: list[tuple[int, object, Callable[[Account], None]]] = [
    (48001, b"", is_a("unverified_subscription")),
    (48001, b"", is_a("unverified_service")),
    (44002, b"", as_it_is),
    (47001, [], as_it_is),
    (47001, b"{", as_it_is),
    (40003, text(touser="oNobody", msgtype="?"), as_it_is),
    (40003, text(touser=["oFan"]), as_it_is),
    (40003, {"msgtype": "text", "text": {"content": "hi"}}, as_it_is),
    (43004, text(touser="oGone", msgtype="?"), as_it_is),
    (40008, {"touser": "oFan"}, as_it_is),
    (40008, message("mpnews", {"media_id": "M-news"}), as_it_is),
    (40008, text(msgtype=["text"]), as_it_is),
    (40008, message("file", {"media_id": "M-image"}), as_it_is),
    # Text.
    (44004, text(""), as_it_is),
    (44004, message("text", {}), as_it_is),
    (44004, {"touser": "oFan", "msgtype": "text"}, as_it_is),
    (45002, text("x" * 2049), as_it_is),
    (45002, text("好" * 683), as_it_is),
    (47001, text(7), as_it_is),
    (47001, message("text", "hi"), as_it_is),
    (47001, {"touser": "oFan", "msgtype": "image"}, as_it_is),
    # Media.
    (40007, message("image", {}), as_it_is),
    (40007, message("image", {"media_id": "M-none"}), as_it_is),
    (40007, message("image", {"media_id": "M-voice"}), as_it_is),
    (40007, message("image", {"media_id": ["M-image"]}), as_it_is),
    (40007, message("voice", {"media_id": "M-image"}), as_it_is),
    (40007, message("video", {"media_id": "M-image"}), as_it_is),
    (40007, message("video", {"media_id": "M-video", "thumb_media_id": "M-no"}), as_it_is),
    (47001, message("video", {"media_id": "M-video", "title": 7}), as_it_is),
    (40007, message("music", without(MUSIC, "thumb_media_id")), as_it_is),
    (47001, message("music", MUSIC | {"musicurl": None}), as_it_is),
    (40007, message("miniprogrampage", MINI | {"thumb_media_id": "M-news"}), as_it_is),
    (40013, message("miniprogrampage", without(MINI, "appid")), as_it_is),
    (85005, message("miniprogrampage", MINI), strict),
    # News, articles, menus, cards.
    (45008, message("news", {"articles": [ARTICLE, ARTICLE]}), as_it_is),
    (45008, message("news", {"articles": []}), as_it_is),
    (47001, message("news", {"articles": ARTICLE}), as_it_is),
    (47001, message("news", {"articles": ["A1"]}), as_it_is),
    (47001, message("news", {"articles": [ARTICLE | {"title": 1}]}), as_it_is),
    (53600, message("mpnewsarticle", {"article_id": "A2"}), strict),
    (53600, message("mpnewsarticle", {"article_id": ""}), as_it_is),
    (47001, message("mpnewsarticle", {"article_id": 1}), as_it_is),
    (40200, message("msgmenu", CHOICES), is_a("test")),
    (47001, message("msgmenu", without(CHOICES, "list")), as_it_is),
    (47001, message("msgmenu", CHOICES | {"list": []}), as_it_is),
    (47001, message("msgmenu", CHOICES | {"list": ["yes"]}), as_it_is),
    (47001, message("msgmenu", CHOICES | {"list": [{"id": True, "content": "x"}]}), as_it_is),
    (47001, message("msgmenu", CHOICES | {"list": [{"id": "1", "content": ""}]}), as_it_is),
    (47001, message("msgmenu", CHOICES | {"head_content": 1}), as_it_is),
    (47001, message("wxcard", {}), as_it_is),
    (47001, text(customservice="anna@shop"), as_it_is),
    (47001, text(customservice={"kf_account": 7}), as_it_is),
]


@pytest.mark.parametrize(("code", "body", "given"), FAULTS)
async def test_a_faulty_message_is_refused_and_uses_nothing_up(
    code: int,
    body: object,
    given: Callable[[Account], None],
    account: Account,
    caller: Caller,
) -> None:
    await caller.a_token()
    given(account)
    assert error(await caller.post(SEND, body)) == code
    account.kind = "service"
    assert [await caller.code("POST", SEND, text()) for _ in range(6)] == [0] * 5 + [45047]
    assert len(account.chats.of("oFan")) == 5


async def test_only_post_is_answered(caller: Caller) -> None:
    assert [await caller.code("GET", path) for path in (SEND, TYPING)] == [43002, 43002]
    assert error(await caller.bare("POST", SEND)) == 41001


@pytest.mark.parametrize("kind", get_args(Kind))
async def test_verified_and_test_accounts_may_send(
    kind: Kind, account: Account, caller: Caller
) -> None:
    account.kind = kind
    code = 48001 if kind.startswith("unverified") else 0
    assert await caller.code("POST", SEND, text()) == code
    assert await caller.code("POST", TYPING, {"touser": "oFan", "command": "Typing"}) == code


@pytest.mark.parametrize("code", [48002, 50002, -1])
async def test_what_lies_with_the_user_is_ordered(
    code: int, account: Account, caller: Caller
) -> None:
    account.refuse("/cgi-bin/" + SEND, code)
    assert [await caller.code("POST", SEND, text()) for _ in range(2)] == [code, 0]


# Windows.


@pytest.mark.parametrize(
    ("kind", "messages", "seconds"),
    [("message", 5, 48 * HOUR), ("menu", 3, 60), ("follow", 3, 60), ("scan", 3, 60)],
)
async def test_an_interaction_opens_a_window(
    kind: Interaction, messages: int, seconds: int, clock: ManualClock, caller: Caller
) -> None:
    account = caller.account
    account.follow("oFan")
    assert await caller.code("POST", SEND, text()) == 45015
    account.interactions.happened("oFan", kind)
    codes = [await caller.code("POST", SEND, text()) for _ in range(messages + 1)]
    assert codes == [0] * messages + [45047]

    account.interactions.happened("oFan", kind)  # anew
    await clock.advance(seconds - 1)
    caller.token = None
    assert await caller.code("POST", SEND, text()) == 0
    await clock.advance(1)
    assert await caller.code("POST", SEND, text()) == 45015


async def test_a_menu_tap_adds_to_what_a_message_allows(account: Account, caller: Caller) -> None:
    account.interactions.happened("oFan", "menu")
    codes = [await caller.code("POST", SEND, text()) for _ in range(9)]
    assert codes == [0] * 8 + [45047]


async def test_each_user_has_a_window_of_his_own(account: Account, caller: Caller) -> None:
    account.follow("oOther")
    assert await caller.code("POST", SEND, text(touser="oOther")) == 45015
    assert await caller.code("POST", SEND, text()) == 0


async def test_media_are_gone_after_three_days(
    account: Account, clock: ManualClock, caller: Caller
) -> None:
    await clock.advance(3 * DAY)
    account.interactions.happened("oFan", "message")
    assert await caller.code("POST", SEND, message("voice", {"media_id": "M-voice"})) == 40007
    assert await caller.code("POST", SEND, message("image", {"media_id": "M-image"})) == 0


@pytest.mark.parametrize(("kind", "limit"), [("service", 500_000), ("test", 50_000)])
async def test_a_day_has_its_number_of_messages(kind: Kind, limit: int) -> None:
    emulator = Emulator(kind=kind, clock=ManualClock())
    emulator.account.follow("oFan")
    emulator.account.interactions.happened("oFan", "message")
    async with emulator.serve() as url, ClientSession() as session:
        caller = Caller(session, url, emulator)
        for _ in range(limit - 1):
            emulator.account.quotas.spend("/cgi-bin/" + SEND)
        assert [await caller.code("POST", SEND, text()) for _ in range(2)] == [0, 45009]


# Typing.


def typing(command: object = "Typing", touser: object = "oFan") -> Json:
    return {"touser": touser, "command": command}


def is_shown(account: Account, clock: ManualClock) -> bool:
    return account.users["oFan"].typing_until > clock.monotonic()


async def test_typing_is_shown_for_15_seconds(
    account: Account, clock: ManualClock, caller: Caller
) -> None:
    assert await caller.code("POST", TYPING, typing()) == 0
    assert is_shown(account, clock)
    await clock.advance(14)
    assert is_shown(account, clock)
    assert await caller.code("POST", TYPING, typing()) == 45081
    await clock.advance(1)
    assert not is_shown(account, clock)
    assert await caller.code("POST", TYPING, typing()) == 0
    assert account.chats.of("oFan") == []


async def test_typing_ends_when_it_is_cancelled_or_something_is_said(
    account: Account, clock: ManualClock, caller: Caller
) -> None:
    for body in (typing("CancelTyping"), text()):
        assert await caller.code("POST", TYPING, typing()) == 0
        path = SEND if "msgtype" in body else TYPING
        assert await caller.code("POST", path, body) == 0
        assert not is_shown(account, clock)
    await clock.advance(31)
    assert await caller.code("POST", TYPING, typing("CancelTyping")) == 0


async def test_typing_is_shown_within_30_seconds_of_an_interaction(
    account: Account, clock: ManualClock, caller: Caller
) -> None:
    await clock.advance(30)
    assert await caller.code("POST", TYPING, typing()) == 0
    await clock.advance(15)
    assert await caller.code("POST", TYPING, typing()) == 45080
    account.interactions.happened("oFan", "menu")
    assert await caller.code("POST", TYPING, typing()) == 0


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (44002, b""),
        (47001, b"[]"),
        (40003, typing(touser="oNobody", command="?")),
        (43004, typing(touser="oGone", command="?")),
        (45072, typing("typing")),
        (45072, typing(None)),
        (45072, typing(["Typing"])),
    ],
)
async def test_a_faulty_typing_call_is_refused(
    code: int, body: Any, account: Account, clock: ManualClock, caller: Caller
) -> None:
    assert error(await caller.post(TYPING, body)) == code
    assert not is_shown(account, clock)


async def test_pages_hear_of_both(account: Account, caller: Caller) -> None:
    with account.feed.listen() as feed:
        await caller.post(TYPING, typing())
        await caller.post(SEND, text())
        news = [feed.get_nowait() for _ in range(feed.qsize())]
    told = [one for one in news if "call" not in one]
    (entry,) = account.chats.of("oFan")
    began, ended = {"changed": "state"}, {"changed": "state"}
    assert told == [began, {"message": entry.json(), "openid": "oFan"}, ended]

"""What is repeated, what is not, and how long the pauses are."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

from tests.client.server import OK, Dropped, ScriptedPlatform, WaitingClock, client_for, closed_port
from wxevents.client import Client, Retries
from wxevents.errors import AnswerLost, ApiError, NotSent, PlatformBusy
from wxevents.menu import ClickButton, ConditionalMenu, MatchRule, Menu

Calling: TypeAlias = Callable[[Client], Awaitable[object]]

PATH = "/cgi-bin/anything"
BUSY = {"errcode": -1, "errmsg": "system error"}


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_busy_platform_is_asked_again(
    platform: ScriptedPlatform, client: Client, clock: WaitingClock, method: str
) -> None:
    platform.will_answer(PATH, BUSY, BUSY, {"value": 1})
    call = asyncio.create_task(client.request(method, PATH))
    assert [await clock.next_wait(), await clock.next_wait()] == [1, 2]
    assert await call == {"value": 1}


async def test_a_platform_that_stays_busy_is_an_error(
    platform: ScriptedPlatform, client: Client, clock: WaitingClock
) -> None:
    platform.will_answer(PATH, BUSY)
    call = asyncio.create_task(client.request("GET", PATH))
    await clock.next_wait()
    await clock.next_wait()
    with pytest.raises(PlatformBusy):
        await call
    assert len(platform.seen) == 3


async def test_a_call_that_was_not_sent_is_repeated_even_if_not_idempotent(
    platform: ScriptedPlatform, clock: WaitingClock
) -> None:
    async with client_for(closed_port(), clock) as client:
        call = asyncio.create_task(client.messages.send("o-1", "hello"))
        waits = [await clock.next_wait(), await clock.next_wait()]
        with pytest.raises(NotSent):
            await call
    assert waits == [1, 2]


async def test_a_lost_answer_is_asked_for_again_if_idempotent(
    platform: ScriptedPlatform, client: Client, clock: WaitingClock
) -> None:
    platform.will_answer(PATH, Dropped(), {"value": 1})
    call = asyncio.create_task(client.request("POST", PATH, idempotent=True))
    assert await clock.next_wait() == 1
    assert await call == {"value": 1}


async def test_a_lost_answer_to_a_call_that_is_not_idempotent_is_an_error_at_once(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(PATH, Dropped(), OK)
    with pytest.raises(AnswerLost):
        await client.request("POST", PATH)
    assert len(platform.seen) == 1


MENU = Menu(ClickButton("今日歌曲", "V1001_TODAY_MUSIC"))
CONDITIONAL = ConditionalMenu(MENU, MatchRule(tag_id="101"))


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("/cgi-bin/menu/create", lambda client: client.menus.create(MENU)),
        ("/cgi-bin/menu/trymatch", lambda client: client.menus.try_match("o-1")),
        ("/cgi-bin/tags/update", lambda client: client.tags.rename(101, "VIP")),
        (
            "/cgi-bin/tags/members/batchtagging",
            lambda client: client.tags.tag_users(101, ["o-1"]),
        ),
        (
            "/cgi-bin/tags/members/batchuntagging",
            lambda client: client.tags.untag_users(101, ["o-1"]),
        ),
        ("/cgi-bin/tags/getidlist", lambda client: client.tags.of_user("o-1")),
        ("/cgi-bin/qrcode/create", lambda client: client.qrcodes.permanent("shop")),
        ("/cgi-bin/material/get_material", lambda client: client.materials.get("p-1")),
        ("/cgi-bin/material/batchget_material", lambda client: client.materials.list("image")),
        ("/cgi-bin/callback/check", lambda client: client.account.check_network()),
    ],
)
async def test_these_posts_are_repeated_after_a_lost_answer(
    platform: ScriptedPlatform, client: Client, clock: WaitingClock, path: str, call: Calling
) -> None:
    answer = {
        "errcode": 0,
        "button": [{"type": "click", "name": "a", "key": "b"}],
        "ticket": "t",
        "total_count": 0,
    }
    platform.will_answer(path, Dropped(), answer)
    running = asyncio.ensure_future(call(client))
    await clock.next_wait()
    await running
    assert len(platform.seen) == 2


@pytest.mark.parametrize(
    ("path", "call"),
    [
        ("/cgi-bin/menu/addconditional", lambda client: client.menus.add_conditional(CONDITIONAL)),
        ("/cgi-bin/menu/delconditional", lambda client: client.menus.delete_conditional("1")),
        ("/cgi-bin/tags/create", lambda client: client.tags.create("VIP")),
        ("/cgi-bin/tags/delete", lambda client: client.tags.delete(101)),
        ("/cgi-bin/message/custom/send", lambda client: client.messages.send("o-1", "hi")),
        ("/cgi-bin/message/custom/typing", lambda client: client.messages.typing("o-1")),
        ("/cgi-bin/media/upload", lambda client: client.media.upload("image", b"x")),
        ("/cgi-bin/material/add_material", lambda client: client.materials.add("image", b"x")),
        ("/cgi-bin/material/del_material", lambda client: client.materials.delete("p-1")),
        ("/cgi-bin/clear_quota", lambda client: client.account.clear_quota()),
    ],
)
async def test_these_posts_are_not(
    platform: ScriptedPlatform, client: Client, path: str, call: Calling
) -> None:
    platform.will_answer(path, Dropped())
    with pytest.raises(AnswerLost):
        await call(client)
    assert len(platform.seen) == 1


async def test_another_error_is_not_repeated(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer(PATH, {"errcode": 45009, "errmsg": "quota"}, OK)
    with pytest.raises(ApiError):
        await client.request("GET", PATH)
    assert len(platform.seen) == 1


async def test_a_cancelled_call_leaves_its_pause(
    platform: ScriptedPlatform, client: Client, clock: WaitingClock
) -> None:
    platform.will_answer(PATH, BUSY)
    call = asyncio.create_task(client.request("GET", PATH))
    await platform.has_seen(1, PATH)
    await clock.next_wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


def test_pauses_double_up_to_the_longest_and_are_jittered() -> None:
    retries = Retries(first=0.5, longest=3, jitter=lambda: 1.0)
    assert [retries.pause(attempt) for attempt in (1, 2, 3, 4, 5)] == [0.5, 1, 2, 3, 3]
    assert Retries(first=4, jitter=lambda: 0.25).pause(1) == 1
    assert 0 <= Retries().pause(1) <= 1


def test_pauses_go_on_for_days() -> None:
    assert Retries(longest=60, jitter=lambda: 1.0).pause(48 * 60) == 60

"""Dialogues: their steps, their end, and what goes on beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from examples import conversation
from tests.late.stage import Stage, staged
from wxevents import (
    Bot,
    ClickEvent,
    Conversation,
    Push,
    Router,
    Session,
    TextMessage,
    TextReply,
    late,
)
from wxevents.errors import RegistrationError
from wxevents.store import MemoryStore
from wxevents.store.sqlite import SqliteStore
from wxevents.testing import ManualClock, Phone, invented_settings

SETTINGS = invented_settings(apology="", blocked_after=0)


def ordering(clock: ManualClock | None = None) -> Phone:
    clock = clock or ManualClock()
    return Phone(Bot(SETTINGS, routers=[conversation.router], clock=clock))


async def said(phone: Phone, text: str) -> str:
    reply = await phone.say(text)
    assert isinstance(reply, TextReply)
    return reply.content


async def test_from_the_first_step_to_the_last() -> None:
    phone = ordering()
    assert await said(phone, "牛肉面") == "点菜请点菜单"
    await phone.click("ORDER")
    assert await said(phone, "牛肉面") == "几份？"
    assert await said(phone, "很多") == "请回复数字"
    assert await said(phone, "2") == "送到哪里？可以回复地址，或发送位置"
    assert await said(phone, "人民路 1 号") == "已下单：牛肉面 × 2，送到人民路 1 号"
    assert await said(phone, "谢谢") == "点菜请点菜单"


async def test_a_step_may_take_another_kind_of_message() -> None:
    phone = ordering()
    await phone.click("ORDER")
    for text in ("面", "1"):
        await said(phone, text)
    place = await phone.send("location", Location_X="31.2", Location_Y="121.4", Label="外滩")
    assert place == TextReply("已下单：面 × 1，送到外滩")


async def test_a_word_ends_it() -> None:
    phone = ordering()
    await phone.click("ORDER")
    told: list[str | None] = []
    phone.bot.observe(lambda outcome: told.append(outcome.handler))
    assert await said(phone, " 取消 ") == "好的，已取消。"
    assert told == ["the cancel word of ordering"]
    assert await said(phone, "取消") == "点菜请点菜单"


async def test_it_ends_when_its_time_is_over() -> None:
    clock = ManualClock()
    phone = ordering(clock)
    await phone.click("ORDER")
    await clock.advance(299)
    assert await said(phone, "面") == "几份？"  # which begins the time anew
    await clock.advance(299)
    assert await said(phone, "many") == "请回复数字"
    await clock.advance(301)
    assert await said(phone, "2") == "点菜请点菜单"


async def test_beginning_anew_forgets_what_was_said() -> None:
    phone = ordering()
    await phone.click("ORDER")
    await said(phone, "面")
    await phone.click("ORDER")
    assert await said(phone, "饭") == "几份？"


async def test_a_restart_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    for say, answer in (("面", "几份？"), ("3", "送到哪里？可以回复地址，或发送位置")):
        store = SqliteStore(tmp_path / "inbox.db", SETTINGS.app_id)
        bot = Bot(SETTINGS, routers=[conversation.router], store=store)
        async with bot:
            phone = Phone(bot)
            if say == "面":
                await phone.click("ORDER")
            assert await said(phone, say) == answer


async def test_a_step_whose_handler_is_gone_is_passed_over() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    begin = Phone(Bot(SETTINGS, routers=[conversation.router], clock=clock, store=store))
    await begin.click("ORDER")
    router = Router()

    @router.step(Conversation("other"), "x")
    async def other(message: TextMessage, session: Session) -> str:
        return "other"

    @router.text()
    async def usual(message: TextMessage) -> str:
        return "usual"

    @router.click("TAP")
    async def tap(event: ClickEvent, session: Session) -> str:
        return "tapped"

    later = Phone(Bot(SETTINGS, routers=[router], clock=clock, store=store))
    assert await said(later, "面") == "usual"
    assert await later.click("TAP") == TextReply("tapped")


async def test_a_step_that_there_is_not_names_those_that_there_are() -> None:
    talk = Conversation("talk")
    router = Router()

    @router.step(talk, "first")
    async def first(message: TextMessage, session: Session) -> None: ...

    with pytest.raises(ValueError, match=r"Conversation\('talk'\) has no step 'last'.*first"):
        talk.step("last")


def test_registrations_that_do_not_fit() -> None:
    talk = Conversation("talk")
    router = Router()
    with pytest.raises(RegistrationError, match="takes no Session"):

        @router.step(talk, "x")
        async def forgetful(message: TextMessage) -> None: ...

    with pytest.raises(RegistrationError, match="give a Conversation"):
        router.step("talk", "x")  # type: ignore[arg-type]

    @router.step(talk, "x")
    async def one(message: TextMessage, session: Session) -> None: ...

    @router.step(talk, "x")
    async def two(message: TextMessage, session: Session) -> None: ...

    with pytest.raises(RegistrationError, match=r"two handlers for step\(talk, 'x'\)"):
        Bot(SETTINGS, routers=[router]).assemble()


def test_two_conversations_of_one_name() -> None:
    routers = []
    for _ in range(2):
        router = Router()

        @router.step(Conversation("talk"), "x")
        async def handler(message: TextMessage, session: Session) -> None: ...

        routers.append(router)
    with pytest.raises(RegistrationError, match="two conversations are called 'talk'"):
        Bot(SETTINGS, routers=routers).assemble()


async def test_a_tap_in_the_middle_goes_to_its_own_handler() -> None:
    router = Router()

    @router.click("HELP")
    async def help_(event: ClickEvent) -> str:
        return "帮助"

    phone = Phone(Bot(SETTINGS, routers=[conversation.router, router], clock=ManualClock()))
    await phone.click("ORDER")
    assert await phone.click("HELP") == TextReply("帮助")
    assert await said(phone, "面") == "几份？"


@pytest.mark.parametrize("timeout", [0, -1, float("inf")])
def test_a_timeout_that_cannot_be(timeout: float) -> None:
    with pytest.raises(RegistrationError, match="timeout is in seconds"):
        Conversation("talk", timeout=timeout)


def test_a_conversation_and_its_steps_have_names() -> None:
    with pytest.raises(RegistrationError, match="a name of its own"):
        Conversation("")
    router, talk = Router(), Conversation("talk")
    with pytest.raises(RegistrationError, match="give the step's name"):
        router.step(talk, "")
    with pytest.raises(RegistrationError, match="give a class of events"):
        router.step(talk, "x", int)  # type: ignore[arg-type]


async def test_of_two_messages_at_once_each_meets_its_own_step() -> None:
    router, talk, go_on = Router(), Conversation("talk"), asyncio.Event()

    @router.click("BEGIN")
    async def begin(event: ClickEvent, session: Session) -> None:
        session.go(talk, "first")

    @router.step(talk, "first")
    async def first(message: TextMessage, session: Session) -> str:
        await go_on.wait()
        session.go(talk, "second")
        return f"first: {message.content}"

    @router.step(talk, "second")
    async def second(message: TextMessage, session: Session) -> str:
        return f"{session.step}: {message.content}"

    clock = ManualClock()
    phone = Phone(Bot(SETTINGS, routers=[router], clock=clock))
    await phone.click("BEGIN")
    one = asyncio.create_task(said(phone, "a"))
    await clock.advance(0)
    other = asyncio.create_task(said(phone, "b"))
    await clock.advance(0)
    go_on.set()
    assert (await one, await other) == ("first: a", "second: b")


async def test_outside_of_a_dialogue_there_is_no_step() -> None:
    router = Router()

    @router.click("WHERE")
    async def where(event: ClickEvent, session: Session) -> str:
        return str(session.step)

    phone = Phone(Bot(SETTINGS, routers=[router], clock=ManualClock()))
    assert await phone.click("WHERE") == TextReply("None")


async def test_a_step_that_was_left_meanwhile_leaves_no_trace_on_the_push() -> None:
    """Two messages of a user at once: the first ends the dialogue that both belonged to."""
    router, talk, go_on = Router(), Conversation("talk"), asyncio.Event()
    policies: list[object] = []

    @router.click("BEGIN")
    async def begin(event: ClickEvent, session: Session) -> None:
        session.go(talk, "only")

    @late("redelivery")
    @router.step(talk, "only")
    async def only(message: TextMessage, session: Session) -> AsyncIterator[str]:
        await go_on.wait()
        session.end()
        yield f"only: {message.content}"

    @router.text("b")
    async def usual(message: TextMessage, push: Push) -> str:
        policies.append(push.policy)
        return "usual"

    async with staged(router) as stage:
        await stage.phone.click("BEGIN")
        taps = []
        for text in ("a", "b", "c"):
            fields = stage.phone.compose("text", None, {"Content": text})
            taps.append(stage.deliver(fields))
            await stage.clock.advance(0)
        go_on.set()
        replies = [await tap for tap in taps]
        assert replies == [TextReply("only: a"), TextReply("usual"), None]
        assert policies == ["customer_service"]
        await stage.outcome(4)
        handlers = [(one.handler or "nobody").partition(" ")[0] for one in stage.outcomes]
        names = sorted(handler.rpartition(".")[2] for handler in handlers)
        assert names == ["begin", "nobody", "only", "usual"]
        assert [entry.handler for entry in await stage.store.entries()] == [only_of(stage)]


def only_of(stage: Stage) -> str:
    """The name of the handler that answers more than once."""
    (name,) = {one.handler for one in stage.outcomes if one.handler and ".only " in one.handler}
    return name

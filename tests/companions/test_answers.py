"""What becomes of the answer to an event with its messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.companions.stage import Chat
from wxevents import (
    Answer,
    Article,
    Bot,
    CallNext,
    Event,
    ImageMessage,
    NewsReply,
    PhotosEvent,
    PicturesEvent,
    PlaceEvent,
    Placeholder,
    Push,
    Router,
    TextReply,
    late,
)
from wxevents.testing import Phone, invented_settings

APOLOGY = TextReply("请稍后再试")


class Slow:
    """A handler that waits until it is told its answer."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def __call__(self, event: PhotosEvent | PlaceEvent) -> str:
        return await asyncio.shield(self.answer)


async def test_a_slow_answer_goes_out_late() -> None:
    slow = Slow()
    chat = Chat(slow)
    await chat.send(chat.event(1))
    image = chat.send(chat.image("a"))
    await chat.manual.advance(3)
    assert not image.done()
    assert not chat.pushes[0].late
    assert 1 < chat.pushes[0].remaining <= 1.5
    await chat.manual.advance(1.5)
    assert await image is None
    assert chat.pushes[0].late
    slow.answer.set_result("late " * 500)
    await chat.manual.advance(0)
    assert "".join(chat.sent.texts) == "late " * 500
    assert [(one.event, one.result, one.late) for one in chat.outcomes] == [
        ("image", "silent", ""),
        ("pic_sysphoto", "late", "sent"),
    ]


async def test_an_answer_in_time_is_told_as_such() -> None:
    chat = Chat()
    await chat.send(chat.event(2))
    await chat.send(chat.image("a"))
    await chat.send(chat.image("b"))
    await chat.manual.advance(0)
    assert sorted((one.event, one.result, one.late) for one in chat.outcomes) == [
        ("image", "answered", ""),
        ("image", "silent", ""),
        ("pic_sysphoto", "answered", ""),
    ]
    assert len({one.handler for one in chat.outcomes}) == 1


async def test_where_late_answers_wait_for_a_delivery_the_last_image_gets_it_then() -> None:
    slow = Slow()
    chat = Chat(slow, late="redelivery")
    await chat.send(chat.event(1))
    image = chat.image("a")
    first = chat.send(image)
    await chat.manual.advance(5)
    second = chat.send(image)
    await chat.manual.advance(1)
    slow.answer.set_result("after six seconds")
    assert await second == TextReply("after six seconds")
    await first
    assert chat.sent.texts == []


async def test_where_late_answers_wait_for_a_delivery_the_last_one_gets_the_apology() -> None:
    slow = Slow()
    chat = Chat(slow, late="redelivery")
    await chat.send(chat.event(1))
    answer = asyncio.create_task(chat.phone.push("image"))
    await chat.manual.advance(15)
    assert await answer == APOLOGY
    assert chat.pushes[0].late
    slow.answer.set_result("too late")
    await chat.manual.advance(0)
    assert chat.sent.texts == ["too late"]


@pytest.mark.parametrize("after", [0.0, 2.0])
async def test_a_placeholder_is_given_with_the_last_image(after: float) -> None:
    router, slow = Router(), Slow()

    @late(Placeholder("正在识别", after=after))
    @router.photos()
    async def recognise(event: PhotosEvent) -> str:
        return await slow(event)

    chat = Chat(routers=(router,))
    await chat.send(chat.event(2))
    assert await chat.send(chat.image("a")) is None
    last = chat.send(chat.image("b"))
    await chat.manual.advance(after)
    assert await last == TextReply("正在识别")
    slow.answer.set_result("a cat")
    await chat.manual.advance(0)
    assert chat.sent.texts == ["a cat"]


async def test_the_placeholder_of_the_settings_is_given_at_the_deadline() -> None:
    slow = Slow()
    chat = Chat(slow, late="placeholder", placeholder="请稍候")
    await chat.send(chat.event(1))
    last = chat.send(chat.image("a"))
    await chat.manual.advance(4)
    assert not last.done()
    await chat.manual.advance(0.5)
    assert await last == TextReply("请稍候")
    slow.answer.set_result("done")
    await chat.manual.advance(0)
    assert chat.sent.texts == ["done"]


async def test_further_answers_follow_the_first() -> None:
    router = Router()

    @router.photos()
    async def several(event: PhotosEvent) -> AsyncIterator[str]:
        yield "first"
        yield "second"
        yield "third"

    chat = Chat(routers=(router,))
    await chat.send(chat.event(1))
    assert await chat.send(chat.image("a")) == TextReply("first")
    await chat.manual.advance(0)
    assert chat.sent.texts == ["second", "third"]


async def test_all_answers_are_late_where_nobody_waits_for_the_first() -> None:
    router = Router()

    @router.photos()
    async def several(event: PhotosEvent) -> AsyncIterator[str]:
        yield "first"
        yield "second"

    chat = Chat(routers=(router,))
    await chat.send(chat.event(1))
    await chat.manual.advance(10)
    assert chat.sent.texts == ["first", "second"]


async def test_nothing_to_say() -> None:
    async def silent(event: PhotosEvent | PlaceEvent) -> None:
        return None

    chat = Chat(silent)
    await chat.send(chat.event(1))
    assert await chat.send(chat.image("a")) is None
    await chat.manual.advance(10)
    assert chat.sent.texts == []
    assert [one.result for one in chat.outcomes] == ["silent", "silent"]


async def test_what_a_message_cannot_be_answered_with_goes_out_late() -> None:
    async def news(event: PhotosEvent | PlaceEvent) -> NewsReply:
        return NewsReply([Article("one"), Article("two")])

    chat = Chat(news)
    await chat.send(chat.event(1))
    sent: list[str] = []

    async def take(body: object) -> None:
        sent.append(str(body))

    chat.sent.client.messages.send_prepared = take  # type: ignore[method-assign]
    assert await chat.send(chat.image("a")) is None
    await chat.manual.advance(0)
    assert len(sent) == 2


@pytest.mark.parametrize("waits", [True, False])
async def test_the_apology_for_a_handler_that_fails(waits: bool) -> None:
    async def fail(event: PhotosEvent | PlaceEvent) -> str:
        raise ValueError("broken")

    chat = Chat(fail)
    await chat.send(chat.event(1))
    if waits:
        assert await chat.send(chat.image("a")) == APOLOGY
        await chat.manual.advance(0)
        assert chat.sent.texts == []
    else:
        await chat.manual.advance(10)
        assert chat.sent.texts == [APOLOGY.content]
    (failed,) = (one for one in chat.outcomes if one.event == "pic_sysphoto")
    assert (failed.result, failed.late) == ("failed", "" if waits else "failed")
    assert await chat.send(chat.event(0)) == APOLOGY


async def test_after_a_failure_the_next_image_is_nobodys() -> None:
    async def fail(event: PhotosEvent | PlaceEvent) -> str:
        raise ValueError("broken")

    chat = Chat(fail)
    await chat.send(chat.event(2))
    await chat.manual.advance(10)
    image = chat.send(chat.image("a"))
    await chat.manual.advance(2)
    await image
    assert chat.apart == ["a"]


async def test_an_error_handler_answers_with_the_last_image() -> None:
    router = Router()

    @router.photos()
    async def fail(event: PhotosEvent) -> str:
        raise ValueError("broken")

    @router.error(ValueError)
    async def repaired(error: ValueError, event: Event) -> str:
        return f"{type(event).__name__}: {error}"

    chat = Chat(routers=(router,))
    await chat.send(chat.event(1))
    assert await chat.send(chat.image("a")) == TextReply("PhotosEvent: broken")


async def test_middlewares_see_the_joined_event_alone() -> None:
    seen: list[str] = []

    async def watch(event: Event, call_next: CallNext) -> Answer:
        seen.append(type(event).__name__)
        return await call_next(event)

    router = Router()

    @router.photos()
    async def handler(event: PicturesEvent, push: Push) -> str:
        return "done"

    bot = Bot(invented_settings(), routers=[router], middlewares=[watch])
    assert await Phone(bot).photos("ANY", "a", "b") == TextReply("done")
    assert seen == ["PhotosEvent"]


async def test_an_image_of_its_own_is_late_as_any_other() -> None:
    router, slow = Router(), asyncio.Event()

    @router.photos()
    async def photos(event: PhotosEvent) -> None: ...

    @router.image()
    async def image(message: ImageMessage) -> str:
        await slow.wait()
        return "saved"

    chat = Chat(routers=(router,))
    answer = chat.send(chat.image("a"))
    await chat.manual.advance(4.5)
    assert await answer is None
    slow.set()
    await chat.manual.advance(0)
    assert chat.sent.texts == ["saved"]

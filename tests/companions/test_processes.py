"""Bots that share a store, as the processes of one account do: a push may reach any of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TypeVar

import pytest

from tests.companions.stage import Chat, count
from tests.store.backends import SHARED, Stores
from tests.store.patience import PATIENCE, until
from wxevents import PhotosEvent, PlaceEvent, TextReply
from wxevents.testing import ManualClock

T = TypeVar("T")

pytestmark = pytest.mark.parametrize("stores", SHARED, indirect=True)


class Slow:
    """A handler that tells when it begins, and waits until it may end."""

    def __init__(self) -> None:
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def __call__(self, event: PhotosEvent | PlaceEvent) -> str:
        self.begun.set()
        await self.go_on.wait()
        return await count(event)


@asynccontextmanager
async def running(stores: Stores, *handlers: Slow | None) -> AsyncIterator[list[Chat]]:
    """A bot for each handler, on one clock."""
    clock = ManualClock()
    chats = [Chat(one, clock=clock, store=stores.make(), shutdown_timeout=0) for one in handlers]
    bots = AsyncExitStack()
    try:
        async with asyncio.timeout(PATIENCE):
            for chat in chats:
                await bots.enter_async_context(chat.bot)
            yield chats
    finally:
        await _while_time_passes(clock, asyncio.create_task(bots.aclose()))


async def test_an_event_and_its_images_reach_three_processes(stores: Stores) -> None:
    async with running(stores, None, None, None) as (one, two, three):
        assert await one.send(one.event(3)) is None
        assert await one.send(one.image("a"), to=two) is None
        assert await one.send(one.image("b"), to=three) is None
        assert await one.send(one.image("c"), to=two) == TextReply("3 of 3")
        assert [chat.images for chat in (one, two, three)] == [[["a", "b", "c"]], [], []]
        assert [chat.apart for chat in (one, two, three)] == [[], [], []]


async def test_images_wait_in_another_process_for_their_event(stores: Stores) -> None:
    async with running(stores, None, None) as (one, two):
        images = [one.send(one.image(name), to=two) for name in ("a", "b")]
        store = await stores.open()

        async def both_wait() -> bool:
            known = await store.get(f"companions:{one.phone.openid}") or ""
            return known.count('"type":"image"') == 2

        await until(both_wait)
        assert await one.send(one.event(2)) is None
        answers = [await one for one in images]
        assert sorted(answers, key=str) == [None, TextReply("2 of 2")]
        assert sorted(one.images[0]) == ["a", "b"]


async def test_all_at_once(stores: Stores) -> None:
    async with running(stores, None, None, None) as chats:
        one = chats[0]
        pushes = [one.event(3), one.image("a"), one.image("b"), one.image("c")]
        ways = zip(pushes, (*chats[::-1], chats[0]), strict=True)
        answers = await asyncio.gather(*(one.send(push, to=chat) for push, chat in ways))
        assert sorted(answers, key=str) == [None, None, None, TextReply("3 of 3")]
        (images,) = [images for chat in chats for images in chat.images]
        assert sorted(images) == ["a", "b", "c"]


async def test_a_late_answer_is_sent_by_the_process_of_the_event(stores: Stores) -> None:
    slow = Slow()
    async with running(stores, slow, None) as (one, two):
        await one.send(one.event(1))
        image = one.send(one.image("a"), to=two)
        await slow.begun.wait()
        await one.manual.advance(4.5)
        assert await image is None
        slow.go_on.set()
        await until(lambda: _seen(one.sent.texts))
        assert (one.sent.texts, two.sent.texts) == (["1 of 1"], [])


async def test_the_time_is_over_while_images_are_in_another_process(stores: Stores) -> None:
    slow = Slow()
    async with running(stores, slow, None) as (one, two):
        await one.send(one.event(2))
        assert await one.send(one.image("a"), to=two) is None
        slow.go_on.set()
        await one.manual.advance(10)
        await until(lambda: _seen(one.sent.texts))
        assert one.images == [["a"]]
        assert one.sent.texts == ["1 of 2"]


async def test_the_last_image_is_delivered_again_to_another_process(stores: Stores) -> None:
    slow = Slow()
    async with running(stores, slow, None, None) as (one, two, three):
        await one.send(one.event(1))
        image = one.image("a")
        deliveries = [one.send(image, to=two)]
        await slow.begun.wait()
        deliveries.append(one.send(image, to=three))
        slow.go_on.set()
        assert [await delivery for delivery in deliveries] == [TextReply("1 of 1")] * 2
        assert [await one.send(image, to=chat) for chat in (one, two, three)] == (
            [TextReply("1 of 1")] * 3
        )
        assert len(one.joined) == 1


async def test_a_process_that_ends_leaves_its_event_to_the_next(stores: Stores) -> None:
    async with running(stores, None) as (one,):
        ends = Chat(clock=one.clock, store=stores.make(), shutdown_timeout=0)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(ends.bot)
            assert await one.send(one.event(2), to=ends) is None
            assert await one.send(one.image("a")) is None
            closing = asyncio.create_task(stack.pop_all().aclose())
        await _while_time_passes(one.manual, closing)
        # Whoever goes on may see the last image as one that its predecessor left waiting.
        image = one.send(one.image("b"))
        await _while_time_passes(one.manual, image, until(lambda: _seen(one.joined)))
        assert one.images == [["a", "b"]]
        if await image is None:
            assert await until(lambda: _seen(one.sent.texts)) == ["2 of 2"]


async def test_a_last_image_whose_process_ends_is_acknowledged(stores: Stores) -> None:
    slow = Slow()
    async with running(stores, slow) as (one,):
        ends = Chat(clock=one.clock, store=stores.make(), shutdown_timeout=0)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(ends.bot)
            await one.send(one.event(1))
            image = one.send(one.image("a"), to=ends)
            await slow.begun.wait()
            closing = asyncio.create_task(stack.pop_all().aclose())
        await _while_time_passes(one.manual, closing)
        assert await image is None
        slow.go_on.set()
        assert await until(lambda: _seen(one.sent.texts)) == ["1 of 1"]


async def _while_time_passes(clock: ManualClock, *tasks: Awaitable[object]) -> None:
    """Wait for all of them, while the time passes slowly."""
    waiting = asyncio.gather(*tasks)

    async def done() -> bool:
        await clock.advance(0.01)
        return waiting.done()

    await until(done)
    await waiting


async def _seen(what: list[T]) -> list[T]:
    return what

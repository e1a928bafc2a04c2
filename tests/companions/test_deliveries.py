"""Deliveries that come again, and a store that has its moods."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.companions.stage import Chat
from wxevents import ImageMessage, PhotosEvent, PlaceEvent, Router, TextReply
from wxevents.errors import StoreError
from wxevents.store import Entry, MemoryStore
from wxevents.testing import ManualClock


async def test_an_image_that_is_delivered_again_counts_once() -> None:
    chat = Chat()
    await chat.send(chat.event(2))
    image = chat.image("a")
    assert await chat.send(image) is None
    assert await chat.send(image) is None
    assert chat.joined == []
    assert await chat.send(chat.image("b")) == TextReply("2 of 2")
    assert chat.images == [["a", "b"]]


async def test_a_last_image_that_is_delivered_again_gets_the_same_answer() -> None:
    chat = Chat()
    await chat.send(chat.event(1))
    image = chat.image("a")
    assert await chat.send(image) == await chat.send(image) == TextReply("1 of 1")
    assert len(chat.joined) == 1


async def test_an_event_that_is_delivered_again_gathers_once() -> None:
    chat = Chat()
    event = chat.event(1)
    assert [await chat.send(event), await chat.send(event)] == [None, None]
    assert await chat.send(chat.image("a")) == TextReply("1 of 1")
    assert await chat.send(event) is None
    assert len(chat.joined) == 1


async def test_an_image_that_waits_for_its_event_is_joined_by_its_next_delivery() -> None:
    chat = Chat()
    image = chat.image("a")
    deliveries = [chat.send(image)]
    await chat.manual.advance(1)
    deliveries.append(chat.send(image))
    await chat.manual.advance(0.5)
    await chat.send(chat.event(1))
    assert [await one for one in deliveries] == [TextReply("1 of 1")] * 2


async def test_without_such_routes_an_image_does_not_wait() -> None:
    router = Router()

    @router.place()
    async def place(event: PlaceEvent) -> None: ...

    @router.image()
    async def image(message: ImageMessage) -> str:
        return "at once"

    chat = Chat(routers=(router,))
    assert await chat.send(chat.image("a")) == TextReply("at once")


async def test_a_dropped_delivery_does_not_end_the_gathering() -> None:
    chat = Chat()
    event = chat.send(chat.event(1))
    await asyncio.sleep(0)
    event.cancel()
    await chat.manual.advance(0)
    assert await chat.send(chat.image("a")) == TextReply("1 of 1")


class MoodyStore(MemoryStore):
    """Fails in what it is told to fail in, each time once."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.fails: list[str] = []

    async def _moody(self, name: str, do: Callable[[], Awaitable[Any]]) -> Any:
        if name in self.fails:
            self.fails.remove(name)
            raise StoreError(f"{name} does not work")
        return await do()

    async def put(self, name: str, value: str, seconds: float, holding: str = "") -> None:
        put = super().put
        await self._moody("put", lambda: put(name, value, seconds, holding))

    async def keep(self, entry: Entry) -> Entry | None:
        keep = super().keep
        kept: Entry | None = await self._moody("keep", lambda: keep(entry))
        return kept


@pytest.mark.parametrize("fails", [["put"], ["keep", "keep"]])
async def test_an_event_is_acknowledged_when_the_store_can_keep_it(fails: list[str]) -> None:
    clock = ManualClock()
    store = MoodyStore(clock)
    chat = Chat(clock=clock, store=store)
    store.fails = fails.copy()
    event = chat.send(chat.event(1))
    await clock.advance(0.5)
    assert not event.done()
    await clock.advance(0.5)
    assert await event is None
    assert await chat.send(chat.image("a")) == TextReply("1 of 1")


async def test_an_image_is_acknowledged_when_the_store_has_it() -> None:
    clock = ManualClock()
    store = MoodyStore(clock)
    chat = Chat(clock=clock, store=store)
    await chat.send(chat.event(2))
    store.fails = ["put"]
    image = chat.send(chat.image("a"))
    await clock.advance(0.5)
    assert not image.done()
    await clock.advance(0.5)
    assert await image is None
    assert await chat.send(chat.image("b")) == TextReply("2 of 2")
    assert chat.images == [["a", "b"]]


async def test_early_images_are_taken_once_though_the_store_fails_meanwhile() -> None:
    clock = ManualClock()
    store = MoodyStore(clock)
    chat = Chat(clock=clock, store=store)
    image = chat.send(chat.image("a"))
    await clock.advance(0.5)
    store.fails = ["put"]
    event = chat.send(chat.event(2))
    await clock.advance(1)
    assert (await event, await image) == (None, None)
    assert await chat.send(chat.image("b")) == TextReply("2 of 2")
    assert chat.images == [["a", "b"]]


async def test_nothing_is_left_behind() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    chat = Chat(clock=clock, store=store)
    await chat.send(chat.event(1))
    await chat.send(chat.image("a"))
    alone = chat.send(chat.image("b"))
    await clock.advance(2)
    await alone
    await chat.send(chat.event(2))
    await clock.advance(10)
    assert await store.get(f"companions:{chat.phone.openid}")
    await clock.advance(61)
    assert await store.get(f"companions:{chat.phone.openid}") is None
    assert {entry.state for entry in await store.entries()} == {"done"}
    for name in ("complete", "answer", "taken"):
        held = [one for one, _ in store._holds.held() if one.endswith(name)]
        assert held == []


async def test_a_replayed_event_has_the_images_that_it_had() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)

    async def fail(event: PhotosEvent | PlaceEvent) -> str:
        if len(chat.joined) == 1:
            raise ValueError("broken")
        return "repaired"

    chat = Chat(fail, clock=clock, store=store)
    async with chat.bot:
        await chat.send(chat.event(2))
        await chat.send(chat.image("a"))
        await chat.send(chat.image("b"))
        await clock.advance(3600)
        (dead,) = await store.entries(states=["dead"])
        assert await store.replay(dead.identity)
        await clock.advance(1)
    assert chat.images == [["a", "b"], ["a", "b"]]
    assert chat.sent.texts == ["repaired"]


def told(chat: Chat) -> list[tuple[str, str, str]]:
    return [(one.event, one.result, one.late) for one in chat.outcomes]


async def test_an_image_that_no_store_could_join_is_told_as_failed() -> None:
    clock = ManualClock()
    store = MoodyStore(clock)
    chat = Chat(clock=clock, store=store)
    await chat.send(chat.event(2))
    store.fails = ["put"] * 100
    image = chat.send(chat.image("a"))
    await clock.advance(20)
    await image
    assert ("image", "failed", "") in told(chat)


async def test_an_event_that_no_store_could_keep_is_told_as_failed() -> None:
    clock = ManualClock()
    store = MoodyStore(clock)
    chat = Chat(clock=clock, store=store)
    store.fails = ["keep"] * 100
    event = chat.send(chat.event(1))
    await clock.advance(20)
    await event
    assert told(chat) == [("pic_sysphoto", "failed", "lost")]


class ElsewhereStore(MemoryStore):
    """Another process is about to work at every push."""

    async def keep(self, entry: Entry) -> Entry | None:
        await super().keep(entry)
        return None


async def test_an_event_that_others_work_at_is_told_by_them() -> None:
    clock = ManualClock()
    chat = Chat(clock=clock, store=ElsewhereStore(clock))
    assert await chat.send(chat.event(1)) is None
    await clock.advance(20)
    assert chat.outcomes == []


@pytest.mark.parametrize("fails", ["keep", "put"])
async def test_what_the_shutdown_ends_is_told_as_failed(fails: str) -> None:
    clock = ManualClock()
    store = MoodyStore(clock)
    chat = Chat(clock=clock, store=store, shutdown_timeout=0)
    await chat.bot.__aenter__()
    if fails == "put":
        await chat.send(chat.event(1))
    store.fails = [fails] * 100
    push = chat.send(chat.event(1) if fails == "keep" else chat.image("a"))
    await clock.advance(0)
    closing = asyncio.create_task(chat.bot.__aexit__())
    await clock.advance(0)
    store.fails.clear()  # what it left behind waits for its next attempt
    await clock.advance(1)
    await closing
    await push
    name = "pic_sysphoto" if fails == "keep" else "image"
    assert (name, "failed", "") in told(chat)

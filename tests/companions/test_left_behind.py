"""What a killed process may leave between any two of its writes, and what comes of it."""

from __future__ import annotations

from typing import Any

from tests.companions.stage import ANSWERED_APART, Chat
from wxevents import TextReply
from wxevents.companions.gathering import Arrived, Gathering, UserMessages
from wxevents.events import identity, parse
from wxevents.store import Entry, MemoryStore
from wxevents.testing import ManualClock
from wxevents.xml import Fields


class Left:
    """An event with two pictures that is in the inbox, and a bot that starts then."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.store = MemoryStore(self.clock)
        self.chat = Chat(clock=self.clock, store=self.store)
        self.event = self.chat.event(2)
        self.images = [self.chat.image("a"), self.chat.image("b")]

    def id_of(self, push: Fields) -> str:
        return identity(parse(push), self.chat.bot.settings.app_id)

    async def entry(self, **fields: Any) -> None:
        name, now = self.id_of(self.event), self.clock.time()
        kept = await self.store.keep(Entry(name, self.event, now, state="running", **fields))
        assert kept
        waiting = Entry(name, self.event, now, state="pending", fence=1, **fields)
        await self.store.save(waiting)

    async def gathering(self, count: int, **fields: Any) -> None:
        now = self.clock.time()
        arrived = [Arrived(self.id_of(image), "image", image, now) for image in self.images[:count]]
        name = self.id_of(self.event)
        one = Gathering(name, "image", 2, now, arrived=arrived, **fields)
        value = UserMessages([one]).to_json()
        await self.store.put(f"companions:{self.chat.phone.openid}", value, 1000)


async def test_in_the_inbox_and_not_begun() -> None:
    left = Left()
    await left.entry()
    chat = left.chat
    async with chat.bot:
        await left.clock.advance(0)
        assert await chat.send(left.images[0]) is None
        assert await chat.send(left.images[1]) == TextReply("2 of 2")


async def test_complete_and_not_closed() -> None:
    left = Left()
    await left.entry()
    await left.gathering(2)
    async with left.chat.bot:
        await left.clock.advance(0)
        assert left.chat.images == [["a", "b"]]
        assert left.chat.sent.texts == ["2 of 2"]
        # Its delivery had not been answered, so it comes again; the answer is given once.
        assert await left.chat.send(left.images[1]) is None
    assert len(left.chat.joined) == 1


async def test_closed_and_not_in_the_entry() -> None:
    left = Left()
    await left.entry()
    await left.gathering(1, closed=True)
    async with left.chat.bot:
        await left.clock.advance(0)
        assert left.chat.images == [["a"]]
        assert left.chat.sent.texts == ["1 of 2"]


async def test_given_and_not_noted_in_the_entry() -> None:
    left = Left()
    await left.entry(joined=tuple(left.images))
    await left.gathering(2, closed=True, answer="", final=True)
    async with left.chat.bot:
        await left.clock.advance(0)
        assert (left.chat.joined, left.chat.sent.texts) == ([], [])
        (entry,) = await left.store.entries()
        assert (entry.state, entry.answers) == ("done", 1)


async def test_given_up_by_the_last_image() -> None:
    left = Left()
    await left.entry(joined=tuple(left.images))
    await left.gathering(2, closed=True, late=True)
    async with left.chat.bot:
        await left.clock.advance(0)
        assert left.chat.images == [["a", "b"]]
        assert left.chat.sent.texts == ["2 of 2"]


async def test_the_gathering_is_gone_and_the_entry_has_its_images() -> None:
    left = Left()
    await left.entry(joined=tuple(left.images))
    async with left.chat.bot:
        await left.clock.advance(0)
        assert left.chat.sent.texts == ["2 of 2"]


async def test_what_has_ended_its_process_too_often_gathers_no_more() -> None:
    left = Left()
    await left.entry(run=5)
    await left.gathering(1)
    async with left.chat.bot:
        await left.clock.advance(0)
        assert left.chat.sent.texts == ["请稍后再试"]
        image = left.chat.send(left.images[1])
        await left.clock.advance(2)
        assert await image == TextReply(ANSWERED_APART)
    assert left.chat.joined == []

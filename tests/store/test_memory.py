"""What the memory store forgets, and says of itself."""

from __future__ import annotations

from dataclasses import replace

from wxevents.store import Entry, MemoryStore
from wxevents.testing import ManualClock

PUSH = Entry("push", {"Event": "CLICK"}, received=1.0)


async def test_an_answer_is_forgotten_after_a_minute() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    await store.claim("push")
    await clock.advance(3)
    assert (await store.claim("push")).age == 3
    await store.settle("push", "answer")
    await clock.advance(59)
    assert (await store.claim("push")).answer == "answer"
    await clock.advance(2)
    assert (await store.claim("push")).mine


async def test_what_ended_is_forgotten_in_its_time() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    for identity in ("first", "second"):
        entry = await store.keep(replace(PUSH, identity=identity))
        assert entry
        await store.save(replace(entry, state="done", result="sent"))
        await clock.advance(601)
    assert [entry.identity for entry in await store.entries()] == ["second"]


async def test_values_whose_time_is_over_take_no_room() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    await store.put("stays", "value", 1e9)
    for number in range(1000):
        await store.put(f"session {number}", "value", 10)
        await clock.advance(1)
    assert await store.get("stays") == "value"
    assert len(store._values) < 50

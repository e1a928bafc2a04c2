"""Calls that are made at the same time, and those that must not be."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from tests.publishing.platform import (
    ADD,
    BEFORE,
    REMOVE,
    TAGS,
    WANTED,
    FaultyPlatform,
    menu,
    only,
    refused,
)
from tests.publishing.runs import is_published, publish
from wxevents.errors import PublishingError
from wxevents.menu import ConditionalMenu, MatchRule, Menu, MenuSet, ViewButton
from wxevents.publishing import Publisher, SnapshotFile
from wxevents.publishing.publisher import CONCURRENCY


class Gate:
    """Holds all calls of a path until it is opened, and keeps how many were under way at most."""

    def __init__(self) -> None:
        self.waiting = 0
        self.most = 0
        self._open = asyncio.Event()
        self._changed = asyncio.Condition()

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        async with self._changed:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
            self._changed.notify_all()
        await self._open.wait()
        self.waiting -= 1
        return await handler(request)

    async def holds(self, count: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self.waiting >= count)

    def open(self) -> None:
        self._open.set()


@pytest.mark.parametrize("path", [ADD, REMOVE])
async def test_calls_whose_order_does_not_matter_run_at_the_same_time_within_bounds(
    platform: FaultyPlatform, snapshots: SnapshotFile, path: str
) -> None:
    several = MenuSet(menu("默认"), *(only("甲", str(tag)) for tag in range(100, 130)))
    nothing = MenuSet(menu("默认"))
    platform.publish(nothing if path == ADD else several)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(several if path == ADD else nothing)
    gate = platform.always[path] = Gate()
    run = asyncio.create_task(publisher.apply(plan))
    await gate.holds(CONCURRENCY)
    for _ in range(5):  # whoever was sent with the first ones has arrived before these return
        await platform.client.menus.get()
    assert gate.waiting == CONCURRENCY
    gate.open()
    await run
    assert gate.most == CONCURRENCY
    assert len(platform.changes()) == 30


async def test_calls_whose_order_matters_run_one_after_the_other(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    under_way: list[MatchRule] = []
    arrived: list[str] = []

    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        raw = (await request.json())["matchrule"]
        rule = MatchRule(**raw)
        arrived.append(str(rule))
        assert not any(shares_users(rule, other) for other in under_way), (rule, under_way)
        under_way.append(rule)
        await asyncio.gather(*(platform.client.menus.get() for _ in range(3)))
        under_way.remove(rule)
        return await handler(request)

    platform.always[ADD] = watch
    wanted = MenuSet(
        menu("默认"),
        *(only("总", "", number) for number in "123"),
        *(only("特", tag, number) for tag in TAGS for number in "123"),
    )
    await publish(platform, snapshots, wanted)
    assert is_published(platform, wanted)
    assert sorted(arrived[:3]) == ["android", "ios", "others"]


def shares_users(one: MatchRule, other: MatchRule) -> bool:
    return all(
        not (mine and theirs) or mine == theirs
        for mine, theirs in (
            (one.tag_id, other.tag_id),
            (one.client_platform_type, other.client_platform_type),
        )
    )


async def test_after_a_failure_the_calls_under_way_are_waited_for(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    """What became of a call that is abandoned nobody would know, so it could not be undone."""
    platform.publish(BEFORE)
    several = [only("新", str(tag)) for tag in range(200, 204)]
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(BEFORE.menu, *BEFORE.conditional, *several))
    gate = platform.always[ADD] = Gate()
    platform.on_call(0, refused, ADD)
    run = asyncio.create_task(publisher.apply(plan))
    await gate.holds(3)
    await platform.client.menus.get()
    assert REMOVE not in platform.calls()
    gate.open()
    with pytest.raises(PublishingError, match="published again"):
        await run
    assert is_published(platform, BEFORE)
    assert platform.changes() == [ADD] * 4 + [REMOVE] * 3


async def test_after_a_failure_the_calls_that_wait_for_their_turn_are_not_made(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    several = [only("新", str(tag)) for tag in range(200, 230)]
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(BEFORE.menu, *BEFORE.conditional, *several))
    gate = platform.always[ADD] = Gate()
    platform.on_call(0, refused, ADD)
    run = asyncio.create_task(publisher.apply(plan))
    await gate.holds(CONCURRENCY - 1)
    for _ in range(5):  # whoever took the place of the refused call has arrived before these return
        await platform.client.menus.get()
    gate.open()
    with pytest.raises(PublishingError, match="published again"):
        await run
    assert platform.changes() == [ADD] * CONCURRENCY + [REMOVE] * (CONCURRENCY - 1)
    assert is_published(platform, BEFORE)


async def test_domains_that_need_room_are_exchanged(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    def linking(*domains: str) -> MenuSet:
        links = (Menu(ViewButton(one, f"https://{one}.example/")) for one in domains)
        several = zip(links, TAGS, strict=True)
        return MenuSet(
            menu("默认"), *(ConditionalMenu(one, MatchRule(tag_id=tag)) for one, tag in several)
        )

    platform.publish(linking("a", "b", "c"))
    await publish(platform, snapshots, linking("d", "e", "f"))
    assert is_published(platform, linking("d", "e", "f"))


async def test_a_path_that_cannot_be_written_is_told_before_anything_is_done(
    platform: FaultyPlatform, tmp_path: Path
) -> None:
    platform.publish(BEFORE)
    (tmp_path / "file").write_text("")
    publisher = Publisher(platform.client, SnapshotFile(tmp_path / "file" / "snapshot.json"))
    plan = await publisher.plan(WANTED)
    with pytest.raises(PublishingError, match="cannot be"):
        await publisher.apply(plan)
    assert platform.changes() == []

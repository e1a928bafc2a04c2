"""Publications and their return, run to the end or cut short."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.publishing.platform import WANTED, FaultyPlatform, Held, menu, only, published_by
from wxevents.menu import MenuSet
from wxevents.publishing import Publisher, SnapshotFile

# To publish WANTED over BEFORE: reading, three menus to add, the default one, reading whether it
# dropped any, three to delete, reading again.
CALLS = 10
# To publish all of WANTED where nothing is.
CALLS_OF_THE_FIRST = 7
# To return: the one that stays has to be newer than another one there, so it is exchanged, too.
CALLS_BACK = 12
THIRD = MenuSet(menu("第三"), only("第三", "102"))
FOREIGN = MenuSet(menu("别的"), only("别的", "101"))
MADE_ON_THE_WEBSITE = {"button": [{"type": "text", "name": "网站", "value": "你好"}]}


async def publish(platform: FaultyPlatform, snapshots: SnapshotFile, wanted: MenuSet) -> None:
    publisher = Publisher(platform.client, snapshots)
    await publisher.apply(await publisher.plan(wanted))


async def roll_back(platform: FaultyPlatform, snapshots: SnapshotFile) -> None:
    publisher = Publisher(platform.client, snapshots)
    await publisher.apply(await publisher.plan_rollback())


def loaded(snapshots: SnapshotFile) -> tuple[MenuSet | None, bool]:
    """What a rollback returns to, and whether a change is under way, as another process sees it."""
    snapshot = SnapshotFile(snapshots.path).load()
    assert snapshot
    return snapshot.published, snapshot.running


def is_published(platform: FaultyPlatform, menus: MenuSet | None) -> bool:
    return (platform.contents(), platform.views()) == published_by(menus)


@asynccontextmanager
async def killed(
    platform: FaultyPlatform,
    snapshots: SnapshotFile,
    index: int,
    held: Held,
    wanted: MenuSet | None = WANTED,
) -> AsyncIterator[None]:
    """A publication, or rollback where nothing is wanted, that is cancelled at its call of this
    index; the call is held meanwhile."""
    publisher = Publisher(platform.client, SnapshotFile(snapshots.path))
    plan = await (publisher.plan(wanted) if wanted else publisher.plan_rollback())
    platform.on_call(index, held)
    run = asyncio.create_task(publisher.apply(plan))
    try:
        await held.arrived.wait()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        yield
    finally:
        held.released.set()

"""A platform that behaves otherwise than its pages say."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from tests.publishing.platform import (
    ADD,
    BEFORE,
    CREATE,
    GET,
    REMOVE,
    WANTED,
    FaultyPlatform,
    menu,
    only,
    refused,
)
from tests.publishing.runs import CALLS, is_published, publish, roll_back
from wxevents.errors import PublishingError
from wxevents.menu import MenuSet
from wxevents.publishing import Publisher, SnapshotFile
from wxevents.publishing.publisher import ROUNDS


async def test_conditional_menus_that_create_drops_are_restored(
    forgetful: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    forgetful.publish(BEFORE)
    await publish(forgetful, snapshots, WANTED)
    assert is_published(forgetful, WANTED)
    # There is nothing to delete any more.
    behind = forgetful.calls()[forgetful.calls().index(CREATE) :]
    assert behind == [CREATE, GET, GET, ADD, ADD, ADD, ADD, GET]
    await roll_back(forgetful, snapshots)
    assert is_published(forgetful, BEFORE)


# Four more are added behind the reading that finds them gone, and none are left to delete.
@pytest.mark.parametrize("index", range(1, CALLS + 2))
async def test_conditional_menus_that_create_drops_are_restored_after_a_failure(
    forgetful: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    forgetful.publish(BEFORE)
    publisher = Publisher(forgetful.client, snapshots)
    plan = await publisher.plan(WANTED)
    forgetful.on_call(index, refused)
    with pytest.raises(PublishingError, match=r"what was published before is published again$"):
        await publisher.apply(plan)
    assert is_published(forgetful, BEFORE)


async def test_a_platform_that_does_nothing_is_an_error_after_some_rounds(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    async def pretend(request: web.Request, handler: Handler) -> web.StreamResponse:
        return web.json_response({"menuid": "500999999"})

    platform.publish(MenuSet(menu("默认")))
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(menu("默认"), only("新", "101")))
    platform.always[ADD] = pretend
    with pytest.raises(PublishingError, match=r"1 differences.* tag 101 is missing"):
        await publisher.apply(plan)
    assert platform.changes() == [ADD] * ROUNDS
    assert is_published(platform, MenuSet(menu("默认")))


@pytest.mark.parametrize(
    ("path", "wanted", "said"),
    [
        (CREATE, MenuSet(menu("新")), "the default menu is another"),
        (REMOVE, MenuSet(menu("默认")), "there is another menu for tag 101"),
    ],
)
async def test_the_first_difference_is_named(
    platform: FaultyPlatform, snapshots: SnapshotFile, path: str, wanted: MenuSet, said: str
) -> None:
    async def pretend(request: web.Request, handler: Handler) -> web.StreamResponse:
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    kept = [only("旧", "101")]
    platform.publish(MenuSet(menu("默认"), *kept))
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(wanted.menu, *(kept if path == CREATE else ())))
    platform.always[path] = pretend
    with pytest.raises(PublishingError, match=said):
        await publisher.apply(plan)

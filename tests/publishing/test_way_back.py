"""The way back: to what was published before, to no menu at all, and the file that it needs."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from tests.publishing.platform import (
    BEFORE,
    CREATE,
    DELETE,
    REFUSED,
    REMOVE,
    WANTED,
    FaultyPlatform,
    Held,
    html_after,
    menu,
    only,
    refused,
)
from tests.publishing.runs import (
    CALLS,
    CALLS_BACK,
    CALLS_OF_THE_FIRST,
    THIRD,
    is_published,
    killed,
    loaded,
    publish,
    roll_back,
)
from wxevents.emulator import Refusal
from wxevents.errors import ApiAnswerUnreadable, PublishingError, QuotaExceeded
from wxevents.menu import MenuSet
from wxevents.publishing import Publisher, SnapshotFile
from wxevents.testing import ManualClock

# The way back


async def test_a_rollback_returns_to_what_was_published_before(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    await publish(platform, snapshots, WANTED)
    await roll_back(platform, SnapshotFile(snapshots.path))
    assert is_published(platform, BEFORE)


async def test_a_rollback_can_be_rolled_back(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    await publish(platform, snapshots, WANTED)
    await roll_back(platform, snapshots)
    await roll_back(platform, snapshots)
    assert is_published(platform, WANTED)


async def test_without_a_snapshot_there_is_no_way_back(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    with pytest.raises(PublishingError, match="nothing was published from here"):
        await Publisher(platform.client, snapshots).plan_rollback()


async def test_a_rollback_to_no_menu_at_all_points_to_delete(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    await publish(platform, snapshots, WANTED)
    with pytest.raises(PublishingError, match="no menu was published"):
        await Publisher(platform.client, snapshots).plan_rollback()


WAYS = [
    *(pytest.param(False, index, id=f"published-{index}") for index in range(CALLS_BACK)),
    *(pytest.param(True, index, id=f"deleted-{index}") for index in range(CALLS_OF_THE_FIRST)),
]


async def leave_before(platform: FaultyPlatform, snapshots: SnapshotFile, deleted: bool) -> None:
    """Something else is published than BEFORE, or nothing."""
    platform.publish(BEFORE)
    if deleted:
        await Publisher(platform.client, snapshots).delete()
    else:
        await publish(platform, snapshots, WANTED)


@pytest.mark.parametrize(("deleted", "index"), WAYS)
async def test_a_rollback_that_is_refused_can_be_repeated(
    platform: FaultyPlatform, snapshots: SnapshotFile, deleted: bool, index: int
) -> None:
    await leave_before(platform, snapshots, deleted)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan_rollback()
    assert plan.rollback
    platform.on_call(index, refused)
    with pytest.raises(QuotaExceeded if index == 0 else PublishingError):
        await publisher.apply(plan)
    assert is_published(platform, None if deleted else WANTED)
    assert loaded(snapshots) == (BEFORE, False)
    await roll_back(platform, SnapshotFile(snapshots.path))
    assert is_published(platform, BEFORE)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("deleted", "index"), WAYS)
async def test_a_rollback_that_is_interrupted_can_be_repeated(
    platform: FaultyPlatform, snapshots: SnapshotFile, deleted: bool, index: int, when: str
) -> None:
    await leave_before(platform, snapshots, deleted)
    held = Held("before" if when == "before" else "after")
    async with killed(platform, snapshots, index, held, wanted=None):
        assert loaded(snapshots) == (BEFORE, index > 0)
        await roll_back(platform, SnapshotFile(snapshots.path))
        assert is_published(platform, BEFORE)
        assert loaded(snapshots) == (None if deleted else WANTED, False)


@pytest.mark.parametrize("index", range(1, CALLS))
async def test_what_was_published_first_outlives_any_number_of_interrupted_runs(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    platform.publish(BEFORE)
    async with killed(platform, snapshots, index, Held("after")):
        for wanted in (None, WANTED, THIRD, WANTED):
            if wanted is None and is_published(platform, BEFORE):
                continue  # there is nothing to roll back yet
            plan = await Publisher(platform.client, snapshots).plan(wanted or BEFORE)
            if not plan.steps:
                continue
            async with killed(platform, snapshots, 2, Held("before"), wanted):
                assert loaded(snapshots) == (BEFORE, True)
        await publish(platform, SnapshotFile(snapshots.path), WANTED)
        assert is_published(platform, WANTED)
        assert loaded(snapshots) == (BEFORE, False)
        await roll_back(platform, SnapshotFile(snapshots.path))
        assert is_published(platform, BEFORE)


async def test_a_rollback_that_is_interrupted_before_its_first_step_is_given_up_by_an_apply(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    await leave_before(platform, snapshots, deleted=False)
    async with killed(platform, snapshots, 1, Held("before"), wanted=None):
        await publish(platform, SnapshotFile(snapshots.path), WANTED)  # there is nothing to do
        assert loaded(snapshots) == (BEFORE, False)
        await roll_back(platform, SnapshotFile(snapshots.path))
        assert is_published(platform, BEFORE)


async def test_a_rollback_that_is_interrupted_behind_its_last_step_is_finished_by_doing_nothing(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    await leave_before(platform, snapshots, deleted=False)
    async with killed(platform, snapshots, CALLS_BACK - 1, Held("before"), wanted=None):
        before = platform.changes()
        await roll_back(platform, SnapshotFile(snapshots.path))
        assert platform.changes() == before
        assert loaded(snapshots) == (WANTED, False)


async def test_a_rollback_that_fails_says_so_and_both_ways_stay_open(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)
    platform.always[REMOVE] = platform.always[CREATE] = refused
    with pytest.raises(PublishingError) as raised:
        await publisher.apply(plan)
    assert "could not be restored" in str(raised.value)
    assert str(raised.value).count(str(REFUSED)) == 2
    snapshot = snapshots.load()
    assert snapshot
    assert (snapshot.published, snapshot.running) == (BEFORE, True)
    platform.always.clear()
    await publish(platform, snapshots, WANTED)
    assert is_published(platform, WANTED)
    await roll_back(platform, snapshots)
    assert is_published(platform, BEFORE)


async def test_a_menu_that_is_too_old_to_be_published_again_is_told(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    """Its name is longer than the platform takes today."""
    platform.publish(MenuSet(menu("一二三四五六七八九十"), only("旧", "101")))
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(menu("默认")))
    platform.on_call(0, refused, REMOVE)
    with pytest.raises(PublishingError, match=r"could not be restored: .*30 bytes, at most 16"):
        await publisher.apply(plan)


async def test_a_rollback_to_a_menu_that_is_too_old_keeps_what_is_published(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    now = MenuSet(menu("默认"))
    platform.publish(MenuSet(menu("默认"), only("新", "101"), only("一二三四五六七八九十", "102")))
    await publish(platform, snapshots, now)
    with pytest.raises(PublishingError, match=r"at most 16.*\n.*published again"):
        await roll_back(platform, snapshots)
    assert is_published(platform, now)


@pytest.mark.parametrize("index", range(1, 6))
async def test_menus_with_retired_fields_stay_when_a_failure_is_undone(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    before = MenuSet(menu("默认"), only("旧", "101", sex="1"), only("甲", "101"))
    platform.publish(before)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(menu("新"), only("甲", "101"), only("乙", "102")))
    platform.on_call(index, refused)
    with pytest.raises(PublishingError) as raised:
        await publisher.apply(plan)
    lost = index == 5  # the reading back, behind the step that deletes it
    assert ("except 1 menus with retired match fields" in str(raised.value)) == lost
    left = MenuSet(before.menu, before.conditional[1]) if lost else before
    assert is_published(platform, left)


async def test_menus_with_retired_fields_that_create_drops_are_told(
    forgetful: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    before = MenuSet(menu("默认"), only("旧", "101", sex="1"), only("甲", "101"))
    forgetful.publish(before)
    publisher = Publisher(forgetful.client, snapshots)
    plan = await publisher.plan(MenuSet(menu("新"), only("甲", "101")))

    async def while_the_answer_is_lost(
        request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """The default menu is replaced, and the conditional ones are still there by a miracle."""
        kept = list(forgetful.account.conditional_menus)
        await handler(request)
        forgetful.account.conditional_menus[:] = kept
        raise Refusal(REFUSED)

    forgetful.on_call(0, while_the_answer_is_lost, CREATE)
    with pytest.raises(PublishingError, match="except 1 menus with retired match fields"):
        await publisher.apply(plan)
    assert is_published(forgetful, MenuSet(before.menu, before.conditional[1]))


async def test_a_rollback_leaves_out_menus_with_retired_fields_that_are_gone(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(MenuSet(menu("默认"), only("旧", "101", sex="1"), only("甲", "101")))
    await publish(platform, snapshots, WANTED)
    await roll_back(platform, snapshots)
    assert is_published(platform, MenuSet(menu("默认"), only("甲", "101")))


# No menu at all


async def test_deleted_menus_can_be_brought_back(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    await Publisher(platform.client, snapshots).delete()
    assert is_published(platform, None)
    await roll_back(platform, snapshots)
    assert is_published(platform, BEFORE)


async def test_a_delete_that_is_refused_has_changed_nothing(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    platform.on_call(0, refused, DELETE)
    with pytest.raises(QuotaExceeded):
        await Publisher(platform.client, snapshots).delete()
    snapshot = snapshots.load()
    assert snapshot
    assert not snapshot.running


@pytest.mark.parametrize("index", range(1, CALLS))
async def test_a_delete_that_is_refused_keeps_the_snapshot_of_an_interrupted_run(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    platform.publish(BEFORE)
    async with killed(platform, snapshots, index, Held("after")):
        again = SnapshotFile(snapshots.path)
        platform.on_call(0, refused, DELETE)
        with pytest.raises(QuotaExceeded):
            await Publisher(platform.client, again).delete()
        assert loaded(snapshots) == (BEFORE, True)
        await publish(platform, again, WANTED)
        await roll_back(platform, again)
        assert is_published(platform, BEFORE)


async def test_a_delete_whose_answers_are_lost_keeps_its_way_back(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    publisher = Publisher(platform.client, snapshots)
    platform.always[DELETE] = html_after
    with pytest.raises(ApiAnswerUnreadable):
        await publisher.delete()
    platform.always.clear()
    await publisher.delete()  # nothing is published by now
    await roll_back(platform, snapshots)
    assert is_published(platform, BEFORE)


# The snapshot's file


async def test_the_snapshot_tells_when_it_was_taken(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    publisher = Publisher(platform.client, snapshots, clock=ManualClock(1735700000.0))
    await publisher.apply(await publisher.plan(WANTED))
    snapshot = snapshots.load()
    assert snapshot
    assert snapshot.taken_at == "2025-01-01T02:53:20+00:00"


async def test_without_a_way_back_nothing_is_published(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    snapshots.path.mkdir(parents=True)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)
    with pytest.raises(PublishingError, match="cannot be read"):
        await publisher.apply(plan)
    with pytest.raises(PublishingError, match="cannot be read"):
        await publisher.delete()
    assert platform.changes() == []
    assert is_published(platform, BEFORE)


@pytest.mark.parametrize("fails", [False, True])
async def test_a_snapshot_that_cannot_be_closed_does_not_hide_what_happened(
    platform: FaultyPlatform, snapshots: SnapshotFile, fails: bool
) -> None:
    platform.publish(BEFORE)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)

    async def spoil(request: web.Request, handler: Handler) -> web.StreamResponse:
        snapshots.path.write_text("{")
        if fails:
            raise Refusal(REFUSED)
        return await handler(request)

    platform.on_call(CALLS - 1, spoil)
    with pytest.raises(PublishingError, match="cannot be read") as raised:
        await publisher.apply(plan)
    assert ("published again" in str(raised.value)) == fails
    assert is_published(platform, BEFORE if fails else WANTED)

"""Processes that end in the middle of a publication, and what the next run makes of it."""

from __future__ import annotations

import pytest

from tests.publishing.platform import ADD, BEFORE, WANTED, FaultyPlatform, Held, refused
from tests.publishing.runs import (
    CALLS,
    FOREIGN,
    THIRD,
    is_published,
    killed,
    loaded,
    publish,
    roll_back,
)
from wxevents.errors import PublishingError
from wxevents.publishing import Add, Create, Delete, Publisher, SnapshotFile, Step


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("index", range(CALLS))
async def test_an_interrupted_run_is_finished_by_another_one(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int, when: str
) -> None:
    platform.publish(BEFORE)
    held = Held("before" if when == "before" else "after")
    async with killed(platform, snapshots, index, held):
        again = SnapshotFile(snapshots.path)
        await publish(platform, again, WANTED)
        assert is_published(platform, WANTED)
        await roll_back(platform, again)
        assert is_published(platform, BEFORE)


@pytest.mark.parametrize("index", range(1, CALLS))
async def test_an_interrupted_run_can_be_rolled_back(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    platform.publish(BEFORE)
    async with killed(platform, snapshots, index, Held("after")):
        snapshot = snapshots.load()
        assert snapshot
        assert snapshot.running
        await roll_back(platform, SnapshotFile(snapshots.path))
        assert is_published(platform, BEFORE)
        snapshot = snapshots.load()
        assert snapshot
        assert not snapshot.running


@pytest.mark.parametrize("index", range(1, CALLS))
async def test_a_run_that_fails_after_an_interrupted_one_returns_to_the_state_before_both(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    platform.publish(BEFORE)
    async with killed(platform, snapshots, index, Held("before")):
        publisher = Publisher(platform.client, SnapshotFile(snapshots.path))
        plan = await publisher.plan(THIRD)
        platform.on_call(2, refused)
        with pytest.raises(PublishingError, match="published again"):
            await publisher.apply(plan)
        assert is_published(platform, BEFORE)


@pytest.mark.parametrize("kind", [Add, Create, Delete])
async def test_a_program_that_fails_midway_is_rolled_back(
    platform: FaultyPlatform, snapshots: SnapshotFile, kind: type[Step]
) -> None:
    platform.publish(BEFORE)

    def fail(step: Step, number: int, count: int) -> None:
        if isinstance(step, kind):
            raise ZeroDivisionError("the terminal is gone")

    publisher = Publisher(platform.client, snapshots, progress=fail)
    with pytest.raises(PublishingError, match=r"terminal is gone\n.*published again$") as raised:
        await publisher.apply(await publisher.plan(WANTED))
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
    assert is_published(platform, BEFORE)
    assert loaded(snapshots) == (BEFORE, False)


@pytest.mark.parametrize("index", range(1, CALLS))
async def test_what_somebody_published_after_an_interrupted_run_is_restored(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    platform.publish(BEFORE)
    async with killed(platform, snapshots, index, Held("after")):
        platform.publish(FOREIGN)
        publisher = Publisher(platform.client, SnapshotFile(snapshots.path))
        plan = await publisher.plan(WANTED)
        platform.on_call(3, refused)
        with pytest.raises(PublishingError, match="published again"):
            await publisher.apply(plan)
        assert is_published(platform, FOREIGN)
        assert loaded(snapshots) == (FOREIGN, False)
        await publish(platform, snapshots, WANTED)
        await roll_back(platform, snapshots)
        assert is_published(platform, FOREIGN)


async def test_a_rollback_behind_what_somebody_published_restores_that_when_it_fails(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    async with killed(platform, snapshots, 3, Held("after")):
        platform.publish(FOREIGN)
        again = SnapshotFile(snapshots.path)
        platform.on_call(1, refused, ADD)
        with pytest.raises(PublishingError, match="published again"):
            await roll_back(platform, again)
        assert is_published(platform, FOREIGN)
        assert loaded(snapshots) == (BEFORE, False)
        await roll_back(platform, again)
        assert is_published(platform, BEFORE)
        await roll_back(platform, again)
        assert is_published(platform, FOREIGN)


async def test_a_run_that_was_interrupted_behind_its_last_step_is_finished_by_doing_nothing(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(WANTED)
    snapshots.begin(BEFORE, WANTED, 0.0)
    await publish(platform, snapshots, WANTED)
    assert platform.changes() == []
    snapshot = snapshots.load()
    assert snapshot
    assert (snapshot.published, snapshot.running) == (BEFORE, False)

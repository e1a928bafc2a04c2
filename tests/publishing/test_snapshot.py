"""The snapshot's file: what was published before, whole or not at all."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.publishing.platform import BEFORE, WANTED, menu, only
from wxevents.errors import PublishingError
from wxevents.menu import ConditionalMenu, MenuSet
from wxevents.publishing import Snapshot, SnapshotFile

NOON = 1735732800.0
AT_NOON = "2025-01-01T12:00:00+00:00"
# On the way from BEFORE to WANTED.
HALFWAY = MenuSet(BEFORE.menu, *BEFORE.conditional, WANTED.conditional[1])
THIRD = MenuSet(menu("第三"), only("第三", "102"))
FOREIGN = MenuSet(menu("别的"))


def test_without_a_file_there_is_no_snapshot(snapshots: SnapshotFile) -> None:
    assert snapshots.load() is None


def test_what_is_noted_is_read_back_with_ids_and_time(snapshots: SnapshotFile) -> None:
    one = only("旧", "101", "1", sex="1")
    menus = MenuSet(menu("默认"), ConditionalMenu(one.menu, one.match, menu_id="500100201"))
    noted = Snapshot(menus, AT_NOON, True, leaving=menus, found=menus, goal=WANTED)
    assert snapshots.begin(menus, WANTED, NOON) == noted
    known = SnapshotFile(snapshots.path).load()
    assert known == noted
    assert known
    assert known.published
    assert known.published.conditional[0].menu_id == "500100201"


def test_that_there_was_no_menu_is_noted_too(snapshots: SnapshotFile) -> None:
    snapshots.begin(None, None, NOON)
    assert snapshots.load() == Snapshot(None, AT_NOON, running=True)


def test_a_change_that_is_under_way_keeps_its_snapshot(snapshots: SnapshotFile) -> None:
    first = snapshots.begin(BEFORE, WANTED, NOON)
    again = SnapshotFile(snapshots.path).begin(HALFWAY, THIRD, NOON + 60)
    assert again == dataclasses.replace(first, found=HALFWAY, goal=THIRD, resumed=True)
    assert snapshots.load() == dataclasses.replace(again, resumed=False)


@pytest.mark.parametrize("first", [THIRD, None], ids=["another", "delete"])
def test_what_an_earlier_attempt_left_is_no_publication_of_somebody_else(
    snapshots: SnapshotFile, first: MenuSet | None
) -> None:
    snapshots.begin(BEFORE, WANTED, NOON)
    for goal in (first, BEFORE, WANTED):
        snapshot = snapshots.begin(HALFWAY, goal, NOON)
        assert (snapshot.published, snapshot.leaving, snapshot.goal) == (BEFORE, BEFORE, goal)


@pytest.mark.parametrize(
    ("published", "explained"),
    [
        (None, True),
        (BEFORE, True),
        (WANTED, True),
        (HALFWAY, True),
        (MenuSet(WANTED.menu), True),
        (FOREIGN, False),
        (MenuSet(BEFORE.menu, only("别的", "101")), False),
        (MenuSet(FOREIGN.menu, *BEFORE.conditional), False),
    ],
)
def test_a_change_explains_what_consists_of_both_ends(
    snapshots: SnapshotFile, published: MenuSet | None, explained: bool
) -> None:
    assert snapshots.begin(BEFORE, WANTED, NOON).explains(published) == explained
    again = snapshots.begin(published, WANTED, NOON)
    assert again.resumed == explained
    assert again.published == again.leaving == (BEFORE if explained else published)


def test_a_rollback_keeps_its_goal_until_it_is_done(snapshots: SnapshotFile) -> None:
    snapshots.begin(BEFORE, WANTED, NOON)
    snapshots.finish(done=True)
    for done in (False, True):
        snapshot = snapshots.begin(WANTED, BEFORE, NOON + 60, rollback=True)
        assert (snapshot.published, snapshot.leaving) == (BEFORE, WANTED)
        assert (snapshot.taken_at, snapshot.resumed) == (AT_NOON, False)
        assert snapshots.load() == snapshot
        snapshots.finish(done=done)
        assert snapshots.load() == Snapshot(WANTED if done else BEFORE, AT_NOON)


def test_a_rollback_over_what_somebody_published_keeps_its_goal(snapshots: SnapshotFile) -> None:
    snapshots.begin(BEFORE, WANTED, NOON)
    snapshot = snapshots.begin(FOREIGN, BEFORE, NOON, rollback=True)
    assert (snapshot.published, snapshot.leaving, snapshot.resumed) == (BEFORE, FOREIGN, False)


def test_an_undone_change_leaves_the_way_to_what_was_published(snapshots: SnapshotFile) -> None:
    snapshots.begin(BEFORE, WANTED, NOON)
    snapshots.finish(done=False)
    assert snapshots.load() == Snapshot(BEFORE, AT_NOON)


def test_names_that_no_file_can_hold_are_kept(snapshots: SnapshotFile) -> None:
    broken = MenuSet(menu("坏\ud83d"), only("\udc00", "101"))
    noted = snapshots.begin(broken, WANTED, NOON)
    assert noted.published == broken
    assert snapshots.load() == noted


def test_a_finished_change_makes_room_for_the_next(snapshots: SnapshotFile) -> None:
    snapshots.begin(BEFORE, None, NOON)
    snapshots.finish(done=True)
    assert snapshots.load() == Snapshot(BEFORE, AT_NOON, running=False)
    snapshots.finish(done=True)
    assert snapshots.begin(WANTED, None, NOON).published == WANTED


def test_without_a_snapshot_there_is_nothing_to_finish(snapshots: SnapshotFile) -> None:
    snapshots.finish(done=True)
    assert not snapshots.path.exists()


def test_the_file_is_replaced_whole_and_nothing_is_left_beside_it(snapshots: SnapshotFile) -> None:
    snapshots.begin(BEFORE, None, NOON)
    inode = snapshots.path.stat().st_ino
    snapshots.finish(done=True)
    assert snapshots.path.stat().st_ino != inode
    assert list(snapshots.path.parent.iterdir()) == [snapshots.path]
    snapshot = snapshots.load()
    assert snapshot
    assert snapshot.published == BEFORE


GOOD: dict[str, Any] = {
    "taken_at": AT_NOON,
    "running": True,
    "published": {"button": [{"type": "click", "name": "甲", "key": "A"}]},
}


def test_a_good_file_is_read(snapshots: SnapshotFile) -> None:
    snapshots.path.parent.mkdir()
    snapshots.path.write_text(json.dumps(GOOD))
    assert snapshots.load()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"7",
        b'"text"',
        b"null",
        *(
            json.dumps({name: value for name, value in GOOD.items() if name != left_out}).encode()
            for left_out in GOOD
        ),
        json.dumps(GOOD | {"published": 7}).encode(),
        json.dumps(GOOD | {"published": {}}).encode(),
        json.dumps(GOOD | {"published": {"button": "none"}}).encode(),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_cure(
    snapshots: SnapshotFile, content: bytes
) -> None:
    snapshots.path.parent.mkdir()
    snapshots.path.write_bytes(content)
    for use in (
        snapshots.load,
        lambda: snapshots.finish(done=True),
        lambda: snapshots.begin(None, None, NOON),
    ):
        with pytest.raises(PublishingError, match=r"snapshot\.json cannot be read .*; remove it"):
            use()
    assert snapshots.path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    snapshots = SnapshotFile(tmp_path / "file" / "snapshot.json")
    with pytest.raises(PublishingError, match="cannot be"):
        snapshots.begin(BEFORE, None, NOON)


def test_a_file_that_cannot_be_written_tells_that_nothing_was_changed(
    snapshots: SnapshotFile,
) -> None:
    _block(snapshots)
    with pytest.raises(PublishingError, match=r"cannot be written .*nothing was changed"):
        snapshots.begin(BEFORE, None, NOON)
    assert not snapshots.path.exists()


def test_a_file_that_cannot_be_closed_tells_that_the_change_is_finished(
    snapshots: SnapshotFile,
) -> None:
    noted = snapshots.begin(BEFORE, None, NOON)
    _block(snapshots)
    with pytest.raises(PublishingError, match=r"cannot be written .*the change is finished"):
        snapshots.finish(done=True)
    assert snapshots.load() == noted


def _block(snapshots: SnapshotFile) -> None:
    """Something is where the new file would be written first; permissions do not stop root."""
    snapshots.path.with_suffix(f".{os.getpid()}").mkdir(parents=True)

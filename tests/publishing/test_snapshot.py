"""The snapshot's file: what was published before, whole or not at all."""

from __future__ import annotations

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


def test_without_a_file_there_is_no_snapshot(snapshots: SnapshotFile) -> None:
    assert snapshots.load() is None


def test_what_is_noted_is_read_back_with_ids_and_time(snapshots: SnapshotFile) -> None:
    one = only("旧", "101", "1", sex="1")
    menus = MenuSet(menu("默认"), ConditionalMenu(one.menu, one.match, menu_id="500100201"))
    assert snapshots.begin(menus, NOON) == Snapshot(menus, AT_NOON, running=True)
    known = SnapshotFile(snapshots.path).load()
    assert known == Snapshot(menus, AT_NOON, running=True)
    assert known
    assert known.published
    assert known.published.conditional[0].menu_id == "500100201"


def test_that_there_was_no_menu_is_noted_too(snapshots: SnapshotFile) -> None:
    snapshots.begin(None, NOON)
    assert snapshots.load() == Snapshot(None, AT_NOON, running=True)


def test_a_change_that_is_under_way_keeps_its_snapshot(snapshots: SnapshotFile) -> None:
    first = snapshots.begin(BEFORE, NOON)
    assert SnapshotFile(snapshots.path).begin(WANTED, NOON + 60) == first
    assert snapshots.load() == first


def test_a_finished_change_makes_room_for_the_next(snapshots: SnapshotFile) -> None:
    snapshots.begin(BEFORE, NOON)
    snapshots.finish()
    assert snapshots.load() == Snapshot(BEFORE, AT_NOON, running=False)
    snapshots.finish()
    assert snapshots.begin(WANTED, NOON).published == WANTED


def test_without_a_snapshot_there_is_nothing_to_finish(snapshots: SnapshotFile) -> None:
    snapshots.finish()
    assert not snapshots.path.exists()


def test_the_file_is_replaced_whole_and_nothing_is_left_beside_it(snapshots: SnapshotFile) -> None:
    snapshots.begin(BEFORE, NOON)
    inode = snapshots.path.stat().st_ino
    snapshots.finish()
    assert snapshots.path.stat().st_ino != inode
    assert list(snapshots.path.parent.iterdir()) == [snapshots.path]
    assert "老默认" in snapshots.path.read_text("utf-8")


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
    for use in (snapshots.load, snapshots.finish, lambda: snapshots.begin(None, NOON)):
        with pytest.raises(PublishingError, match=r"snapshot\.json cannot be read .*; remove it"):
            use()
    assert snapshots.path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    snapshots = SnapshotFile(tmp_path / "file" / "snapshot.json")
    with pytest.raises(PublishingError, match="cannot be"):
        snapshots.begin(BEFORE, NOON)


def test_a_file_that_cannot_be_written_tells_that_nothing_was_changed(
    snapshots: SnapshotFile,
) -> None:
    _block(snapshots)
    with pytest.raises(PublishingError, match=r"cannot be written .*nothing was changed"):
        snapshots.begin(BEFORE, NOON)
    assert not snapshots.path.exists()


def test_a_file_that_cannot_be_closed_tells_that_the_change_is_finished(
    snapshots: SnapshotFile,
) -> None:
    noted = snapshots.begin(BEFORE, NOON)
    _block(snapshots)
    with pytest.raises(PublishingError, match=r"cannot be written .*the change is finished"):
        snapshots.finish()
    assert snapshots.load() == noted


def _block(snapshots: SnapshotFile) -> None:
    """Something is where the new file would be written first; permissions do not stop root."""
    snapshots.path.with_suffix(f".{os.getpid()}").mkdir(parents=True)

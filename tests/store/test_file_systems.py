"""A database on a network file system is named, by what Linux tells of its mounts."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from wxevents.store import file_systems
from wxevents.store.file_systems import mounts, network_file_system
from wxevents.store.sqlite import SqliteStore

if sys.platform == "win32":
    pytest.skip("the store needs Linux or macOS", allow_module_level=True)

ROOT = "29 1 253:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw"


def mounted(point: str, kind: str, source: str = "server:/export") -> str:
    """A line of /proc/self/mountinfo."""
    return f"61 29 0:48 / {point} rw,relatime shared:2 master:1 - {kind} {source} rw,vers=4.2"


@pytest.mark.parametrize(
    "kind",
    ["nfs", "nfs4", "cifs", "smb3", "9p", "afs", "ceph", "fuse.sshfs", "fuse.glusterfs"],
)
def test_a_folder_below_such_a_mount_lies_on_it(kind: str) -> None:
    told = "\n".join((ROOT, mounted("/srv/shared", kind)))
    assert network_file_system(Path("/srv/shared"), told) == kind
    assert network_file_system(Path("/srv/shared/of/the bot"), told) == kind
    assert network_file_system(Path("/srv/shared-not"), told) == ""
    assert network_file_system(Path("/srv"), told) == ""


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "overlay", "tmpfs", "fuse.ext4", "fuse"])
def test_a_disk_of_this_machine_is_none(kind: str) -> None:
    told = "\n".join((ROOT, mounted("/srv", kind)))
    assert network_file_system(Path("/srv/bot"), told) == ""


def test_the_nearest_mount_counts_and_the_last_on_the_same_folder() -> None:
    home, cache = mounted("/home", "nfs4"), mounted("/home/bot/disk", "ext4", "/dev/vdb")
    for order in ([ROOT, home, cache], [cache, home, ROOT]):
        told = "\n".join(order)
        assert network_file_system(Path("/home/bot/disk/store"), told) == ""
        assert network_file_system(Path("/home/bot"), told) == "nfs4"
    assert network_file_system(Path("/home/bot"), "\n".join((home, mounted("/home", "ext4")))) == ""
    assert network_file_system(Path("/anywhere"), mounted("/", "nfs4")) == "nfs4"


def test_a_folder_is_followed_to_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "a share").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a share")
    point = str(tmp_path.resolve() / "a share").replace(" ", r"\040")
    told = "\n".join((ROOT, mounted(point, "cifs")))
    assert network_file_system(tmp_path / "link" / "store", told) == "cifs"


@pytest.mark.parametrize("told", ["", "nonsense\n - nfs4\n1 2 3 / /srv rw"])
def test_what_cannot_be_read_says_nothing(told: str) -> None:
    assert network_file_system(Path("/srv/bot"), told) == ""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is read in place of /proc/self/mountinfo."""
    file = tmp_path / "mountinfo"
    monkeypatch.setattr(file_systems, "_MOUNTS", file)
    return file


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder that is not there yet."""
    return tmp_path.resolve() / "shared"


def test_the_store_names_it(told: Path, shared: Path) -> None:
    store = SqliteStore(shared / "inbox.db", "wx1")
    assert (mounts(), asyncio.run(store.weaknesses())) == ("", ())  # not Linux
    told.write_text("\n".join((ROOT, mounted(str(shared), "ext4"))))
    assert asyncio.run(store.weaknesses()) == ()
    told.write_text("\n".join((ROOT, mounted(str(shared), "nfs4"))))
    (sentence,) = asyncio.run(store.weaknesses())
    assert "(nfs4)" in sentence
    assert "WXEVENTS_STORE" in sentence


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells it so")
def test_this_machine_tells_its_mounts() -> None:
    assert any(line.split()[4] == "/proc" for line in mounts().splitlines())

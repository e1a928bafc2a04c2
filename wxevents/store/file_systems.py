"""Which file system a folder lies on, as Linux tells it; other systems are not asked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_MOUNTS: Final = Path("/proc/self/mountinfo")
# What several machines can share. SQLite's locks and its memory shared between processes do not
# reach across machines, and some of these take a write for done that is not (sqlite.org/wal.html).
_NETWORK: Final = frozenset(
    ("9p", "afs", "ceph", "cifs", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs")
)
_NETWORK_FUSE: Final = frozenset(
    ("ceph-fuse", "gcsfuse", "glusterfs", "juicefs", "rclone", "s3fs", "sshfs")
)


def mounts() -> str:
    """What this process sees mounted, in the form of proc_pid_mountinfo(5); "" where nobody
    tells."""
    try:
        return _MOUNTS.read_text("utf-8", "surrogateescape")
    except OSError:
        return ""


def network_file_system(folder: Path, mounts: str) -> str:
    """The type of the file system that the folder lies on, "" if it is none of a network. The
    folder need not exist."""
    folder = folder.resolve()
    here, of_folder = Path("/"), ""
    for line in mounts.splitlines():
        before, separated, behind = line.partition(" - ")
        fields = before.split(" ")
        if not separated or len(fields) < 5:
            continue
        point = Path(_unescaped(fields[4]))
        # Of those on the same folder the last covers the others.
        if folder.is_relative_to(point) and point.is_relative_to(here):
            here, of_folder = point, behind.split(" ")[0]
    name = of_folder.removeprefix("fuse.")
    kinds = _NETWORK if name == of_folder else _NETWORK_FUSE
    return of_folder if name in kinds else ""


def _unescaped(path: str) -> str:
    """Spaces and the like are octal numbers there."""
    return re.sub(r"\\([0-7]{3})", lambda number: chr(int(number[1], 8)), path)

"""Metrics of several workers: files in a folder of their own, which each of them adds up."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from wxevents.errors import SettingsError
from wxevents.observe import COUNTING_FOLDER

if sys.platform != "win32":
    import fcntl

_PREFIX: Final = "wxevents-metrics-"
# Seconds within which a new folder is locked.
_NEW: Final = 60.0


@contextmanager
def counting_together() -> Iterator[None]:
    """Have the processes that are started meanwhile count together, in the folder that the variable
    names or a temporary one. What a process that ends has counted stays: no counter may go back.
    Raises SettingsError where there is no such folder."""
    if os.environ.get(COUNTING_FOLDER):
        yield
        return
    with _temporary_folder() as folder:
        os.environ[COUNTING_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[COUNTING_FOLDER]


@contextmanager
def _temporary_folder() -> Iterator[str]:
    """Locked while it is used: so systemd-tmpfiles, which clears /tmp of what is old, leaves it
    alone, and one that a killed process left behind is known for what it is."""
    _remove_what_is_left_behind()
    try:
        folder = tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True)
    except OSError as error:
        raise SettingsError(
            f"there is no folder for the metrics of several workers: {error.strerror}; set "
            f"{COUNTING_FOLDER} to an empty one that this user may write to"
        ) from error
    with folder as path, _locked(Path(path)):
        yield path


def _remove_what_is_left_behind() -> None:
    with suppress(OSError):  # no place for temporary files, which is said afterwards
        for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            with _locked(folder, older_than=_NEW) as is_ours:
                if is_ours:
                    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path, older_than: float = 0.0) -> Iterator[bool]:
    """Whether nobody else had locked it, it is this user's, and as old as that."""
    if sys.platform == "win32":
        yield False
        return
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        yield False
        return
    try:
        yield _lock(opened, older_than)
    finally:
        os.close(opened)


def _lock(opened: int, older_than: float) -> bool:
    about = os.fstat(opened)
    if about.st_uid != os.geteuid() or time.time() - about.st_mtime < older_than:
        return False
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True

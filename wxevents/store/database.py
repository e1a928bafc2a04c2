"""SQLite files: opening them safely, and bringing an old one up to date."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from wxevents.errors import StoreError

# Seconds to wait for another process that writes; it holds the lock for milliseconds.
BUSY_TIMEOUT: Final = 5.0


def connect(
    path: Path,
    migrations: Sequence[str],
    *,
    synchronous: Literal["FULL", "OFF"],
    busy_timeout: float = BUSY_TIMEOUT,
) -> sqlite3.Connection:
    """A connection to the file in write-ahead mode, its schema at the last of the `migrations`.

    The number of those that it has seen is its `user_version`; of a file that has seen more, the
    content is unknown, so that it raises StoreError.
    """
    # Only its user may read it: it holds what users wrote. SQLite gives its other files the same.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600))
    connection = sqlite3.connect(
        path, timeout=busy_timeout, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        # On macOS fsync alone leaves it in the disk's cache.
        connection.execute("PRAGMA fullfsync=ON")
        _migrate(connection, path, migrations)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[str]) -> None:
    if _version(connection) == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")  # one process migrates, the others find it done
    version = _version(connection)
    if version > len(migrations):
        raise StoreError(
            f"{path} was written by a newer wxevents (schema {version}, this one knows "
            f"{len(migrations)}); upgrade, or name another file with WXEVENTS_STORE"
        )
    for migration in migrations[version:]:
        for statement in migration.split(";"):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version={len(migrations)}")
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version

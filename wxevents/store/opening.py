"""From WXEVENTS_STORE to the store that it names."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import unquote

from wxevents.clock import Clock
from wxevents.errors import SettingsError
from wxevents.store.memory import MemoryStore
from wxevents.store.protocol import Store


def sqlite_path(url: str) -> Path | None:
    """The file that the URL of an SQLite store names, None for every other URL."""
    scheme, _, rest = url.partition("://")
    is_one = scheme == "sqlite" and rest.startswith("/") and len(rest) > 1
    return Path(unquote(rest[1:])) if is_one else None


def open_store(url: str, app_id: str, clock: Clock) -> Store:
    """The store of one account, not opened yet. Raises SettingsError."""
    scheme = url.partition("://")[0]
    if scheme == "memory":
        return MemoryStore(clock)
    if path := sqlite_path(url):
        if sys.platform == "win32":  # it wants fcntl and Unix sockets
            raise SettingsError(
                "WXEVENTS_STORE: the SQLite store needs Linux or macOS; on Windows use WSL, Redis "
                "(redis://host:6379/0), or memory:// for development"
            )
        from wxevents.store.sqlite import SqliteStore

        return SqliteStore(path, app_id, clock)
    if scheme in ("redis", "rediss", "unix", "redis+sentinel", "rediss+sentinel"):
        try:
            from wxevents.store.redis import RedisStore
        except ModuleNotFoundError as error:
            raise SettingsError(
                "WXEVENTS_STORE names Redis, whose client is not installed; "
                "pip install 'wxevents[redis]'"
            ) from error
        return RedisStore(url, app_id, clock)
    raise SettingsError(
        f"WXEVENTS_STORE: {scheme or url!r} is no store; write sqlite:///.wxevents/inbox.db, "
        "redis://host:6379/0 or memory://"
    )

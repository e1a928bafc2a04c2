"""The stores that servers are killed on, from outside: intact or not, and what is left in them."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, TypeAlias

from tests.store.redis_server import RedisServer
from wxevents.clock import SystemClock
from wxevents.settings import Settings
from wxevents.store import Entry, open_store
from wxevents.store.entry import OPEN

StoreName: TypeAlias = Literal["sqlite", "redis"]


class Backend:
    """A store at `url`; `redis` is its server, where it has one, and `files` are its files."""

    def __init__(self, url: str, redis: RedisServer | None, files: Path | None) -> None:
        self.url = url
        self.redis = redis
        self._file = files

    async def damage(self) -> str:
        """What SQLite finds wrong with the inbox as a dead process left it; "" for nothing. It
        looks at a copy, since looking would put the file in order before the next process does."""
        return await asyncio.to_thread(_damage, self._file) if self._file else ""

    async def entries(self, settings: Settings) -> Sequence[Entry]:
        async with open_store(self.url, settings.account, SystemClock()).inbox() as inbox:
            return await inbox.entries()

    async def drained(self, settings: Settings, patience: float = 60.0) -> Sequence[Entry]:
        """What is still open in the inbox when nothing is any more, or the patience is over."""
        async with open_store(self.url, settings.account, SystemClock()).inbox() as inbox:
            give_up_at = asyncio.get_running_loop().time() + patience
            while left := await inbox.entries(states=OPEN):
                if asyncio.get_running_loop().time() > give_up_at:
                    break
                await asyncio.sleep(0.1)
        return left


@asynccontextmanager
async def backend(name: StoreName, folder: Path) -> AsyncIterator[Backend]:
    """A store of that kind in a folder of its own; Redis with every write on disk."""
    folder.mkdir()  # noqa: ASYNC240 - before anything runs
    if name == "sqlite":
        file = folder / "inbox.db"
        yield Backend(f"sqlite:///{file}", None, file)
        return
    server = RedisServer(folder)
    await asyncio.to_thread(server.__enter__)
    try:
        yield Backend(server.url, server, None)
    finally:
        await asyncio.to_thread(server.kill)


def _damage(file: Path) -> str:
    with TemporaryDirectory(dir=file.parent) as folder:
        for part in (file, Path(f"{file}-wal")):
            if part.exists():
                shutil.copy(part, folder)
        with closing(sqlite3.connect(Path(folder) / file.name)) as connection:
            try:
                found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            except sqlite3.DatabaseError as error:
                return str(error)
    return "" if found == ["ok"] else "; ".join(found)

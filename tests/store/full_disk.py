"""A process whose files may not grow; run with `python -m`. Argument: the path of the inbox."""

from __future__ import annotations

import asyncio
import resource
import sys
from pathlib import Path

from wxevents.errors import StoreError
from wxevents.store import Entry
from wxevents.store.sqlite import SqliteStore

ROOM = 256 * 1024


def may_grow_to(size: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))


def entry(identity: str, length: int = 1) -> Entry:
    return Entry(identity, {"Content": "x" * length}, received=float(length))


async def fill(path: Path) -> None:
    async with SqliteStore(path, "wx1") as store:
        print("kept before:", bool(await store.keep(entry("before"))), flush=True)  # noqa: T201
        may_grow_to(ROOM)
        try:
            await store.keep(entry("too large", 2 * ROOM))
        except StoreError as error:
            print("StoreError:", error, flush=True)  # noqa: T201
        may_grow_to(resource.RLIM_INFINITY)
        kept = await store.keep(entry("after", 2 * ROOM))
        print("kept after:", bool(kept), flush=True)  # noqa: T201
        names = ", ".join(one.identity for one in await store.entries())
        print("entries:", names, flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(fill(Path(sys.argv[1])))

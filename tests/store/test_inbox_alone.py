"""`Store.inbox()`: looking into a store, and putting it right, as none of its processes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.store.backends import ALL, SHARED, Stores
from tests.store.redis_server import RedisServer
from wxevents.errors import StoreError
from wxevents.store import Entry


def files(folder: Path) -> list[str]:
    return sorted(path.as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("stores", ALL, indirect=True)
async def test_what_ended_is_replayed_and_removed_beside_an_open_store(stores: Stores) -> None:
    store = await stores.open()
    for name in ("one", "two", "open"):
        kept = await store.keep(Entry(name, {"Event": "CLICK"}, received=1.0))
        assert kept
        if name != "open":
            await store.save(replace(kept, state="dead"))
    other = stores.make() if stores.kind != "memory" else store
    async with other.inbox() as inbox:
        assert [one.identity for one in await inbox.entries(states=["dead"])] == ["one", "two"]
        assert await inbox.replay("one")
        assert await inbox.remove("two")
        assert not await inbox.replay("open")
        assert not await inbox.remove("open")
        assert not await inbox.remove("two")
    assert [one.identity for one in await store.take(9)] == ["one"]


@pytest.mark.parametrize("stores", ["sqlite"], indirect=True)
async def test_a_server_stays_alone_with_its_file(stores: Stores, tmp_path: Path) -> None:
    """So that it goes on to keep what it holds in memory."""
    await stores.open()
    before = files(tmp_path)
    assert any(".processes/" in one for one in before)
    async with stores.make().inbox() as inbox:
        await inbox.entries()
        assert files(tmp_path) == before


@pytest.mark.parametrize("stores", ["redis"], indirect=True)
async def test_redis_counts_no_other_process(stores: Stores, redis_server: RedisServer) -> None:
    await stores.open()
    async with stores.make().inbox() as inbox, Redis(port=redis_server.port) as redis:
        await inbox.entries()
        assert await redis.zcard(f"wxevents:{{{stores.app_id}}}:processes") == 1


@pytest.mark.parametrize("stores", [kind for kind in SHARED if "sqlite" in kind], indirect=True)
async def test_no_file_is_made_where_there_is_none(stores: Stores, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no"):
        async with stores.make().inbox():
            pass
    assert files(tmp_path) == []

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pytest_asyncio import fixture as async_fixture

from tests.store.backends import Stores
from tests.store.redis_server import RedisServer, require_redis
from wxevents.store import Store


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """One for all tests that do it no harm; each uses an app id of its own."""
    require_redis()
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RedisServer]:
    """One that a test may kill and misconfigure."""
    require_redis()
    with RedisServer(tmp_path) as server:
        yield server


@async_fixture
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    """Of the kind that the test is parametrized with."""
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")
        where = server.url
    else:
        where = str(tmp_path / "inbox.db")
    async with Stores(request.param, where) as stores:
        yield stores


@async_fixture
async def pair(stores: Stores) -> tuple[Store, Store]:
    """Two stores on the same data; one and the same where one process is all there can be."""
    return await stores.pair()

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pytest_asyncio import fixture as async_fixture

from tests.client.server import ScriptedPlatform, WaitingClock, client_for
from wxevents.client import Client


@async_fixture
async def platform() -> AsyncIterator[ScriptedPlatform]:
    async with ScriptedPlatform() as platform:
        yield platform


@pytest.fixture
def clock() -> WaitingClock:
    return WaitingClock()


@async_fixture
async def client(platform: ScriptedPlatform, clock: WaitingClock) -> AsyncIterator[Client]:
    async with client_for(platform.url, clock) as client:
        yield client

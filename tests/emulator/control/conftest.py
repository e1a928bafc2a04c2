from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from tests.emulator.control.stage import Stage, staged


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """An emulator with a bot that answers as the test tells it."""
    async with staged() as stage:
        yield stage


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    """Somebody who knows nothing of this project."""
    async with ClientSession() as session:
        yield session

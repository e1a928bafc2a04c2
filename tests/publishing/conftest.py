from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytest_asyncio import fixture as async_fixture

from tests.publishing.platform import FaultyPlatform
from wxevents.emulator import Switches
from wxevents.publishing import SnapshotFile


@async_fixture
async def platform() -> AsyncIterator[FaultyPlatform]:
    async with FaultyPlatform().running() as platform:
        yield platform


@async_fixture
async def forgetful() -> AsyncIterator[FaultyPlatform]:
    """The platform whose menu/create drops all conditional menus."""
    switches = Switches(create_drops_conditionals=True)
    async with FaultyPlatform(switches=switches).running() as platform:
        yield platform


@pytest.fixture
def snapshots(tmp_path: Path) -> SnapshotFile:
    return SnapshotFile(tmp_path / "wxevents" / "snapshot.json")

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytest_asyncio import fixture as async_fixture

from tests.publishing.platform import FaultyPlatform
from wxevents.publishing import SnapshotFile


@async_fixture
async def platform() -> AsyncIterator[FaultyPlatform]:
    async with FaultyPlatform().running() as platform:
        yield platform


@pytest.fixture
def snapshots(tmp_path: Path) -> SnapshotFile:
    return SnapshotFile(tmp_path / "wxevents" / "snapshot.json")

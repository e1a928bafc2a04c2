from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from tests.emulator.api.caller import Caller
from wxevents.emulator import Emulator
from wxevents.testing import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def emulator(clock: ManualClock) -> Emulator:
    return Emulator(clock=clock)


@pytest.fixture
async def caller(emulator: Emulator) -> AsyncIterator[Caller]:
    """Somebody who calls the emulator over a real socket."""
    async with emulator.serve() as url, ClientSession() as session:
        yield Caller(session, url, emulator)

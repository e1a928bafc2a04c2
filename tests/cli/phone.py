"""The emulated phone beside a command that runs in a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from wxevents.testing import EmulatorClient

T = TypeVar("T")


def on_the_phone(url: str, doing: Callable[[EmulatorClient], Coroutine[Any, Any, T]]) -> T:
    """What comes of `doing` with a client of the emulator."""

    async def run() -> T:
        async with EmulatorClient(url) as client:
            return await doing(client)

    return asyncio.run(run())

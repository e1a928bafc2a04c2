"""Waiting for what another process, thread or server does in its own time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

T = TypeVar("T")

PATIENCE: Final = 90.0
"""Seconds after which it will not happen any more; says nothing of how long it takes."""


async def until(probe: Callable[[], Awaitable[T]]) -> T:
    """What the probe gives, as soon as that is true."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await probe()):  # noqa: ASYNC110 - nobody tells when it happens
            await asyncio.sleep(0.02)
        return found

"""One Chromium for all tests of the page, a fresh profile of it for each.

A browser lives on the event loop that started it, so these tests share one: `loop_scope="package"`.
The fixtures of pytest-playwright have a loop of their own, on which other async tests then stumble.
"""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest_asyncio

if TYPE_CHECKING or importlib.util.find_spec("playwright"):  # without it, the tests say so
    from tests.page.browser import Browser, chromium
    from tests.page.screen import Screen, on_screen


@pytest_asyncio.fixture(loop_scope="package", scope="package")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="package")
async def screen(browser: Browser) -> AsyncIterator[Screen]:
    """The bot in handlers/ on a wide English page."""
    async with on_screen(browser) as screen:
        yield screen

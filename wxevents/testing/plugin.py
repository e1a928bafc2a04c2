"""The pytest plugin: the fixtures `phone` and `emulator`, for async tests under pytest-aiohttp or
pytest-asyncio.

It is loaded into every pytest run where wxevents is installed, also where nobody asks for it, so
discovery is imported by the fixture alone.
"""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from wxevents.bot import Bot
    from wxevents.emulator import Emulator
    from wxevents.settings import Settings
    from wxevents.testing import EmulatorClient, Phone

if TYPE_CHECKING or importlib.util.find_spec("pytest_asyncio"):
    from pytest_asyncio import fixture as async_fixture
else:  # then no async test can run either, and pytest says so
    async_fixture = pytest.fixture


@pytest.fixture
def wxevents_bot() -> Bot:
    """The bot that `phone` uses: the handlers package with an invented account. Override it to
    test another one."""
    from wxevents.discovery import load_bot
    from wxevents.testing import invented_settings

    return load_bot(invented_settings())


@async_fixture
async def phone(wxevents_bot: Bot) -> AsyncIterator[Phone]:
    """A follower's phone in front of the running bot: `reply = await phone.click("KEY")`."""
    from wxevents.testing import Phone

    async with wxevents_bot:
        yield Phone(wxevents_bot)


@pytest.fixture
def wxevents_load() -> Callable[[Settings], Bot]:
    """How `emulator` makes the bot for its account, by default from the handlers package. Override
    it to test another one: `return lambda settings: Bot(settings, routers=[…])`."""
    from wxevents.discovery import load_bot

    return load_bot


@pytest.fixture
def wxevents_emulator() -> Emulator:
    """The emulator behind the fixture `emulator`. Override it for another kind of account, other
    switches or a clock of your own: `return Emulator(settings=invented_settings(), kind="test")`.
    """
    from wxevents.emulator import Emulator
    from wxevents.testing import invented_settings

    return Emulator(settings=invented_settings())


@async_fixture
async def emulator(
    wxevents_load: Callable[[Settings], Bot], wxevents_emulator: Emulator
) -> AsyncIterator[EmulatorClient]:
    """The emulated platform, with the bot served beside it and its menus published:
    `done = await emulator.user().tap("今日歌曲")`."""
    from wxevents.testing import emulated

    async with emulated(wxevents_load, wxevents_emulator) as client:
        yield client

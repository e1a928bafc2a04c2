"""A bot and the emulated platform, served side by side and connected."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from wxevents.bot import Bot
from wxevents.emulator import Emulator
from wxevents.publishing import publish_to_emulator
from wxevents.pushes import FOLLOWER
from wxevents.server import attach
from wxevents.settings import Settings
from wxevents.testing.account import invented_settings
from wxevents.testing.emulator_client import EmulatorClient


@asynccontextmanager
async def emulated(
    load: Callable[[Settings], Bot], emulator: Emulator | None = None
) -> AsyncIterator[EmulatorClient]:
    """Serve the emulated platform and the bot that `load` makes for its account, with its menus
    published, until the context ends. Gives a client; one user follows from the beginning."""
    emulator = emulator or Emulator(settings=invented_settings())
    emulator.account.follow(FOLLOWER)
    async with emulator.serve() as url:
        settings = emulator.webhook.settings.model_copy(update={"api_base": url})
        bot = load(settings)
        async with _served(bot) as webhook, EmulatorClient(url) as client:
            emulator.webhook.url = webhook
            if bot.menu and bot.client:
                await publish_to_emulator(bot.menu, bot.client)
            yield client


@asynccontextmanager
async def _served(bot: Bot) -> AsyncIterator[str]:
    app = web.Application()
    attach(app, bot)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{bot.settings.path}"
    finally:
        await runner.cleanup()

"""An emulator on a clock that only the test moves, between a written bot and a client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.emulator.control.bot import WrittenBot
from wxevents.emulator import Emulator
from wxevents.testing import (
    FOLLOWER,
    EmulatedUser,
    EmulatorClient,
    ManualClock,
    invented_settings,
)

MENU: list[dict[str, Any]] = [
    {"type": "click", "name": "订单", "key": "k.order"},
    {
        "name": "更多",
        "sub_button": [
            {"type": "view", "name": "官网", "url": "https://shop.example/o"},
            {"type": "scancode_waitmsg", "name": "扫码", "key": "k.scan"},
            {"type": "pic_weixin", "name": "相册", "key": "k.pic"},
            {"type": "location_select", "name": "位置", "key": "k.loc"},
            {
                "type": "miniprogram",
                "name": "小程序",
                "url": "https://shop.example/m",
                "appid": "wx5a4b3c2d1e0f5a4b",
                "pagepath": "pages/home/main",
            },
        ],
    },
]


@dataclass(frozen=True)
class Stage:
    """All parties of one account with one follower, whose phone shows MENU."""

    clock: ManualClock
    emulator: Emulator
    client: EmulatorClient
    bot: WrittenBot

    @property
    def user(self) -> EmulatedUser:
        return self.client.user()


@asynccontextmanager
async def staged(webhook: str | None = "", **settings: Any) -> AsyncIterator[Stage]:
    """In plain mode unless `settings` say otherwise; with the bot's URL as webhook, or with
    another one, or None."""
    clock = ManualClock()
    account = invented_settings(**{"mode": "plain"} | settings)
    bot = WrittenBot(account)
    async with bot.serving():
        emulator = Emulator(clock=clock, settings=account, webhook=webhook or bot.url)
        if webhook is None:
            emulator.webhook.url = None
        emulator.account.follow(FOLLOWER)
        emulator.account.seed_default(MENU)
        async with emulator.serve() as url, EmulatorClient(url) as client:
            yield Stage(clock, emulator, client, bot)

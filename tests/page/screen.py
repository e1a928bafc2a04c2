"""The page as its user sees it: what is on it, and where he presses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.page.browser import TIMEOUT_MS, Browser, Locator, Page, Watch, expect
from wxevents import Bot, Menu, MenuSet, Router, Settings
from wxevents.clock import Clock
from wxevents.discovery import load_bot
from wxevents.emulator import Emulator
from wxevents.testing import FOLLOWER, EmulatorClient
from wxevents.testing.stage import emulated

WIDE = (1280, 900)
NARROW = (390, 844)


@dataclass(frozen=True)
class Screen:
    """The page in a browser, its first user's phone in view, and the emulator behind it."""

    page: Page
    client: EmulatorClient
    watch: Watch

    def phone(self, openid: str = FOLLOWER) -> Locator:
        return self.page.get_by_test_id(f"phone-{openid}")

    def chat(self, openid: str = FOLLOWER) -> Locator:
        return self.page.get_by_test_id(f"chat-{openid}")

    def messages(self, sender: str = "account", kind: str | None = None) -> Locator:
        """From "user", "account" or "system", in order; of one kind, or of any."""
        of_kind = f"[data-kind={kind}]" if kind else ""
        return self.chat().locator(f".message[data-from={sender}]{of_kind}")

    def bar(self, openid: str = FOLLOWER) -> Locator:
        """The buttons at the bottom of the phone."""
        return self.phone(openid).locator(".bar-button")

    def pushes(self) -> Locator:
        """Of the inspector, newest first."""
        return self.page.locator(".entry.push")

    def dialog(self, what: str) -> Locator:
        return self.page.get_by_test_id(f"{what}-dialog")

    async def tap(self, *names: str) -> None:
        """A button of the bar, or one of its column."""
        column, *below = names
        await self.phone().get_by_role("button", name=column, exact=True).click()
        for name in below:
            await self.phone().get_by_role("menuitem", name=name, exact=True).click()

    async def say(self, text: str) -> None:
        """With the keyboard, if it is in view."""
        await self.phone().get_by_test_id("message").fill(text)
        await self.phone().get_by_test_id("send").click()

    async def tool(self, name: str) -> None:
        await self.page.get_by_test_id(f"tab-{name}").click()

    async def confirm(self) -> None:
        await self.page.get_by_test_id("confirm").click()

    async def number_of_pushes(self) -> int:
        return len((await self.client.state())["pushes"])

    async def reload(self) -> None:
        await self.page.reload()
        await expect(self.page.locator("main.wide, main.narrow")).to_be_visible()


def loading(
    *routers: Router, menu: Menu | MenuSet | None = None, clock: Clock | None = None
) -> Callable[[Settings], Bot]:
    """A bot of these, where the one in handlers/ is not meant."""
    return lambda settings: Bot(settings, routers=routers, menu=menu, clock=clock)


@asynccontextmanager
async def set_in_the_end(event: asyncio.Event) -> AsyncIterator[None]:
    """Whatever happens: a handler that waits for it would keep the bot from stopping."""
    try:
        yield
    finally:
        event.set()


@asynccontextmanager
async def on_screen(
    browser: Browser,
    load: Callable[[Settings], Bot] = load_bot,
    *,
    emulator: Emulator | None = None,
    size: Sequence[int] = WIDE,
    **context: Any,
) -> AsyncIterator[Screen]:
    """The page of an emulator connected with a bot, in a fresh profile of the browser; `context`
    is what playwright may be told of it. Fails if the page did what none may do: see Watch."""
    defaults = {
        "viewport": {"width": size[0], "height": size[1]},
        "locale": "en-US",
        "reduced_motion": "reduce",  # a click waits until what it clicks stands still
    }
    async with emulated(load, emulator) as client:
        profile = await browser.new_context(**defaults | context)
        try:
            page = await profile.new_page()
            page.set_default_timeout(TIMEOUT_MS)
            watch = Watch(page, client.url)
            await page.goto(client.url)
            await expect(page.locator("main.wide, main.narrow")).to_be_visible()
            yield Screen(page, client, watch)
        finally:
            await profile.close()
        assert not watch.troubles, "\n".join(watch.troubles)

"""A handler that blocks the loop is named while it does."""

from __future__ import annotations

import asyncio
import logging
import threading

from wxevents import Bot, ClickEvent, Router, TextReply
from wxevents.testing import Phone, invented_settings


class Ear(logging.Handler):
    """Hears the watchdog, on the watchdog's own thread, and lets the blocked handler go."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard = threading.Event()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())
        self.heard.set()


async def block_until_heard(blocked_by_handler: bool) -> list[str]:
    """Block the loop until the watchdog says so; give what it said."""
    router = Router()
    ear = Ear()

    @router.click("BLOCK")
    async def blocks(event: ClickEvent) -> str:
        ear.heard.wait(30)
        return "done"

    logging.getLogger("wxevents.watchdog").addHandler(ear)
    try:
        async with Bot(invented_settings(blocked_after=0.02), routers=[router]) as bot:
            if blocked_by_handler:
                assert await Phone(bot).click("BLOCK") == TextReply("done")
            else:
                await asyncio.sleep(0)
                ear.heard.wait(30)
    finally:
        logging.getLogger("wxevents.watchdog").removeHandler(ear)
    return ear.messages


async def test_a_blocking_handler_is_named_with_its_stack() -> None:
    messages = await block_until_heard(blocked_by_handler=True)
    assert messages[0].startswith("tests.test_watchdog.block_until_heard.<locals>.blocks (")
    assert "has blocked the event loop" in messages[0]
    assert "ear.heard.wait(30)" in messages[0]


async def test_other_code_that_blocks_is_shown_by_its_stack() -> None:
    messages = await block_until_heard(blocked_by_handler=False)
    assert messages[0].startswith("something has blocked the event loop")
    assert "ear.heard.wait(30)" in messages[0]


async def test_no_watchdog_runs_where_it_is_switched_off() -> None:
    async with Bot(invented_settings(blocked_after=0)):
        assert "wxevents-watchdog" not in {thread.name for thread in threading.enumerate()}


async def test_the_watchdog_ends_with_the_bot() -> None:
    async with Bot(invented_settings()):
        assert "wxevents-watchdog" in {thread.name for thread in threading.enumerate()}
    assert "wxevents-watchdog" not in {thread.name for thread in threading.enumerate()}

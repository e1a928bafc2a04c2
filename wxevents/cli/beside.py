"""The emulated platform beside a bot in development: served in a thread of its own, and told by the
bot which menus it has and which handler took what."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import aiohttp

from wxevents.bot import Bot
from wxevents.cli.keeping import kept_in
from wxevents.emulator import Emulator
from wxevents.errors import WxeventsError
from wxevents.observe import Outcome
from wxevents.publishing import publish_to_emulator
from wxevents.pushes import FOLLOWER

PAGE_PORT: Final = 8090
"""Where the page with the phone is, if nothing else is wished."""

# Seconds in which an emulator on the same machine has heard what it is told.
TELLING_TIMEOUT: Final = 2.0

log: Final = logging.getLogger(__name__)


@contextmanager
def emulating(
    emulator: Emulator, port: int, host: str = "127.0.0.1", state: Path | None = None
) -> Iterator[str]:
    """Serve the emulator while the context is open, whatever this thread does; gives its URL. Its
    state is kept in the file `state`. Raises OSError and UnicodeError where it cannot listen."""
    loop = asyncio.new_event_loop()
    started: list[str | BaseException] = []
    ready, stop = threading.Event(), asyncio.Event()

    async def serve() -> None:
        try:
            async with AsyncExitStack() as serving:
                url = await serving.enter_async_context(emulator.serve(port, host))
                if state:
                    await serving.enter_async_context(kept_in(emulator, state))
                started.append(url)
                ready.set()
                await stop.wait()
        except BaseException as error:  # noqa: BLE001 - it is raised where the thread was started
            started.append(error)
            ready.set()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    ready.wait()
    try:
        first = started[0]
        if isinstance(first, BaseException):
            raise first
        yield first
    finally:
        if not loop.is_closed() and thread.is_alive():
            loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
        for error in started[1:]:  # it ended with one
            log.warning("%s", error)


def invite_followers(emulator: Emulator) -> None:
    """Two people to begin with; `wxevents push` sends in the name of the first."""
    emulator.account.follow(FOLLOWER, "ios").name = "小明"
    emulator.account.follow("oWxEv0000demoUser0000000000B", "android").name = "小红"


class Connection:
    """What the emulator is told by a bot while it runs. Use `attach_to` before the bot starts."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session: aiohttp.ClientSession | None = None
        self._telling: set[asyncio.Task[None]] = set()

    def attach_to(self, bot: Bot) -> None:
        bot.observe(self._tell)

        @asynccontextmanager
        async def connected() -> AsyncIterator[Connection]:
            timeout = aiohttp.ClientTimeout(total=TELLING_TIMEOUT)
            async with aiohttp.ClientSession(timeout=timeout) as self._session:
                await self._publish_menus(bot)
                yield self
                if self._telling:
                    await asyncio.wait(self._telling)

        bot.resource(Connection, connected)

    async def _publish_menus(self, bot: Bot) -> None:
        if not (bot.menu and bot.client):
            return
        try:
            await publish_to_emulator(bot.menu, bot.client)
        except WxeventsError as error:
            log.warning("the phone keeps the menu that it has: %s", error)

    def _tell(self, outcome: Outcome) -> None:
        task = asyncio.ensure_future(self._post(outcome))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _post(self, outcome: Outcome) -> None:
        body = {"identity": outcome.identity, "handler": outcome.handler}
        assert self._session
        try:
            async with self._session.post(f"{self._url}/emulator/handled", json=body):
                pass
        except (aiohttp.ClientError, TimeoutError) as error:
            log.debug("the emulator was not told of %s: %s", outcome.event, error)

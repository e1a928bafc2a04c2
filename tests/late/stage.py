"""A bot whose time a test moves, and the platform's API that its late answers go to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from wxevents import Bot, Response, Router
from wxevents.observe import NO_METER, Meter, Outcome
from wxevents.pushes import Platform
from wxevents.replies import Reply, read
from wxevents.store import Entry, MemoryStore, Store
from wxevents.testing import ManualClock, Phone, invented_settings
from wxevents.xml import Fields


class Api:
    """The calls that late answers need. `answer` gives what a message is answered with."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.answer: Callable[[dict[str, Any]], dict[str, Any]] = lambda body: {"errcode": 0}
        self._arrived: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def next(self) -> dict[str, Any]:
        """The next message that arrives."""
        async with asyncio.timeout(30):
            return await self._arrived.get()

    async def next_text(self) -> str:
        message = await self.next()
        assert message["msgtype"] == "text"
        return str(message["text"]["content"])

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/cgi-bin/stable_token", self._token)
        app.router.add_post("/cgi-bin/message/custom/send", self._send)
        return app

    async def _token(self, request: web.Request) -> web.Response:
        return web.json_response({"access_token": "token", "expires_in": 7200})

    async def _send(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.sent.append(body)
        answer = self.answer(body)
        self._arrived.put_nowait(body)
        return web.json_response(answer)


@dataclass
class Stage:
    clock: ManualClock
    bot: Bot
    phone: Phone
    api: Api
    store: Store
    outcomes: list[Outcome] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.told.set()

    async def outcome(self, count: int = 1) -> Outcome:
        """The last outcome, once there are so many."""
        async with asyncio.timeout(30):
            while len(self.outcomes) < count:
                self.told.clear()
                await self.told.wait()
        return self.outcomes[count - 1]

    def deliver(self, push: Fields) -> asyncio.Task[Reply | None]:
        """One delivery, under way; gives what it is answered with."""
        return asyncio.create_task(self._delivered(push))

    async def _delivered(self, push: Fields) -> Reply | None:
        response: Response = await self.bot.handle(self.phone.delivery(push))
        answer = Platform(self.bot.settings).judge(response, push)
        return read(answer) if answer else None

    async def entry(self) -> Entry:
        """The only entry of the inbox."""
        (entry,) = await self.store.entries()
        return entry


@asynccontextmanager
async def staged(
    router: Router,
    *,
    store: Store | None = None,
    clock: ManualClock | None = None,
    api: Api | None = None,
    meter: Meter = NO_METER,
    **settings: Any,
) -> AsyncIterator[Stage]:
    """A bot that runs, with a clock and a store of its own unless it is given others."""
    clock = clock or ManualClock()
    store = store or MemoryStore(clock)
    api = api or Api()
    server = TestServer(api.application())
    await server.start_server()
    try:
        account = invented_settings(
            **{"api_base": str(server.make_url("")).rstrip("/"), "blocked_after": 0} | settings
        )
        bot = Bot(account, routers=[router], clock=clock, store=store, meter=meter)
        stage = Stage(clock, bot, Phone(bot), api, store)
        bot.observe(stage.tell)
        async with bot:
            yield stage
    finally:
        await server.close()

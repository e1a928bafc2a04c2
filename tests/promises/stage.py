"""A bot whose handler waits until it may go on, in one process with everybody around it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.client.server import OK, Played, ScriptedPlatform
from tests.promises.deliveries import push_of
from tests.promises.messages import SEND_PATH, TOKEN_PATH
from tests.store.patience import PATIENCE
from wxevents import Bot, Client, Event, Push, Response, Router, Settings
from wxevents.client import Retries, Timeouts
from wxevents.clock import SystemClock
from wxevents.observe import Outcome
from wxevents.pushes import Platform
from wxevents.store import Entry, open_store
from wxevents.testing import invented_settings
from wxevents.xml import Fields

APOLOGY = "sorry"
ANSWER = "answer"
TOKEN: Played = {"access_token": "first", "expires_in": 7200}
DROPPED_AFTER = 0.6
"""Seconds after which the platform of these tests drops a delivery, instead of five."""


class Steps(SystemClock):
    """The machine's clock, whose wall time a test may set; what is monotonic goes on as it does."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def time(self) -> float:
        return time.time() + self.ahead


class Stage:
    """A bot whose handler waits until it may `go`, and everybody around it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = Steps()
        self.go = asyncio.Event()
        self.runs: list[str] = []
        self.statuses: list[int] = []
        self._outcomes: asyncio.Queue[Outcome] = asyncio.Queue()
        self._platform = Platform(settings)
        self.store = open_store(settings.store, settings.account, self.clock)
        client = Client(
            settings,
            store=self.store,
            clock=self.clock,
            timeouts=Timeouts(total=1.0),
            retries=Retries(attempts=1),  # the outbox has a patience of its own
        )
        self.bot = Bot(
            settings,
            routers=[self._router()],
            observers=[self._outcomes.put_nowait],
            client=client,
            store=self.store,
            clock=self.clock,
        )

    def _router(self) -> Router:
        router = Router()

        @router.on(Event)
        async def answer(event: Event, push: Push) -> str:
            self.runs.append(str(event.routing_key))
            await self.go.wait()
            return ANSWER

        return router

    async def deliver(self, fields: Fields) -> str:
        """What one delivery is answered with, "" for an acknowledgement."""
        delivery = self._delivery(fields)
        return self._read(await delivery, fields)

    async def drop(self, fields: Fields) -> None:
        """One delivery that is not answered until the platform drops it."""
        delivery = self._delivery(fields)
        await asyncio.wait((delivery,), timeout=DROPPED_AFTER)
        assert not delivery.done(), await self.deliver(fields)
        delivery.cancel()

    def _delivery(self, fields: Fields) -> asyncio.Task[Response]:
        request = self._platform.delivery(fields, int(time.time()))
        return asyncio.create_task(self.bot.handle(request))

    async def acknowledged(self, number: int = 1) -> Fields:
        """A push that waits for its late answer."""
        push = push_of("slow", number, int(time.time()))
        assert await self.deliver(push) == ""
        return push

    async def outcome(self) -> str:
        """What became of the next late answer whose fate is known."""
        async with asyncio.timeout(PATIENCE):
            return (await self._outcomes.get()).late

    async def entry(self) -> Entry:
        (entry,) = await self.store.entries()
        return entry

    def _read(self, response: Response, fields: Fields) -> str:
        self.statuses.append(response.status)
        answer = self._platform.judge(response, fields)
        return str(answer["Content"]) if answer else ""


@asynccontextmanager
async def staged(folder: Path, api: str, **options: Any) -> AsyncIterator[Stage]:
    """A bot that calls that API, with its inbox in the folder."""
    settings = invented_settings(
        **{
            "mode": "plain",
            "store": f"sqlite:///{folder}/inbox.db",
            "api_base": api,
            "apology": APOLOGY,
            "deadline": 0.05,
            "shutdown_timeout": 0.0,
            **options,
        }
    )
    stage = Stage(settings)
    async with stage.bot:
        yield stage


class Api(ScriptedPlatform):
    """The platform's API; it answers messages with what the test says, then with success."""

    def __init__(self, *answers: Played) -> None:
        super().__init__()
        self.will_answer(TOKEN_PATH, TOKEN)
        self.will_answer(SEND_PATH, *answers, OK)

    @property
    def calls(self) -> int:
        """How often a message was sent, taken or not."""
        return len(self.requests(SEND_PATH))

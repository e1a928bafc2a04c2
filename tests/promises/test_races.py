"""An answer and the deadline at the same moment, in a store that takes its time: one wins. And what
a store says when its server has just died."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import pytest

from tests.client.server import OK, ScriptedPlatform
from tests.promises.deliveries import push_of
from tests.promises.messages import SEND_PATH, TOKEN_PATH
from tests.store.patience import PATIENCE
from tests.store.redis_server import RedisServer, require_redis
from wxevents import Bot, Event, Router
from wxevents.errors import StoreError
from wxevents.observe import Outcome
from wxevents.pushes import Platform
from wxevents.store import Entry, MemoryStore
from wxevents.store.redis import RedisStore
from wxevents.testing import ManualClock, invented_settings

ANSWER = "answer"


class SlowStore(MemoryStore):
    """Takes its time to settle, or does not succeed in it."""

    def __init__(self) -> None:
        super().__init__()
        self.settling = asyncio.Event()
        self.settles = asyncio.Event()
        self.fails = False
        self.kept = asyncio.Event()

    async def settle(self, name: str, answer: str) -> str:
        self.settling.set()
        if self.fails:
            raise StoreError("it fails")
        await self.settles.wait()
        return await super().settle(name, answer)

    async def keep(self, entry: Entry) -> Entry | None:
        kept = await super().keep(entry)
        self.kept.set()
        return kept


class Stage:
    """A bot on a manual clock, whose handler waits until it may go."""

    def __init__(self, api: str) -> None:
        settings = invented_settings(mode="plain", api_base=api, timestamp_tolerance=0)
        self.clock = ManualClock()
        self.store = SlowStore()
        self.go = asyncio.Event()
        self.outcomes: asyncio.Queue[Outcome] = asyncio.Queue()
        router = Router()

        @router.on(Event)
        async def answer(event: Event) -> str:
            await self.go.wait()
            return ANSWER

        self.bot = Bot(
            settings,
            routers=[router],
            observers=[self.outcomes.put_nowait],
            store=self.store,
            clock=self.clock,
        )
        self._platform = Platform(settings)
        self._push = push_of("slow", 1, int(time.time()))

    async def deliver(self) -> str:
        request = self._platform.delivery(self._push, int(time.time()))
        answer = self._platform.judge(await self.bot.handle(request), self._push)
        return str(answer["Content"]) if answer else ""


async def test_an_answer_under_way_at_the_deadline_stays_out_of_the_inbox() -> None:
    stage = Stage("http://127.0.0.1:9")
    async with stage.bot, asyncio.timeout(PATIENCE):
        delivery = asyncio.create_task(stage.deliver())
        stage.go.set()
        await stage.store.settling.wait()
        await stage.clock.advance(5)
        stage.store.settles.set()
        assert await delivery == ANSWER
        assert await stage.store.entries() == []


async def test_what_is_in_the_inbox_is_answered_from_there_alone() -> None:
    async with ScriptedPlatform() as api:
        api.will_answer(TOKEN_PATH, {"access_token": "token", "expires_in": 7200})
        api.will_answer(SEND_PATH, OK)
        stage = Stage(api.url)
        async with stage.bot, asyncio.timeout(PATIENCE):
            stage.store.fails = True
            delivery = asyncio.create_task(stage.deliver())
            await stage.clock.advance(5)
            await stage.store.kept.wait()
            stage.go.set()  # meanwhile the deliveries cannot be told that it was kept
            assert await delivery == ""
            assert (await stage.outcomes.get()).late == "sent"
            (entry,) = await stage.store.entries()
            assert entry.state == "done"
            assert len(api.requests(SEND_PATH)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no uvloop on Windows")
def test_a_dead_redis_is_a_store_that_fails_under_uvloop_too(tmp_path: Path) -> None:
    """It raises RuntimeError for a connection that was closed a moment ago."""
    uvloop = pytest.importorskip("uvloop")
    require_redis()

    async def closed_on(server: RedisServer) -> None:
        async with RedisStore(server.url, "wx1") as store:
            connections = store._link.client.connection_pool._available_connections
            assert await store.get("name") is None
            for connection in connections:
                assert connection._writer
                connection._writer.transport.abort()
            assert await store.get("name") is None
            server.kill()
            with pytest.raises(StoreError):
                await store.get("name")

    with RedisServer(tmp_path) as server, asyncio.Runner(loop_factory=uvloop.new_event_loop) as one:
        one.run(closed_on(server))

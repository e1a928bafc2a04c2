"""Two machines with one Redis: who is cut off in the middle of a push is replaced, and does not
answer when he comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp.test_utils import TestServer

from tests.late.stage import Api
from tests.store.proxy import Proxy
from tests.store.redis_server import RedisServer, require_redis
from wxevents import Bot, ClickEvent, Push, Router, TextReply
from wxevents.clock import SystemClock
from wxevents.observe import Outcome
from wxevents.store.redis import RedisStore
from wxevents.testing import Phone, invented_settings

PATIENCE = 60.0
LEASE = 1.0


@dataclass
class Machine:
    """A bot with a line of its own to Redis, whose handler waits until it is let go."""

    bot: Bot
    began: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    outcomes: asyncio.Queue[Outcome] = field(default_factory=asyncio.Queue)


@asynccontextmanager
async def machine(redis: str, api: str) -> AsyncIterator[Machine]:
    router = Router()
    settings = invented_settings(api_base=api, deadline=0.2, blocked_after=0, shutdown_timeout=1)
    store = RedisStore(redis, settings.account, SystemClock(), lease=LEASE)
    this = Machine(Bot(settings, routers=[router], store=store))

    @router.click("SLOW")
    async def slow(event: ClickEvent, push: Push) -> str:
        this.began.put_nowait(push.run)
        await this.let_go.wait()
        return f"run {push.run}"

    @router.click("QUICK")
    async def quick(event: ClickEvent) -> str:
        return "quick"

    this.bot.observe(this.outcomes.put_nowait)
    async with this.bot:
        yield this


async def test_who_is_cut_off_is_replaced_and_does_not_answer_again(tmp_path: Path) -> None:
    require_redis()
    api = Api()
    platform = TestServer(api.application())
    await platform.start_server()
    url = str(platform.make_url("")).rstrip("/")
    try:
        with RedisServer(tmp_path) as redis:
            port = int(redis.url.rpartition(":")[2].partition("/")[0])
            async with (
                Proxy(port) as line,
                machine(line.url, url) as far,
                machine(redis.url, url) as near,
                asyncio.timeout(PATIENCE),
            ):
                assert await Phone(far.bot).click("SLOW") is None  # acknowledged
                assert await far.began.get() == 1
                line.cut()
                assert await near.began.get() == 2
                near.let_go.set()
                assert await api.next_text() == "run 2"
                assert (await near.outcomes.get()).late == "sent"
                far.let_go.set()  # it has its answer, and nowhere to write that it sends it
                line.mend()
                assert (await far.outcomes.get()).late == "taken_over"
                assert len(api.sent) == 1
                # Whoever is back works on.
                assert await Phone(far.bot).click("QUICK") == TextReply("quick")
    finally:
        await platform.close()


async def test_nothing_is_answered_while_it_cannot_be_claimed(tmp_path: Path) -> None:
    require_redis()
    with RedisServer(tmp_path) as redis:
        port = int(redis.url.rpartition(":")[2].partition("/")[0])
        async with (
            Proxy(port) as line,
            machine(line.url, "http://127.0.0.1:9") as far,
            asyncio.timeout(PATIENCE),
        ):
            phone = Phone(far.bot)
            push = phone.compose("CLICK", "QUICK")
            line.cut()
            delivery = asyncio.create_task(far.bot.handle(phone.delivery(push)))
            dropped, _ = await asyncio.wait((delivery,), timeout=1.0)
            assert not dropped  # held, until the platform drops it
            delivery.cancel()
            line.mend()
            again = await far.bot.handle(phone.delivery(push))
            assert (again.status, b"Encrypt" in again.body) == (200, True)

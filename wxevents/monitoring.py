"""What whoever watches over a bot asks it: `/metrics`, `/healthz` and `/readyz`, over HTTP."""

from __future__ import annotations

import asyncio
import logging
from typing import Final, Protocol, runtime_checkable

from aiohttp import web

from wxevents.bot import Bot
from wxevents.errors import StoreError
from wxevents.store import Backlog

log: Final = logging.getLogger(__name__)

# Seconds in which the store has to answer a probe; probes themselves give up after a few.
STORE_LIMIT: Final = 2.0
NO_METRICS: Final = (
    "there are no metrics: pip install 'wxevents[metrics]', and give a bot of your own a "
    "PrometheusMeter"
)
_PROMETHEUS_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"


@runtime_checkable
class _Exposing(Protocol):
    """A meter that tells what it has counted."""

    async def exposition(self, backlog: Backlog | None) -> bytes: ...


class Monitoring:
    """The three answers for one bot.

    `/healthz`: 200 as long as the event loop turns; whoever gets no answer should start the process
    anew. `/readyz`: 200 while pushes are taken and the store answers, otherwise 503 with the
    reason. `/metrics`: what the bot's meter has counted, in the text format of Prometheus; 501
    without a PrometheusMeter.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer by the last part of the path."""
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        match request.rel_url.raw_path.rpartition("/")[2]:
            case "metrics":
                return await self.metrics()
            case "healthz":
                return web.Response(text="ok\n")
            case "readyz":
                return await self.readiness()
        return web.Response(status=404, text="there are /metrics, /healthz and /readyz\n")

    async def metrics(self) -> web.Response:
        meter = self._bot.meter
        if not isinstance(meter, _Exposing):
            return web.Response(status=501, text=f"{NO_METRICS}\n")
        body = await meter.exposition(await self._backlog())
        return web.Response(body=body, headers={"Content-Type": _PROMETHEUS_TEXT})

    async def readiness(self) -> web.Response:
        if not self._bot.is_running:
            return web.Response(status=503, text="the bot is starting or stopping\n")
        try:
            async with asyncio.timeout(STORE_LIMIT):
                await self._bot.store.get("readiness")
        except (StoreError, TimeoutError) as error:
            reason = error if isinstance(error, StoreError) else f"no answer in {STORE_LIMIT:g} s"
            return web.Response(status=503, text=f"the store: {reason}\n")
        return web.Response(text="ready\n")

    async def _backlog(self) -> Backlog | None:
        """What waits in the inbox; None where the store does not tell, which `wxevents_store_*` and
        `/readyz` show."""
        if not self._bot.is_running:
            return None
        try:
            async with asyncio.timeout(STORE_LIMIT):
                return await self._bot.store.backlog()
        except (StoreError, TimeoutError) as error:
            log.warning("the inbox was not counted: %s", str(error) or "no answer")
            return None


def attach_monitoring(app: web.Application, bot: Bot, prefix: str = "") -> None:
    """Add `/metrics`, `/healthz` and `/readyz` to an application of your own, below `prefix`.

    They are for your own network: let no proxy pass them on. `/metrics` needs the bot to have a
    meter: `Bot(…, meter=PrometheusMeter())`.
    """
    monitoring = Monitoring(bot)
    for name in ("metrics", "healthz", "readyz"):
        app.router.add_get(f"{prefix}/{name}", monitoring.answer)

"""A small server that plays prepared answers over real sockets and keeps what it was sent."""

from __future__ import annotations

import asyncio
import json
import socket
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

from aiohttp import web
from aiohttp.test_utils import TestServer

from wxevents.client import Client, FixedToken, Retries, Timeouts, Tokens
from wxevents.settings import Settings
from wxevents.testing import ManualClock, invented_settings

OK: dict[str, Any] = {"errcode": 0, "errmsg": "ok"}
TOKEN = "TOKEN-7f3a"
SECRET = "SECRET-91c4"
# Seconds after which a test that waits for what never comes fails.
HANG = 20
NO_JITTER = Retries(jitter=lambda: 1.0)


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Raw:
    """An answer byte by byte. With `missing`, the connection ends that many bytes too early."""

    body: bytes
    content_type: str = "application/json; encoding=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0


@dataclass
class Held:
    """An answer that is given when it is released."""

    answer: dict[str, Any] | Raw = field(default_factory=lambda: OK)
    released: asyncio.Event = field(default_factory=asyncio.Event)


class Dropped:
    """The connection is closed without an answer."""


Played: TypeAlias = dict[str, Any] | Raw | Held | Dropped


class ScriptedPlatform:
    """`will_answer(path, …)` queues answers; the last one of a path is repeated for ever."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._answers: dict[str, deque[Played]] = defaultdict(deque)
        self._arrivals = asyncio.Condition()
        self._held: list[Held] = []
        self._server = TestServer(web.Application())
        self._server.app.router.add_route("*", "/{path:.*}", self._handle)

    async def __aenter__(self) -> Self:
        await self._server.start_server(access_log=None)  # it would show tokens
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        for held in self._held:
            held.released.set()
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    def will_answer(self, path: str, *answers: Played) -> None:
        self._answers[path].extend(answers)

    def requests(self, path: str) -> list[Seen]:
        return [one for one in self.seen if one.path == path]

    async def has_seen(self, count: int, path: str) -> None:
        """Wait until so many requests for the path arrived."""
        async with asyncio.timeout(HANG), self._arrivals:
            await self._arrivals.wait_for(lambda: len(self.requests(path)) >= count)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        seen = Seen(request.method, request.path, dict(request.query), dict(request.headers), body)
        async with self._arrivals:
            self.seen.append(seen)
            self._arrivals.notify_all()
        queue = self._answers[request.path]
        assert queue, f"no answer is prepared for {request.path}"
        return await self._play(request, queue.popleft() if len(queue) > 1 else queue[0])

    async def _play(self, request: web.Request, answer: Played) -> web.StreamResponse:
        if isinstance(answer, Held):
            self._held.append(answer)
            await answer.released.wait()
            answer = answer.answer
        if isinstance(answer, Dropped):
            assert request.transport
            request.transport.abort()
            return web.Response()
        if isinstance(answer, dict):
            answer = Raw(json.dumps(answer, ensure_ascii=False).encode())
        headers = {"Content-Type": answer.content_type, **answer.headers}
        if not answer.missing:
            return web.Response(status=answer.status, body=answer.body, headers=headers)
        response = web.StreamResponse(status=answer.status, headers=headers)
        response.content_length = len(answer.body) + answer.missing
        await response.prepare(request)
        await response.write(answer.body)
        assert request.transport
        request.transport.close()
        return response


class WaitingClock(ManualClock):
    """A manual clock that tells what waits are begun."""

    def __init__(self) -> None:
        super().__init__()
        self._begun: asyncio.Queue[float] = asyncio.Queue()

    def call_later(self, delay: float, callback: Callable[[], object]) -> Any:
        self._begun.put_nowait(delay)
        return super().call_later(delay, callback)

    async def next_wait(self) -> float:
        """Let the next wait that somebody begins pass; gives its seconds."""
        async with asyncio.timeout(HANG):
            delay = await self._begun.get()
        await self.advance(delay)
        return delay


def settings_for(url: str) -> Settings:
    return invented_settings(app_secret=SECRET, api_base=url)


def client_for(
    url: str,
    clock: ManualClock | None = None,
    tokens: Tokens | None = None,
    timeouts: Timeouts | None = None,
) -> Client:
    """A client with a fixed token and without jitter."""
    return Client(
        settings_for(url),
        tokens=tokens or FixedToken(TOKEN),
        clock=clock or ManualClock(),
        timeouts=timeouts,
        retries=NO_JITTER,
    )


def closed_port() -> str:
    """A URL where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

"""The webhook over real sockets."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from wxevents import Bot, ClickEvent, Request, Response, Router, TextReply, attach, server
from wxevents.http_log import few_lines_for_bad_http
from wxevents.pushes import Platform
from wxevents.replies import read
from wxevents.server import parse_query, url
from wxevents.settings import Settings
from wxevents.testing import ManualClock, Phone, invented_settings
from wxevents.xml import MAX_BYTES, Fields

Client = TestClient[web.Request, web.Application]
ClientFactory = Callable[[web.Application], Awaitable[Client]]

SETTINGS = invented_settings()


class Gate:
    """Lets a handler begin, be seen, and go on when a test says so."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.open = asyncio.Event()
        self.passed = asyncio.Event()


def make_bot(settings: Settings = SETTINGS, gate: Gate | None = None) -> Bot:
    router = Router()

    @router.click("HELLO")
    async def hello(event: ClickEvent) -> str:
        return f"你好 {settings.path}"

    @router.click("GATE")
    async def wait(event: ClickEvent) -> str:
        assert gate
        gate.entered.set()
        await gate.open.wait()
        gate.passed.set()
        return "through"

    return Bot(settings, routers=[router])


class Caller:
    """Sends what the platform would, over HTTP, and reads the answer."""

    def __init__(self, client: Client, settings: Settings = SETTINGS) -> None:
        self.client = client
        self.settings = settings
        self.platform = Platform(settings)
        self.phone = Phone(Bot(settings))

    async def send(self, request: Request, **options: object) -> Response:
        options = {"data": request.body, "params": dict(request.query)} | options
        path = self.settings.path
        async with self.client.request(request.method, path, **options) as response:  # type: ignore[arg-type]
            return Response(response.status, response.content_type, await response.read())

    def push(self, key: str) -> tuple[Fields, Request]:
        fields = self.phone.compose("CLICK", key)
        return fields, self.phone.delivery(fields)

    async def click(self, key: str) -> object:
        fields, request = self.push(key)
        answer = self.platform.judge(await self.send(request), fields)
        return read(answer) if answer else None


@pytest.fixture
async def caller(aiohttp_client: ClientFactory) -> Caller:
    app = web.Application()
    attach(app, make_bot(), SETTINGS.path)
    return Caller(await aiohttp_client(app))


async def test_a_tap_is_answered(caller: Caller) -> None:
    assert await caller.click("HELLO") == TextReply("你好 /wechat")


async def test_the_url_is_verified(caller: Caller) -> None:
    request = caller.platform.verification("echo me +/%", int(caller.phone.bot.clock.time()))
    assert await caller.send(request) == Response(200, "text/plain", b"echo me +/%")


async def test_the_answer_is_typed_as_xml(caller: Caller) -> None:
    _, request = caller.push("HELLO")
    assert (await caller.send(request)).content_type == "application/xml"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
async def test_other_methods_are_refused_alike(caller: Caller, method: str) -> None:
    _, request = caller.push("HELLO")
    assert (await caller.send(request._replace(method=method))).status == 403


async def test_a_body_up_to_the_limit_is_read_and_a_larger_one_refused(
    caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    _, request = caller.push("HELLO")
    padding = MAX_BYTES - len(request.body)
    fits = request.body.replace(b"</xml>", b" " * padding + b"</xml>")
    assert len(fits) == MAX_BYTES
    assert (await caller.send(request._replace(body=fits))).status == 200
    for size in (MAX_BYTES + 1, 3 * MAX_BYTES, 900_000):
        answer = await caller.send(request._replace(body=b"x" * size))
        assert (answer.status, answer.body) == (400, b"bad request")
    assert [line for line in caplog.messages if "refused" in line] == [
        "refused a request: the body is larger than 65536 bytes"
    ] * 3
    assert await caller.click("HELLO")


async def test_a_chunked_body_is_read_up_to_the_limit(caller: Caller) -> None:
    _, request = caller.push("HELLO")

    async def slices() -> AsyncIterator[bytes]:
        for start in range(0, len(request.body), 50):
            yield request.body[start : start + 50]

    assert (await caller.send(request, data=slices())).status == 200

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 10_000

    assert (await caller.send(request, data=endless())).status == 400


async def test_a_compressed_body_is_refused_without_being_inflated(caller: Caller) -> None:
    _, request = caller.push("HELLO")
    bomb = gzip.compress(b"\0" * 10_000_000)
    headers = {"Content-Encoding": "gzip"}
    assert (await caller.send(request, data=bomb, headers=headers)).status == 400
    assert await caller.click("HELLO")


async def raw(caller: Caller, *parts: bytes, then_close: bool = False) -> bytes:
    """Write bytes to a fresh connection and read the first line that comes back."""
    test_server = caller.client.server
    assert isinstance(test_server, TestServer)
    reader, writer = await asyncio.open_connection(test_server.host, test_server.port)
    for part in parts:
        writer.write(part)
        await writer.drain()
    if then_close:
        writer.write_eof()
    answer = await reader.readline()
    writer.close()
    return answer


async def test_a_body_that_stops_in_the_middle_is_refused_after_a_while(
    caller: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(server, "BODY_TIMEOUT", 0.01)
    head = b"POST /wechat HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100\r\n\r\n"
    assert (await raw(caller, head, b"<xml>")).startswith(b"HTTP/1.1 400 ")
    assert [line for line in caplog.messages if "refused" in line] == [
        "refused a request: the body was never completed: TimeoutError"
    ]
    assert await caller.click("HELLO")


async def test_a_connection_lost_in_the_body_leaves_no_traceback(
    caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"POST /wechat HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n<xml>"
    await raw(caller, head, then_close=True)
    assert await caller.click("HELLO")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_request_that_is_no_http_costs_one_line(
    caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    chunked = b"POST /wechat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
    with few_lines_for_bad_http(ManualClock()):
        assert b" 400 " in await raw(caller, chunked)
        assert await caller.click("HELLO")
    (line,) = [line for line in caplog.messages if "no valid HTTP" in line]
    assert line.startswith("refused a request: it is no valid HTTP (BadHttpMessage)")
    assert not [record for record in caplog.records if record.name == "aiohttp.server"]


async def test_a_flood_of_what_is_no_http_is_a_few_lines_and_a_number(
    caller: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    clock = ManualClock()
    with few_lines_for_bad_http(clock):
        for _ in range(20):
            head = b"GET /wechat?signature=5f3a&openid=o6_b HTTQ/1.1\r\n\r\n"
            assert b" 400 " in await raw(caller, head)
        assert len([line for line in caplog.messages if "no valid HTTP" in line]) == 5
        await clock.advance(60)
    assert "refused 15 requests more within 60 s" in caplog.text
    assert "5f3a" not in caplog.text


async def test_several_bots_share_an_application(aiohttp_client: ClientFactory) -> None:
    app = web.Application()
    accounts = [
        Settings(token=name, mode="plain", path=f"/{name}", store="memory://")
        for name in ("shop", "school")
    ]
    for settings in accounts:
        attach(app, make_bot(settings), settings.path)
    client = await aiohttp_client(app)
    for settings in accounts:
        caller = Caller(client, settings)
        assert await caller.click("HELLO") == TextReply(f"你好 {settings.path}")
    stranger = Caller(client, accounts[0])
    _, request = Caller(client, accounts[1]).push("HELLO")
    assert (await stranger.send(request)).status == 403


async def test_a_dropped_connection_does_not_end_the_handler(
    aiohttp_server: Callable[..., Awaitable[TestServer]],
) -> None:
    gate = Gate()
    app = web.Application()
    attach(app, make_bot(gate=gate), SETTINGS.path)
    # aiohttp's test server cancels the handlers of dropped connections.
    test_server = await aiohttp_server(app)
    async with TestClient(test_server) as client:
        caller = Caller(client)
        fields, request = caller.push("GATE")
        first = asyncio.create_task(caller.send(request))
        await gate.entered.wait()
        first.cancel()
        await asyncio.wait([first])
        second = asyncio.create_task(caller.send(caller.phone.delivery(fields)))
        gate.open.set()
        await gate.passed.wait()
        answer = caller.platform.judge(await second, fields)
        assert answer is not None
        assert read(answer) == TextReply("through")


async def test_the_application_waits_for_running_handlers_when_it_stops() -> None:
    gate = Gate()
    app = web.Application()
    attach(app, make_bot(gate=gate), SETTINGS.path)
    async with TestClient(TestServer(app)) as client:
        caller = Caller(client)
        _, request = caller.push("GATE")
        tap = asyncio.create_task(caller.send(request))
        await gate.entered.wait()
        tap.cancel()
        stopping = asyncio.create_task(client.close())
        gate.open.set()
        await stopping
    assert gate.passed.is_set()


def test_a_query_is_read_as_the_platform_writes_it() -> None:
    assert parse_query("signature=ab&timestamp=1&nonce=2&empty=") == {
        "signature": "ab",
        "timestamp": "1",
        "nonce": "2",
        "empty": "",
    }
    assert parse_query("echostr=a%2Bb+c&x") == {"echostr": "a+b c", "x": ""}
    assert parse_query("a=1&a=2") == {"a": "2"}
    assert parse_query("flag") == {"flag": ""}
    assert parse_query("") == {}
    assert parse_query("a=b=c&&=d") == {"a": "b=c"}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:"),
        ("0.0.0.0", "http://127.0.0.1:"),
        ("::1", "http://[::1]:"),
    ],
)
def test_the_url_is_one_that_works_from_this_machine(host: str, expected: str) -> None:
    settings = invented_settings(host=host, port=0)
    try:
        sock = server.bind(settings)
    except OSError:
        assert host == "::1"  # a machine without IPv6
        return
    with sock:
        assert isinstance(sock, socket.socket)
        assert url(settings, sock).startswith(expected)
        assert url(settings, sock).endswith("/wechat")

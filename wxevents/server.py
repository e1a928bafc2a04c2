"""The webhook on aiohttp: mounted into an application, or served alone."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

from aiohttp import StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from wxevents import addresses
from wxevents.bot import Bot
from wxevents.clock import SystemClock
from wxevents.errors import MalformedPush
from wxevents.exchange import Request, Response
from wxevents.http_log import AccessLog, few_lines_for_bad_http
from wxevents.monitoring import Monitoring
from wxevents.settings import Settings
from wxevents.stopping import StopRequest, call_on_signals
from wxevents.xml import MAX_BYTES

log: Final = logging.getLogger(__name__)

# The platform sends a push in one go; who needs longer than its own timeout is not the platform.
BODY_TIMEOUT: Final = 5.0
BACKLOG: Final = 1024
# aiohttp keeps an idle connection for an hour; reverse proxies keep theirs for 60 or 75 s.
KEEPALIVE_TIMEOUT: Final = 75.0
# Seconds in which a request that was sent before the stop is still taken.
GRACE: Final = 0.5
# Seconds that connections get at shutdown, once the bot has given its last answer.
CONNECTION_LIMIT: Final = 1.0
Receiver: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

_NO_HEADERS: Final[dict[str, str]] = {}


def attach(app: web.Application, bot: Bot, path: str | None = None) -> None:
    """Add a bot to an application at `path`, by default the one of its settings; it starts and
    stops with the application.

    Several bots, each with an account and a path of its own, may share one application.
    """
    app.router.add_route("*", path or bot.settings.path, _receiver(bot))
    app.cleanup_ctx.append(_lifespan(bot))


def serve(
    bot: Bot,
    sock: socket.socket | None = None,
    stop_request: StopRequest | None = None,
    monitoring_sock: socket.socket | None = None,
) -> None:
    """Serve a bot alone, where its settings say, until SIGINT, SIGTERM or a `stop_request`; with a
    `metrics_port` also `/metrics`, `/healthz` and `/readyz` there.

    `sock` and `monitoring_sock` are bound sockets to listen on instead. uvloop is used where it is
    installed.
    """
    settings = bot.settings
    path = URL(settings.path).raw_path
    receive = _receiver(bot)

    def at_the_path(request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        return receive(request) if request.rel_url.raw_path == path else _not_found(request)

    bound = sock or bind(settings)
    log.info("listening on %s", url(settings, bound))
    monitored = monitoring_sock or bind_monitoring(settings)
    if monitored:
        log.info("metrics on %s", _monitoring_url(monitored))
    monitoring = _monitoring(bot, monitored)
    _run(
        _serve_until_stopped(at_the_path, bound, bot, stop_request, settings.access_log, monitoring)
    )


def serve_fault(sentence: str, sock: socket.socket, stop_request: StopRequest) -> None:
    """Answer every request with 503 and a sentence, for a bot that cannot start, until stopped."""

    async def tell(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=503, text=sentence)

    _run(_serve_until_stopped(tell, sock, nullcontext(), stop_request))


@asynccontextmanager
async def _monitoring(bot: Bot, sock: socket.socket | None) -> AsyncIterator[None]:
    """Answer on that socket, if there is one, who wants to know how the bot is."""
    if sock is None:
        yield
        return
    server = web.Server(Monitoring(bot).answer, access_log=None)
    runner = web.ServerRunner(server, shutdown_timeout=CONNECTION_LIMIT)
    await runner.setup()
    try:
        await web.SockSite(runner, sock, backlog=BACKLOG).start()
        yield
    finally:
        await runner.cleanup()


async def _not_found(request: web.BaseRequest) -> web.Response:
    return web.Response(status=404, text="not found")


def _run(main: Coroutine[Any, Any, None]) -> None:
    with (
        few_lines_for_bad_http(SystemClock()),
        asyncio.Runner(loop_factory=_loop_factory()) as runner,
    ):
        runner.run(main)


async def _serve_until_stopped(
    handler: Receiver,
    sock: socket.socket,
    bot: AbstractAsyncContextManager[object],
    stop_request: StopRequest | None,
    access_log: bool = False,
    monitoring: AbstractAsyncContextManager[None] | None = None,
) -> None:
    """Listen while the bot runs. Told to stop, first take no more connections and keep none alive,
    then let the bot give its last answers, then close what is still open."""
    stopping = False
    in_use: set[web.RequestHandler] = set()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        in_use.add(request.protocol)
        try:
            response = await handler(request)
        finally:
            if not stopping:
                in_use.discard(request.protocol)
        if stopping:
            response.force_close()
        return response

    # Not an Application: with one path, its routing would cost a fifth of a small request.
    server = web.Server(
        handle,
        access_log=logging.getLogger("aiohttp.access") if access_log else None,
        access_log_class=AccessLog,
        keepalive_timeout=KEEPALIVE_TIMEOUT,
        auto_decompress=False,  # what is compressed is refused, not inflated
    )
    runner = web.ServerRunner(server, shutdown_timeout=CONNECTION_LIMIT)
    await runner.setup()
    try:
        async with bot:
            _settle_collector()
            site = web.SockSite(runner, sock, backlog=BACKLOG)
            await site.start()
            # Not while it stops: of several workers, one that stays is to answer.
            async with monitoring or nullcontext():
                await _told_to_stop(stop_request)
            stopping = True
            await _stop_listening(site, sock)
            await asyncio.sleep(GRACE)  # for requests that are on their way on open connections
            await _close_idle(server.connections, in_use)
    finally:
        await runner.cleanup()


async def _stop_listening(site: web.BaseSite, sock: socket.socket) -> None:
    # asyncio hands an accepted connection over in its next turn, and drops it there if its server
    # was closed in between. So first accept no more, then let that turn pass. uvloop hands over at
    # once; Windows has no readers to remove, and no workers that one would reload.
    with suppress(NotImplementedError):
        asyncio.get_running_loop().remove_reader(sock)
    await asyncio.sleep(0)
    await site.stop()


async def _close_idle(
    connections: list[web.RequestHandler],
    in_use: Collection[web.RequestHandler],
) -> None:
    """Close what nobody used in the time of grace, one by one: a request that arrives on the next
    meanwhile is still taken. Of 1,000 connections, 6 were closed on a request when it was all at
    once, and 1 is."""
    for connection in connections:
        if connection not in in_use:
            connection.force_close()
            await asyncio.sleep(0)


async def _told_to_stop(stop_request: StopRequest | None) -> None:
    """Wait for SIGINT, SIGTERM or the request. A second signal has its usual effect again."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    if stop_request:
        stop_request.tell(lambda: loop.call_soon_threadsafe(stop.set))
    call_on_signals((signal.SIGINT, signal.SIGTERM), stop.set)
    await stop.wait()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.remove_signal_handler(number)
    log.info("stopping: the handlers that run may finish; a second signal does not wait for them")


def bind(settings: Settings) -> socket.socket:
    """A socket bound and listening where the settings say; raises OSError if it is taken."""
    return _bind(settings.host, settings.port)


def bind_monitoring(settings: Settings) -> socket.socket | None:
    """A socket for `/metrics` and the probes, None where the settings have no port for them; raises
    OSError if it is taken."""
    if settings.metrics_port is None:
        return None
    return _bind(settings.metrics_host, settings.metrics_port)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def local_url(settings: Settings) -> str:
    """Where a bot with these settings is reached from this machine."""
    return f"{addresses.local_url(settings.host, settings.port)}{settings.path}"


def url(settings: Settings, sock: socket.socket) -> str:
    """Where a bot on this socket is reached from this machine."""
    host, port = sock.getsockname()[:2]
    return f"{addresses.local_url(host, port)}{settings.path}"


def _monitoring_url(sock: socket.socket) -> str:
    host, port = sock.getsockname()[:2]
    return f"{addresses.local_url(host, port)}/metrics"


def _receiver(bot: Bot) -> Receiver:
    async def receive(request: web.BaseRequest) -> web.Response:
        """From aiohttp's request to ours, and back."""
        query = parse_query(request.rel_url.raw_query_string)
        headers = _NO_HEADERS
        body = b""
        if "Content-Encoding" in request.headers:
            # Left unread: aiohttp would inflate it, and the bot refuses it in any case.
            headers = {"content-encoding": request.headers["Content-Encoding"]}
        else:
            content = request.content
            if content.is_eof() and content.total_bytes <= MAX_BYTES and not content.exception():
                body = content.read_nowait()
            else:
                try:
                    body = await _read(content)
                except MalformedPush as refused:
                    return _response(bot.refuse(refused))
        return _response(await bot.handle(Request(request.method, query, headers, body)))

    return receive


def _response(response: Response) -> web.Response:
    return web.Response(
        status=response.status, body=response.body, content_type=response.content_type
    )


def parse_query(raw: str) -> dict[str, str]:
    """The parameters of a URL; of a repeated one the last counts."""
    if "%" in raw or "+" in raw:
        return dict(parse_qsl(raw, keep_blank_values=True))
    # What the platform sends needs no decoding, nearly always; parse_qsl takes four times as long.
    parts = [part.partition("=") for part in raw.split("&")]
    return {name: value for name, _, value in parts if name}


async def _read(content: StreamReader) -> bytes:
    """The body, cut off just behind the limit: the rest of a larger one is never held. Raises
    MalformedPush for one that does not end."""
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            while size <= MAX_BYTES and (chunk := await content.readany()):
                chunks.append(chunk)
                size += len(chunk)
    except (TimeoutError, OSError, HttpProcessingError, web.RequestPayloadError) as error:
        raise MalformedPush(f"the body was never completed: {type(error).__name__}") from error
    return b"".join(chunks)


def _lifespan(bot: Bot) -> Callable[[web.Application], AsyncIterator[None]]:
    async def lifespan(app: web.Application) -> AsyncIterator[None]:
        async with bot:
            yield

    return lifespan


def _settle_collector() -> None:
    # Modules, models and routes live as long as the process: a full pass over them takes 10–16 ms,
    # which some user would wait for.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory

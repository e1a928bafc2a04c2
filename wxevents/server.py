"""The webhook on aiohttp: mounted into an application, or served alone."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError

from wxevents.bot import Bot
from wxevents.exchange import Request
from wxevents.settings import Settings
from wxevents.xml import MAX_BYTES

log: Final = logging.getLogger(__name__)

# The platform sends a push in one go; who needs longer than its own timeout is not the platform.
BODY_TIMEOUT: Final = 5.0
_NO_HEADERS: Final[dict[str, str]] = {}


def attach(app: web.Application, bot: Bot, path: str = "/wechat") -> None:
    """Add a bot to an application at `path`; it starts and stops with the application.

    Several bots, each with an account and a path of its own, may share one application.
    """
    app.router.add_route("*", path, _receiver(bot))
    app.cleanup_ctx.append(_lifespan(bot))


def serve(bot: Bot, sock: socket.socket | None = None) -> None:
    """Serve a bot alone, where its settings say, until SIGINT or SIGTERM.

    `sock` is a bound socket to listen on instead. uvloop is used where it is installed.
    """
    settings = bot.settings
    sock = sock or bind(settings)
    app = web.Application()
    attach(app, bot, settings.path)
    app.on_startup.append(_settle_collector)
    logging.getLogger("aiohttp.server").addFilter(one_line_for_bad_http)
    log.info("listening on %s", url(settings, sock))
    web.run_app(
        app,
        sock=sock,
        access_log=logging.getLogger("aiohttp.access") if settings.access_log else None,
        shutdown_timeout=settings.shutdown_timeout,
        print=lambda *_: None,
        loop=_new_loop(),
    )


def bind(settings: Settings) -> socket.socket:
    """A socket bound and listening where the settings say; raises OSError if it is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server((settings.host, settings.port), family=family, backlog=1024)


def url(settings: Settings, sock: socket.socket) -> str:
    """Where a bot on this socket is reached from this machine."""
    host, port = sock.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{settings.path}"


def _receiver(bot: Bot) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def receive(request: web.Request) -> web.Response:
        """From aiohttp's request to ours, and back."""
        query = parse_query(request.rel_url.raw_query_string)
        headers = _NO_HEADERS
        body = b""
        if "Content-Encoding" in request.headers:
            # Left unread: aiohttp would inflate it, and the bot refuses it in any case.
            headers = {"content-encoding": request.headers["Content-Encoding"]}
        else:
            body = await _read(request.content)
        response = await bot.handle(Request(request.method, query, headers, body))
        return web.Response(
            status=response.status, body=response.body, content_type=response.content_type
        )

    return receive


def parse_query(raw: str) -> dict[str, str]:
    """The parameters of a URL; of a repeated one the last counts."""
    if "%" in raw or "+" in raw:
        return dict(parse_qsl(raw, keep_blank_values=True))
    # What the platform sends needs no decoding, nearly always; parse_qsl takes three times as long.
    return dict([part.partition("=")[::2] for part in raw.split("&")])


async def _read(content: StreamReader) -> bytes:
    """The body, cut off just behind the limit: the rest of a larger one is never held."""
    chunks: list[bytes] = []
    size = 0
    try:
        if content.is_eof() and content.total_bytes <= MAX_BYTES:
            return content.read_nowait()
        async with asyncio.timeout(BODY_TIMEOUT):
            while size <= MAX_BYTES and (chunk := await content.readany()):
                chunks.append(chunk)
                size += len(chunk)
    except (TimeoutError, OSError, HttpProcessingError, web.RequestPayloadError) as error:
        log.info("a body was never completed: %r", error)
    return b"".join(chunks)


def _lifespan(bot: Bot) -> Callable[[web.Application], AsyncIterator[None]]:
    async def lifespan(app: web.Application) -> AsyncIterator[None]:
        async with bot:
            yield

    return lifespan


def one_line_for_bad_http(record: logging.LogRecord) -> bool:
    """A log filter: what strangers send is worth a line, not aiohttp's traceback."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.msg = "refused a request that is no valid HTTP: %s"
        record.args = (" ".join(error.message.split())[:200],)
        record.exc_info = None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True


async def _settle_collector(app: web.Application) -> None:
    # Modules, models and routes live as long as the process: a full pass over them takes 10–16 ms,
    # which some user would wait for.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _new_loop() -> asyncio.AbstractEventLoop | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop()

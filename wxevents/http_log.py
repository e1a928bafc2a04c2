"""Log lines on HTTP itself, with nothing of what stands in a query: openid and signature."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.http_exceptions import HttpProcessingError

from wxevents.clock import Clock
from wxevents.errors import MalformedPush
from wxevents.refusal_log import RefusalLog

_HTTP_CURE: Final = "a scanner does that, or a proxy that speaks TLS or HTTP/2 to the bot"


class AccessLog(AbstractAccessLogger):
    """One line per request, without the query: openid and signature stand in it."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        self.logger.info(
            "%s %s %s → %d in %.0f ms",
            request.remote,
            request.method,
            request.rel_url.raw_path,
            response.status,
            time * 1000,
        )


@contextmanager
def few_lines_for_bad_http(clock: Clock) -> Iterator[None]:
    """What strangers send is worth a line like any other request that is refused, not aiohttp's
    traceback. The line tells the kind alone: in the words on it the query may stand."""
    refusals = RefusalLog(clock)

    def instead(record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, HttpProcessingError):
            return True
        refusals.tell(MalformedPush(f"it is no valid HTTP ({type(error).__name__})", _HTTP_CURE))
        return False

    aiohttp_log = logging.getLogger("aiohttp.server")
    aiohttp_log.addFilter(instead)
    try:
        yield
    finally:
        aiohttp_log.removeFilter(instead)

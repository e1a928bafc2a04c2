"""One call to the platform over HTTP: bytes out, bytes in, and nothing secret in what it raises.

The access token and the AppSecret stand in the URL, and aiohttp's exceptions and their texts carry
the URL. So none of them leaves this module, not even as `__cause__` or `__context__`: errors are
made inside the `except` and raised outside of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self, TypeVar

import aiohttp

from wxevents.errors import AnswerLost, ApiAnswerUnreadable, ApiError, CallFailed, NotSent
from wxevents.observe import NO_METER, Meter

T = TypeVar("T")

JSON_LIMIT: Final = 8 * 1024 * 1024
# The platform keeps videos of 10 MB at most (protocol: numbers); the rest is generosity.
MEDIA_LIMIT: Final = 24 * 1024 * 1024
_CHUNK: Final = 64 * 1024


@dataclass(frozen=True)
class Timeouts:
    """Seconds for making the connection, and for the whole of one attempt, uploads included."""

    connect: float = 5.0
    total: float = 30.0


@dataclass(frozen=True)
class Part:
    """One part of a multipart upload; a plain form field where it has no filename."""

    name: str
    content: bytes = field(repr=False)
    filename: str = ""


@dataclass(frozen=True)
class Call:
    """One call, as often as it is repeated.

    `path` begins with a slash and is all of the URL that is ever shown. `idempotent`: carried out
    twice, it leaves the platform as once and gives an answer as good as the first.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | Sequence[Part] | None = field(default=None, repr=False)
    idempotent: bool = False
    limit: int = JSON_LIMIT

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Answer:
    """Status 200 and what came with it."""

    body: bytes = field(repr=False)
    content_type: str = ""
    filename: str = ""


class Transport:
    """A pool of connections to one API; `async with` opens and closes it."""

    def __init__(self, api_base: str, timeouts: Timeouts, meter: Meter = NO_METER) -> None:
        self._meter = meter
        self._api_base = api_base
        self._timeouts = timeouts
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "wxevents", "Accept": "*/*"},
            timeout=aiohttp.ClientTimeout(
                total=self._timeouts.total, connect=self._timeouts.connect
            ),
        )
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        if self._session:
            await self._session.close()

    async def attempt(
        self, call: Call, credentials: Mapping[str, str], read: Callable[[Answer], T]
    ) -> T:
        """One attempt, and what `read` makes of its answer, which may be to raise CallFailed."""
        started = time.perf_counter()
        code = "0"
        try:
            return read(await self.exchange(call, credentials))
        except ApiError as error:
            code = str(error.errcode)
            raise
        except CallFailed as error:
            code = type(error).__name__
            raise
        finally:
            self._meter.called(str(call), code, time.perf_counter() - started)

    async def exchange(self, call: Call, credentials: Mapping[str, str]) -> Answer:
        """The answer to one attempt. `credentials` are added to the query and never shown.

        Raises NotSent, AnswerLost and ApiAnswerUnreadable.
        """
        if self._session is None or self._session.closed:
            raise RuntimeError("the client is not open: use `async with Client(…) as client:`")
        failure: CallFailed
        try:
            async with self._session.request(
                call.method,
                self._api_base + call.path,
                params={**call.query, **credentials},
                data=_payload(call.body),
                headers=_headers(call.body),
                allow_redirects=False,
            ) as response:
                if response.status != 200:
                    failure = ApiAnswerUnreadable(str(call), _wrong_status(call, response))
                else:
                    body = await _read(response, call.limit)
                    if body is not None:
                        disposition = response.content_disposition
                        filename = disposition.filename if disposition else None
                        return Answer(body, response.content_type, filename or "")
                    failure = ApiAnswerUnreadable(
                        str(call), f"{call}: the answer is larger than {call.limit:,} bytes"
                    )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            failure = NotSent(
                str(call),
                f"{call}: no connection to {self._api_base} ({_reason(error)}); the call was not "
                "sent; check the network, DNS and WXEVENTS_API_BASE",
            )
        except aiohttp.ClientResponseError:
            failure = ApiAnswerUnreadable(
                str(call), f"{call}: the answer is not HTTP; check WXEVENTS_API_BASE"
            )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = AnswerLost(
                str(call),
                f"{call}: the answer was lost ({_reason(error)}); the platform may have carried "
                "the call out or not",
            )
        raise failure


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes | None:
    """The whole body, None if it is larger than `limit` bytes."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > limit:
            response.close()
            return None
    return bytes(body)


def _payload(body: bytes | Sequence[Part] | None) -> bytes | aiohttp.FormData | None:
    if body is None or isinstance(body, bytes):
        return body
    # The platform takes file names as they are, not percent-encoded.
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for part in body:
        if part.filename:
            form.add_field(
                part.name,
                part.content,
                filename=part.filename,
                content_type="application/octet-stream",
            )
        else:
            form.add_field(part.name, part.content.decode())
    return form


def _headers(body: bytes | Sequence[Part] | None) -> dict[str, str]:
    return {"Content-Type": "application/json; charset=utf-8"} if isinstance(body, bytes) else {}


def _wrong_status(call: Call, response: aiohttp.ClientResponse) -> str:
    cure = (
        "redirects are not followed; check WXEVENTS_API_BASE"
        if 300 <= response.status < 400
        else "the platform itself answers 200 always, so something in between spoke: a proxy, a "
        "gateway, or another server at WXEVENTS_API_BASE"
    )
    return f"{call}: HTTP status {response.status}; {cure}"


def _reason(error: Exception) -> str:
    """Of an exception what holds no URL: the system's own words, or what kind it is."""
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "the connection was closed"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the connection was closed within the answer"
    return type(error).__name__

"""The platform's API over HTTP: every call answered, recorded, and told to the pages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler, Middleware

from wxevents.emulator.api import (
    credentials,
    media_calls,
    menus,
    messages,
    network,
    qrcodes,
    tags,
    users,
)
from wxevents.emulator.api.endpoints import Answer, Arguments, Endpoint, File
from wxevents.emulator.records import CallRecord, Records
from wxevents.emulator.refusals import Refusal
from wxevents.emulator.requests import WrongRequest
from wxevents.emulator.shown import call_json, masked
from wxevents.emulator.state.account import Account
from wxevents.emulator.state.file_formats import UploadedFile

ENDPOINTS: Final[Mapping[str, Endpoint]] = {
    endpoint.path: endpoint
    for module in (credentials, media_calls, menus, messages, network, qrcodes, tags, users)
    for endpoint in module.ENDPOINTS
}

CONTENT_TYPE: Final = "application/json; encoding=utf-8"  # not a charset: so the platform has it
MAX_BODY_BYTES: Final = 16 * 1024 * 1024
# Of a body or an answer so much is kept for the inspector.
MAX_SHOWN: Final = 20_000

# What aiohttp raises for forms of unknown charsets and encodings, and of broken parts.
_UNREADABLE: Final = (ValueError, LookupError, RuntimeError, AssertionError, HttpProcessingError)
_NO_CALL: Final = ("/page/", "/emulator/")
_CALL: Final = web.RequestKey("call", CallRecord)


class Api:
    """The calls of one account."""

    def __init__(self, account: Account, records: Records) -> None:
        self._account = account
        self._records = records

    def middlewares(self, others: Sequence[Middleware]) -> list[Middleware]:
        """What stands around `answer`; others are inside, and see every call behind its record."""
        return [_calls_only(one) for one in (self._record, _tell_refusal, *others)]

    async def answer(self, request: web.Request) -> web.Response:
        call = request.get(_CALL)
        if call is None:  # another method than the page has
            return web.Response(status=405, text="method not allowed")
        endpoint = ENDPOINTS.get(request.path)
        if endpoint is None:
            raise Refusal(40066)
        base = f"{request.scheme}://{request.host}"
        arguments = await _arguments(self._account, request, base)
        call.body = arguments.body
        call.has_files = bool(arguments.files)
        call.request = masked(_shown(arguments.body), self._account) or ", ".join(
            f"({name}: {len(file.data)} bytes)" for name, file in arguments.files.items()
        )
        return response_of(endpoint.handle(request.method, arguments))

    async def repeat(self, call: CallRecord) -> CallRecord:
        """The same call once more, with a token that is valid. Raises WrongRequest for one that
        cannot be repeated."""
        endpoint = ENDPOINTS.get(call.path)
        if endpoint is None:
            raise WrongRequest(f"only calls that have an endpoint can be repeated: not {call.path}")
        if call.has_files:
            raise WrongRequest("a call that uploads files cannot be repeated: they are not kept")
        query = dict(call.parameters)
        if "access_token" in query:
            query["access_token"] = self._account.tokens.valid()
        again = self._begin(call.method, call.path, query)
        again.body, again.request = call.body, call.request
        try:
            answer = endpoint.handle(call.method, Arguments(self._account, query, call.body))
        except Refusal as refusal:
            answer = refusal.answer()
        self._end(again, response_of(answer))
        return again

    def _begin(self, method: str, path: str, query: Mapping[str, str]) -> CallRecord:
        call = self._records.call(method, path)
        call.parameters = dict(query)
        call.query = masked(urlencode(query), self._account)
        return call

    def _end(self, call: CallRecord, response: web.StreamResponse) -> None:
        call.seconds = self._account.clock.steady() - call.started
        if isinstance(response, web.Response) and isinstance(response.body, bytes):
            if response.content_type == "application/json":
                call.response = masked(_shown(response.body), self._account)
                call.errcode = _errcode(response.body)
            else:
                call.response = f"({len(response.body)} bytes)"
        self._account.feed.tell(lambda: {"call": call_json(call)}, alters=False)

    @property
    def _record(self) -> Middleware:
        @web.middleware
        async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
            call = self._begin(request.method, request.path, request.query)
            request[_CALL] = call
            response = await handler(request)
            self._end(call, response)
            return response

        return record


def _calls_only(middleware: Middleware) -> Middleware:
    """The page and its control API live beside the platform's paths."""

    @web.middleware
    async def around_calls(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/" or request.path.startswith(_NO_CALL):
            return await handler(request)
        return await middleware(request, handler)

    return around_calls


@web.middleware
async def _tell_refusal(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refusal as refusal:
        return response_of(refusal.answer())


async def _arguments(account: Account, request: web.Request, base: str) -> Arguments:
    """Raises Refusal 47001 for a form that cannot be read, 45001 for one that is larger than every
    file that is taken."""
    if request.content_type != "multipart/form-data":
        return Arguments(account, request.query, await request.read(), base=base)
    try:
        form = await request.post()
    except _UNREADABLE as error:
        raise Refusal(47001) from error
    except web.HTTPRequestEntityTooLarge as error:
        raise Refusal(45001) from error
    files: dict[str, UploadedFile] = {}
    texts: dict[str, str] = {}
    for name, part in form.items():
        if isinstance(part, web.FileField):
            with part.file:  # aiohttp closes those of the original request only, not of a clone
                files[name] = UploadedFile(part.filename, part.content_type, part.file.read())
        else:  # bytes where the part names a content type of its own
            texts[name] = part if isinstance(part, str) else part.decode(errors="replace")
    return Arguments(account, request.query, b"", files, base, texts)


def response_of(answer: Answer) -> web.Response:
    """HTTP 200 whatever happened, JSON in raw UTF-8."""
    if isinstance(answer, File):
        disposition = f'attachment; filename="{answer.filename}"'
        headers = {"Content-Type": answer.content_type, "Content-disposition": disposition}
        return web.Response(body=answer.data, headers=headers)
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return web.Response(body=text.encode(), headers={"Content-Type": CONTENT_TYPE})


def _shown(body: bytes) -> str:
    text = body[:MAX_SHOWN].decode(errors="replace")
    return text if len(body) <= MAX_SHOWN else f"{text}… ({len(body)} bytes)"


def _errcode(body: bytes) -> int:
    try:
        answer = json.loads(body)
    except ValueError:  # a middleware's own answer
        return 0
    code = answer.get("errcode", 0) if isinstance(answer, dict) else 0
    return code if isinstance(code, int) else 0

"""The emulated API over HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from wxevents.clock import Clock, SystemClock
from wxevents.emulator import credentials, menus, network, tags, users
from wxevents.emulator.account import Account, Kind
from wxevents.emulator.behaviour import Behaviour
from wxevents.emulator.endpoints import Answer, Arguments, Call, Endpoint, File, UploadedFile
from wxevents.emulator.faults import Fault

ENDPOINTS: Final[Mapping[str, Endpoint]] = {
    endpoint.path: endpoint
    for module in (credentials, menus, tags, users, network)
    for endpoint in module.ENDPOINTS
}

CONTENT_TYPE: Final = "application/json; encoding=utf-8"  # not a charset: so the platform has it
MAX_BODY_BYTES: Final = 16 * 1024 * 1024
# Seconds that unanswered calls get when `serve` ends.
SHUTDOWN_TIMEOUT: Final = 0.1


class Emulator:
    """The platform's API for one account, which is invented where no other is given.

        async with Emulator().serve() as url:
            ...  # let a client call it

    The state outlives the servers: `serve` may be entered several times.
    """

    def __init__(
        self,
        *,
        app_id: str = "wx0123456789abcdef",
        app_secret: str = "invented",
        kind: Kind = "service",
        clock: Clock | None = None,
        behaviour: Behaviour | None = None,
    ) -> None:
        self.account = Account(
            app_id=app_id,
            app_secret=app_secret,
            kind=kind,
            clock=clock or SystemClock(),
            behaviour=behaviour or Behaviour(),
        )
        self.calls: list[Call] = []
        """Every call that arrived, in order, whatever became of it."""

    def application(self, middlewares: Sequence[Middleware] = ()) -> web.Application:
        """The API, to be served or mounted. A middleware may delay, drop or replace answers, or
        raise a Fault; it sees every call behind the record in `calls`."""
        app = web.Application(
            middlewares=[self._record, _tell_fault, *middlewares], client_max_size=MAX_BODY_BYTES
        )
        app.router.add_route("*", "/{path:.*}", self._answer)
        return app

    @asynccontextmanager
    async def serve(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        middlewares: Sequence[Middleware] = (),
    ) -> AsyncIterator[str]:
        """Listen while the context is open; gives the URL in front of the paths, as
        `http://127.0.0.1:54321`. Port 0 takes any free one."""
        runner = web.AppRunner(
            self.application(middlewares),
            access_log=None,
            shutdown_timeout=SHUTDOWN_TIMEOUT,
            auto_decompress=False,  # what is compressed is no JSON
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            bound = runner.addresses[0][1]
            yield f"http://{f'[{host}]' if ':' in host else host}:{bound}"
        finally:
            await runner.cleanup()

    @web.middleware
    async def _record(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.calls.append(Call(request.method, request.path))
        return await handler(request)

    async def _answer(self, request: web.Request) -> web.Response:
        endpoint = ENDPOINTS.get(request.path)
        if endpoint is None:
            raise Fault(40066)
        if request.content_type == "multipart/form-data":
            body, files = b"", await _uploaded(request)
        else:
            body, files = await request.read(), {}
        base = f"{request.scheme}://{request.host}"
        arguments = Arguments(self.account, request.query, body, files, base)
        return _response(endpoint.handle(request.method, arguments))


@web.middleware
async def _tell_fault(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Fault as fault:
        return _response(fault.answer())


async def _uploaded(request: web.Request) -> dict[str, UploadedFile]:
    """The files of a form. Raises Fault 47001 for a form that cannot be read."""
    try:
        form = await request.post()
    except ValueError as error:
        raise Fault(47001) from error
    return {
        name: UploadedFile(part.filename, part.content_type, part.file.read())
        for name, part in form.items()
        if isinstance(part, web.FileField)
    }


def _response(answer: Answer) -> web.Response:
    """HTTP 200 whatever happened, in raw UTF-8."""
    if isinstance(answer, File):
        disposition = f'attachment; filename="{answer.filename}"'
        headers = {"Content-Type": answer.content_type, "Content-disposition": disposition}
        return web.Response(body=answer.data, headers=headers)
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return web.Response(body=text.encode(), headers={"Content-Type": CONTENT_TYPE})

"""The measure of all others: aiohttp, the body read, a constant answer."""

from __future__ import annotations

from aiohttp import web

from tests.benchmarks.account import constant_answer
from tests.benchmarks.servers import arguments, serve_handler


def main() -> None:
    options = arguments().parse_args()
    answer = constant_answer(options.mode)

    async def receive(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=answer, content_type="application/xml")

    serve_handler(receive, options.port)


if __name__ == "__main__":
    main()

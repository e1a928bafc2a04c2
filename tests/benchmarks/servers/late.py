"""wxevents with a handler that takes half a second, late or not as its deadline says; and the
platform's API for its messages, in a process of its own."""

from __future__ import annotations

import asyncio
import json
import tempfile

from aiohttp import web

from tests.benchmarks.account import settings
from tests.benchmarks.servers import arguments
from wxevents import Bot, ClickEvent, Router, serve

TAKES = 0.5


def main() -> None:
    parser = arguments()
    parser.add_argument("--deadline", type=float, required=True)
    parser.add_argument("--api", default="", help="where messages go; by default it is the API")
    options = parser.parse_args()
    if not options.api:
        _serve_api(options.port)
        return
    router = Router()

    @router.click()
    async def slow(event: ClickEvent) -> str:
        await asyncio.sleep(TAKES)
        return f"您点了 {event.key}，谢谢惠顾。"

    with tempfile.TemporaryDirectory(dir=".") as folder:
        account = settings(options.mode, options.port, f"sqlite:///{folder}/inbox.db")
        changes = {
            "deadline": options.deadline,
            "api_base": options.api,
            "app_secret": "secret",
        }
        serve(Bot(account.model_copy(update=changes), routers=[router]))


def _serve_api(port: int) -> None:
    token = json.dumps({"access_token": "token", "expires_in": 7200}).encode()

    async def answer(request: web.BaseRequest) -> web.Response:
        await request.read()
        is_token = request.path.endswith("token")
        return web.Response(
            body=token if is_token else b'{"errcode":0}', content_type="application/json"
        )

    async def run() -> None:
        runner = web.ServerRunner(web.Server(answer, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()

    asyncio.run(run())


if __name__ == "__main__":
    main()

"""The platform's API as far as late answers need it: a token, and messages, which are kept."""

from __future__ import annotations

import json
from collections import Counter
from typing import Self

from aiohttp import web

TOKEN_PATH = "/cgi-bin/stable_token"
SEND_PATH = "/cgi-bin/message/custom/send"


class Messages:
    """`async with Messages() as messages:` serves at `messages.url`; `sent` counts the messages by
    their text, each of which is only sent once."""

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self.sent: Counter[str] = Counter()
        self.url = ""

    async def __aenter__(self) -> Self:
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None))
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.Response:
        body = json.loads(await request.read())
        if request.path == TOKEN_PATH:
            return web.json_response({"access_token": "token", "expires_in": 7200})
        assert request.path == SEND_PATH, request.path
        self.sent[body["text"]["content"]] += 1
        return web.json_response({"errcode": 0, "errmsg": "ok"})

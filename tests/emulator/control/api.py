"""Calls of the platform's API, as a bot in any language makes them."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.emulator.control.stage import Stage


class Api:
    """Has a token from the beginning, and gets another one with `new_token`."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.token = ""
        self.tokens: list[str] = []
        """All that were given out."""

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        await self.new_token()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._session.close()

    @property
    def grant(self) -> dict[str, str]:
        account = self._stage.emulator.account
        return {
            "grant_type": "client_credential",
            "appid": account.app_id,
            "secret": account.app_secret,
        }

    async def new_token(self) -> str:
        self.token = (await self.call("GET", "/cgi-bin/token", self.grant))["access_token"]
        self.tokens.append(self.token)
        return self.token

    async def stable_token(self) -> str:
        token: str = (await self.call("POST", "/cgi-bin/stable_token", {}, self.grant))[
            "access_token"
        ]
        self.tokens.append(token)
        return token

    async def get(self, path: str, **query: str) -> Any:
        return await self.call("GET", path, {"access_token": self.token, **query})

    async def post(self, path: str, body: object) -> Any:
        return await self.call("POST", path, {"access_token": self.token}, body)

    async def call(self, method: str, path: str, query: dict[str, str], body: object = None) -> Any:
        data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        url = f"{self._stage.client.url}{path}"
        async with self._session.request(method, url, params=query, data=data) as response:
            assert response.status == 200
            return json.loads(await response.read())

"""A client of the emulated API that knows nothing but HTTP and JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from aiohttp import ClientSession

from wxevents.emulator import Account, Emulator

Json: TypeAlias = dict[str, Any]

CLICK: Json = {"type": "click", "name": "今日歌曲", "key": "V1001_TODAY_MUSIC"}
VIEW: Json = {"type": "view", "name": "搜索", "url": "http://www.soso.com/"}


class Caller:
    """Calls one emulator over a real socket; gets its token by itself, as plain ones."""

    def __init__(self, session: ClientSession, url: str, emulator: Emulator) -> None:
        self.session = session
        self.url = url
        self.emulator = emulator
        self.token: str | None = None

    @property
    def account(self) -> Account:
        return self.emulator.account

    async def get(self, path: str, **query: str) -> Json:
        return await self.call("GET", path, query=query)

    async def post(self, path: str, body: object, **query: str) -> Json:
        """The body as raw UTF-8 JSON, or as it is if it is bytes."""
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return await self.call("POST", path, data, query)

    async def call(
        self, method: str, path: str, data: bytes = b"", query: Mapping[str, str] = {}
    ) -> Json:
        """Any call with a token; the answer is checked to look as all of them do."""
        return await self.bare(method, path, data, {"access_token": await self.a_token(), **query})

    async def bare(
        self, method: str, path: str, data: bytes = b"", query: Mapping[str, str] = {}
    ) -> Json:
        """The same without a token."""
        url = f"{self.url}/cgi-bin/{path}"
        async with self.session.request(method, url, data=data, params=query) as response:
            assert response.status == 200
            assert response.headers["Content-Type"] == "application/json; encoding=utf-8"
            answer = json.loads(await response.read())
        assert isinstance(answer, dict)
        return answer

    async def code(self, method: str, path: str, body: object = None, **query: str) -> int:
        """Only the error code."""
        if method == "GET":
            answer = await self.get(path, **query)
        else:
            answer = await self.post(path, b"" if body is None else body, **query)
        return int(answer.get("errcode", 0))

    async def a_token(self) -> str:
        if self.token is None:
            self.token = str((await self.plain_token())["access_token"])
        return self.token

    async def plain_token(self, method: str = "GET", **changes: str) -> Json:
        query = {
            "grant_type": "client_credential",
            "appid": self.account.app_id,
            "secret": self.account.app_secret,
        }
        return await self.bare(method, "token", query=query | changes)

    async def stable_token(self, **changes: object) -> Json:
        body = {
            "grant_type": "client_credential",
            "appid": self.account.app_id,
            "secret": self.account.app_secret,
        }
        return await self.bare("POST", "stable_token", json.dumps(body | changes).encode())

    async def create(self, *button: Json) -> Json:
        return await self.post("menu/create", {"button": list(button) or [CLICK]})

    async def add(self, matchrule: Json, *button: Json) -> str:
        """The id of a new conditional menu, made without errors."""
        body = {"button": list(button) or [CLICK], "matchrule": matchrule}
        answer = await self.post("menu/addconditional", body)
        assert answer.keys() == {"menuid"}, answer
        assert isinstance(answer["menuid"], str)
        return answer["menuid"]


def error(answer: Json) -> int:
    """The code of an answer that has no data."""
    assert answer.keys() == {"errcode", "errmsg"}, answer
    return int(answer["errcode"])

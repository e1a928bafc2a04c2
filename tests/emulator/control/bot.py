"""A bot as a test wants it: a webhook that keeps what it gets and answers what it is told.

Envelopes are opened and made by wechatpy, which knows nothing of this project.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from xml.etree import ElementTree

from aiohttp import web

# wechatpy has no types.
from wechatpy.crypto import (  # type: ignore[import-untyped]
    PrpCrypto,
    WeChatCrypto,
)
from wechatpy.utils import WeChatSigner  # type: ignore[import-untyped]

from wxevents.settings import Settings


@dataclass(frozen=True)
class Delivered:
    """A request as it arrived; `opened` is the push, as the platform wrote it."""

    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    opened: bytes

    def __getitem__(self, name: str) -> Any:
        """The text of an element of the push, or the value in one that is JSON."""
        if self.opened.startswith(b"{"):
            return json.loads(self.opened)[name]
        return ElementTree.fromstring(self.opened).findtext(name)


@dataclass(frozen=True)
class Answer:
    """`write` gives the body, which is `sealed` as the account's mode wants, or sent as it is."""

    write: Callable[[Delivered], str]
    status: int = 200
    sealed: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)


Answering: TypeAlias = Answer | None
"""None: no answer, until the test ends."""


def raw(body: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Exactly this, unsealed."""
    return Answer(lambda delivered: body, status, sealed=False, headers=headers or {})


def reply(msg_type: str, elements: str = "") -> Answer:
    """A passive reply with these elements."""

    def write(delivered: Delivered) -> str:
        return (
            f"<xml><ToUserName>{delivered['FromUserName']}</ToUserName>"
            f"<FromUserName>{delivered['ToUserName']}</FromUserName>"
            f"<CreateTime>1735700101</CreateTime><MsgType>{msg_type}</MsgType>{elements}</xml>"
        )

    return Answer(write)


def text(content: str) -> Answer:
    return reply("text", f"<Content><![CDATA[{content}]]></Content>")


SUCCESS = raw("success")


class WrittenBot:
    """Answers with `answers`, one for each delivery, and behind them with `always`."""

    def __init__(self, settings: Settings) -> None:
        self.url = ""
        self.always: Answering = SUCCESS
        self.answers: deque[Answering] = deque()
        self.deliveries: list[Delivered] = []
        self._settings = settings
        self._changed = asyncio.Condition()
        self._end = asyncio.Event()

    async def delivery(self, number: int) -> Delivered:
        """The delivery of this number, from 1 on, as soon as it has arrived."""
        async with self._changed, asyncio.timeout(20):
            await self._changed.wait_for(lambda: len(self.deliveries) >= number)
        return self.deliveries[number - 1]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_post("/wechat", self._receive)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/wechat"
            yield
        finally:
            self._end.set()
            await runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        query = dict(request.query)
        delivered = Delivered(query, dict(request.headers), body, self._opened(query, body))
        answering = self.answers.popleft() if self.answers else self.always
        async with self._changed:
            self.deliveries.append(delivered)
            self._changed.notify_all()
        if answering is None:
            await self._end.wait()
            return web.Response(status=503)
        written = answering.write(delivered)
        return web.Response(
            status=answering.status,
            text=self._sealed(written) if answering.sealed else written,
            headers=answering.headers,
        )

    def _opened(self, query: Mapping[str, str], body: bytes) -> bytes:
        """Raises InvalidSignatureException, InvalidAppIdException for a wrong envelope."""
        settings = self._settings
        signer = WeChatSigner()
        signer.add_data(settings.token, query["timestamp"], query["nonce"])
        assert query["signature"] == signer.signature
        if settings.mode == "plain":
            assert "encrypt_type" not in query
            return body
        assert query["encrypt_type"] == "aes"
        if settings.data_format == "json":
            signer = WeChatSigner()
            encrypted = json.loads(body)["Encrypt"]
            signer.add_data(settings.token, query["timestamp"], query["nonce"], encrypted)
            assert query["msg_signature"] == signer.signature
            crypto = self._crypto()
            decrypted: str = PrpCrypto(crypto.key).decrypt(encrypted, settings.app_id)
            return decrypted.encode()
        arguments = (query["msg_signature"], query["timestamp"], query["nonce"])
        opened: str = self._crypto().decrypt_message(body, *arguments)
        return opened.encode()

    def _sealed(self, written: str) -> str:
        if self._settings.mode == "plain":
            return written
        sealed: str = self._crypto().encrypt_message(written, "90210458", "1735700002")
        if self._settings.data_format == "xml":
            return sealed
        envelope: dict[str, Any] = {
            element.tag: element.text for element in ElementTree.fromstring(sealed)
        }
        return json.dumps(envelope | {"TimeStamp": int(envelope["TimeStamp"])})

    def _crypto(self) -> Any:
        settings = self._settings
        return WeChatCrypto(settings.token, settings.encoding_aes_key, settings.app_id)

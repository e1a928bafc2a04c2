"""What one writes on a first evening: xmltodict both ways and a new AES object for every push."""

from __future__ import annotations

import base64
import hashlib
import os
import time
from importlib import import_module
from typing import Any

from aiohttp import web
from Crypto.Cipher import AES

from tests.benchmarks.account import AES_KEY, APP_ID, FEW_KEYS, TOKEN, answers
from tests.benchmarks.servers import Handler, arguments, serve_handler

# Imported by name: its type hints are in a package of their own, which need not be installed.
xmltodict: Any = import_module("xmltodict")

KEY = base64.b64decode(AES_KEY + "=")


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def decrypt(encrypted: str) -> bytes:
    plain = AES.new(KEY, AES.MODE_CBC, KEY[:16]).decrypt(base64.b64decode(encrypted))
    end = 20 + int.from_bytes(plain[16:20], "big")
    if plain[end : -plain[-1]] != APP_ID.encode():
        raise web.HTTPForbidden
    return plain[20:end]


def encrypt(message: bytes) -> str:
    plain = os.urandom(16) + len(message).to_bytes(4, "big") + message + APP_ID.encode()
    pad = 32 - len(plain) % 32
    plain += bytes([pad]) * pad
    return base64.b64encode(AES.new(KEY, AES.MODE_CBC, KEY[:16]).encrypt(plain)).decode()


def reply_to(message: dict[str, str], texts: dict[str, str]) -> str:
    reply = {
        "ToUserName": message["FromUserName"],
        "FromUserName": message["ToUserName"],
        "CreateTime": int(time.time()),
        "MsgType": "text",
        "Content": texts[message["EventKey"]],
    }
    rendered: str = xmltodict.unparse({"xml": reply})
    return rendered


def plain(texts: dict[str, str]) -> Handler:
    async def receive(request: web.Request) -> web.Response:
        query = request.query
        if sign(TOKEN, query["timestamp"], query["nonce"]) != query["signature"]:
            raise web.HTTPForbidden
        message = xmltodict.parse(await request.read())["xml"]
        return web.Response(text=reply_to(message, texts), content_type="application/xml")

    return receive


def safe(texts: dict[str, str]) -> Handler:
    async def receive(request: web.Request) -> web.Response:
        query = request.query
        encrypted = xmltodict.parse(await request.read())["xml"]["Encrypt"]
        signed = TOKEN, query["timestamp"], query["nonce"], encrypted
        if sign(*signed) != query["msg_signature"]:
            raise web.HTTPForbidden
        message = xmltodict.parse(decrypt(encrypted))["xml"]
        sealed = encrypt(reply_to(message, texts).encode())
        now = str(int(time.time()))
        envelope = {
            "Encrypt": sealed,
            "MsgSignature": sign(TOKEN, now, query["nonce"], sealed),
            "TimeStamp": now,
            "Nonce": query["nonce"],
        }
        answer = xmltodict.unparse({"xml": envelope})
        return web.Response(text=answer, content_type="application/xml")

    return receive


def main() -> None:
    options = arguments().parse_args()
    handler = (plain if options.mode == "plain" else safe)(answers(FEW_KEYS))
    serve_handler(handler, options.port)


if __name__ == "__main__":
    main()

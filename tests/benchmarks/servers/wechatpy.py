"""wechatpy in an aiohttp handler, with the calls of its own examples.

Its WeChatCrypto is made once, although the examples make one for each push.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from aiohttp import web

from tests.benchmarks.account import AES_KEY, APP_ID, FEW_KEYS, TOKEN, answers
from tests.benchmarks.servers import Handler, arguments, serve_handler

# Imported by name: wechatpy has no type hints, and need not be where the types are checked.
wechatpy: Any = import_module("wechatpy")
utils: Any = import_module("wechatpy.utils")
crypto: Any = import_module("wechatpy.crypto")


def plain(texts: dict[str, str]) -> Handler:
    async def receive(request: web.Request) -> web.Response:
        query = request.query
        utils.check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
        message = wechatpy.parse_message(await request.read())
        reply = wechatpy.create_reply(texts[message.key], message)
        return web.Response(text=reply.render(), content_type="application/xml")

    return receive


def safe(texts: dict[str, str]) -> Handler:
    sealing = crypto.WeChatCrypto(TOKEN, AES_KEY, APP_ID)

    async def receive(request: web.Request) -> web.Response:
        query = request.query
        opened = sealing.decrypt_message(
            await request.read(), query["msg_signature"], query["timestamp"], query["nonce"]
        )
        message = wechatpy.parse_message(opened)
        reply = wechatpy.create_reply(texts[message.key], message)
        sealed = sealing.encrypt_message(reply.render(), query["nonce"])
        return web.Response(text=sealed, content_type="application/xml")

    return receive


def main() -> None:
    options = arguments().parse_args()
    handler = (plain if options.mode == "plain" else safe)(answers(FEW_KEYS))
    serve_handler(handler, options.port)


if __name__ == "__main__":
    main()

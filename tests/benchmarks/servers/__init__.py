"""The servers of the comparison, one a module, each started as `python -m … MODE PORT`."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

from tests.benchmarks.account import MODES, PATH

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("port", type=int)
    return parser


def serve_handler(handler: Handler, port: int) -> None:
    """One POST route on aiohttp with asyncio's own loop, as little around it as possible."""
    app = web.Application()
    app.router.add_post(PATH, handler)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=lambda *_: None)

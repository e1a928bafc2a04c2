"""What the tests of routing share: a phone in front of some routers, and a module of handlers."""

from __future__ import annotations

import importlib.util
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType

import pytest

from wxevents import Bot, Reply, Router, Settings, TextReply
from wxevents.errors import RegistrationError
from wxevents.routing import Middleware
from wxevents.testing import ManualClock, Phone

APOLOGY = "sorry"
PLAIN = Settings(token="t", mode="plain", apology=APOLOGY, blocked_after=0, store="memory://")


def bot_of(*routers: Router, middlewares: Sequence[Middleware] = ()) -> Bot:
    return Bot(PLAIN, routers=routers, middlewares=middlewares, clock=ManualClock())


@asynccontextmanager
async def phone_of(
    *routers: Router, middlewares: Sequence[Middleware] = ()
) -> AsyncIterator[Phone]:
    """A phone in front of a running bot with these routers."""
    async with bot_of(*routers, middlewares=middlewares) as bot:
        yield Phone(bot)


def text_of(reply: Reply | None) -> str | None:
    """What a reply says, None for an empty answer."""
    if reply is None:
        return None
    assert isinstance(reply, TextReply)
    return reply.content


def load(folder: Path, source: str) -> ModuleType:
    """A module `shop.py` with this source, as a user would write it."""
    path = folder / "shop.py"
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("shop", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refusal(folder: Path, source: str) -> str:
    """Why a bot with the `router` of such a module does not start, or is not even imported."""
    with pytest.raises(RegistrationError) as raised:
        bot_of(load(folder, source).router).assemble()
    return str(raised.value)


def line_of(source: str, text: str) -> int:
    """The number of the first line that begins with this text."""
    lines = source.splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(text))

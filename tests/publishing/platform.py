"""The emulated platform with whatever goes wrong on the way to it, and who sees what there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any, Literal, TypeAlias

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from wxevents.client import Client, FixedToken, Retries
from wxevents.emulator import Emulator, Refusal, Switches
from wxevents.menu import ClickButton, ConditionalMenu, MatchRule, Menu, MenuSet
from wxevents.menu.matching import newest_match
from wxevents.testing import invented_settings

CREATE = "/cgi-bin/menu/create"
GET = "/cgi-bin/menu/get"
DELETE = "/cgi-bin/menu/delete"
ADD = "/cgi-bin/menu/addconditional"
REMOVE = "/cgi-bin/menu/delconditional"
WEBSITE = "/cgi-bin/get_current_selfmenu_info"
CHANGING = (CREATE, DELETE, ADD, REMOVE)

AT_ONCE = Retries(jitter=lambda: 0.0)
REFUSED = 45009

Accident: TypeAlias = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]


async def refused(request: web.Request, handler: Handler) -> web.StreamResponse:
    """An error code; nothing is done."""
    raise Refusal(REFUSED)


async def dropped_before(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The connection breaks before the platform has done anything."""
    await request.read()
    return _drop(request)


async def dropped_after(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The platform does it, and the answer is lost."""
    await handler(request)
    return _drop(request)


async def html_before(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A proxy answers, and the call does not get through."""
    return web.Response(text="<html>502</html>", content_type="text/html")


async def html_after(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The platform does it, and a proxy spoils the answer."""
    await handler(request)
    return web.Response(text="<html>502</html>", content_type="text/html")


def _drop(request: web.Request) -> web.StreamResponse:
    if request.transport:  # or the caller was there first
        request.transport.abort()
    return web.Response()


class Held:
    """A call that is held, before the platform does it or after, until it is dropped."""

    def __init__(self, when: Literal["before", "after"]) -> None:
        self._when = when
        self.arrived = asyncio.Event()
        self.released = asyncio.Event()

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self._when == "after":
            with suppress(Refusal):  # an error is an answer, too
                await handler(request)
        self.arrived.set()
        await self.released.wait()
        return _drop(request)


class FaultyPlatform:
    """An emulated account whose calls may meet with accidents, and a client of it."""

    def __init__(self, *, switches: Switches | None = None) -> None:
        self.emulator = Emulator(switches=switches)
        self.account = self.emulator.account
        self.client: Client
        self.accidents: dict[tuple[str, int], list[Accident]] = {}
        self.always: dict[str, Accident] = {}
        self._counts: dict[str, int] = {}
        self._stack = AsyncExitStack()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FaultyPlatform]:
        token = FixedToken(str(self.account.tokens.stable()["access_token"]))
        async with self.emulator.serve(middlewares=[self._middleware()]) as url:
            settings = invented_settings(api_base=url)
            async with Client(settings, tokens=token, retries=AT_ONCE) as client:
                self.client = client
                yield self

    def on_call(self, index: int, accident: Accident, path: str = "") -> None:
        """Let the call of this index from now on, counted from 0, meet with an accident; only calls
        of that path are counted, if one is given."""
        at = (path, self._counts.get(path, 0) + index)
        self.accidents.setdefault(at, []).append(accident)

    def _middleware(self) -> Middleware:
        @web.middleware
        async def meet(request: web.Request, handler: Handler) -> web.StreamResponse:
            accident = self.always.get(request.path)
            for path in ("", request.path):
                number = self._counts.get(path, 0)
                self._counts[path] = number + 1
                for one in self.accidents.pop((path, number), []):
                    accident = one
            return await (accident(request, handler) if accident else handler(request))

        return meet

    # What happened

    def calls(self, *paths: str) -> list[str]:
        """The paths that were called, in order; only these, if any are given."""
        return [call.path for call in self.emulator.calls if not paths or call.path in paths]

    def changes(self) -> list[str]:
        """The calls that may change what is published."""
        return self.calls(*CHANGING)

    # What is published

    def publish(self, menus: MenuSet | None) -> None:
        """Put menus there without a call."""
        self.account.delete_menus()
        if menus is None:
            return
        self.account.seed_default(menus.menu.body()["button"])
        for one in menus.conditional:
            self.account.seed_conditional(one.menu.body()["button"], one.match.body())

    def contents(self) -> list[str]:
        """Everything that is published, without ids and order."""
        default = self.account.default_menu
        if default is None:
            return []
        conditional = [
            f"{json.dumps(one.matchrule, sort_keys=True)} {_text(one.button)}"
            for one in self.account.conditional_menus
        ]
        return [_text(default.button), *sorted(conditional)]

    def views(self) -> dict[tuple[str, str], str]:
        """What each audience sees."""
        rules = [one.rule for one in self.account.conditional_menus]
        tags = {"", "999", *(rule.tag_id for rule in rules), *TAGS}
        default = self.account.default_menu
        seen = {}
        for tag in sorted(tags):
            for platform in ("1", "2", "3"):
                index = newest_match(rules, tag, platform)
                menu = default if index is None else self.account.conditional_menus[index]
                seen[tag, platform] = _text(menu.button) if menu else ""
        return seen


def published_by(menus: MenuSet | None) -> tuple[list[str], dict[tuple[str, str], str]]:
    """Contents and views of a platform where just these menus are published."""
    platform = FaultyPlatform()
    platform.publish(menus)
    return platform.contents(), platform.views()


def _text(button: Iterable[Any]) -> str:
    return json.dumps(list(button), sort_keys=True, ensure_ascii=False)


TAGS = ("101", "102", "103")


def menu(name: str) -> Menu:
    return Menu(ClickButton(name, f"KEY_{name}"))


def only(name: str, tag_id: str = "", platform: str = "", sex: str = "") -> ConditionalMenu:
    """A conditional menu with one button of that name."""
    rule = MatchRule(tag_id=tag_id, client_platform_type=platform, sex=sex)
    return ConditionalMenu(menu(name), rule)


# Four menus are exchanged for others, one of which overlaps the others, and one stays.
BEFORE = MenuSet(
    menu("老默认"),
    only("老安卓", platform="2"),
    only("留下", "103", "2"),
    only("老一", "101"),
    only("老二", "102", "2"),
)
WANTED = MenuSet(
    menu("新默认"),
    only("留下", "103", "2"),
    only("新苹果", platform="1"),
    only("新一", "101", "1"),
    only("新二", "102", "3"),
)

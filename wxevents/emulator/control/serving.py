"""The control API: what is, and what users do, as HTTP calls (reference/emulator.md)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, Final, TypeAlias

from aiohttp import web

from wxevents.emulator import requests
from wxevents.emulator.api.serving import ENDPOINTS
from wxevents.emulator.control.bodies import (
    as_json,
    body_of,
    faults_as_sentences,
    missing,
    parsed,
)
from wxevents.emulator.control.guard import page_guarded
from wxevents.emulator.control.world import World
from wxevents.emulator.phone.composing import Deed
from wxevents.emulator.phone.deeds import DEEDS
from wxevents.emulator.phone.phones import PUSHED, Phones
from wxevents.emulator.records import OWN_ELEMENTS, CallRecord, PushRecord, Records
from wxevents.emulator.shown import call_json, push_json, state_json, user_json
from wxevents.emulator.state.account import Account
from wxevents.emulator.state.people import User
from wxevents.emulator.webhook import Webhook

Json: TypeAlias = Mapping[str, Any]
Repeat: TypeAlias = Callable[[CallRecord], Awaitable[CallRecord]]

SHOWN: Final = 200
"""Pushes, and calls, in the state; older ones can be asked for by their ids."""

KEEP_ALIVE: Final = 15.0
"""Seconds of silence after which the stream of events says that it lives."""


class Control:
    """Serves the control API of one emulator."""

    def __init__(
        self,
        account: Account,
        records: Records,
        phones: Phones,
        webhook: Webhook,
        world: World,
        repeat: Repeat,
    ) -> None:
        self._account = account
        self._records = records
        self._phones = phones
        self._webhook = webhook
        self._world = world
        self._repeat = repeat
        self._running: set[asyncio.Task[None]] = set()

    def application(self) -> web.Application:
        """To be mounted at /emulator."""
        app = web.Application(middlewares=[page_guarded, faults_as_sentences])
        app.router.add_routes(
            [
                web.get("/state", self.state),
                web.get("/events", self.events),
                web.get("/media/{media_id}", self.media),
                web.get("/users/{openid}/chat", self.chat),
                web.post("/users/{openid}/open", self.open),
                web.post("/users/{openid}/{deed}", self.deed),
                web.post("/push", self.any_push),
                web.post("/template_result", self.template_result),
                web.get("/pushes/{id}", self.push),
                web.post("/pushes/{id}/again", self.push_again),
                web.get("/calls/{id}", self.call),
                web.post("/calls/{id}/again", self.call_again),
                *self._world.routes(),
            ]
        )
        app.on_shutdown.append(self._stop)
        return app

    # What is

    async def state(self, request: web.Request) -> web.Response:
        settings = self._webhook.settings
        about = {
            "mode": settings.mode,
            "data_format": settings.data_format,
        }
        for user in self._account.followers():
            self._phones.menu_of(user)  # whoever looks at a phone has opened it
        shown = state_json(
            self._account,
            list(self._records.pushes)[-SHOWN:],
            list(self._records.calls)[-SHOWN:],
            self._webhook.platform,
            self._webhook.url,
            about,
        )
        shown["paths"] = sorted(ENDPOINTS)
        return as_json(shown)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events until the page goes."""
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        with self._account.feed.listen() as queue, suppress(ConnectionError):
            await response.prepare(request)
            await response.write(b": listening\n\n")
            while True:
                try:
                    async with asyncio.timeout(KEEP_ALIVE):
                        news = await queue.get()
                except TimeoutError:
                    await response.write(b": alive\n\n")
                    continue
                text = json.dumps(news, ensure_ascii=False)
                await response.write(f"data: {text}\n\n".encode())
        return response

    async def chat(self, request: web.Request) -> web.Response:
        user = self._user(request)
        messages = self._account.chats.of(user.openid, _number(request.query.get("after", "")))
        return as_json({"messages": [message.json() for message in messages]})

    async def push(self, request: web.Request) -> web.Response:
        return as_json(self._shown(self._push(request)))

    async def call(self, request: web.Request) -> web.Response:
        return as_json(call_json(self._call(request)))

    async def media(self, request: web.Request) -> web.Response:
        """A file that a user or the bot sent; never shown as a page of its own."""
        media = self._account.media.find(request.match_info["media_id"])
        if media is None:
            raise missing("there is no such file, or not any more")
        sandbox = {"Content-Security-Policy": "sandbox; default-src 'none'"}
        return web.Response(body=media.data, content_type=media.content_type, headers=sandbox)

    # What a user does

    async def deed(self, request: web.Request) -> web.Response:
        user = self._user(request)
        name = request.match_info["deed"]
        if name not in DEEDS:
            raise missing(f"a user can {', '.join(DEEDS)}, but not {name}")
        body = await body_of(request)
        return await self._carried_out(
            request, user, body, lambda: DEEDS[name](self._phones, user, body)
        )

    async def open(self, request: web.Request) -> web.Response:
        user = self._user(request)
        wanted = await parsed(request, requests.Open)
        self._phones.open_chat(user, refresh=wanted.refresh)
        return as_json(user_json(user, self._account))

    async def any_push(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        wanted = requests.AnyPush.model_validate(body)
        user = self._world.user(wanted.openid)
        return await self._carried_out(
            request,
            user,
            body,
            lambda: self._phones.push(user, wanted.name, wanted.key, wanted.elements),
        )

    async def template_result(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        wanted = requests.TemplateResult.model_validate(body)
        user = self._world.user(wanted.openid)
        status = {"Status": wanted.status}
        return await self._carried_out(
            request,
            user,
            body,
            lambda: self._phones.push(user, "TEMPLATESENDJOBFINISH", None, status),
        )

    async def push_again(self, request: web.Request) -> web.Response:
        push = self._push(request)
        wanted = await parsed(request, requests.Again)
        user = self._world.user(push.openid)
        return await self._carried_out(
            request,
            user,
            {},
            lambda: self._done_anew(user, push) if wanted.anew else Deed(PUSHED, [push]),
        )

    async def call_again(self, request: web.Request) -> web.Response:
        return as_json(call_json(await self._repeat(self._call(request))))

    def _done_anew(self, user: User, push: PushRecord) -> Deed:
        """What the user did then, done once more."""
        name = str(push.action.get("path", "")).rpartition("/")[2]
        if name in DEEDS and name not in ("follow", "unfollow"):  # he has done that already
            deed = DEEDS[name](self._phones, user, push.action["body"])
        else:
            fields = {name: push.fields[name] for name in push.fields if name not in OWN_ELEMENTS}
            deed = self._phones.push(user, push.name, push.key, fields)
        for one in deed.pushes:
            one.action = push.action
        return deed

    async def _carried_out(
        self, request: web.Request, user: User, body: Json, act: Callable[[], Deed]
    ) -> web.Response:
        """The answer to what a user does by `act`: when the platform is done with it, or at once
        with `?wait=0`."""
        before = self._account.chats.last_id(user.openid)
        deed = act()
        for push in deed.pushes:
            push.action = push.action or {"path": request.path, "body": body}
        carrying_out = self._start(self._phones.carry_out(deed))
        if request.query.get("wait") != "0":
            await asyncio.shield(carrying_out)
        messages = self._account.chats.of(user.openid, before)
        return as_json(
            {
                "did": deed.did,
                "pushes": [self._shown(push) for push in deed.pushes],
                "messages": [message.json() for message in messages],
            }
        )

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """In a task of its own: a page that goes away does not end what its user began."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _stop(self, app: web.Application) -> None:
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _shown(self, push: PushRecord) -> Json:
        return push_json(push, self._webhook.platform, self._webhook.url)

    def _user(self, request: web.Request) -> User:
        return self._world.user(request.match_info["openid"])

    def _push(self, request: web.Request) -> PushRecord:
        push = self._records.find_push(_number(request.match_info["id"]))
        if push is None:
            raise missing("there is no such push, or not any more")
        return push

    def _call(self, request: web.Request) -> CallRecord:
        call = self._records.find_call(_number(request.match_info["id"]))
        if call is None:
            raise missing("there is no such call, or not any more")
        return call


def _number(text: str) -> int:
    """An id; 0, which nothing has, for what is none."""
    return int(text) if text.isdecimal() and len(text) < 16 else 0

"""The part of the control API that stands for the account's owner and the world: users, tags,
material, time, faults."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import secrets
from typing import Any, Final, TypeVar

from aiohttp import web
from pydantic import TypeAdapter

from wxevents.emulator import requests
from wxevents.emulator.api.serving import ENDPOINTS
from wxevents.emulator.control.bodies import MAX_SAVED_BYTES, as_json, body_of, missing, parsed
from wxevents.emulator.faults import Faults
from wxevents.emulator.records import Records
from wxevents.emulator.refusals import PRINTED, TEXTS
from wxevents.emulator.requests import WrongRequest
from wxevents.emulator.saved import restore, snapshot, written
from wxevents.emulator.shown import user_json
from wxevents.emulator.state.account import Account
from wxevents.emulator.state.file_formats import CONTENT_TYPES
from wxevents.emulator.state.people import User
from wxevents.emulator.switches import Switches
from wxevents.emulator.webhook import Webhook

T = TypeVar("T")

# Of material that comes without a name, the format that is likeliest.
_FORMATS: Final = {"image": "jpg", "voice": "amr", "video": "mp4"}


class World:
    """Handlers of one emulator; every change is told to the pages that listen."""

    def __init__(self, account: Account, records: Records, webhook: Webhook) -> None:
        self._account = account
        self._records = records
        self._webhook = webhook

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/users", self.add_user),
            web.patch("/users/{openid}", self.change_user),
            web.delete("/users/{openid}", self.delete_user),
            web.post("/tags", self.add_tag),
            web.post("/materials", self.add_material),
            web.post("/articles", self.add_article),
            web.put("/website_menu", self.set_website_menu),
            web.post("/clock", self.move_clock),
            web.patch("/faults", self.change_faults),
            web.patch("/switches", self.change_switches),
            web.post("/tokens/expire", self.expire_tokens),
            web.post("/quotas/exhaust", self.exhaust_quota),
            web.post("/handled", self.handled),
            web.get("/saved", self.saved),
            web.put("/saved", self.restore_saved),
        ]

    def user(self, openid: str) -> User:
        user = self._account.users.get(openid)
        if user is None:
            raise missing(f"there is no user {openid}")
        return user

    async def add_user(self, request: web.Request) -> web.Response:
        wanted = await parsed(request, requests.UserBody)
        openid = wanted.openid or f"o{secrets.token_urlsafe(20)[:27]}"
        if openid in self._account.users:
            raise WrongRequest(f"there is a user {openid} already")
        tags = self._tag_ids(wanted.tags or [])
        user = self._account.follow(openid)
        self._change(user, wanted, tags)
        return self._told(user)

    async def change_user(self, request: web.Request) -> web.Response:
        user = self.user(request.match_info["openid"])
        wanted = await parsed(request, requests.UserBody)
        if wanted.openid not in (None, user.openid):
            raise WrongRequest("openid: it stays what it is; add another user")
        tags = None if wanted.tags is None else self._tag_ids(wanted.tags)
        self._change(user, wanted, tags)
        return self._told(user)

    async def delete_user(self, request: web.Request) -> web.Response:
        user = self.user(request.match_info["openid"])
        del self._account.users[user.openid]
        self._account.chats.forget(user.openid)
        self._account.feed.changed("state")
        return as_json({})

    async def add_tag(self, request: web.Request) -> web.Response:
        wanted = await parsed(request, requests.TagBody)
        if self._account.tag_called(wanted.name):
            raise WrongRequest(f"there is a tag {wanted.name!r} already")
        tag = self._account.new_tag(wanted.name)
        return as_json({"id": tag.id, "name": tag.name, "count": 0})

    async def add_material(self, request: web.Request) -> web.Response:
        wanted = await parsed(request, requests.Material)
        if wanted.type == "news" and not wanted.articles:
            raise WrongRequest("articles: news material has at least one")
        try:
            data = base64.b64decode(wanted.data, validate=True)
        except ValueError as error:  # also of characters that are not ASCII
            raise WrongRequest(f"data: no base64: {error}") from error
        media = self._account.media.keep(
            wanted.type,
            media_id=wanted.media_id,
            permanent=True,
            data=data,
            content_type=CONTENT_TYPES.get(_FORMATS.get(wanted.type, ""), "application/json"),
            title=wanted.title,
            description=wanted.description,
            articles=wanted.articles,
        )
        return as_json({"media_id": media.media_id})

    async def add_article(self, request: web.Request) -> web.Response:
        wanted = await parsed(request, requests.ArticleBody)
        article_id = wanted.article_id or secrets.token_urlsafe(32)
        self._account.media.publish(article_id, wanted.articles)
        return as_json({"article_id": article_id})

    async def set_website_menu(self, request: web.Request) -> web.Response:
        wanted = await parsed(request, requests.WebsiteMenu)
        self._account.set_website_menu(wanted.selfmenu_info, wanted.is_menu_open)
        self._account.feed.changed("menus")
        return as_json({})

    async def move_clock(self, request: web.Request) -> web.Response:
        wanted = await parsed(request, requests.Advance)
        self._account.clock.move(wanted.advance)
        self._account.feed.changed("time")
        return as_json({"time": self._account.clock.time()})

    async def change_faults(self, request: web.Request) -> web.Response:
        changed = await _changed(request, self._account.faults, Faults)
        for path, code in changed.api_errors.items():
            if path != "*":
                _require_call(path)
            if code not in TEXTS and code not in PRINTED:
                raise WrongRequest(f"api_errors: the platform knows no error code {code}")
        self._account.faults = changed
        self._account.feed.changed("faults")
        return as_json(dataclasses.asdict(changed))

    async def change_switches(self, request: web.Request) -> web.Response:
        changed = await _changed(request, self._account.switches, Switches)
        self._account.switches = changed
        self._account.feed.changed("switches")
        return as_json(dataclasses.asdict(changed))

    async def expire_tokens(self, request: web.Request) -> web.Response:
        self._account.tokens.expire()
        return as_json({})

    async def exhaust_quota(self, request: web.Request) -> web.Response:
        wanted = await parsed(request, requests.Exhaust)
        _require_call(wanted.path)
        self._account.quotas.exhaust(wanted.path)
        return as_json({})

    async def handled(self, request: web.Request) -> web.Response:
        """A bot of ours tells which of its handlers took a push."""
        wanted = await parsed(request, requests.Handled)
        if wanted.handler:
            app_id = self._account.app_id
            if push := self._records.took(wanted.identity, app_id, wanted.handler):
                self._webhook.tell(push)
        return as_json({})

    async def saved(self, request: web.Request) -> web.Response:
        return as_json(await asyncio.to_thread(written, snapshot(self._account)))

    async def restore_saved(self, request: web.Request) -> web.Response:
        restore(self._account, await body_of(request, MAX_SAVED_BYTES))
        return as_json({})

    def _change(self, user: User, wanted: requests.UserBody, tags: list[int] | None) -> None:
        """Only what was given."""
        user.name = user.name if wanted.name is None else wanted.name
        user.platform = wanted.platform or user.platform
        user.client_version = wanted.client_version or user.client_version
        if wanted.subscribed is not None and wanted.subscribed != user.subscribed:
            if wanted.subscribed:
                self._account.follow(user.openid)
            else:
                self._account.unfollow(user.openid)
                user.seen_menu = None
        if tags is not None:
            user.tags[:] = tags

    def _tag_ids(self, tags: list[int | str]) -> list[int]:
        """By id, or by name, under which a tag is made if there is none."""
        ids = []
        for tag in tags:
            if isinstance(tag, int):
                if tag not in self._account.tags:
                    raise WrongRequest(f"tags: there is no tag with the id {tag}")
                ids.append(tag)
            else:
                ids.append((self._account.tag_called(tag) or self._account.new_tag(tag)).id)
        return list(dict.fromkeys(ids))

    def _told(self, user: User) -> web.Response:
        self._account.feed.changed("state")
        return as_json(user_json(user, self._account))


def _require_call(path: str) -> None:
    if path not in ENDPOINTS:
        raise WrongRequest(f"the emulated platform has no call {path}")


async def _changed(request: web.Request, value: Any, kind: type[T]) -> T:
    """A frozen dataclass with the given fields changed. Raises ValidationError, WrongRequest."""
    body = await body_of(request)
    known = dataclasses.asdict(value)
    unknown = body.keys() - known.keys()
    if unknown:
        raise WrongRequest(f"there is no {', '.join(sorted(unknown))}; only {', '.join(known)}")
    return TypeAdapter(kind).validate_python(known | dict(body))

"""A client of the emulated platform: what its users do, in tests of any bot."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, TypeAlias
from urllib.parse import quote

import aiohttp
from yarl import URL

from wxevents.errors import EmulatorError
from wxevents.pushes import FOLLOWER

Json: TypeAlias = Mapping[str, Any]

_JSON: Final = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Done:
    """What came of an action: what the phone `did`, the pushes with their deliveries, and the new
    messages of the chat, all in the shapes of reference/emulator.md."""

    did: Json
    pushes: Sequence[Json]
    messages: Sequence[Json]

    @property
    def replies(self) -> list[Json]:
        """The messages that the account sent."""
        return [message for message in self.messages if message["from"] == "account"]

    @property
    def texts(self) -> list[str]:
        """The texts that the account sent, links as their labels."""
        return [
            "".join(segment["text"] for segment in message["segments"])
            for message in self.replies
            if message["kind"] == "text"
        ]

    @property
    def outcomes(self) -> list[str]:
        """How the platform saw each push: answered, empty, outage, paused or unconfigured."""
        return [push["outcome"] for push in self.pushes]


class EmulatorClient:
    """The control API of an emulator, wherever it runs.

        async with EmulatorClient("http://127.0.0.1:8090") as emulator:
            done = await emulator.user().tap("今日歌曲")
            assert done.texts == ["……"]

    What cannot be done raises EmulatorError.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        # Handlers may take three times five seconds.
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
        return self

    async def __aexit__(self, *exception: object) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    def user(self, openid: str = FOLLOWER) -> EmulatedUser:
        """An existing user; by default the one who follows from the beginning."""
        return EmulatedUser(self, openid)

    async def add_user(
        self,
        name: str = "",
        *,
        openid: str | None = None,
        platform: Literal["ios", "android", "others"] = "ios",
        client_version: str | None = None,
        tags: Sequence[int | str] = (),
        subscribed: bool = True,
    ) -> EmulatedUser:
        """A new user; tags by id or name, in the order in which they were applied. Nothing is
        pushed: see `EmulatedUser.subscribe`."""
        body = {"name": name, "platform": platform, "tags": list(tags), "subscribed": subscribed}
        more = {"openid": openid, "client_version": client_version}
        body |= {key: value for key, value in more.items() if value is not None}
        return EmulatedUser(self, (await self.request("POST", "/users", body))["openid"])

    async def state(self) -> Json:
        """Everything: account, users, menus, audiences, chats, pushes, calls."""
        return await self.request("GET", "/state")

    async def push_again(self, push_id: int, *, anew: bool = False) -> Done:
        """Deliver a push once more, as the platform does; `anew` as another push, now."""
        return _done(await self.request("POST", f"/pushes/{push_id}/again", {"anew": anew}))

    async def call_again(self, call_id: int) -> Json:
        """Make a call of the API once more, with a token that is valid; gives the new call."""
        return await self.request("POST", f"/calls/{call_id}/again", {})

    async def advance(self, seconds: float) -> float:
        """Move the platform's time forward: tokens expire, windows close, phones that are opened
        pull the menu again. Gives the new time. Deliveries keep their five seconds."""
        return float((await self.request("POST", "/clock", {"advance": seconds}))["time"])

    async def faults(self, **faults: object) -> Json:
        """Switch faults on and off: delay, lose_answers, duplicate, reorder, api_errors."""
        return await self.request("PATCH", "/faults", faults)

    async def switches(self, **switches: object) -> Json:
        """Change what the platform's pages leave open: see `wxevents.emulator.Switches`."""
        return await self.request("PATCH", "/switches", switches)

    async def expire_tokens(self) -> None:
        """All access tokens that were given out are expired (42001)."""
        await self.request("POST", "/tokens/expire", {})

    async def exhaust_quota(self, path: str) -> None:
        """No more calls of this path today (45009)."""
        await self.request("POST", "/quotas/exhaust", {"path": path})

    async def add_material(self, kind: str, **fields: object) -> str:
        """Permanent material; gives its media id."""
        body = {"type": kind, **fields}
        return str((await self.request("POST", "/materials", body))["media_id"])

    async def add_article(self, *articles: Json, article_id: str = "") -> str:
        """A published article; gives its article id."""
        body = {"articles": list(articles), "article_id": article_id}
        return str((await self.request("POST", "/articles", body))["article_id"])

    async def set_website_menu(self, selfmenu_info: Json, *, is_menu_open: bool = True) -> None:
        """The operator makes a menu on the platform's website."""
        body = {"selfmenu_info": selfmenu_info, "is_menu_open": is_menu_open}
        await self.request("PUT", "/website_menu", body)

    async def saved(self) -> Json:
        """The account's whole state, for `restore`."""
        return await self.request("GET", "/saved")

    async def restore(self, saved: Json) -> None:
        """Go on with what `saved` gave, whatever there is now."""
        await self.request("PUT", "/saved", saved)

    async def request(self, method: str, path: str, body: Json | None = None) -> Json:
        """Any call of the control API, its path without `/emulator`. Raises EmulatorError."""
        if self._session is None:
            raise EmulatorError("use the client within `async with EmulatorClient(…)`")
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        url = self._url_of(path)
        try:
            async with self._session.request(method, url, data=data, headers=_JSON) as response:
                status, content = response.status, await response.read()
        except aiohttp.ClientConnectorError as error:
            raise EmulatorError(
                f"nothing answers at {self.url}: is `wxevents dev` or `wxevents emulate` running "
                "there?"
            ) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise EmulatorError(f"{method} {url}: {error or type(error).__name__}") from error
        try:
            answer = json.loads(content)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise EmulatorError(f"no emulator answers at {self.url}: status {status}, no JSON")
        if status != 200:
            reason = str(answer.get("error", answer))
            raise EmulatorError(f"{method} {path}: {reason}", reason)
        return answer

    def _url_of(self, path: str) -> URL:
        try:
            url = URL(f"{self.url}/emulator{path}", encoded=True)
            if url.host and url.port and url.scheme in ("http", "https"):
                return url
        except ValueError:
            pass  # such as a port that is no number
        raise EmulatorError(f"{self.url} is no URL: write it as http://host:port")


class EmulatedUser:
    """Somebody with a phone. Each action gives what came of it, when the platform is done with
    it."""

    def __init__(self, emulator: EmulatorClient, openid: str) -> None:
        self.openid = openid
        self._emulator = emulator
        self._place = f"/users/{quote(openid, safe='')}"

    async def tap(
        self,
        name: str | None = None,
        *,
        key: str | None = None,
        path: Sequence[int] | None = None,
        scan: str | Json | None = None,
        photos: Sequence[str | Json] | None = None,
        place: Json | None = None,
    ) -> Done:
        """Tap the button with this name, key or path ([1, 2]: third of the second column).

        Where it wants to know: `scan` is the text of a QR code (or type, result and symbology),
        `photos` names of samples (cat, sea, receipt) or name and data, `place` latitude and
        longitude. Without it, `did` tells what is needed, and nothing is pushed.
        """
        shown_code = {"result": scan} if isinstance(scan, str) else scan
        taken = (
            None
            if photos is None
            else [{"sample": one} if isinstance(one, str) else one for one in photos]
        )
        given = {
            "name": name,
            "key": key,
            "path": None if path is None else list(path),
            "scan": shown_code,
            "photos": taken,
            "place": place,
        }
        body = {field: value for field, value in given.items() if value is not None}
        return await self._do("tap", body)

    async def say(self, text: str, menu_id: str = "") -> Done:
        """Send a text; `menu_id` if it is an option of a message menu."""
        return await self._do("say", {"text": text, "menu_id": menu_id})

    async def send(self, kind: str, **fields: object) -> Done:
        """Send an image, voice, video, shortvideo, link or location."""
        return await self._do("send", {"kind": kind, **fields})

    async def subscribe(self, scene: str = "") -> Done:
        """Follow the account, by a QR code if it has a scene."""
        return await self._do("follow", {"scene": scene})

    async def unsubscribe(self) -> Done:
        """Stop following the account."""
        return await self._do("unfollow", {})

    async def scan_scene(self, scene: str) -> Done:
        """Scan a QR code of the account; who does not follow becomes a follower."""
        return await self._do("scan", {"scene": scene})

    async def report_location(self, latitude: float, longitude: float) -> Done:
        """The app reports his place, as on entering the chat."""
        body = {"latitude": latitude, "longitude": longitude}
        return await self._do("report_location", body)

    async def push(
        self, name: str, key: str | None = None, elements: Mapping[str, object] | None = None
    ) -> Done:
        """Any push, as `Phone.push` takes it; `elements` are set by their path,
        `{"ScanCodeInfo.ScanResult": "…"}`."""
        body = {
            "openid": self.openid,
            "name": name,
            "key": key,
            "elements": dict(elements or {}),
        }
        return _done(await self._emulator.request("POST", "/push", body))

    async def template_result(self, status: str = "success") -> Done:
        """A template message to him arrived, or did not: `failed:user block`, `failed: system
        failed`."""
        body = {"openid": self.openid, "status": status}
        return _done(await self._emulator.request("POST", "/template_result", body))

    async def open(self, *, refresh: bool = False) -> Json:
        """Open the chat, which pulls the menu if the last time is long ago; gives the user."""
        return await self._emulator.request("POST", self._path("open"), {"refresh": refresh})

    async def change(self, **fields: object) -> Json:
        """Change name, platform, client_version, tags or subscribed; gives the user."""
        return await self._emulator.request("PATCH", self._place, fields)

    async def delete(self) -> None:
        """Remove the user; nothing is pushed."""
        await self._emulator.request("DELETE", self._place, {})

    async def chat(self, after: int = 0) -> Sequence[Json]:
        """The messages of the chat behind the id `after`."""
        path = f"{self._place}/chat?after={after}"
        messages: Sequence[Json] = (await self._emulator.request("GET", path))["messages"]
        return messages

    async def _do(self, deed: str, body: Json) -> Done:
        return _done(await self._emulator.request("POST", self._path(deed), body))

    def _path(self, deed: str) -> str:
        return f"{self._place}/{deed}"


def _done(answer: Json) -> Done:
    return Done(answer["did"], answer["pushes"], answer["messages"])

"""Followers of the account."""

from __future__ import annotations

from collections.abc import AsyncIterator

from pydantic.dataclasses import dataclass

from wxevents.client.answers import TYPED, typed
from wxevents.client.api import Api
from wxevents.client.paging import openids


@dataclass(frozen=True, config=TYPED)
class User:
    """A user. Of one who does not follow, only `openid` and perhaps `unionid` are known.

    `subscribe_time` is in seconds since the epoch; `qr_scene` and `qr_scene_str` belong to the QR
    code by which the user came.
    """

    openid: str
    subscribe: bool
    language: str = ""
    subscribe_time: int = 0
    unionid: str = ""
    remark: str = ""
    groupid: str = ""
    tagid_list: tuple[int, ...] = ()
    subscribe_scene: str = ""
    qr_scene: str = ""
    qr_scene_str: str = ""


class Users:
    """`client.users`."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def info(self, openid: str, lang: str = "zh_CN") -> User:
        """One user; `lang` is zh_CN, zh_TW or en."""
        path = "/cgi-bin/user/info"
        answer = await self._api.get(path, {"openid": openid, "lang": lang})
        return typed(User, f"GET {path}", answer)

    def list(self) -> AsyncIterator[str]:
        """The openids of all followers, fetched 10,000 at once: `async for openid in …`."""
        path = "/cgi-bin/user/get"
        return openids(
            f"GET {path}",
            lambda after: self._api.get(path, {"next_openid": after} if after else {}),
        )

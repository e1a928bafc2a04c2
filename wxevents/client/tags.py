"""Tags of followers, which conditional menus match by."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

from pydantic.dataclasses import dataclass

from wxevents.client.answers import TYPED, typed
from wxevents.client.api import Api
from wxevents.client.paging import openids

BATCH: Final = 50


@dataclass(frozen=True, config=TYPED)
class Tag:
    """A tag; `count` is the number of its followers where the platform tells it."""

    id: int
    name: str
    count: int | None = None


@dataclass(frozen=True, config=TYPED)
class _Created:
    tag: Tag


@dataclass(frozen=True, config=TYPED)
class _Tags:
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, config=TYPED)
class _TagIds:
    tagid_list: tuple[int, ...] = ()


class Tags:
    """`client.tags`. An account has 100 tags at most, a user 20, a name 30 bytes."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def create(self, name: str) -> Tag:
        """A new tag. ApiError 45157 if the name is in use."""
        path = "/cgi-bin/tags/create"
        # Not idempotent: a second time the name is in use.
        answer = await self._api.post(path, {"tag": {"name": name}})
        return typed(_Created, f"POST {path}", answer).tag

    async def list(self) -> tuple[Tag, ...]:
        """All tags with their number of followers."""
        path = "/cgi-bin/tags/get"
        return typed(_Tags, f"GET {path}", await self._api.get(path)).tags

    async def rename(self, tag_id: int, name: str) -> None:
        """Give a tag another name."""
        await self._api.post(
            "/cgi-bin/tags/update", {"tag": {"id": tag_id, "name": name}}, idempotent=True
        )

    async def delete(self, tag_id: int) -> None:
        """Delete a tag; one with over 100,000 followers has to lose them first (45057)."""
        # Not idempotent: a second time there is no such tag.
        await self._api.post("/cgi-bin/tags/delete", {"tag": {"id": tag_id}})

    async def tag_users(self, tag_id: int, openids: Sequence[str]) -> None:
        """Tag followers, 50 in a call; what fails half-way may be repeated from the start."""
        await self._in_batches("/cgi-bin/tags/members/batchtagging", tag_id, openids)

    async def untag_users(self, tag_id: int, openids: Sequence[str]) -> None:
        """Take a tag from followers, 50 in a call; may be repeated from the start."""
        await self._in_batches("/cgi-bin/tags/members/batchuntagging", tag_id, openids)

    async def of_user(self, openid: str) -> tuple[int, ...]:
        """The ids of a follower's tags."""
        path = "/cgi-bin/tags/getidlist"
        answer = await self._api.post(path, {"openid": openid}, idempotent=True)
        return typed(_TagIds, f"POST {path}", answer).tagid_list

    def users(self, tag_id: int) -> AsyncIterator[str]:
        """The openids of all followers with a tag: `async for openid in client.tags.users(101)`."""
        path = "/cgi-bin/user/tag/get"
        return openids(
            f"POST {path}",
            lambda after: self._api.post(
                path, {"tagid": tag_id, "next_openid": after}, idempotent=True
            ),
        )

    async def _in_batches(self, path: str, tag_id: int, openids: Sequence[str]) -> None:
        if isinstance(openids, str):
            raise TypeError("openids is a list of openids, not one")
        for start in range(0, len(openids), BATCH):
            batch = list(openids[start : start + BATCH])
            await self._api.post(path, {"openid_list": batch, "tagid": tag_id}, idempotent=True)

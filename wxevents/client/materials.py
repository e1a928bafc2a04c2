"""Permanent material: files and news that stay at the platform."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic.dataclasses import dataclass

from wxevents.client.answers import TYPED, encode, typed
from wxevents.client.api import Api
from wxevents.client.files import DownloadedFile, MediaKind, Source, read_download, upload_part
from wxevents.client.transport import MEDIA_LIMIT, Call, Part

MaterialKind: TypeAlias = Literal["image", "video", "voice", "news"]


@dataclass(frozen=True, config=TYPED)
class AddedMaterial:
    """What the platform calls the new material; `url` shows an image, within its own pages."""

    media_id: str
    url: str = ""


@dataclass(frozen=True, config=TYPED)
class MaterialVideo:
    """A video and where it can be loaded from."""

    title: str = ""
    description: str = ""
    down_url: str = ""


@dataclass(frozen=True, config=TYPED)
class MaterialArticle:
    """One article of news material."""

    title: str = ""
    author: str = ""
    digest: str = ""
    content: str = ""
    content_source_url: str = ""
    thumb_media_id: str = ""
    url: str = ""


@dataclass(frozen=True, config=TYPED)
class MaterialNews:
    """News material."""

    news_item: tuple[MaterialArticle, ...]


@dataclass(frozen=True, config=TYPED)
class MaterialItem:
    """One entry of a list: a file with `name` and `url`, or news with its `content`.
    `update_time` in seconds since the epoch."""

    media_id: str
    name: str = ""
    update_time: int = 0
    url: str = ""
    content: MaterialNews | None = None


@dataclass(frozen=True, config=TYPED)
class MaterialPage:
    """Part of a list; `total_count` is the length of all of it."""

    total_count: int
    item: tuple[MaterialItem, ...] = ()


@dataclass(frozen=True, config=TYPED)
class MaterialCounts:
    """How many there are of each kind."""

    voice_count: int = 0
    video_count: int = 0
    image_count: int = 0
    news_count: int = 0


class Materials:
    """`client.materials`. Sizes as of temporary media."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def add(
        self,
        kind: MediaKind,
        file: Source,
        *,
        filename: str = "",
        title: str = "",
        introduction: str = "",
    ) -> AddedMaterial:
        """Store a file, by its path or its bytes; a video with title and introduction.

        It is not stored again after a lost answer (AnswerLost): there might be two. MediaError for
        a file that is missing, empty or too large.
        """
        parts = [await upload_part(kind, file, filename)]
        if kind == "video":
            description = {"title": title, "introduction": introduction}
            parts.append(Part("description", encode(description)))
        path = "/cgi-bin/material/add_material"
        answer = await self._api.upload(path, {"type": kind}, parts)
        return typed(AddedMaterial, f"POST {path}", answer)

    async def get(self, media_id: str) -> DownloadedFile | MaterialVideo | MaterialNews:
        """One piece of material: the file, the link of a video, or the articles."""
        call = Call(
            "POST",
            "/cgi-bin/material/get_material",
            body=encode({"media_id": media_id}),
            idempotent=True,
            limit=MEDIA_LIMIT,
        )
        answer = await self._api.download(call, read_download)
        if isinstance(answer, DownloadedFile):
            return answer
        if "news_item" in answer:
            return typed(MaterialNews, str(call), answer)
        return typed(MaterialVideo, str(call), answer)

    async def list(self, kind: MaterialKind, offset: int = 0, count: int = 20) -> MaterialPage:
        """`count` (1 to 20) entries from `offset` on, the newest first."""
        path = "/cgi-bin/material/batchget_material"
        body = {"type": kind, "offset": offset, "count": count}
        answer = await self._api.post(path, body, idempotent=True)
        return typed(MaterialPage, f"POST {path}", answer)

    async def delete(self, media_id: str) -> None:
        """Delete one piece of material; ApiError 40007 if there is none of that id."""
        # Not idempotent: a second time is answered with 40007.
        await self._api.post("/cgi-bin/material/del_material", {"media_id": media_id})

    async def counts(self) -> MaterialCounts:
        """How many there are of each kind."""
        path = "/cgi-bin/material/get_materialcount"
        return typed(MaterialCounts, f"GET {path}", await self._api.get(path))

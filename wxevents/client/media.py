"""Temporary media: files that live for three days at the platform."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass as plain_dataclass
from dataclasses import field
from pathlib import Path
from typing import Final

from pydantic.dataclasses import dataclass

from wxevents.client.answers import TYPED, typed
from wxevents.client.api import Api
from wxevents.client.files import (
    MAX_BYTES,
    DownloadedFile,
    MediaKind,
    Source,
    read_download,
    read_file,
    upload_part,
)
from wxevents.client.transport import MEDIA_LIMIT, Call
from wxevents.clock import Clock
from wxevents.errors import MediaError

# An hour less than three days, so that an id that is handed out can still be used.
KEPT: Final = 3 * 86_400.0 - 3_600.0


@dataclass(frozen=True, config=TYPED)
class UploadedMedia:
    """A temporary file at the platform; `created_at` in seconds since the epoch."""

    media_id: str
    type: str = ""
    created_at: int = 0


@dataclass(frozen=True, config=TYPED)
class VideoLink:
    """Where a video can be loaded from; the platform gives no file of one."""

    video_url: str


@plain_dataclass
class _Kept:
    """What is known of one local file."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    stamp: tuple[int, int, int] = (0, 0, 0)
    digest: bytes = b""
    media_id: str = ""
    ends: float = 0.0


class Media:
    """`client.media`. Images up to 10 MB, voice 2 MB and 60 s, videos 10 MB, thumbs 64 KB."""

    def __init__(self, api: Api, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._kept: dict[tuple[Path, MediaKind], _Kept] = {}

    async def upload(self, kind: MediaKind, file: Source, *, filename: str = "") -> UploadedMedia:
        """Upload a file, by its path or its bytes; the platform tells the format by the filename.

        The media id may be used any number of times in three days. MediaError for a file that is
        missing, empty or too large.
        """
        part = await upload_part(kind, file, filename)
        path = "/cgi-bin/media/upload"
        answer = await self._api.upload(path, {"type": kind}, [part])
        if "thumb_media_id" in answer:
            answer = {"media_id": answer["thumb_media_id"]} | answer
        return typed(UploadedMedia, f"POST {path}", answer)

    async def download(self, media_id: str) -> DownloadedFile | VideoLink:
        """A temporary file, or the link to it if it is a video; also what users send."""
        call = Call(
            "GET",
            "/cgi-bin/media/get",
            {"media_id": media_id},
            idempotent=True,
            limit=MEDIA_LIMIT,
        )
        answer = await self._api.download(call, read_download)
        if isinstance(answer, DownloadedFile):
            return answer
        return typed(VideoLink, str(call), answer)

    async def media_id_of(self, path: Path | str, kind: MediaKind) -> str:
        """A media id of a local file, which is uploaded when it is first asked for, when its
        content has changed, and again before its three days end. Kept in memory."""
        kept = self._kept_of(Path(path), kind)
        async with kept.lock:  # whoever comes meanwhile gets the same upload
            await self._renew(kept, Path(path), kind)
            return kept.media_id

    def _kept_of(self, path: Path, kind: MediaKind) -> _Kept:
        return self._kept.setdefault((path.absolute(), kind), _Kept())

    async def _renew(self, kept: _Kept, path: Path, kind: MediaKind) -> None:
        now = self._clock.monotonic()
        stamp = _stamp(path)
        if now < kept.ends and stamp == kept.stamp:
            return
        content = await read_file(path, MAX_BYTES.get(kind, 0))
        digest = hashlib.sha256(content).digest()
        if now >= kept.ends or digest != kept.digest:
            uploaded = await self.upload(kind, content, filename=path.name)
            kept.media_id = uploaded.media_id
            kept.ends = now + KEPT
        kept.stamp, kept.digest = stamp, digest


def _stamp(path: Path) -> tuple[int, int, int]:
    """What changes when the file is written to."""
    try:
        status = path.stat()
    except OSError as error:
        raise MediaError(f"{path} cannot be read: {error.strerror}") from error
    return status.st_mtime_ns, status.st_size, status.st_ino

"""Files of one account: temporary media, permanent material, published articles."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from wxevents.clock import Clock
from wxevents.emulator.feed import Feed

MediaKind: TypeAlias = Literal["image", "voice", "video", "thumb", "news"]

TEMPORARY_LIFE: Final = 3 * 24 * 3600
"""Seconds that temporary media are kept."""


@dataclass(frozen=True)
class StoredMedia:
    """A file, or with the kind `news` a list of `articles`; `created_at` is wall time."""

    media_id: str
    kind: MediaKind
    created_at: float
    permanent: bool = False
    data: bytes = b""
    content_type: str = "application/octet-stream"
    filename: str = ""
    title: str = ""
    description: str = ""
    articles: Sequence[Mapping[str, Any]] = ()

    @property
    def url(self) -> str:
        """Where a page of the emulator finds it."""
        return f"/emulator/media/{self.media_id}"


def article_card(raw: Mapping[str, Any]) -> dict[str, str]:
    """An article as a chat shows it. Material, published articles and menus made on the website
    give the same things other names."""
    names = {
        "title": ("title",),
        "description": ("description", "digest"),
        "pic_url": ("pic_url", "picurl", "thumb_url", "cover_url"),
        "url": ("url", "content_url"),
    }
    return {
        field: next((str(raw[name]) for name in given if raw.get(name)), "")
        for field, given in names.items()
    }


class MediaLibrary:
    """By media id; temporary media only while they live."""

    def __init__(self, clock: Clock, feed: Feed) -> None:
        self._clock = clock
        self._feed = feed
        self._files: dict[str, StoredMedia] = {}
        self.articles: dict[str, Sequence[Mapping[str, Any]]] = {}
        """Published articles by article id."""

    def __iter__(self) -> Iterator[StoredMedia]:
        self._forget_old()
        return iter(list(self._files.values()))

    def keep(self, kind: MediaKind, *, media_id: str = "", **fields: Any) -> StoredMedia:
        """Store a file under a new media id, or under this one; `fields` are StoredMedia's."""
        self._forget_old()
        media_id = media_id or secrets.token_urlsafe(48)
        media = StoredMedia(media_id, kind, self._clock.time(), **fields)
        self._files[media_id] = media
        self._feed.altered()
        return media

    def publish(self, article_id: str, articles: Sequence[Mapping[str, Any]]) -> None:
        self.articles[article_id] = articles
        self._feed.altered()

    def remove(self, media_id: str) -> None:
        del self._files[media_id]
        self._feed.altered()

    def clear(self) -> None:
        self._files.clear()
        self.articles.clear()

    def restore(self, media: StoredMedia) -> None:
        self._files[media.media_id] = media

    def find(self, media_id: object) -> StoredMedia | None:
        media = self._files.get(media_id) if isinstance(media_id, str) else None
        return media if media and self._lives(media) else None

    def permanent(self, media_id: object) -> StoredMedia | None:
        media = self.find(media_id)
        return media if media and media.permanent else None

    def _lives(self, media: StoredMedia) -> bool:
        return media.permanent or self._clock.time() - media.created_at < TEMPORARY_LIFE

    def _forget_old(self) -> None:
        for media in [one for one in self._files.values() if not self._lives(one)]:
            del self._files[media.media_id]

"""Taking over a menu that was made on the platform's website.

The website's buttons answer by themselves; the API has no such buttons. So texts and media become
click buttons with a reply, which the bot gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from wxevents.client import Client, DownloadedFile, VideoLink
from wxevents.client.transport import MEDIA_LIMIT
from wxevents.errors import ApiAnswerUnreadable, ApiError
from wxevents.menu import (
    Button,
    ClickButton,
    Menu,
    SelfMenuInfo,
    SubMenu,
    WebsiteButton,
)
from wxevents.replies import (
    MAX_ARTICLES,
    Article,
    ImageReply,
    NewsReply,
    Reply,
    VideoReply,
    VoiceReply,
)

BAD_MEDIA_ID: Final = 40007
_MEDIA_FOLDER: Final = "media"
_FETCH_TIMEOUT: Final = 120.0
# Named by us alone: a server must not be able to put a program beside the handlers.
_SUFFIXES: Final = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/bmp": ".bmp",
    "audio/amr": ".amr",
    "audio/mpeg": ".mp3",
    "audio/mp3": ".mp3",
    "video/mp4": ".mp4",
}
# The platform takes no file whose name does not tell its format.
_LIKELY: Final = {"img": ".jpg", "photo": ".jpg", "voice": ".mp3", "video": ".mp4"}


@dataclass(frozen=True)
class Takeover:
    """`menu` as it could be carried over, None if nothing could; `files` are the media to keep
    beside it, by their path from the menu file; `lost` tells what stays behind, and why."""

    info: SelfMenuInfo
    menu: Menu | None
    files: dict[Path, bytes]
    lost: tuple[str, ...]


async def take_over(client: Client) -> Takeover:
    """The menu that is shown now, as one that the API can publish. Media are downloaded, since the
    website's ids live three days."""
    info = await client.menus.current_selfmenu_info()
    carrier = _Carrier(client)
    buttons: list[Button | SubMenu] = []
    for one in info.button:
        if isinstance(one, SubMenu):
            children = [kept for child in one.sub_button if (kept := await carrier.carry(child))]
            if children:
                buttons.append(SubMenu(one.name, *children))
            else:
                carrier.lost.append(f"{one.name!r}: none of its buttons could be carried over")
        elif kept := await carrier.carry(one):
            buttons.append(kept)
    menu = Menu(*buttons) if buttons else None
    return Takeover(info, menu, carrier.files, tuple(carrier.lost))


class _Carrier:
    """One button after the other, with what they leave behind."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._count = 0
        self.files: dict[Path, bytes] = {}
        self.lost: list[str] = []

    async def carry(self, button: Button) -> Button | None:
        if not isinstance(button, WebsiteButton):
            return button
        self._count += 1
        key = f"WEBSITE_{self._count}"
        try:
            reply = await self._reply(button, key)
        except (ApiAnswerUnreadable, _NotCarried) as error:
            self.lost.append(f"{button.name!r} ({button.kind}): {error}")
            return None
        except ApiError as error:
            # What concerns this one file; everything else concerns the whole takeover.
            if error.errcode != BAD_MEDIA_ID:
                raise
            self.lost.append(f"{button.name!r} ({button.kind}): {error}")
            return None
        return ClickButton(button.name, key, reply=reply)

    async def _reply(self, button: WebsiteButton, key: str) -> str | Reply:
        match button.kind:
            case "text":
                if not button.value:
                    raise _NotCarried("it has no text")
                return button.value
            case "img" | "photo":
                return ImageReply(await self._download(button, key))
            case "voice":
                return VoiceReply(await self._download(button, key))
            case "video":
                path = self._keep(button, key, await _fetch(button.value))
                return VideoReply(path, title=button.name)
            case "news":
                return self._news(button)
            case _:
                raise _NotCarried("the API knows no such button")

    def _news(self, button: WebsiteButton) -> NewsReply:
        articles = [
            Article(
                str(one.get("title") or button.name),  # an article without title is none
                str(one.get("digest") or ""),
                str(one.get("cover_url") or ""),
                str(one.get("content_url") or ""),
            )
            for one in button.news
        ]
        if not articles:
            raise _NotCarried(
                "its articles were not reported; publish them as an article_id button"
            )
        if len(articles) > MAX_ARTICLES:
            dropped = len(articles) - MAX_ARTICLES
            self.lost.append(f"{button.name!r} (news): the last {dropped} articles")
        return NewsReply(articles[:MAX_ARTICLES])

    async def _download(self, button: WebsiteButton, key: str) -> Path:
        media = await self._client.media.download(button.value)
        if isinstance(media, VideoLink):
            media = await _fetch(media.video_url)
        return self._keep(button, key, media)

    def _keep(self, button: WebsiteButton, key: str, file: DownloadedFile) -> Path:
        suffix = _SUFFIXES.get(file.content_type.lower(), _LIKELY[button.kind])
        path = Path(_MEDIA_FOLDER) / f"{key}{suffix}"
        self.files[path] = file.content
        return path


async def _fetch(url: str) -> DownloadedFile:
    """A file on the platform's file servers, which want no token."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(_FETCH_TIMEOUT)) as session,
            session.get(url) as response,
        ):
            response.raise_for_status()
            content = bytearray()
            async for chunk in response.content.iter_any():
                content += chunk
                if len(content) > MEDIA_LIMIT:
                    break
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        reason = str(error) or type(error).__name__
        raise _NotCarried(f"{url or 'an empty link'} cannot be loaded: {reason}") from error
    if not content:
        raise _NotCarried(f"{url} is empty")
    if len(content) > MEDIA_LIMIT:
        raise _NotCarried(f"{url} is larger than {MEDIA_LIMIT:,} bytes")
    return DownloadedFile(bytes(content), response.content_type, "")


class _NotCarried(Exception):
    """What the API has no place for; the message tells why."""

"""Lists of openids, which the platform gives page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import field
from typing import Any

from pydantic.dataclasses import dataclass

from wxevents.client.answers import TYPED, typed


@dataclass(frozen=True, config=TYPED)
class _Openids:
    openid: tuple[str, ...] = ()


@dataclass(frozen=True, config=TYPED)
class _Page:
    data: _Openids = field(default_factory=_Openids)
    next_openid: str = ""


async def openids(
    call: str, page_after: Callable[[str], Awaitable[dict[str, Any]]]
) -> AsyncIterator[str]:
    """All openids; `page_after` asks for the page behind that openid, "" for the first one."""
    after = ""
    while True:
        page = typed(_Page, call, await page_after(after))
        for openid in page.data.openid:
            yield openid
        # The last page is empty, or names no next one; the same one again would never end.
        if not page.data.openid or page.next_openid in ("", after):
            return
        after = page.next_openid

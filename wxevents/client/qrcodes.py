"""QR codes that lead to the account and tell by which one a user came."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from pydantic.dataclasses import dataclass

from wxevents.client.answers import TYPED, typed
from wxevents.client.api import Api

MAX_SECONDS: Final = 2_592_000
_PICTURE: Final = "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket="


@dataclass(frozen=True, config=TYPED)
class QRCode:
    """A QR code. `url` is what it says, to draw it oneself; `expire_seconds` is the rest of its
    life, None for a permanent one."""

    ticket: str
    url: str = ""
    expire_seconds: int | None = None

    @property
    def picture_url(self) -> str:
        """Where the platform shows it as a picture; anybody may load that."""
        return _PICTURE + quote(self.ticket, safe="")


class QRCodes:
    """`client.qrcodes`. The scene comes back in the pushes: `@router.subscribe(scene=…)` and
    `@router.scan(…)`, a number as its digits."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def temporary(self, scene: int | str, expires_in: int = MAX_SECONDS) -> QRCode:
        """A code for at most 30 days; `scene` is a number of 32 bits above 0, or a text of 1 to 64
        characters, `expires_in` in seconds."""
        if not 1 <= expires_in <= MAX_SECONDS:
            raise ValueError(f"expires_in is 1 to {MAX_SECONDS:,} seconds, not {expires_in:,}")
        return await self._create({"expire_seconds": expires_in}, "QR_SCENE", "QR_STR_SCENE", scene)

    async def permanent(self, scene: int | str) -> QRCode:
        """A code for ever, of which an account has 100,000; `scene` is a number from 1 to 100,000,
        or a text of 1 to 64 characters."""
        return await self._create({}, "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE", scene)

    async def _create(
        self, body: dict[str, Any], number_action: str, text_action: str, scene: int | str
    ) -> QRCode:
        number = isinstance(scene, int)
        action = number_action if number else text_action
        info = {"scene_id" if number else "scene_str": scene}
        path = "/cgi-bin/qrcode/create"
        # Idempotent enough: another code for the same scene does no harm.
        answer = await self._api.post(
            path,
            body | {"action_name": action, "action_info": {"scene": info}},
            idempotent=True,
        )
        return typed(QRCode, f"POST {path}", answer)

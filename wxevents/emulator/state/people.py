"""The people around one account: its followers, and the tags that it gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from wxevents.emulator.state.menu_store import StoredMenu
from wxevents.menu.limits import PLATFORMS

Platform: TypeAlias = Literal["ios", "android", "others"]

_PLATFORM_CODES: Final = {name: code for code, name in PLATFORMS.items()}


@dataclass
class Tag:
    """A tag; the platform keeps the ids 0 to 2 for itself, of which 2 (星标组) is listed."""

    id: int
    name: str


@dataclass(frozen=True)
class SeenMenu:
    """What a phone pulled last: the menu (None where there was none), and when."""

    menu: StoredMenu | None
    at: float


@dataclass
class User:
    """Somebody who follows the account, or did. `tags` in the order in which they were applied;
    the last one decides which conditional menu he sees."""

    openid: str
    platform: Platform = "ios"
    wechat_id: str | None = None
    name: str = ""
    client_version: str = "8.0.50"
    subscribed: bool = True
    subscribe_time: int = 0
    tags: list[int] = field(default_factory=list)
    language: str = "zh_CN"
    remark: str = ""
    unionid: str = ""
    subscribe_scene: str = "ADD_SCENE_QR_CODE"
    qr_scene: int = 0
    qr_scene_str: str = ""

    typing_until: float = 0.0
    """Until when, on the monotonic clock, his phone shows that the account is typing."""
    seen_menu: SeenMenu | None = None

    @property
    def last_tag_id(self) -> str:
        """The id of the tag applied last; "" without one."""
        return str(self.tags[-1]) if self.tags else ""

    @property
    def platform_code(self) -> str:
        """His client_platform_type."""
        return _PLATFORM_CODES[self.platform]

    def runs_at_least(self, versions: Mapping[Platform, str]) -> bool:
        """Whether his client is at least the one that is named for his system; a system that is
        not named can everything."""
        needed = versions.get(self.platform)
        return needed is None or _parts(self.client_version) >= _parts(needed)


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdecimal()]

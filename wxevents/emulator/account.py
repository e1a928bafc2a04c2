"""One emulated account: its followers, tags, menus and permissions, in memory."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from wxevents.clock import Clock
from wxevents.emulator.faults import Fault
from wxevents.emulator.menu_store import StoredMenu, stored_buttons, stored_rule
from wxevents.emulator.quotas import Quotas
from wxevents.emulator.tokens import Tokens
from wxevents.menu.limits import PLATFORMS

Kind: TypeAlias = Literal[
    "test", "unverified_subscription", "verified_subscription", "unverified_service", "service"
]
"""What kind of account it is; `service` is a verified one."""

Platform: TypeAlias = Literal["ios", "android", "others"]

FIRST_TAG_ID: Final = 100
STARRED_TAG_ID: Final = 2
_FIRST_MENU_ID: Final = 500100200
_TAG_ID: Final = re.compile(r"\d{1,9}", re.ASCII)
_PLATFORM_CODES: Final = {name: code for code, name in PLATFORMS.items()}


@dataclass(frozen=True)
class Behaviour:
    """What the platform's pages leave open or contradict; the defaults are what is most likely.

    `create_drops_conditionals`: whether menu/create deletes the conditional menus too (unverified).
    `tag_field`: how menu/get calls the tag of a match rule; both names are in the pages' samples.
    `test_account_conditionals`: whether test accounts have conditional menus; the pages name
    verified accounts only, while test accounts are known to have most permissions.
    `accepts_news`: whether buttons may show news material, which one page still allows.
    `strict`: refuse media ids, articles, mini programs and tags that the account does not have.
    """

    create_drops_conditionals: bool = False
    tag_field: Literal["group_id", "tag_id"] = "group_id"
    test_account_conditionals: bool = True
    accepts_news: bool = False
    strict: bool = False


@dataclass
class Tag:
    """A tag; the platform keeps the ids 0 to 2 for itself, of which 2 (星标组) is listed."""

    id: int
    name: str


@dataclass
class User:
    """Somebody who follows the account, or did. `tags` in the order in which they were applied;
    the last one decides which conditional menu he sees."""

    openid: str
    platform: Platform = "ios"
    wechat_id: str | None = None
    subscribed: bool = True
    subscribe_time: int = 0
    tags: list[int] = field(default_factory=list)
    language: str = "zh_CN"
    remark: str = ""
    unionid: str = ""
    subscribe_scene: str = "ADD_SCENE_QR_CODE"
    qr_scene: int = 0
    qr_scene_str: str = ""

    @property
    def last_tag_id(self) -> str:
        """The id of the tag applied last; "" without one."""
        return str(self.tags[-1]) if self.tags else ""

    @property
    def platform_code(self) -> str:
        """His client_platform_type."""
        return _PLATFORM_CODES[self.platform]


class Account:
    """The state of one account. Tests and pages may read and change any of it.

    Menus belong to service accounts, verified subscription accounts and test accounts (48001 for
    the others); conditional menus to verified ones (65306), and test accounts by `Behaviour`.
    """

    def __init__(
        self,
        *,
        app_id: str,
        app_secret: str,
        kind: Kind,
        clock: Clock,
        behaviour: Behaviour,
    ) -> None:
        self.app_id = app_id
        self.app_secret = app_secret
        self.kind: Kind = kind
        self.clock = clock
        self.behaviour = behaviour
        self.tokens = Tokens(clock)
        self.quotas = Quotas(clock, test_account=kind == "test")

        self.users: dict[str, User] = {}
        self.tags: dict[int, Tag] = {STARRED_TAG_ID: Tag(STARRED_TAG_ID, "星标组")}
        self.default_menu: StoredMenu | None = None
        self.conditional_menus: list[StoredMenu] = []  # oldest first
        self.website_menu: Mapping[str, Any] | None = None
        self.is_menu_open = False

        self.materials: dict[str, str] = {}  # permanent media id to image, voice, video or news
        self.articles: set[str] = set()  # published article ids
        self.mini_programs: set[str] = set()  # app ids of linked ones
        self.barred_types: set[str] = set()  # button types that this account may not use
        self.max_conditional_menus: int | None = None  # the platform does not tell the number
        self.callback_hosts = ["203.0.113.10"]  # what the host of the webhook's URL resolves to
        self.push_ips = ["203.0.113.4", "198.51.100.0/24"]
        self.api_ips = ["192.0.2.16", "192.0.2.17"]

        self._menu_ids = itertools.count(_FIRST_MENU_ID)
        self._tag_ids = itertools.count(FIRST_TAG_ID)
        self._refusals: defaultdict[str, deque[Fault]] = defaultdict(deque)

    @property
    def has_menus(self) -> bool:
        return self.kind != "unverified_subscription"

    @property
    def has_conditional_menus(self) -> bool:
        if self.kind == "test":
            return self.behaviour.test_account_conditionals
        return self.kind in ("service", "verified_subscription")

    # Followers and their tags

    def follow(self, openid: str, platform: Platform = "ios", wechat_id: str | None = None) -> User:
        """Somebody follows the account, for the first time or again."""
        user = User(openid, platform, wechat_id, subscribe_time=int(self.clock.time()))
        self.users[openid] = user
        return user

    def unfollow(self, openid: str) -> None:
        """He stays known to the account, without his tags (inferred)."""
        user = self.users[openid]
        user.subscribed = False
        user.tags.clear()

    def followers(self, tag_id: int | None = None) -> list[User]:
        """In the order in which they came; only those with the tag, if one is given."""
        return [
            user
            for user in self.users.values()
            if user.subscribed and (tag_id is None or tag_id in user.tags)
        ]

    def user_called(self, user_id: str) -> User | None:
        """By openid or WeChat id."""
        if user_id in self.users:
            return self.users[user_id]
        return next((user for user in self.users.values() if user.wechat_id == user_id), None)

    def known_tag(self, tag_id: object) -> Tag | None:
        """By id, a number or its text."""
        text = str(tag_id)
        return self.tags.get(int(text)) if _TAG_ID.fullmatch(text) else None

    def new_tag(self, name: str) -> Tag:
        tag = Tag(next(self._tag_ids), name)
        self.tags[tag.id] = tag
        return tag

    def remove_tag(self, tag_id: int) -> None:
        """Also from everybody who has it; conditional menus keep their rule."""
        del self.tags[tag_id]
        for user in self.users.values():
            self.untag(user.openid, tag_id)

    def tag(self, openid: str, tag: str | int) -> int:
        """Give a user the tag of this id, or this name, which is created if there is none; returns
        its id. One that he has already becomes the last applied again (inferred)."""
        if isinstance(tag, str):
            known = next((one for one in self.tags.values() if one.name == tag), None)
            tag = (known or self.new_tag(tag)).id
        tags = self.users[openid].tags
        if tag in tags:
            tags.remove(tag)
        tags.append(tag)
        return tag

    def untag(self, openid: str, tag_id: int) -> None:
        """Take a tag away, if he has it; the one applied before it counts again (inferred)."""
        tags = self.users[openid].tags
        if tag_id in tags:
            tags.remove(tag_id)

    # Menus

    def seed_default(self, button: Sequence[Mapping[str, Any]]) -> str:
        """Store a default menu unjudged, as menu/create does with a good one; returns its id."""
        self.default_menu = StoredMenu(str(next(self._menu_ids)), stored_buttons(button))
        self.website_menu = None
        self.is_menu_open = True
        if self.behaviour.create_drops_conditionals:
            self.conditional_menus.clear()
        return self.default_menu.menu_id

    def seed_conditional(
        self, button: Sequence[Mapping[str, Any]], matchrule: Mapping[str, Any]
    ) -> str:
        """Store a conditional menu unjudged, also one with retired match fields, as accounts still
        have them; returns its id."""
        menu = StoredMenu(str(next(self._menu_ids)), stored_buttons(button), stored_rule(matchrule))
        self.conditional_menus.append(menu)
        return menu.menu_id

    def set_website_menu(self, selfmenu_info: Mapping[str, Any], is_open: bool = True) -> None:
        """The operator publishes a menu on the platform's website; `selfmenu_info` has the shape of
        get_current_selfmenu_info. The menus made by the API are gone with it (inferred)."""
        self.delete_menus()
        self.website_menu = selfmenu_info
        self.is_menu_open = is_open

    def delete_menus(self) -> None:
        """The default menu, wherever it was made, and all conditional ones."""
        self.default_menu = None
        self.website_menu = None
        self.conditional_menus.clear()
        self.is_menu_open = False

    # What the account cannot bring about

    def refuse(self, path: str, *codes: int) -> None:
        """Let the next calls of a path fail with these codes, one each, once token and method are
        found good: −1 (system busy), 40028 (menus switched off), 48004 (banned), 89503 and the
        like. Raises ValueError for a code that is not in the table of faults."""
        self._refusals[path] += [Fault(code) for code in codes]

    def refusal(self, path: str) -> Fault | None:
        """The next fault that `refuse` ordered for this path, which is used up by that."""
        waiting = self._refusals[path]
        return waiting.popleft() if waiting else None

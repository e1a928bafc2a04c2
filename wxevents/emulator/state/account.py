"""One emulated account: its followers, tags, menus and permissions, in memory."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from wxevents.emulator.clock import MovableClock
from wxevents.emulator.faults import Faults
from wxevents.emulator.feed import Feed
from wxevents.emulator.refusals import Refusal
from wxevents.emulator.state.chats import Chats
from wxevents.emulator.state.interactions import Interactions
from wxevents.emulator.state.media import MediaLibrary
from wxevents.emulator.state.menu_store import (
    StoredMenu,
    flat_website_buttons,
    stored_buttons,
    stored_rule,
)
from wxevents.emulator.state.people import Platform, Tag, User
from wxevents.emulator.state.quotas import Quotas
from wxevents.emulator.state.tokens import Tokens
from wxevents.emulator.switches import Switches
from wxevents.menu.matching import newest_match
from wxevents.pushes import ACCOUNT

Kind: TypeAlias = Literal[
    "test", "unverified_subscription", "verified_subscription", "unverified_service", "service"
]
"""What kind of account it is; `service` is a verified one."""

MenuOf: TypeAlias = Callable[[str, str, bool], StoredMenu | None]
"""Of somebody's last tag, his client_platform_type, and whether it knows conditional menus."""

FIRST_TAG_ID: Final = 100
STARRED_TAG_ID: Final = 2
_FIRST_MENU_ID: Final = 500100200
# The oldest clients that show conditional menus (protocol: conditional menus).
_CONDITIONAL: Final[Mapping[Platform, str]] = {"ios": "6.2.2", "android": "6.2.4"}
_TAG_ID: Final = re.compile(r"\d{1,9}", re.ASCII)


class Account:
    """The state of one account. Tests and pages may read and change any of it.

    Menus belong to service accounts, verified subscription accounts and test accounts (48001 for
    the others); conditional menus to verified ones (65306), and test accounts by `Switches`.
    """

    def __init__(
        self,
        *,
        app_id: str,
        app_secret: str,
        kind: Kind,
        clock: MovableClock,
        switches: Switches,
    ) -> None:
        self.app_id = app_id
        self.app_secret = app_secret
        self.secrets = {app_secret}  # what no inspector shows
        self.kind: Kind = kind
        self.clock = clock
        self.switches = switches
        self.original_id = ACCOUNT
        self.name = "公众号"
        self.base_url = ""
        """Where the emulator is reached, in front of the pictures that it offers."""
        self.faults = Faults()
        self.feed = Feed()
        self.chats = Chats(clock, self.feed)
        self.interactions = Interactions(clock, self.feed)
        self.media = MediaLibrary(clock, self.feed)
        self.tokens = Tokens(clock)
        self.quotas = Quotas(clock, test_account=kind == "test")

        self.users: dict[str, User] = {}
        self.tags: dict[int, Tag] = {STARRED_TAG_ID: Tag(STARRED_TAG_ID, "星标组")}
        self.default_menu: StoredMenu | None = None
        self.conditional_menus: list[StoredMenu] = []  # oldest first
        self.website_menu: Mapping[str, Any] | None = None
        self.is_menu_open = False

        self.tickets: dict[str, str] = {}  # of QR codes, by their scene
        self.mini_programs: set[str] = set()  # app ids of linked ones
        self.barred_types: set[str] = set()  # button types that this account may not use
        self.max_conditional_menus: int | None = None  # the platform does not tell the number
        self.callback_hosts = ["203.0.113.10"]  # what the host of the webhook's URL resolves to
        self.push_ips = ["203.0.113.4", "198.51.100.0/24"]
        self.api_ips = ["192.0.2.16", "192.0.2.17"]

        self._menu_ids = itertools.count(_FIRST_MENU_ID)
        self._tag_ids = itertools.count(FIRST_TAG_ID)
        self._refusals: defaultdict[str, deque[Refusal]] = defaultdict(deque)

    @property
    def has_menus(self) -> bool:
        return self.kind != "unverified_subscription"

    @property
    def has_conditional_menus(self) -> bool:
        if self.kind == "test":
            return self.switches.test_account_conditionals
        return self.kind in ("service", "verified_subscription")

    # Followers and their tags

    def follow(
        self, openid: str, platform: Platform | None = None, wechat_id: str | None = None
    ) -> User:
        """Somebody follows the account, for the first time or again; on iOS if nothing else is
        known of him."""
        user = self.users.setdefault(openid, User(openid))
        user.platform = platform or user.platform
        user.wechat_id = wechat_id or user.wechat_id
        user.subscribed = True
        user.subscribe_time = int(self.clock.time())
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

    def tag_called(self, name: str) -> Tag | None:
        return next((tag for tag in self.tags.values() if tag.name == name), None)

    def new_tag(self, name: str) -> Tag:
        tag = Tag(next(self._tag_ids), name)
        self.tags[tag.id] = tag
        self.feed.changed("tags")
        return tag

    def rename_tag(self, tag: Tag, name: str) -> None:
        tag.name = name
        self.feed.changed("tags")

    def remove_tag(self, tag_id: int) -> None:
        """Also from everybody who has it; conditional menus keep their rule."""
        del self.tags[tag_id]
        for user in self.users.values():
            if tag_id in user.tags:
                user.tags.remove(tag_id)
        self.feed.changed("tags")

    def tag(self, openid: str, tag: str | int) -> int:
        """Give a user the tag of this id, or this name, which is created if there is none; returns
        its id. One that he has already becomes the last applied again (inferred)."""
        if isinstance(tag, str):
            tag = (self.tag_called(tag) or self.new_tag(tag)).id
        tags = self.users[openid].tags
        if tag in tags:
            tags.remove(tag)
        tags.append(tag)
        self.feed.changed("tags")
        return tag

    def untag(self, openid: str, tag_id: int) -> None:
        """Take a tag away, if he has it; the one applied before it counts again (inferred)."""
        tags = self.users[openid].tags
        if tag_id in tags:
            tags.remove(tag_id)
            self.feed.changed("tags")

    def restore_tags(self, tags: Iterable[Tag]) -> None:
        """These instead of all others; new ones get higher ids."""
        self.tags = {tag.id: tag for tag in tags}
        self._tag_ids = itertools.count(max([FIRST_TAG_ID - 1, *self.tags]) + 1)

    # Menus

    def seed_default(self, button: Sequence[Mapping[str, Any]]) -> str:
        """Store a default menu unjudged, as menu/create does with a good one; returns its id."""
        self.default_menu = StoredMenu(str(next(self._menu_ids)), stored_buttons(button))
        self.website_menu = None
        self.is_menu_open = True
        if self.switches.create_drops_conditionals:
            self.conditional_menus.clear()
        self.feed.changed("menus")
        return self.default_menu.menu_id

    def seed_conditional(
        self, button: Sequence[Mapping[str, Any]], matchrule: Mapping[str, Any]
    ) -> str:
        """Store a conditional menu unjudged, also one with retired match fields, as accounts still
        have them; returns its id."""
        menu = StoredMenu(str(next(self._menu_ids)), stored_buttons(button), stored_rule(matchrule))
        self.conditional_menus.append(menu)
        self.feed.changed("menus")
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
        self.feed.changed("menus")

    def shown_menu(self, user: User, menu_of: MenuOf | None = None) -> StoredMenu | None:
        """The menu that the platform would show him now; None for somebody who does not follow.
        `menu_of` may be what remembers the answers of the method, for many users at once."""
        if not user.subscribed:
            return None
        find = menu_of or self.menu_of
        return find(user.last_tag_id, user.platform_code, user.runs_at_least(_CONDITIONAL))

    def menu_of(
        self, last_tag_id: str, platform_code: str, knows_conditional: bool = True
    ) -> StoredMenu | None:
        """The menu of somebody with this tag, on this platform, wherever it was made; None while
        menus are switched off. A client too old for conditional menus shows the default one."""
        if not self.is_menu_open:
            return None
        if self.website_menu is not None:
            return StoredMenu("website", flat_website_buttons(self.website_menu["button"]))
        if self.default_menu is None or not knows_conditional:
            return self.default_menu
        rules = [menu.rule for menu in self.conditional_menus]
        index = newest_match(rules, last_tag_id, platform_code)
        return self.default_menu if index is None else self.conditional_menus[index]

    def restore_menus(self, default: StoredMenu | None, conditional: Sequence[StoredMenu]) -> None:
        """These instead of all others, with their ids; new ones get higher ids."""
        self.default_menu = default
        self.conditional_menus = list(conditional)
        known = [int(menu.menu_id) for menu in [*conditional, *([default] if default else [])]]
        self._menu_ids = itertools.count(max([_FIRST_MENU_ID - 1, *known]) + 1)

    # What the account cannot bring about

    def refuse(self, path: str, *codes: int) -> None:
        """Let the next calls of a path fail with these codes, one each, once token and method are
        found good: −1 (system busy), 40028 (menus switched off), 48004 (banned), 89503 and the
        like. Raises ValueError for a code that is not in the table of refusals."""
        self._refusals[path] += [Refusal(code) for code in codes]

    def refusal(self, path: str, *, needs_token: bool = True) -> Refusal | None:
        """The next one that `refuse` ordered for this path, which is used up by that, or the one
        that the faults have for it; those for all calls spare calls that need no token."""
        waiting = self._refusals[path]
        if waiting:
            return waiting.popleft()
        errors = self.faults.api_errors
        code = errors.get(path, errors.get("*") if needs_token else None)
        return None if code is None else Refusal(code)

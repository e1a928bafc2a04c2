"""The account's menus: publish, read, delete, try."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from pydantic.dataclasses import dataclass

from wxevents.client.answers import TYPED, typed
from wxevents.client.api import Api
from wxevents.client.codes import NO_MATCH, NO_MENU
from wxevents.errors import ApiAnswerUnreadable, ApiError, MenuError
from wxevents.menu import ConditionalMenu, Finding, Menu, MenuSet, SelfMenuInfo, require_valid
from wxevents.menu.wire import (
    conditional_body,
    menu_body,
    read_menu,
    read_menu_set,
    read_selfmenu_info,
)

T = TypeVar("T")

_NAME_OF_TAG: Final = "the platform knows tags by their ids; give `tag_id`, see client.tags.list()"


class Menus:
    """`client.menus`. Phones fetch a changed menu when they enter the chat, every 5 minutes at
    most. MenuError is raised for a menu that breaks a rule before anything is sent, MenuRefused
    when the platform found the fault."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def create(self, menu: Menu) -> None:
        """Publish the default menu, in place of the one before; 1,000 times a day."""
        require_valid(menu)
        # The same menu twice is the same menu.
        await self._api.post("/cgi-bin/menu/create", menu_body(menu), idempotent=True)

    async def get(self) -> MenuSet | None:
        """The default menu and all conditional ones; None if there is no menu made through the
        API (see `current_selfmenu_info` for one made on the platform's website)."""
        path = "/cgi-bin/menu/get"
        try:
            answer = await self._api.get(path)
        except ApiError as error:
            if error.errcode in NO_MENU:
                return None
            raise
        return _read(read_menu_set, f"GET {path}", answer)

    async def delete(self) -> None:
        """Delete the default menu and all conditional ones; nothing happens if there is none."""
        await self._api.get("/cgi-bin/menu/delete")

    async def add_conditional(self, menu: ConditionalMenu) -> str:
        """Add a menu for some of the users, and get its id. There must be a default menu; 2,000
        times a day; the account must be certified. The platform matches by `tag_id`, so a rule
        that has only the name of a tag raises MenuError."""
        require_valid(menu)
        if menu.match.tag and not menu.match.tag_id:
            raise MenuError([Finding("matchrule.tag", _NAME_OF_TAG, place=menu.match.origin.whole)])
        path = "/cgi-bin/menu/addconditional"
        answer = await self._api.post(path, conditional_body(menu))
        return typed(_MenuId, f"POST {path}", answer).menuid

    async def delete_conditional(self, menu_id: str) -> None:
        """Delete one conditional menu; MenuRefused (65301) if there is none of that id."""
        # Not idempotent: a second time is answered with 65301.
        await self._api.post("/cgi-bin/menu/delconditional", {"menuid": menu_id})

    async def try_match(self, user: str) -> Menu | None:
        """The menu that a follower sees, by openid or WeChat id; None if there is no menu.
        Raises ApiError for somebody who does not follow (65302, 65315); 20,000 times a day."""
        path = "/cgi-bin/menu/trymatch"
        try:
            answer = await self._api.post(path, {"user_id": user}, idempotent=True)
        except ApiError as error:
            if error.errcode in NO_MATCH:
                return None
            raise
        return _read(read_menu, f"POST {path}", answer)

    async def current_selfmenu_info(self) -> SelfMenuInfo:
        """The menu that is shown now, also one made on the platform's website; any account may
        ask."""
        path = "/cgi-bin/get_current_selfmenu_info"
        return _read(read_selfmenu_info, f"GET {path}", await self._api.get(path))


@dataclass(frozen=True, config=TYPED)
class _MenuId:
    menuid: str


def _read(read: Callable[[object], T], call: str, answer: dict[str, Any]) -> T:
    try:
        return read(answer)
    except MenuError as error:
        raise ApiAnswerUnreadable(
            call, f"{call}: the answer has no menu of a known shape: {error}"
        ) from error

"""What the platform's pages leave open or contradict, as switches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field


@dataclass(frozen=True)
class Switches:
    """The defaults are what is most likely.

    `create_drops_conditionals`: whether menu/create deletes the conditional menus too (unverified).
    `tag_field`: how menu/get calls the tag of a match rule; both names are in the pages' samples.
    `test_account_conditionals`: whether test accounts have conditional menus; the pages name
    verified accounts only, while test accounts are known to have most permissions.
    `accepts_news`: whether buttons may show news material, which one page still allows.
    `strict`: refuse media ids, articles, mini programs and tags that the account does not have.
    `deliveries`: how often a push is delivered that nobody answers; one page says "three retries
    in total", field reports mostly count three deliveries, some four.
    `menu_refresh`: seconds until a phone that is opened pulls the menu again.
    `pause_after`: failed pushes within a minute after which the platform pushes nothing for a
    minute (MarkFail); the pages name no number. 0: never.
    `pictures`: whether several pictures of an event come in one list, as documented, or each in a
    `PicList` of its own, as was seen.
    """

    create_drops_conditionals: bool = False
    tag_field: Literal["group_id", "tag_id"] = "group_id"
    test_account_conditionals: bool = True
    accepts_news: bool = False
    strict: bool = False
    deliveries: Literal[3, 4] = 3
    menu_refresh: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 300
    pause_after: Annotated[int, Field(ge=0)] = 50
    pictures: Literal["one_list", "many_lists"] = "one_list"

"""Every example that the platform's own pages print (conditional menus, menu creation, the current
menu's configuration, and menu/get twice)."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.api.caller import CLICK, Caller, Json
from wxevents.emulator import Account

PAGES = Path(__file__).parent / "pages"
MEDIA = {"img", "voice"}


def page(name: str) -> Json:
    example: Json = json.loads((PAGES / f"{name}.json").read_text("utf-8"))
    return example


def seed(account: Account, listed: Json) -> None:
    """Bring about the state in which menu/get gives this answer."""
    account.seed_default(listed["menu"]["button"])
    for menu in listed.get("conditionalmenu", []):
        account.seed_conditional(menu["button"], menu["matchrule"])
        account.conditional_menus[-1] = replace(
            account.conditional_menus[-1], menu_id=str(menu["menuid"])
        )
    if menu_id := listed["menu"].get("menuid"):
        assert account.default_menu
        account.default_menu = replace(account.default_menu, menu_id=str(menu_id))


async def test_create_takes_the_page_s_click_and_view_example(caller: Caller) -> None:
    assert await caller.post("menu/create", page("create_request")) == page("create_answer")


async def test_create_refuses_the_page_s_example_of_five_top_buttons(caller: Caller) -> None:
    example = page("create_request_other_types")
    assert len(example["button"]) == 5
    assert await caller.code("POST", "menu/create", example) == 40016


@pytest.mark.parametrize("chosen", [slice(0, 3), slice(3, 5)])
async def test_create_takes_the_page_s_other_types_three_at_a_time(
    caller: Caller, chosen: slice
) -> None:
    example = page("create_request_other_types")
    example["button"] = example["button"][chosen]
    assert await caller.post("menu/create", example) == page("create_answer")


async def test_create_prints_the_page_s_text_for_a_long_name(caller: Caller) -> None:
    answer = await caller.create(CLICK | {"name": "今日歌曲六个字"})
    assert answer == page("create_refusal")


async def test_addconditional_refuses_the_page_s_example_for_its_retired_fields(
    caller: Caller,
) -> None:
    await caller.create()
    answer = await caller.post("menu/addconditional", page("conditional_request"))
    assert answer == page("conditional_refusal")


async def test_addconditional_takes_the_page_s_example_without_its_retired_fields(
    caller: Caller,
) -> None:
    await caller.create()
    example = page("conditional_request")
    for name in ("sex", "country", "province", "city", "language"):
        example["matchrule"][name] = ""
    answer = await caller.post("menu/addconditional", example)
    assert answer.keys() == page("conditional_answer").keys()
    assert isinstance(answer["menuid"], str)
    listed = await caller.get("menu/get")
    assert listed["conditionalmenu"][0]["matchrule"] == {"group_id": 2, "client_platform_type": 2}


async def test_delconditional_takes_the_page_s_example(caller: Caller) -> None:
    example = page("delete_request")
    account = caller.account
    account.seed_conditional([CLICK], {"tag_id": "2"})
    account.conditional_menus[0] = replace(account.conditional_menus[0], menu_id=example["menuid"])
    assert await caller.post("menu/delconditional", example) == page("delete_answer")
    assert account.conditional_menus == []


async def test_trymatch_finds_the_page_s_user_by_wechat_id(caller: Caller) -> None:
    example = page("try_match_answer")
    await caller.create(*example["button"])
    caller.account.follow("oTx", wechat_id=page("try_match_request")["user_id"])
    assert await caller.post("menu/trymatch", page("try_match_request")) == example


async def test_the_page_s_menu_made_by_the_api_is_told_in_lists(caller: Caller) -> None:
    await caller.post("menu/create", page("create_request"))
    assert await caller.get("get_current_selfmenu_info") == page("selfmenu_api")


async def test_the_page_s_menu_made_on_the_website_is_told_with_new_media_ids(
    caller: Caller,
) -> None:
    example = page("selfmenu_website")
    caller.account.set_website_menu(copy.deepcopy(example["selfmenu_info"]))
    first = await caller.get("get_current_selfmenu_info")
    second = await caller.get("get_current_selfmenu_info")
    assert _media_ids(first).isdisjoint(_media_ids(second))
    assert len(_media_ids(first)) == 2
    assert _without_media_ids(first) == _without_media_ids(example)
    assert caller.account.website_menu == example["selfmenu_info"]


@pytest.mark.parametrize(
    "name",
    [
        "get_default",
        "get_conditional",
        "get_default_english",
        "get_conditional_english",
        "get_capture",
    ],
)
async def test_menu_get_answers_as_the_pages_do(caller: Caller, name: str) -> None:
    seed(caller.account, page(name))
    assert await caller.get("menu/get") == page(name)


def _all_buttons(info: Json) -> list[Json]:
    buttons: list[Json] = []
    for button in info["selfmenu_info"]["button"]:
        buttons += [button, *button.get("sub_button", {}).get("list", [])]
    return buttons


def _media_ids(info: Json) -> set[str]:
    return {button["value"] for button in _all_buttons(info) if button.get("type") in MEDIA}


def _without_media_ids(info: Json) -> Any:
    masked = copy.deepcopy(info)
    for button in _all_buttons(masked):
        if button.get("type") in MEDIA:
            button["value"] = "masked"
    return masked

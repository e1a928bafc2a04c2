"""Every example of the platform's pages on menus, through the models, to files and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.menu.writing import Writer, page
from wxevents import (
    ClickButton,
    LocationSelectButton,
    Menu,
    MenuError,
    PicSysphotoButton,
    ScancodeWaitmsgButton,
    SubMenu,
    ViewButton,
)
from wxevents.menu import WebsiteButton, check, require_valid
from wxevents.menu.wire import (
    conditional_body,
    menu_body,
    read_conditional,
    read_menu,
    read_menu_set,
    read_selfmenu_info,
)
from wxevents.menu.writing import file_text

LISTED = [
    "get_default",
    "get_conditional",
    "get_default_english",
    "get_conditional_english",
    "get_capture",
]
RETIRED = ["sex", "country", "province", "city", "language"]


def meaning(value: Any) -> Any:
    """What of a body counts: the platform adds empty lists and numbers of its own, and reports
    tag_id as group_id and text as integers."""
    if isinstance(value, dict):
        names = {"group_id": "tag_id"}
        return {
            names.get(name, name): meaning(one)
            for name, one in value.items()
            if name != "menuid" and one != []
        }
    if isinstance(value, list):
        return [meaning(one) for one in value]
    return str(value)


def test_the_create_example_is_read_and_written_back() -> None:
    menu = read_menu(page("create_request"))
    assert menu == Menu(
        ClickButton("今日歌曲", "V1001_TODAY_MUSIC"),
        SubMenu(
            "菜单",
            ViewButton("搜索", "http://www.soso.com/"),
            ViewButton("视频", "http://v.qq.com/"),
            ClickButton("赞一下我们", "V1001_GOOD"),
        ),
    )
    assert menu_body(menu) == page("create_request")
    assert check(menu) == []


def test_the_create_example_of_other_types_is_refused_for_its_five_buttons() -> None:
    menu = read_menu(page("create_request_other_types"))
    assert meaning(menu_body(menu)) == meaning(page("create_request_other_types"))
    with pytest.raises(MenuError, match=r"button: 5 buttons, 1 to 3 are allowed \(40016\)$"):
        require_valid(menu)


def test_the_create_example_of_other_types_has_no_other_mistake() -> None:
    scanning, pictures, *rest = read_menu(page("create_request_other_types")).button
    assert isinstance(scanning, SubMenu)
    assert isinstance(scanning.sub_button[0], ScancodeWaitmsgButton)
    assert isinstance(pictures, SubMenu)
    assert isinstance(pictures.sub_button[0], PicSysphotoButton)
    assert isinstance(rest[0], LocationSelectButton)
    require_valid(Menu(scanning, pictures))
    require_valid(Menu(*rest))


def test_the_conditional_example_is_read_and_written_back() -> None:
    example = page("conditional_request")
    conditional = read_conditional(example)
    written = conditional_body(conditional)
    assert written == example


def test_the_conditional_example_is_refused_for_each_of_its_retired_fields() -> None:
    findings = check(read_conditional(page("conditional_request")))
    assert [(one.path, one.code) for one in findings] == [
        (f"matchrule.{name}", 65320) for name in RETIRED
    ]
    assert "match rule violates privacy" in findings[0].message


def test_the_conditional_example_without_them_is_taken() -> None:
    example = page("conditional_request")
    for name in RETIRED:
        example["matchrule"][name] = ""
    conditional = read_conditional(example)
    assert check(conditional) == []
    assert conditional_body(conditional)["matchrule"] == {
        "tag_id": "2",
        "client_platform_type": "2",
    }


@pytest.mark.parametrize("name", LISTED)
def test_a_listed_menu_is_read_and_written_back(name: str) -> None:
    menus = read_menu_set(page(name))
    example = page(name)
    expected = {**example["menu"], **{k: v for k, v in example.items() if k != "menu"}}
    assert meaning(menus.body()) == meaning(expected)
    assert [one.menu_id for one in menus.conditional] == [
        str(one["menuid"]) for one in example.get("conditionalmenu", [])
    ]


@pytest.mark.parametrize("name", LISTED)
@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_a_listed_menu_passes_through_a_file(name: str, suffix: str, write: Writer) -> None:
    menus = read_menu_set(page(name))
    path = Path(f"menu{suffix}")
    assert write.menus(path.name, file_text(menus, path)) == menus


@pytest.mark.parametrize("name", [*LISTED, "create_request", "create_request_other_types"])
def test_the_platform_s_own_bodies_are_menu_files_as_they_are(name: str, write: Writer) -> None:
    text = json.dumps(page(name), ensure_ascii=False)
    assert write.menus("menu.json", text) == read_menu_set(page(name))


@pytest.mark.parametrize("name", ["get_default", "get_conditional"])
def test_the_api_s_own_examples_are_publishable_but_for_retired_fields(name: str) -> None:
    codes = {finding.code for finding in check(read_menu_set(page(name)))}
    assert codes == ({65320} if name == "get_conditional" else set())


def test_a_translated_example_only_has_names_that_are_cut_off() -> None:
    findings = check(read_menu_set(page("get_capture")))
    assert {one.level for one in findings} == {"warning"}
    assert {one.path.rpartition(".")[2] for one in findings} == {"name"}


@pytest.mark.parametrize("of_type", [int, str])
def test_numbers_of_menus_and_tags_may_be_integers_or_text(of_type: type) -> None:
    example = page("get_conditional")
    listed = example["conditionalmenu"][0]
    listed["menuid"] = of_type(208396993)
    listed["matchrule"] = {"group_id": of_type(2), "client_platform_type": of_type(1)}
    (conditional,) = read_menu_set(example).conditional
    assert conditional.menu_id == "208396993"
    assert conditional.match.body() == {"tag_id": "2", "client_platform_type": "1"}


def test_tag_id_is_read_where_group_id_is_empty() -> None:
    example = page("get_conditional")
    example["conditionalmenu"][0]["matchrule"] = {"tag_id": "7", "group_id": ""}
    assert read_menu_set(example).conditional[0].match.tag_id == "7"


def test_a_match_is_tried_bare_or_wrapped() -> None:
    bare = page("try_match_answer")
    menu = read_menu(bare)
    assert menu == Menu(*[ViewButton("tx", "http://www.qq.com/")] * 3)
    assert read_menu({"menu": bare}) == menu
    assert meaning(menu.body()) == meaning(bare)


def test_the_current_menu_of_the_api_is_a_menu() -> None:
    info = read_selfmenu_info(page("selfmenu_api"))
    assert info.is_menu_open
    assert info.menu == read_menu(page("create_request"))


def test_the_current_menu_of_the_website_is_read_with_all_that_it_has() -> None:
    info = read_selfmenu_info(page("selfmenu_website"))
    example = page("selfmenu_website")["selfmenu_info"]["button"]
    folder, text, photo = info.button
    assert isinstance(folder, SubMenu)
    view, news, video, voice = folder.sub_button
    assert view == ViewButton("view_url", "http://www.qq.com")
    children = example[0]["sub_button"]["list"]
    assert news == WebsiteButton(
        "news",
        kind="news",
        value=children[1]["value"],
        news=tuple(children[1]["news_info"]["list"]),
    )
    assert video == WebsiteButton("video", kind="video", value=children[2]["value"])
    assert voice == WebsiteButton("voice", kind="voice", value=children[3]["value"])
    assert text == WebsiteButton("text", kind="text", value="This is text!")
    assert photo == WebsiteButton("photo", kind="img", value=example[2]["value"])
    assert info.menu is None


def test_the_current_menu_of_the_website_cannot_be_published() -> None:
    info = read_selfmenu_info(page("selfmenu_website"))
    findings = check(Menu(*info.button))
    assert [(one.path, one.code) for one in findings] == [
        ("button[0].sub_button[1]", 40017),
        ("button[0].sub_button[2]", 40017),
        ("button[0].sub_button[3]", 40017),
        ("button[1]", 40017),
        ("button[2]", 40017),
    ]
    assert "the type 'text' cannot be published" in findings[3].message


@pytest.mark.parametrize("name", ["conditional_answer", "create_answer", "create_refusal"])
def test_an_answer_that_is_no_menu_is_none(name: str) -> None:
    with pytest.raises(MenuError, match="the menu has no `button`"):
        read_menu_set(page(name))

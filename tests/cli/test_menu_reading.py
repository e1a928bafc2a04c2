"""`wxevents menu pull`, `match`, `delete` and `schema`, against the emulated platform."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Project
from tests.cli.emulated import Commands, Platform, names
from wxevents.menu.writing import RETIRED

Json = dict[str, Any]

CLICK: Json = {"type": "click", "name": "今日歌曲", "key": "V1001_TODAY_MUSIC"}
VIEW: Json = {"type": "view", "name": "搜索", "url": "https://www.soso.com/"}


def click(name: str) -> list[Json]:
    return [{"type": "click", "name": name, "key": name}]


@pytest.fixture
def published(platform: Platform) -> Platform:
    """A default menu, one for the tag VIP, a newer one for VIP on ios, and one that is retired."""
    tag = platform.account.new_tag("VIP")
    platform.account.seed_default([CLICK, {"name": "菜单", "sub_button": [VIEW]}])
    platform.account.seed_conditional(click("VIP"), {"tag_id": tag.id})
    platform.account.seed_conditional(
        click("VIPIOS"), {"tag_id": tag.id, "client_platform_type": 1}
    )
    platform.account.seed_conditional(click("OLD"), {"sex": 1, "city": "广州"})
    return platform


# pull


def test_pull_shows_what_is_published_with_the_names_of_tags_and_retired_fields_marked(
    wxevents: Commands, published: Platform
) -> None:
    ended = wxevents("menu", "pull")
    assert ended.code == 0
    assert ended.stdout.startswith("button:\n  - type: click\n    name: 今日歌曲\n")
    lines = [line.strip(" -") for line in ended.stdout.splitlines()]
    assert 'tag_id: "100" # VIP' in [" ".join(line.split()) for line in lines]
    assert "client_platform_type: ios" in lines
    retired = [line.split()[0] for line in lines if "# retired: nobody sees this menu" in line]
    assert retired == ["sex:", "city:"]
    assert published.changing_calls == []


@pytest.mark.parametrize("options", [[], ["--json"], ["menu.yaml"]])
def test_pull_lists_retired_menus_on_standard_error(
    wxevents: Commands, published: Platform, options: list[str]
) -> None:
    ended = wxevents("menu", "pull", *options)
    retired = published.account.conditional_menus[2].menu_id
    assert ended.code == 0
    assert ended.stderr.splitlines() == [
        f"{RETIRED}: menu {retired}, for sex 1 (retired), city 广州 (retired)"
    ]


def test_what_pull_writes_is_what_check_and_plan_read(
    wxevents: Commands, published: Platform
) -> None:
    published.account.conditional_menus.pop()
    ended = wxevents("menu", "pull", "files/menu.yaml")
    assert (ended.code, ended.stdout) == (
        0,
        "files/menu.yaml: 1 default menu, 2 conditional menus\n",
    )
    assert wxevents.read("files/menu.yaml") == wxevents("menu", "pull").stdout
    assert wxevents("menu", "check", "files/menu.yaml").code == 0
    assert wxevents("menu", "plan", "files/menu.yaml").code == 0
    wxevents("menu", "pull", "menu.json")
    assert wxevents("menu", "plan", "menu.json").code == 0
    # Nothing changed: so there is nothing to ask.
    assert wxevents("menu", "pull", "menu.json").code == 0


def test_what_is_retired_is_pulled_and_found_by_the_check(
    wxevents: Commands, published: Platform
) -> None:
    wxevents("menu", "pull", "menu.yaml")
    ended = wxevents("menu", "check", "menu.yaml", "--json")
    assert ended.code == 1
    assert [(one["path"], one["code"]) for one in ended.json] == [
        ("conditionalmenu[2].matchrule.sex", 65320),
        ("conditionalmenu[2].matchrule.city", 65320),
    ]


def test_pull_does_not_replace_a_file_without_yes(wxevents: Commands, published: Platform) -> None:
    wxevents.write("mine\n")
    ended = wxevents("menu", "pull", "menu.yaml")
    assert (ended.code, "say --yes" in ended.stderr) == (2, True)
    assert wxevents.read("menu.yaml") == "mine\n"
    assert wxevents("menu", "pull", "menu.yaml", "--yes").code == 0
    assert wxevents.read("menu.yaml").startswith("button:\n")


def test_pull_as_json_is_the_platforms_shape(wxevents: Commands, published: Platform) -> None:
    body = wxevents("menu", "pull", "--json").json
    assert names(body["button"]) == ["今日歌曲", "菜单"]
    assert body["conditionalmenu"][1]["matchrule"] == {"tag_id": "100", "client_platform_type": "1"}


@pytest.mark.parametrize(
    ("file", "code", "sentence"),
    [
        ("menu.toml", 2, "menu.toml: menus are written as .yaml, .yml or .json"),
        ("folder.yaml", 1, "folder.yaml cannot be written: "),
        ("menu.yaml/menu.yaml", 1, "menu.yaml/menu.yaml cannot be written: "),
    ],
)
def test_a_file_that_cannot_be_written_is_a_sentence(
    wxevents: Commands, published: Platform, file: str, code: int, sentence: str
) -> None:
    (wxevents.folder / "folder.yaml").mkdir()
    wxevents.write("")
    ended = wxevents("menu", "pull", file)
    assert ended.code == code
    assert ended.stderr.splitlines()[-1].startswith(sentence)


def test_pull_without_a_menu_points_to_import(wxevents: Commands) -> None:
    ended = wxevents("menu", "pull")
    assert ended.code == 1
    assert "`wxevents menu import` takes over" in ended.stderr


# match


def test_match_says_for_a_tag_which_menu_each_platform_shows_and_why(
    wxevents: Commands, published: Platform
) -> None:
    ended = wxevents("menu", "match", "--tag", "VIP")
    first, second, third = (one.menu_id for one in published.account.conditional_menus)
    never = "  for sex 1 (retired), city 广州 (retired): never, it uses retired conditions"
    assert (ended.code, ended.stdout.splitlines()) == (
        0,
        [
            f"ios: [VIPIOS] (menu {second})",
            never,
            "  for tag 100, ios (VIP): matches, the newest that does",
            f"android: [VIP] (menu {first})",
            never,
            "  for tag 100, ios (VIP): not the platform",
            "  for tag 100 (VIP): matches, the newest that does",
            f"others: [VIP] (menu {first})",
            never,
            "  for tag 100, ios (VIP): not the platform",
            "  for tag 100 (VIP): matches, the newest that does",
        ],
    )
    assert third not in ended.stdout
    assert wxevents("menu", "match", "--tag", "100").stdout == ended.stdout


def test_match_says_who_sees_the_default_menu(wxevents: Commands, published: Platform) -> None:
    ended = wxevents("menu", "match", "--platform", "Android")
    assert ended.stdout.splitlines()[0] == "android: [今日歌曲 | 菜单]"
    assert "for tag 100 (VIP): not the tag, there is none" in ended.stdout
    assert "the default menu, since no conditional menu matches" in ended.stdout


@pytest.mark.parametrize("platform_name", ["ios", "android", "others"])
@pytest.mark.parametrize("tags", [[], ["VIP"], ["VIP", "新"], ["新", "VIP"]])
def test_match_agrees_with_the_platforms_trymatch(
    wxevents: Commands, published: Platform, platform_name: Any, tags: list[str]
) -> None:
    published.account.follow("o-1", platform_name)
    for tag in tags:
        published.account.tag("o-1", tag)
    ended = wxevents("menu", "match", "--openid", "o-1", "--platform", platform_name, "--json")
    assert ended.code == 0
    (local,) = ended.json["local"]
    assert local["platform"] == platform_name
    assert local["button"] == ended.json["trymatch"]["button"]
    assert bool(local["menuid"]) == (tags[-1:] == ["VIP"])


def test_match_shows_the_platforms_answer_beside_its_own(
    wxevents: Commands, published: Platform
) -> None:
    published.account.follow("o-1", "ios")
    ended = wxevents("menu", "match", "--openid", "o-1")
    assert ended.stdout.splitlines()[-1] == "the platform's trymatch: [今日歌曲 | 菜单]"
    published.account.tag("o-1", "VIP")
    other = wxevents("menu", "match", "--openid", "o-1", "--platform", "android")
    assert other.stdout.splitlines()[-2:] == [
        "the platform's trymatch: [VIPIOS]",
        "  which is none of these: the last applied tag may be another",
    ]


def test_match_of_a_file_asks_the_platform_for_tags_alone(
    wxevents: Commands, published: Platform
) -> None:
    wxevents.write(
        "button:\n  - {type: click, name: 点, key: A}\nconditionalmenu:\n"
        "  - matchrule: {tag: VIP}\n    button:\n      - {type: click, name: 贵, key: A}\n"
    )
    published.account.follow("o-1")
    published.account.tag("o-1", "VIP")
    ended = wxevents("menu", "match", "menu.yaml", "--openid", "o-1", "--platform", "ios", "--json")
    assert list(ended.json) == ["local"]
    (local,) = ended.json["local"]
    assert (names(local["button"]), local["menuid"]) == (["贵"], None)
    assert local["why"] == ["for tag 100 (VIP): matches, the newest that does"]


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (["--openid", "o-1", "--tag", "VIP"], 2, "give --openid or --tag, not both"),
        (["--platform", "windows"], 2, "--platform windows: there are ios, android, others"),
        (["--tag", "VIPP"], 1, "no tag is called 'VIPP'; there are 星标组, VIP"),
        (["--openid", "o-nobody"], 1, "40003"),
    ],
)
def test_what_match_cannot_answer_is_a_sentence(
    wxevents: Commands, published: Platform, options: list[str], code: int, sentence: str
) -> None:
    ended = wxevents("menu", "match", *options)
    assert (ended.code, ended.stdout) == (code, "")
    assert sentence in ended.stderr


def test_match_by_name_in_an_account_without_tags_is_a_whole_sentence(
    wxevents: Commands, published: Platform
) -> None:
    published.account.restore_tags([])
    ended = wxevents("menu", "match", "--tag", "VIP")
    sentence = "no tag is called 'VIP'; the account has no tags\n"
    assert (ended.code, ended.stderr) == (1, sentence)


def test_a_tag_that_was_deleted_may_still_be_asked_for_by_its_number(
    wxevents: Commands, published: Platform
) -> None:
    published.account.remove_tag(100)
    ended = wxevents("menu", "match", "--tag", "100", "--platform", "ios")
    assert ended.stdout.splitlines()[0].startswith("ios: [VIPIOS]")


def test_match_without_a_menu_says_so(wxevents: Commands) -> None:
    ended = wxevents("menu", "match")
    assert (ended.code, ended.stderr) == (1, "no menu is published\n")


# delete


def test_delete_asks_first_and_deletes_all(wxevents: Commands, published: Platform) -> None:
    ended = wxevents("menu", "delete")
    assert (ended.code, "say --yes" in ended.stderr) == (2, True)
    assert published.changing_calls == []
    ended = wxevents("menu", "delete", "--yes")
    assert (ended.code, ended.stdout) == (0, "deleted 4 menus\n")
    assert published.account.default_menu is None
    assert published.account.conditional_menus == []


@pytest.mark.parametrize(
    ("answer", "code", "said"), [("n", 1, "nothing was changed"), ("y", 0, "deleted 4 menus")]
)
def test_in_a_terminal_the_answer_decides(
    tmp_path: Path, published: Platform, answer: str, code: int, said: str
) -> None:
    pty = pytest.importorskip("pty", reason="Windows has no such terminals")
    project = Project(tmp_path)
    ours, project.stdin = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    try:
        ended = project.run("menu", "delete", **published.environ)
    finally:
        os.close(ours)
        os.close(project.stdin)
    assert ended.returncode == code
    assert "Delete [今日歌曲 | 菜单] and 3 conditional menus? [y/N]" in ended.stderr
    assert said in ended.stdout + ended.stderr
    assert (published.account.default_menu is None) == (code == 0)


def test_delete_without_a_menu_does_nothing(wxevents: Commands, platform: Platform) -> None:
    ended = wxevents("menu", "delete")
    assert (ended.code, ended.stdout) == (0, "there was no menu to delete\n")
    assert wxevents("menu", "delete", "--json").json == {"deleted": 0}
    assert platform.changing_calls == []


def test_rollback_brings_back_what_was_deleted(wxevents: Commands, published: Platform) -> None:
    assert wxevents("menu", "delete", "--yes", "--json").json == {"deleted": 4}
    assert wxevents("menu", "apply", "--rollback", "--yes").code == 0
    assert published.account.default_menu
    assert names(published.account.default_menu.button) == ["今日歌曲", "菜单"]
    assert [names(one.button) for one in published.account.conditional_menus] == [
        ["VIP"],
        ["VIPIOS"],
    ]


# schema


def test_schema_is_a_json_schema_of_menu_files(wxevents: Commands, platform: Platform) -> None:
    ended = wxevents("menu", "schema", WXEVENTS_APP_ID=None, WXEVENTS_APP_SECRET=None)
    assert ended.code == 0
    assert ended.json["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {"button", "conditionalmenu"} <= set(ended.json["properties"])
    assert platform.emulator.calls == []
    assert wxevents("menu", "schema", "--json").stdout == ended.stdout

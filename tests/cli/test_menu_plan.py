"""`wxevents menu plan` and `apply`, of a file, against the emulated platform."""

from __future__ import annotations

import pytest

from tests.cli.command import Project
from tests.cli.emulated import NO_ACCOUNT, Commands, Platform, names

DEFAULT = """
button:
  - {type: click, name: 今日歌曲, key: V1001_TODAY_MUSIC}
  - name: 菜单
    sub_button:
      - {type: view, name: 搜索, url: "https://www.soso.com/"}
      - {type: click, name: 赞一下, key: V1001_GOOD, reply: 谢谢！}
"""
CONDITIONAL = """
conditionalmenu:
  - matchrule: {tag: VIP, client_platform_type: ios}
    button:
      - {type: click, name: "贵宾[red]", key: VIP}
"""


def test_plan_shows_what_would_be_published_and_changes_nothing(
    wxevents: Commands, platform: Platform
) -> None:
    platform.account.new_tag("VIP")
    wxevents.write(DEFAULT + CONDITIONAL)
    ended = wxevents("menu", "plan", "menu.yaml")
    assert ended.code == 3
    lines = [line.rstrip() for line in ended.stdout.splitlines()]
    assert lines == [
        "+ default menu",
        "├── + 今日歌曲: click V1001_TODAY_MUSIC",
        "└── + 菜单",
        "    ├── + 搜索: view https://www.soso.com/",
        "    └── + 赞一下: click V1001_GOOD",
        "+ for tag 100, ios (VIP)",
        "└── + 贵宾[red]: click VIP",
        "who sees what",
        "├── everyone without such a tag: no menu → [今日歌曲 | 菜单]",
        "├── tag VIP, ios: no menu → [贵宾[red]]",
        "└── tag VIP, android and others: no menu → [今日歌曲 | 菜单]",
        "calls: 1 of 1,000 creations a day, 1 of 2,000 conditional menus added, 0 of 2,000 deleted",
    ]
    assert "\x1b" not in ended.stdout
    assert platform.changing_calls == []


def test_plan_as_json_has_steps_and_audiences(wxevents: Commands, platform: Platform) -> None:
    tag = platform.account.new_tag("VIP")
    wxevents.write(DEFAULT + CONDITIONAL)
    ended = wxevents("menu", "plan", "menu.yaml", "--json")
    assert ended.code == 3
    plan = ended.json
    assert set(plan) == {"steps", "replaces_website_menu", "kept", "audiences", "disturbed"}
    assert plan["replaces_website_menu"] is False
    create, add = plan["steps"]
    assert (create["call"], names(create["button"])) == ("create", ["今日歌曲", "菜单"])
    assert add["call"] == "addconditional"
    assert add["matchrule"] == {"tag_id": str(tag.id), "client_platform_type": "1"}
    assert [one["audience"] for one in plan["audiences"]] == [
        *(f"no such tag, {one}" for one in ("ios", "android", "others")),
        *(f"tag VIP, {one}" for one in ("ios", "android", "others")),
    ]
    assert {one["before"] for one in plan["audiences"]} == {None}
    assert names(plan["audiences"][3]["after"]["button"]) == ["贵宾[red]"]
    assert plan["disturbed"] == []


def test_plan_of_what_is_published_says_so_with_exit_code_0(
    wxevents: Commands, platform: Platform
) -> None:
    platform.account.new_tag("VIP")
    wxevents.write(DEFAULT + CONDITIONAL)
    assert wxevents("menu", "apply", "menu.yaml", "--yes").code == 0
    ended = wxevents("menu", "plan", "menu.yaml")
    assert (ended.code, ended.stdout) == (
        0,
        "nothing to do: what is published is what is wanted\n",
    )
    as_json = wxevents("menu", "plan", "menu.yaml", "--json")
    assert as_json.code == 0
    assert as_json.json["steps"] == []
    assert len(as_json.json["kept"]) == 1


def test_plan_of_a_change_shows_both_sides_of_it(wxevents: Commands, platform: Platform) -> None:
    platform.account.new_tag("VIP")
    wxevents.write(DEFAULT + CONDITIONAL)
    wxevents("menu", "apply", "menu.yaml", "--yes")
    wxevents.write(DEFAULT.replace("V1001_GOOD", "V1001_BEST"))
    ended = wxevents("menu", "plan", "menu.yaml")
    assert ended.code == 3
    for line in (
        "~ default menu, changed",
        "├──   今日歌曲: click V1001_TODAY_MUSIC",
        "    ├── - 赞一下: click V1001_GOOD",
        "    └── + 赞一下: click V1001_BEST",
        "- for tag 100, ios (VIP)",
        "tag VIP, ios: [贵宾[red]] → [今日歌曲 | 菜单]",
    ):
        assert line in ended.stdout


def test_plan_names_who_sees_another_menu_while_a_domain_makes_room(
    wxevents: Commands, platform: Platform
) -> None:
    tag = platform.account.new_tag("VIP")
    wxevents.write(DEFAULT)
    wxevents("menu", "apply", "menu.yaml", "--yes")
    links = [{"type": "view", "name": one, "url": f"https://{one}.example/"} for one in "abc"]
    platform.account.seed_conditional(links, {"tag_id": tag.id})
    wxevents.write(
        f"{DEFAULT}conditionalmenu:\n  - matchrule: {{tag: VIP}}\n    button:\n"
        "      - {type: view, name: d, url: 'https://d.example/'}\n"
    )
    ended = wxevents("menu", "plan", "menu.yaml")
    assert "- for tag 100 (VIP), first, to stay within three domains" in ended.stdout
    assert (
        "sees another menu meanwhile\n└── tag VIP: [今日歌曲 | 菜单], from step 1 on"
    ) in ended.stdout
    disturbed = wxevents("menu", "plan", "menu.yaml", "--json").json["disturbed"]
    assert [one["audience"] for one in disturbed] == [
        f"tag VIP, {one}" for one in ("ios", "android", "others")
    ]
    assert {one["after_steps"] for one in disturbed} == {1}


def test_apply_without_yes_and_without_a_terminal_changes_nothing(
    wxevents: Commands, platform: Platform
) -> None:
    wxevents.write(DEFAULT)
    for json in ((), ("--json",)):
        ended = wxevents("menu", "apply", "menu.yaml", *json)
        assert ended.code == 2
        assert ended.stderr.endswith("nothing was changed: without a terminal to ask, say --yes\n")
        # Whoever is to decide sees the plan; --json keeps standard output for the JSON.
        shown, other = (ended.stderr, ended.stdout) if json else (ended.stdout, ended.stderr)
        assert shown.startswith("+ default menu\n")
        assert "default menu" not in other
    assert platform.changing_calls == []
    assert platform.account.default_menu is None
    assert not (wxevents.folder / ".wxevents").exists()


def test_apply_publishes_shows_progress_and_a_second_one_does_nothing(
    wxevents: Commands, platform: Platform
) -> None:
    platform.account.new_tag("VIP")
    wxevents.write(DEFAULT + CONDITIONAL)
    ended = wxevents("menu", "apply", "menu.yaml", "--yes")
    assert ended.code == 0
    assert ended.stdout.splitlines()[-3:] == [
        "[1/2] default menu published",
        "[2/2] added: menu for tag 100, ios (VIP)",
        "published, read back and compared: all as wanted",
    ]
    assert platform.account.default_menu
    assert names(platform.account.default_menu.button) == ["今日歌曲", "菜单"]
    assert len(platform.account.conditional_menus) == 1
    assert platform.changing_calls == ["menu/create", "menu/addconditional"]
    # Neither a reply nor the name of a tag is the platform's business.
    assert "reply" not in str(platform.account.default_menu.button)

    again = wxevents("menu", "apply", "menu.yaml")
    assert (again.code, again.stdout) == (
        0,
        "nothing to do: what is published is what is wanted\n",
    )
    assert len(platform.changing_calls) == 2


def test_apply_as_json_prints_the_plan_alone(wxevents: Commands) -> None:
    wxevents.write(DEFAULT)
    ended = wxevents("menu", "apply", "menu.yaml", "--yes", "--json")
    assert ended.code == 0
    lines = ended.stderr.splitlines()
    assert (lines[0], lines[-1]) == ("+ default menu", "[1/1] default menu published")
    assert [step["call"] for step in ended.json["steps"]] == ["create"]


def test_rollback_returns_to_what_was_published_before(
    wxevents: Commands, platform: Platform
) -> None:
    platform.account.new_tag("VIP")
    wxevents.write(DEFAULT + CONDITIONAL)
    wxevents("menu", "apply", "menu.yaml", "--yes")
    wxevents.write("button:\n  - {type: click, name: 错, key: WRONG}\n", "wrong.yaml")
    wxevents("menu", "apply", "wrong.yaml", "--yes")
    assert platform.account.default_menu
    assert names(platform.account.default_menu.button) == ["错"]
    assert wxevents("menu", "apply", "--rollback").code == 2
    assert names(platform.account.default_menu.button) == ["错"]

    ended = wxevents("menu", "apply", "--rollback", "--yes")
    assert ended.code == 0
    assert "- 错: click WRONG" in ended.stdout
    assert names(platform.account.default_menu.button) == ["今日歌曲", "菜单"]
    assert wxevents("menu", "plan", "menu.yaml").code == 0


def test_rollback_without_anything_to_return_to_is_a_sentence(
    wxevents: Commands, platform: Platform
) -> None:
    ended = wxevents("menu", "apply", "--rollback", "--yes")
    assert ended.code == 1
    assert "nothing was published from here" in ended.stderr
    assert platform.changing_calls == []


def test_a_file_beside_rollback_is_refused_rather_than_passed_over(wxevents: Commands) -> None:
    wxevents.write(DEFAULT)
    ended = wxevents("menu", "apply", "menu.yaml", "--rollback", "--yes")
    assert (ended.code, ended.stderr) == (2, "give a FILE or --rollback, not both\n")


def test_what_the_platform_would_refuse_is_said_before_anything_is_sent(
    wxevents: Commands, platform: Platform
) -> None:
    wxevents.write(DEFAULT.replace("今日歌曲", "今日歌曲今日歌曲"))
    for command in (["plan"], ["apply", "--yes"]):
        ended = wxevents("menu", *command, "menu.yaml")
        assert ended.code == 1
        finding = "menu.yaml:3:19: button[0].name: 24 bytes, at most 16 (40018)"
        assert ended.stderr.splitlines() == [f"warning: {finding}", finding]
    assert platform.emulator.calls == []


def test_a_tag_that_does_not_exist_is_told_with_its_line_and_a_near_one(
    wxevents: Commands, platform: Platform
) -> None:
    platform.account.new_tag("VIP1")
    wxevents.write(DEFAULT + CONDITIONAL)
    ended = wxevents("menu", "plan", "menu.yaml")
    assert ended.code == 1
    assert "\nmenu.yaml:10:17: conditionalmenu[0].matchrule.tag: no tags" in ended.stderr
    assert "VIP1" in ended.stderr


def test_what_check_would_find_is_said_in_front_of_the_plan(wxevents: Commands) -> None:
    wxevents.write(DEFAULT.replace("今日歌曲", "一二三四五"))
    warning = "warning: menu.yaml:3:19: button[0].name: '一二三四五' is shown cut off"
    for command, code in ((["plan"], 3), (["plan", "--json"], 3), (["apply", "--yes"], 0)):
        ended = wxevents("menu", *command, "menu.yaml")
        assert ended.code == code
        assert ended.stderr.startswith(warning)
        assert "warning" not in ended.stdout


def test_a_key_without_a_handler_is_a_warning_of_the_plan(
    wxevents: Commands, project: Project
) -> None:
    wxevents.write(DEFAULT)
    ended = project.run("menu", "plan", "menu.yaml", **wxevents.platform.environ)
    assert ended.returncode == 3
    assert ended.stderr.splitlines()[0] == (
        "warning: menu.yaml:3:31: button[0].key: no handler takes click 'V1001_TODAY_MUSIC'; "
        "write one with @router.click('V1001_TODAY_MUSIC')"
    )
    assert ended.stdout.startswith("+ default menu\n")


def test_what_was_published_is_remembered_for_the_account_and_the_host(
    wxevents: Commands, platform: Platform
) -> None:
    wxevents.write(DEFAULT)
    assert wxevents("menu", "apply", "menu.yaml", "--yes").code == 0
    host = platform.url.removeprefix("http://").replace(":", "_")
    snapshot = f"menu-{platform.account.app_id}-{host}.json"
    kept = [path.name for path in (wxevents.folder / ".wxevents").iterdir()]
    assert [name for name in kept if name.endswith(".json")] == [snapshot]


@pytest.mark.parametrize(
    "command", [["plan", "menu.yaml"], ["apply", "menu.yaml"], ["pull"], ["match"], ["delete"]]
)
def test_without_any_account_the_platform_is_not_asked(
    wxevents: Commands, platform: Platform, command: list[str]
) -> None:
    wxevents.write(DEFAULT)
    ended = wxevents("menu", *command, **NO_ACCOUNT, WXEVENTS_API_BASE=None)
    assert (ended.code, ended.stdout) == (1, "")
    assert "no account is configured.\n" in ended.stderr
    assert "`wxevents emulate` in this folder" in ended.stderr
    (wxevents.folder / ".wxevents" / "page").write_text("http://127.0.0.1:8099")
    beside_dev = wxevents("menu", *command, **NO_ACCOUNT, WXEVENTS_API_BASE=None)
    assert "runs in this folder: set WXEVENTS_API_BASE=http://127.0.0.1:8099;" in beside_dev.stderr
    assert "WXEVENTS_APP_SECRET" in ended.stderr
    assert "no connection" not in ended.stderr
    assert platform.emulator.calls == []


@pytest.mark.parametrize("code", [48001, 40164, 45009])
def test_an_error_of_the_api_is_a_sentence_with_its_code_and_cure(
    wxevents: Commands, platform: Platform, code: int
) -> None:
    platform.account.refuse("/cgi-bin/menu/get", code)
    wxevents.write(DEFAULT)
    ended = wxevents("menu", "plan", "menu.yaml")
    assert ended.code == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"GET /cgi-bin/menu/get: {code}, ")
    assert "; " in ended.stderr
    assert "wxevents emulate" not in ended.stderr


def test_a_refusal_midway_tells_that_all_is_as_before(
    wxevents: Commands, platform: Platform
) -> None:
    platform.account.new_tag("VIP")
    platform.account.seed_default([{"type": "click", "name": "旧", "key": "OLD"}])
    platform.account.refuse("/cgi-bin/menu/addconditional", 65305)
    wxevents.write(DEFAULT + CONDITIONAL)
    ended = wxevents("menu", "apply", "menu.yaml", "--yes")
    assert ended.code == 1
    assert "POST /cgi-bin/menu/addconditional: 65305" in ended.stderr
    assert "what was published before is published again" in ended.stderr
    assert "all as wanted" not in ended.stdout
    assert platform.account.default_menu
    assert names(platform.account.default_menu.button) == ["旧"]


def test_a_wrong_secret_is_a_sentence_without_it(wxevents: Commands) -> None:
    wxevents.write(DEFAULT)
    ended = wxevents("menu", "plan", "menu.yaml", WXEVENTS_APP_SECRET="WRONGWRONG")
    assert ended.code == 1
    assert "40125" in ended.stderr
    assert "WRONGWRONG" not in ended.stderr
    assert "wxevents emulate" not in ended.stderr


@pytest.mark.parametrize("command", ["plan", "apply", "pull", "match", "delete", "import"])
@pytest.mark.parametrize("missing", ["WXEVENTS_APP_SECRET", "WXEVENTS_APP_ID"])
def test_half_an_account_is_a_sentence_and_exit_code_2(
    wxevents: Commands, platform: Platform, command: str, missing: str
) -> None:
    wxevents.write(DEFAULT)
    file = ["menu.yaml"] if command in ("plan", "apply") else []
    ended = wxevents("menu", command, *file, **{missing: None})
    assert ended.code == 2
    assert ended.stderr == f"{missing} is missing; the platform's console shows it\n"
    assert platform.emulator.calls == []


def test_the_account_of_a_server_serves_the_menu_commands_as_it_is(wxevents: Commands) -> None:
    wxevents.write(DEFAULT)
    key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    token: dict[str, str | None] = {"WXEVENTS_TOKEN": "token"}
    for more in (token, token | {"WXEVENTS_ENCODING_AES_KEY": key}, {"WXEVENTS_MODE": "safe"}):
        assert wxevents("menu", "plan", "menu.yaml", **more).code == 3


def test_without_a_file_and_without_handlers_both_cures_are_told(wxevents: Commands) -> None:
    ended = wxevents("menu", "plan", "--handlers", "nowhere")
    assert ended.code == 2
    assert "there is no module nowhere" in ended.stderr
    assert "WXEVENTS_HANDLERS" in ended.stderr

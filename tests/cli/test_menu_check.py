"""`wxevents menu check`: what does not fit, with the line that says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Project
from tests.cli.emulated import Commands

MENU = """
from wxevents import ClickButton, ClickEvent, Menu, Prefix, Router, ScancodePushButton

router = Router()

@router.click("HELLO")
async def hello(event: ClickEvent) -> str:
    return "你好"

@router.click("UNUSED")
async def unused(event: ClickEvent) -> None: ...

@router.click(Prefix("p:"))
async def prefix(event: ClickEvent) -> None: ...

menu = Menu(
    ClickButton("你好", hello),
    ClickButton("HELO", "HELO"),
    ScancodePushButton("扫", "p:1"),
)
"""
FITTING = """
button:
  - {type: click, name: 你好, key: HELLO}
  - {type: click, name: 赞, key: GOOD, reply: 谢谢！}
  - name: 更多
    sub_button:
      - {type: click, name: 无, key: UNUSED}
      - {type: click, name: 七, key: "p:7"}
"""


def line_of(source: str, text: str) -> int:
    return next(number for number, line in enumerate(source.splitlines(), 1) if text in line)


# The menu of a handlers package


def test_findings_have_the_lines_of_buttons_and_handlers(project: Project) -> None:
    project.write(MENU)
    ended = project.run("menu", "check")
    assert ended.returncode == 1
    typo, scan = line_of(MENU, '"HELO"'), line_of(MENU, '"p:1"')
    hello, unused = line_of(MENU, '@router.click("HELLO")'), line_of(MENU, '.click("UNUSED")')
    prefix = line_of(MENU, ".click(Prefix")
    assert ended.stdout.splitlines() == [
        f"handlers/menu.py:{typo}: button[1].key: no handler takes click 'HELO'; "
        f"is it 'HELLO', as at handlers/menu.py:{hello}?",
        f"handlers/menu.py:{scan}: button[2].key: no handler takes scancode_push 'p:1'; "
        f"click(Prefix('p:')) at handlers/menu.py:{prefix} takes the key, but not from a "
        "scancode_push button: register it with @router.scancode_push('p:1')",
        f"warning: handlers/menu.py:{unused}: click('UNUSED'): no click button of the menu has it",
        f"warning: handlers/menu.py:{prefix}: click(Prefix('p:')): no click button of the menu has "
        "it",
        "errors: 2, warnings: 2 (conditional menus: 0, buttons: 3)",
    ]
    assert ended.stderr == ""


def test_a_package_without_a_menu_is_a_sentence(project: Project) -> None:
    ended = project.run("menu", "check")
    assert ended.returncode == 2
    assert ended.stderr == (
        "handlers has no menu; write `menu = Menu(…)` in a module of it, or give a FILE\n"
    )


def test_a_button_that_cannot_be_paired_is_a_sentence_with_both_places(project: Project) -> None:
    project.write(MENU.replace('ClickButton("你好", hello)', 'ClickButton("你好", prefix)'))
    ended = project.run("menu", "check")
    assert ended.returncode == 2
    assert "handlers/menu.py:17) names the handler handlers.menu.prefix" in ended.stderr
    assert "(handlers/menu.py:13)" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_package_with_a_broken_menu_file_has_the_findings_of_the_file(project: Project) -> None:
    project.write("from wxevents import Menu\nmenu = Menu.from_file('menu.yaml')\n")
    (project.folder / "menu.yaml").write_text("button:\n  - {type: klick, name: x}\n", "utf-8")
    ended = project.run("menu", "check", "--json")
    assert ended.returncode == 1
    assert '"place": "menu.yaml:2:6"' in ended.stdout
    assert ended.stderr == ""


def test_a_file_stands_in_for_the_menu_of_the_package_and_its_replies(project: Project) -> None:
    project.write(MENU.replace('"HELO", "HELO"', '"HELO", "HELO", reply="你好"'))
    (project.folder / "menu.yaml").write_text(FITTING, "utf-8")
    ended = project.run("menu", "check", "menu.yaml")
    assert (ended.returncode, ended.stdout) == (
        0,
        "errors: 0, warnings: 0 (conditional menus: 0, buttons: 4)\n",
    )


def test_a_reply_in_a_file_for_a_key_that_has_a_handler_is_found(project: Project) -> None:
    project.write(MENU)
    text = FITTING.replace("key: HELLO", "key: HELLO, reply: 你好！")
    (project.folder / "menu.yaml").write_text(text, "utf-8")
    ended = project.run("menu", "check", "menu.yaml")
    assert ended.returncode == 1
    assert ended.stdout.startswith("menu.yaml:3:")
    line = line_of(MENU, '@router.click("HELLO")')
    assert (
        f"button[0].reply: click('HELLO') at handlers/menu.py:{line} answers 'HELLO' as well"
    ) in ended.stdout


# A file without a handlers package


def test_without_handlers_the_limits_alone_are_checked(wxevents: Commands) -> None:
    wxevents.write(FITTING)
    ended = wxevents("menu", "check", "menu.yaml")
    assert (ended.code, ended.stdout.splitlines()) == (
        0,
        [
            "no handlers package here: keys were not compared with handlers",
            "errors: 0, warnings: 0 (conditional menus: 0, buttons: 4)",
        ],
    )


def test_no_account_is_needed_to_check_handlers_that_take_the_client(project: Project) -> None:
    project.write(
        """
from wxevents import ClickButton, ClickEvent, Client, Menu, Router
router = Router()

@router.click("CALLS")
async def calls(event: ClickEvent, client: Client) -> None: ...

menu = Menu(ClickButton("调用", calls))
"""
    )
    checked = project.run("menu", "check", "--strict")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_no_account_is_needed_to_check(wxevents: Commands) -> None:
    wxevents.write(FITTING)
    ended = wxevents("menu", "check", "menu.yaml", WXEVENTS_APP_SECRET=None)
    assert ended.code == 0
    assert wxevents.platform.emulator.calls == []


def test_to_check_invents_no_account_and_writes_nothing(project: Project) -> None:
    project.write(MENU)
    (project.folder / "menu.yaml").write_text(FITTING, "utf-8")
    before = sorted(path.name for path in project.folder.iterdir())
    for file in ((), ("menu.yaml",)):
        assert "errors: " in project.run("menu", "check", *file).stdout
    assert sorted(path.name for path in project.folder.iterdir()) == before


def test_a_package_that_was_named_has_to_be_there_to_check_a_file(wxevents: Commands) -> None:
    wxevents.write(FITTING)
    ended = wxevents("menu", "check", "menu.yaml", WXEVENTS_HANDLERS="nowhere")
    assert (ended.code, ended.stdout) == (2, "")
    assert ended.stderr.startswith("there is no module nowhere in ")


def test_warnings_are_an_error_only_when_strict(wxevents: Commands) -> None:
    wxevents.write(FITTING.replace("name: 你好", "name: 一二三四五"))
    ended = wxevents("menu", "check", "menu.yaml")
    assert ended.code == 0
    assert ended.stdout.startswith("warning: menu.yaml:3:19: button[0].name: '一二三四五' is shown")
    assert "errors: 0, warnings: 1 " in ended.stdout
    assert wxevents("menu", "check", "menu.yaml", "--strict").code == 1
    as_json = wxevents("menu", "check", "menu.yaml", "--strict", "--json")
    assert (as_json.code, [one["level"] for one in as_json.json]) == (1, ["warning"])


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("menu.yaml", "button:\n\t- type: click\n", "menu.yaml:2:1"),
        ("menu.yaml", "button: [\n", "menu.yaml:2:1"),
        ("menu.yaml", "button:\n  - {type: click, type: view}\n", "menu.yaml:2:"),
        ("menu.json", '{"button": [}', "menu.json:1:13"),
        ("menu.toml", "[[button]]\ntype = click\n", "menu.toml:2:8"),
        ("menu.txt", "", "menu.txt"),
        ("menu.yaml", "", "menu.yaml:1:1"),
    ],
)
def test_a_file_that_is_no_menu_is_a_finding_at_its_line(
    wxevents: Commands, name: str, text: str, place: str
) -> None:
    wxevents.write(text, name)
    ended = wxevents("menu", "check", name)
    assert (ended.code, ended.stderr) == (1, "")
    assert ended.stdout.startswith(place)
    assert ended.stdout.endswith("(no menu could be read)\n")
    found = wxevents("menu", "check", name, "--json")
    assert found.code == 1
    assert found.json[0]["place"].startswith(place)


def test_every_finding_of_a_file_is_told_at_once(wxevents: Commands) -> None:
    wxevents.write("button:\n  - {type: klick, name: x}\n  - {type: click, nam: x, key: A}\n")
    ended = wxevents("menu", "check", "menu.yaml", "--json")
    assert [one["path"] for one in ended.json] == ["button[0].type", "button[1].nam"]
    for one in ended.json:
        assert set(one) == {"level", "place", "path", "message", "code"}


@pytest.mark.parametrize("file", ["nowhere.yaml", "folder.yaml"])
def test_a_file_that_cannot_be_read_is_a_sentence(wxevents: Commands, file: str) -> None:
    Path("folder.yaml").mkdir()
    checked = wxevents("menu", "check", file)
    assert (checked.code, checked.stderr) == (1, "")
    assert checked.stdout.startswith(f"{file}: cannot be read: ")
    planned = wxevents("menu", "plan", file)
    assert (planned.code, planned.stdout) == (1, "")
    assert planned.stderr.startswith(f"{file}: cannot be read: ")


def test_a_reply_that_is_too_long_is_told_with_its_line(wxevents: Commands) -> None:
    wxevents.write(FITTING.replace("谢谢！", "长" * 683))
    ended = wxevents("menu", "check", "menu.yaml")
    assert ended.code == 2
    assert ended.stderr.startswith("the reply of the button '赞' (menu.yaml:4:")
    assert "2,049 bytes, at most 2,048" in ended.stderr

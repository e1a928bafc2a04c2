"""`wxevents routes`: what answers what."""

from __future__ import annotations

import subprocess
import sys

from tests.cli.command import Project


def test_routes_are_listed_with_their_places_in_the_order_in_which_they_win(
    project: Project,
) -> None:
    routes = project.json("routes")
    assert [route["takes"] for route in routes] == [
        "click('HELLO')",
        "click('BAD')",
        "click(Prefix('p:'))",
        "click(Regex('r.*'))",
        "text()",
        "on('new_event')",
        "fallback()",
    ]
    assert routes[0]["handler"] == "handlers.menu.hello"
    assert routes[0]["place"] == "handlers/menu.py:7"


def test_the_table_is_for_people(project: Project) -> None:
    table = project.run("routes").stdout
    assert "click('HELLO')" in table
    assert "handlers/menu.py:7" in table


def test_a_reply_of_the_menu_is_shown_as_such(project: Project) -> None:
    project.write(
        "from wxevents import ClickButton, Menu\n"
        "menu = Menu(ClickButton('赞', 'GOOD', reply='谢谢！'))\n",
        "handlers/more.py",
    )
    (route,) = [one for one in project.json("routes") if one["takes"] == "click('GOOD')"]
    assert route["handler"] == "(the menu's reply)"
    assert route["place"] == "handlers/more.py:2"
    assert "(the menu's reply)" in project.run("routes").stdout


def test_a_folder_without_handlers_is_a_sentence(project: Project) -> None:
    ended = project.run("routes", "--handlers", "nowhere")
    assert (ended.returncode, "WXEVENTS_HANDLERS" in ended.stderr) == (2, True)


def test_a_package_without_routers_is_a_sentence(project: Project) -> None:
    project.write("", "empty/module.py")
    ended = project.run("routes", "--handlers", "empty")
    assert (ended.returncode, "`router = Router()`" in ended.stderr) == (2, True)


def test_importing_wxevents_does_not_import_the_command() -> None:
    code = (
        "import sys, wxevents; print({'typer', 'rich', 'watchfiles', 'dotenv'} & set(sys.modules))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "set()"

"""The check of the menu when the bot starts: warnings, or with --strict the end."""

from __future__ import annotations

import re

from tests.cli.command import HANDLERS, Project

ACCOUNT = ("--mode", "plain", "--token", "token", "--port", "0")
MENU = f"""{HANDLERS}
from wxevents import ClickButton, Menu
menu = Menu(ClickButton("你好", "HELLO"), ClickButton("HELO", "HELO"))
"""
FINDING = "button[1].key: no handler takes click 'HELO'; is it 'HELLO', as at handlers/menu.py:7?"


def test_what_does_not_fit_is_a_warning_in_the_log_of_a_bot_that_serves(project: Project) -> None:
    project.write(MENU)
    line = len(MENU.splitlines())
    with project.serving("run", *ACCOUNT) as server:
        server.wait_for(
            re.escape(f"WARNING wxevents.bot: menu: handlers/menu.py:{line}: {FINDING}")
        )
        answered = project.run("push", "click", "HELLO", "--url", server.url, *ACCOUNT)
        assert answered.returncode == 0


def test_strict_ends_a_start_with_what_does_not_fit(project: Project) -> None:
    project.write(MENU)
    ended = project.run("run", "--strict", *ACCOUNT)
    assert ended.returncode == 2
    assert FINDING in ended.stderr
    assert "listening" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_strict_lets_a_menu_with_mere_warnings_start(project: Project) -> None:
    project.write(
        "from wxevents import ClickButton, Menu, Router\nrouter = Router()\n"
        "menu = Menu(ClickButton('一二三四五', 'A', reply='好'))\n"
    )
    with project.serving("run", "--strict", *ACCOUNT) as server:
        server.wait_for("WARNING .* is shown cut off")
        answered = project.run("push", "click", "A", "--url", server.url, *ACCOUNT)
        assert "Content: 好" in answered.stdout


def test_strict_development_waits_for_the_save_that_mends_it(project: Project) -> None:
    project.write(MENU)
    with project.serving("dev", "--strict", "--port", "0", ready=r" at (\S+)") as server:
        server.wait_for("no handler takes click 'HELO'")
        server.wait_for("waiting for the next save")
        project.write(
            "from wxevents import ClickButton, Menu, Router\nrouter = Router()\n"
            "menu = Menu(ClickButton('好', 'A', reply='好'))\n"
        )
        server.wait_for(r"wxevents\.server: listening")

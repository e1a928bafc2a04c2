"""The README's words, held against the code."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

from wxevents import Bot, Menu, Router, TextReply
from wxevents.testing import EmulatorClient, Phone, invented_settings

README_FILE = Path(__file__).parent.parent / "README.md"
README = README_FILE.read_text("utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def python_block(containing: str) -> str:
    return next(code for language, code in BLOCKS if language == "python" and containing in code)


async def test_the_handler_answers() -> None:
    module: dict[str, Router] = {}
    exec(python_block("WEATHER"), module)
    phone = Phone(Bot(invented_settings(), routers=[module["router"]]))
    assert await phone.click("WEATHER") == TextReply("晴，25 度")


async def test_a_late_answer_and_a_dialogue() -> None:
    report: dict[str, Any] = {}
    exec(python_block("REPORT"), report)
    exec("async def add_up(): return '1,024'", report)  # at once
    dialogue: dict[str, Any] = {}
    exec(python_block("ordering"), dialogue)
    routers = [report["router"], dialogue["router"]]
    async with Bot(invented_settings(), routers=routers) as bot:
        phone = Phone(bot)
        assert await phone.click("REPORT") == TextReply("正在统计，请稍候……")
        assert await phone.click("ORDER") == TextReply("想吃什么？")
        assert await phone.say("面") == TextReply("已下单：面")


async def test_the_menu_fits_its_handlers_and_its_reply_answers() -> None:
    module: dict[str, object] = {}
    exec("from wxevents import *", module)
    exec(python_block("menu = Menu("), module)
    router, menu = module["router"], module["menu"]
    assert isinstance(router, Router)
    assert isinstance(menu, Menu)
    bot = Bot(invented_settings(), routers=[router], menu=menu)
    assert bot.check_menu() == []
    assert await Phone(bot).click("V1001_GOOD") == TextReply("谢谢你的赞！")


async def test_a_tap_on_the_emulated_phone(emulator: EmulatorClient) -> None:
    module: dict[str, Any] = {}
    exec(python_block("async def test_a_tap"), module)
    await module["test_a_tap"](emulator)


async def test_every_call_of_the_phone_is_answered(phone: Phone) -> None:
    module: dict[str, object] = {}
    exec(python_block("test_music"), module)
    test = module["test_music"]
    assert callable(test)
    await test(phone)


def test_both_commands_are_one_line_each() -> None:
    shell = [code for language, code in BLOCKS if language == "sh"]
    assert "pip install -e . && wxevents dev\n" in shell
    assert 'pip install -e ".[dev]" && pytest -n auto\n' in shell


def test_each_file_that_it_names_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    for link in links:
        assert (README_FILE.parent / link).exists(), link


def test_each_command_of_its_promises_is_there() -> None:
    table = README.split("| promise | measured | again with |")[1].split("\n\n")[0]
    modules = re.findall(r"python -m (tests\.[\w.]+)", table)
    files = re.findall(r"pytest (tests/\S+\.py)", table)
    assert len(modules) >= 4
    for module in modules:
        assert importlib.util.find_spec(module), module
    for file in files:
        assert (README_FILE.parent / file).is_file(), file


def test_every_promise_has_a_figure_and_a_command() -> None:
    table = README.split("| promise | measured | again with |")[1].split("\n\n")[0]
    for row in table.splitlines()[2:]:
        promise, measured, command = row.strip("| ").split(" | ")
        assert promise
        assert re.search(r"\d", measured), row
        assert command.startswith("`"), row

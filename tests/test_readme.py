"""The README's words, held against the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import typer

from wxevents import Bot, Menu, MenuSet, Router, Settings, TextReply
from wxevents.cli.menu import app as menu_commands
from wxevents.emulator import Emulator
from wxevents.menu import check
from wxevents.testing import EmulatorClient, Phone, invented_settings

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
BLOCKS: list[tuple[str, str]] = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def python_block(containing: str) -> str:
    return next(code for language, code in BLOCKS if language == "python" and containing in code)


async def test_the_handler_answers() -> None:
    module: dict[str, Router] = {}
    exec(python_block("WEATHER"), module)
    phone = Phone(Bot(invented_settings(), routers=[module["router"]]))
    assert await phone.click("WEATHER") == TextReply("晴，25 度")


async def test_captures_errors_unknown_events_fallback_and_middleware() -> None:
    module: dict[str, object] = {"router": Router()}
    exec("from wxevents import *", module)
    exec(python_block("page:"), module)
    exec(python_block("call_next"), module)
    router, middlewares = module["router"], module["middlewares"]
    assert isinstance(router, Router)
    assert isinstance(middlewares, list)
    phone = Phone(Bot(invented_settings(), routers=[router], middlewares=middlewares))
    assert await phone.click("page:7") == TextReply("page 7, delivery 1")
    assert await phone.push("card_pass_check") is None
    assert await phone.click("nobody's") is None


async def test_a_late_answer_and_a_dialogue() -> None:
    module: dict[str, Any] = {"router": Router()}
    exec("from collections.abc import AsyncIterator\nfrom pydantic import BaseModel", module)
    exec("from wxevents import *\nasync def add_up(): return '1,024'", module)
    exec(python_block("REPORT"), module)
    exec(python_block("ordering"), module)
    async with Bot(invented_settings(), routers=[module["router"]]) as bot:
        phone = Phone(bot)
        assert await phone.click("REPORT") == TextReply("正在统计，请稍候……")
        assert await phone.click("ORDER") == TextReply("想吃什么？")
        assert await phone.say("面") == TextReply("已下单：面")


async def test_the_menu_fits_its_handlers_and_its_reply_answers(tmp_path: Path) -> None:
    module: dict[str, object] = {}
    exec("from wxevents import *", module)
    exec(python_block("menu = Menu("), module)
    router, menu = module["router"], module["menu"]
    exec(python_block("menu = MenuSet("), module)
    menus = module["menu"]
    assert isinstance(router, Router)
    assert isinstance(menu, Menu)
    assert isinstance(menus, MenuSet)
    bot = Bot(invented_settings(), routers=[router], menu=menu)
    assert bot.check_menu() == []
    assert await Phone(bot).click("V1001_GOOD") == TextReply("谢谢你的赞！")
    assert check(menus) == []

    file = tmp_path / "menu.yaml"
    file.write_text(next(code for language, code in BLOCKS if language == "yaml"), "utf-8")
    assert check(MenuSet.from_file(file)) == []


async def test_a_handler_takes_the_client_and_tells_an_error_of_the_platform() -> None:
    emulator = Emulator()
    emulator.account.follow("oFan")
    module: dict[str, object] = {"router": Router()}
    exec("from wxevents import *", module)
    exec(python_block("become_vip"), module)
    router = module["router"]
    assert isinstance(router, Router)
    async with emulator.serve() as url:
        account = {"app_id": emulator.account.app_id, "app_secret": emulator.account.app_secret}
        settings = invented_settings(mode="plain", api_base=url, **account)
        phone = Phone(Bot(settings, routers=[router]), openid="oFan")
        async with phone.bot:
            assert await phone.click("VIP") == TextReply("出错了：45159")


def test_every_menu_command_is_listed() -> None:
    listed = set(re.findall(r"^\| `menu (\w+)", README, re.MULTILINE))
    group = typer.main.get_command(menu_commands)
    assert isinstance(group, typer.core.TyperGroup)
    assert listed == set(group.commands)


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


def test_every_setting_is_listed() -> None:
    listed = set(re.findall(r"`(WXEVENTS_\w+)`", README))
    assert {f"WXEVENTS_{name.upper()}" for name in Settings.model_fields} <= listed


def test_every_decorator_is_listed() -> None:
    table = README.split("| decorator | takes |")[1].split("\n\n")[0]
    listed = set(re.findall(r"`(\w+)\(", table))
    others = {"include", "walk"}
    assert listed == {name for name in vars(Router) if not name.startswith("_")} - others


def test_both_commands_are_one_line_each() -> None:
    shell = [code for language, code in BLOCKS if language == "sh"]
    assert "pip install -e . && wxevents dev\n" in shell
    assert 'pip install -e ".[dev]" && pytest\n' in shell

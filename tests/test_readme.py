"""The README's words, held against the code."""

from __future__ import annotations

import re
from pathlib import Path

from wxevents import Bot, Router, Settings, TextReply
from wxevents.testing import Phone, invented_settings

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

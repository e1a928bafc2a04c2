"""The pages on late answers, held against the code."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any, get_args

import pytest
import typer

from tests.store.patience import until
from wxevents import Bot, Settings, TextReply
from wxevents.cli.inbox import app
from wxevents.outbox import _ENDS, _ENDS_ALL
from wxevents.store import State
from wxevents.testing import Phone, emulated, invented_settings

PAGES = Path(__file__).parents[2] / "docs" / "en" / "explanation"
FIVE_SECONDS = (PAGES / "five-seconds.md").read_text("utf-8")
EXECUTION_PROMISE = (PAGES / "execution-promise.md").read_text("utf-8")
TEXT = FIVE_SECONDS + EXECUTION_PROMISE


def python(page: str) -> str:
    """The one block of Python that a page has."""
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    return str(code)


POLICIES, PROMISE = python(FIVE_SECONDS), python(EXECUTION_PROMISE)

# Those of messages that no code of the platform is behind.
OWN_STATES = {"waiting", "sending", "sent", "unknown", "expired", "undeliverable", "refused"}


async def test_every_policy_does_what_is_said_of_it(tmp_path: Path) -> None:
    let_go = asyncio.Event()

    async def late(*_: object) -> str:
        await let_go.wait()
        return "迟到的回答"

    module: dict[str, Any] = {}
    exec(POLICIES, module)
    for slow in ("make_report", "forecast", "second_chapter"):
        assert slow in module
        module[slow] = late

    def load(settings: Settings) -> Bot:
        store = {"store": f"sqlite:///{tmp_path}/inbox.db"}
        return Bot(settings.model_copy(update=store), routers=[module["router"]])

    async with emulated(load) as emulator:
        user = emulator.user()

        async def texts() -> list[str]:
            sent = [one for one in await user.chat() if one["from"] == "account"]
            return [one["segments"][0]["text"] for one in sent]

        assert (await user.push("CLICK", "REPORT")).texts == ["正在生成，请稍候……"]
        assert (await user.push("CLICK", "STORY")).texts == ["第一章……"]
        let_go.set()

        async def both_answered() -> bool:
            return (await texts()).count("迟到的回答") == 2

        await until(both_answered)
        assert (await user.push("CLICK", "WEATHER")).texts == ["迟到的回答"]


async def test_the_identity_of_a_push_makes_an_order_happen_once() -> None:
    module: dict[str, Any] = {}
    exec(PROMISE, module)
    bot = Bot(invented_settings(), routers=[module["router"]])
    bot.provide(module["Shop"]())
    phone = Phone(bot)
    assert await phone.click("ORDER") == TextReply("订单 1")
    assert await phone.click("ORDER") == TextReply("订单 2")


def test_the_promise_is_made_in_these_words() -> None:
    # Whoever changes the words changes what users of the library may rely on.
    said = " ".join(EXECUTION_PROMISE.split())
    assert (
        "A push that was acknowledged runs at least once. It runs a second time only if a process "
        "ended between a handler's side effect and the mark that it is done: killed, crashed, or "
        "without power; or, with Redis, if a process was cut off from it or stood still for longer "
        "than 10 s, in which case both may run at the same time."
    ) in said


def test_every_state_of_a_message_is_explained() -> None:
    table = TEXT.split("| state of a message |")[1].split("\n\n")[0]
    explained = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert explained == OWN_STATES | set(_ENDS.values())
    for code, state in _ENDS.items():
        row = next(line for line in table.splitlines() if line.startswith(f"| `{state}` |"))
        assert str(code) in row


def test_what_ends_all_messages_of_a_push_is_named() -> None:
    (listed,) = re.findall(r"no other message would fare better \((.*?)\)", TEXT, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", listed)) == _ENDS_ALL


@pytest.mark.parametrize("state", get_args(State))
def test_every_state_of_a_push_is_named(state: str) -> None:
    assert f"`{state}`" in TEXT


def test_every_setting_that_is_named_exists() -> None:
    named = {name.lower() for name in re.findall(r"WXEVENTS_(\w+)", TEXT)}
    assert named <= set(Settings.model_fields)
    assert {"deadline", "late", "placeholder", "store", "typing", "max_runs"} <= named


def test_every_command_and_option_that_is_named_exists() -> None:
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    rows = re.findall(r"^\| `wxevents inbox (\w+)[^`]*` \| (.*) \|$", TEXT, re.MULTILINE)
    assert {name for name, _ in rows} == set(group.commands)
    for name, row in rows:
        options = {option for one in group.commands[name].params for option in one.opts}
        assert set(re.findall(r"--[\w-]+", row)) <= options

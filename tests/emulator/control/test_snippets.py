"""A push as a command and as a line of a test: both give the same push again."""

from __future__ import annotations

import ast
import asyncio
import importlib
import shlex
from collections.abc import Mapping
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.emulator.control.bot import SUCCESS, Answering, raw, reply, text
from tests.emulator.control.stage import Stage
from wxevents import Bot, TextReply
from wxevents.cli import app
from wxevents.server import local_url
from wxevents.settings import Settings
from wxevents.testing import FOLLOWER, Phone, invented_settings
from wxevents.xml import Fields, parse, render

# What is another one in every push.
OWN = ("CreateTime", "MsgId")


def comparable(fields: Fields) -> Fields:
    """A push as it arrives, without what differs each time."""
    arrived = parse(render(fields).encode())
    return {name: value for name, value in arrived.items() if name not in OWN}


def pushed(push: Mapping[str, Any]) -> Fields:
    return comparable(parse(push["xml"].encode()))


async def delivered_by(line: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Fields]:
    """Where the command would deliver what."""
    module = importlib.import_module("wxevents.cli.push")
    delivered: list[tuple[str, Fields]] = []

    async def deliver(settings: object, url: str, fields: Fields) -> Any:
        delivered.append((url, comparable(fields)))
        return module.Result(valid=True, deliveries=1, seconds=0)

    monkeypatch.setattr(module, "_push", deliver)
    program, *arguments = shlex.split(line)
    assert program == "wxevents"
    environ = {"WXEVENTS_TOKEN": "invented", "WXEVENTS_MODE": "plain"}
    # In a thread, since the command runs an event loop of its own.
    result = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=environ)
    assert result.exit_code == 0, result.output
    return delivered[0]


async def by_command(line: str, monkeypatch: pytest.MonkeyPatch) -> Fields:
    """The push that the command would deliver."""
    _, fields = await delivered_by(line, monkeypatch)
    return fields


class Noting(Phone):
    """A phone that keeps what it, or another one of the same bot, would push."""

    def __init__(self, bot: Bot | None = None, openid: str = FOLLOWER) -> None:
        super().__init__(bot or Bot(invented_settings()), openid)
        self.pushed: list[Fields] = []

    async def push(
        self, name: str, key: str | None = None, elements: Mapping[str, object] | None = None
    ) -> None:
        self.pushed.append(self.compose(name, key, elements))


async def by_test(line: str) -> Fields:
    """The first push of the call that the line waits for."""
    phone = Noting()
    tree = ast.parse(f"async def test(phone):\n {line}" if "\n" not in line else line)
    (call,) = (node.value for node in ast.walk(tree) if isinstance(node, ast.Await))
    others: list[Noting] = []

    def another(bot: Bot, openid: str) -> Noting:
        others.append(Noting(bot, openid))
        return others[-1]

    await eval(ast.unparse(call), {"phone": phone, "Phone": another})
    (one,) = others or [phone]
    return comparable(one.pushed[0])


PLACE = {"latitude": 31.25, "longitude": 121.5, "label": '上海市"某"路1号', "poiname": "O'Neill"}
DEEDS: dict[str, tuple[str, dict[str, Any]]] = {
    "click": ("tap", {"name": "订单"}),
    "view": ("tap", {"name": "官网"}),
    "miniprogram": ("tap", {"name": "小程序"}),
    "scan": ("tap", {"name": "扫码", "scan": {"result": "https://t.example/?a=1&b='2'"}}),
    "bar code": ("tap", {"name": "扫码", "scan": {"result": "400638", "type": "barcode"}}),
    "no photo": ("tap", {"name": "相册", "photos": []}),
    "photo": ("tap", {"name": "相册", "photos": [{"sample": "cat"}]}),
    "place": ("tap", {"name": "位置", "place": PLACE}),
    "text": ("say", {"text": "订单 7"}),
    "text in lines": ("say", {"text": "一\n二\t\"三\" 'vier' \\5 $6 `7`"}),
    "text like an option": ("say", {"text": "--help"}),
    "number below zero": ("say", {"text": "-1"}),
    "option of a menu": ("say", {"text": "满意", "menu_id": "7"}),
    "image": ("send", {"kind": "image"}),
    "voice": ("send", {"kind": "voice", "recognition": "天气"}),
    "video": ("send", {"kind": "video"}),
    "shortvideo": ("send", {"kind": "shortvideo"}),
    "link": ("send", {"kind": "link", "title": "a=b", "url": "https://shop.example/?a=b"}),
    "location": ("send", {"kind": "location", **PLACE}),
    "scene": ("scan", {"scene": "till07"}),
    "reported place": ("report_location", {"latitude": 1.5, "longitude": 2.5}),
    "unfollow": ("unfollow", {}),
}


async def do(stage: Stage, kind: str) -> Mapping[str, Any]:
    deed, body = DEEDS[kind]
    path = f"/users/{stage.user.openid}/{deed}"
    push: Mapping[str, Any] = (await stage.client.request("POST", path, body))["pushes"][0]
    return push


@pytest.mark.parametrize("kind", DEEDS)
async def test_the_command_sends_the_same_push(
    stage: Stage, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    push = await do(stage, kind)
    assert await by_command(push["command"], monkeypatch) == pushed(push)


@pytest.mark.parametrize("kind", DEEDS)
async def test_the_line_of_a_test_sends_the_same_push(stage: Stage, kind: str) -> None:
    push = await do(stage, kind)
    assert await by_test(push["test"]) == pushed(push)


@pytest.mark.parametrize("scene", ["", "till07"])
async def test_somebody_who_follows_is_repeated(
    stage: Stage, scene: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.user.unsubscribe()
    push = (await stage.user.subscribe(scene)).pushes[0]
    fields = await by_command(push["command"], monkeypatch)
    assert fields == await by_test(push["test"]) == pushed(push)


async def test_two_photos_are_repeated_in_a_test(stage: Stage) -> None:
    for pictures in ("one_list", "many_lists"):
        await stage.client.switches(pictures=pictures)
        push = (await stage.user.tap("相册", photos=["cat", "sea"])).pushes[0]
        fields = await by_test(push["test"])
        if pictures == "one_list":
            assert fields == pushed(push)
        assert push["command"].startswith("wxevents push pic_weixin k.pic")


@pytest.mark.parametrize(
    ("name", "key", "elements"),
    [
        ("invented_tomorrow", None, {"A.B": "x y", "C": 7}),
        ("invented_tomorrow", "k", {}),
        ("kf_switch_session", None, {"ToKfAccount": "cy@shopdemo"}),
        ("TEMPLATESENDJOBFINISH", None, {"Status": "failed:user block"}),
        ("MASSSENDJOBFINISH", None, {"ErrorCount": 3}),
        ("PUBLISHJOBFINISH", None, {}),
        ("LOCATION", None, {}),
        ("CLICK", "a 'b' \"c\" \\", {}),
        ("CLICK", "k", {"MenuId": 7}),
        ("CLICK", "k", {"New": "x"}),
    ],
)
async def test_any_push_is_repeated(
    stage: Stage,
    name: str,
    key: str | None,
    elements: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    push = (await stage.user.push(name, key, elements)).pushes[0]
    fields = await by_command(push["command"], monkeypatch)
    assert fields == pushed(push)
    if elements.keys() != {"MenuId"}:
        assert await by_test(push["test"]) == pushed(push)


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (text("好"), 'assert await phone.click("k.order") == TextReply("好")'),
        (SUCCESS, 'assert await phone.click("k.order") is None'),
        (
            reply("image", "<Image><MediaId>m</MediaId></Image>"),
            'assert (await phone.click("k.order")).msg_type == "image"',
        ),
    ],
)
async def test_the_line_expects_what_was_answered(
    stage: Stage, answer: Answering, line: str
) -> None:
    stage.bot.always = answer
    assert (await stage.user.tap("订单")).pushes[0]["test"] == line


async def test_an_outage_is_not_expected_as_silence(stage: Stage) -> None:
    stage.bot.always = raw("<html></html>")
    assert "is None" not in (await stage.user.tap("订单")).pushes[0]["test"]


@pytest.mark.parametrize("said", ['a"b', "a'b", "\\'\"", "一\n二", "\\", '\\"', "'''\"\"\""])
async def test_whatever_is_answered_can_be_pasted(stage: Stage, said: str) -> None:
    stage.bot.always = text(said)
    line = (await stage.user.say(said)).pushes[0]["test"]
    expected = line.partition(" == ")[2]
    assert eval(expected, {"TextReply": TextReply}) == TextReply(said)
    assert (await by_test(line))["Content"] == said


async def test_a_voice_that_nobody_understood_is_not_repeated_with_words(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    push = (await stage.user.send("voice")).pushes[0]
    for fields in (await by_command(push["command"], monkeypatch), await by_test(push["test"])):
        assert fields.get("Recognition", "") == ""


@pytest.mark.parametrize("kind", ["click", "place", "text", "text like an option", "image"])
async def test_the_push_of_another_user_is_repeated_as_his(
    stage: Stage, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await stage.client.add_user("小红", openid="oRed-1_x")
    deed, body = DEEDS[kind]
    did = await stage.client.request("POST", f"/users/{other.openid}/{deed}", body)
    push = did["pushes"][0]
    assert pushed(push)["FromUserName"] == other.openid
    assert await by_command(push["command"], monkeypatch) == pushed(push)
    assert await by_test(push["test"]) == pushed(push)


async def test_the_command_reaches_the_same_bot(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    push = await do(stage, "text like an option")
    url, _ = await delivered_by(push["command"], monkeypatch)
    assert url == stage.bot.url
    default = local_url(Settings(token="t", mode="plain"))
    for webhook in (default, None):
        stage.emulator.webhook.url = webhook
        (push,) = (await stage.client.state())["pushes"]
        url, fields = await delivered_by(push["command"], monkeypatch)
        assert (url, fields) == (default, pushed(push))
        assert "--url" not in push["command"]

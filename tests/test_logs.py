"""What the log tells of pushes, and what it keeps to itself."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import math
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.late.stage import staged
from wxevents import Bot, ClickEvent, Push, Router, TextMessage
from wxevents.errors import StoreError
from wxevents.logs import JsonFormatter, TextFormatter, hashed_openids, log_outcome
from wxevents.store import Claim, Entry, MemoryStore
from wxevents.testing import ManualClock, Phone, invented_settings

shop = logging.getLogger("shop")
router = Router()


@router.click("BUY")
async def buy(event: ClickEvent) -> str:
    shop.info("bought", extra={"order": 7})
    return "谢谢"


@router.click("BROKEN")
async def broken(event: ClickEvent) -> str:
    raise ValueError("no stock")


@router.text()
async def said(message: TextMessage) -> str:
    shop.info("somebody spoke")
    return "嗯"


@router.click("YIELDS")
async def yields(event: ClickEvent) -> AsyncIterator[str]:
    yield "请稍候"
    shop.info("the second part")
    yield "好了"


class Log:
    """What is logged, as the formatter writes it."""

    def __init__(self) -> None:
        self._stream = io.StringIO()
        self._handler = logging.StreamHandler(self._stream)
        self.use(JsonFormatter())

    def use(self, formatter: logging.Formatter) -> None:
        self._handler.setFormatter(formatter)

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def line(self, logger: str) -> dict[str, Any]:
        """The only line of that logger."""
        (line,) = [line for line in self.lines if line["logger"] == logger]
        return line

    def attached(self) -> Iterator[Log]:
        root = logging.getLogger()
        level = root.level
        root.addHandler(self._handler)
        root.setLevel(logging.INFO)
        yield self
        root.removeHandler(self._handler)
        root.setLevel(level)


@pytest.fixture
def log() -> Iterator[Log]:
    yield from Log().attached()


@pytest.fixture
async def phone() -> AsyncIterator[Phone]:
    bot = Bot(invented_settings(), routers=[router], clock=ManualClock())
    bot.observe(log_outcome)
    async with bot:
        yield Phone(bot)


async def test_a_line_per_push_tells_what_became_of_it(log: Log, phone: Phone) -> None:
    await phone.click("BUY")
    line = log.line("wxevents.pushes")
    assert line["level"] == "info"
    assert line["event"] == "CLICK"
    assert line["key"] == "BUY"
    assert line["openid"] == phone.openid
    assert phone.openid in line["push"]
    assert "buy" in line["handler"]
    assert (line["attempt"], line["run"]) == (1, 1)
    assert (line["outcome"], line["late"]) == ("answered", "")
    assert line["seconds"] >= 0
    assert line["time"].endswith("Z")


async def test_lines_of_handlers_tell_their_push_and_what_they_were_given(
    log: Log, phone: Phone
) -> None:
    await phone.click("BUY")
    line = log.line("shop")
    assert (line["message"], line["order"]) == ("bought", 7)
    assert line["push"] == log.line("wxevents.pushes")["push"]
    assert line["handler"] == log.line("wxevents.pushes")["handler"]


async def test_a_failure_is_a_warning_and_its_traceback_tells_the_push(
    log: Log, phone: Phone
) -> None:
    await phone.click("BROKEN")
    outcome = log.line("wxevents.pushes")
    assert (outcome["level"], outcome["outcome"]) == ("warning", "failed")
    (failure,) = [line for line in log.lines if "exception" in line]
    assert "ValueError: no stock" in failure["exception"]
    assert failure["push"] == outcome["push"]


async def test_what_users_write_is_in_no_line(log: Log, phone: Phone) -> None:
    secret = "我的电话是一三八"
    await phone.say(secret)
    assert log.line("wxevents.pushes")["key"] is None
    assert secret not in log.text


async def test_what_users_write_is_in_no_line_that_nobody_took(log: Log) -> None:
    async with Bot(invented_settings(), routers=[Router()], clock=ManualClock()) as bot:
        await Phone(bot).say("我的电话是一三八")
    assert "no handler for text" in log.text
    assert "一三八" not in log.text


async def test_lines_outside_of_a_push_tell_of_none(log: Log, phone: Phone) -> None:
    await phone.click("BUY")
    shop.warning("by itself")
    line = next(line for line in log.lines if line["message"] == "by itself")
    assert not {"push", "openid", "event"} & line.keys()


async def test_a_late_part_of_an_answer_tells_its_push(log: Log) -> None:
    async with staged(router) as stage:
        await stage.phone.click("YIELDS")
        assert await stage.api.next_text() == "好了"
        await stage.outcome()
    line = log.line("shop")
    assert (line["message"], line["key"]) == ("the second part", "YIELDS")


async def test_what_goes_on_after_a_restart_tells_its_push(log: Log) -> None:
    again = Router()

    @again.click("AGAIN")
    async def handler(event: ClickEvent, push: Push) -> str:
        shop.info("again")
        return "好"

    async with staged(again) as stage:
        # What a process left behind that was killed while its handler ran.
        push = stage.phone.compose("CLICK", "AGAIN")
        entry = await stage.store.keep(Entry("left", push, stage.clock.time(), event="CLICK"))
        assert entry
        await stage.store.save(entry.changed(state="pending"))
        await stage.clock.advance(1)
        assert await stage.api.next_text() == "好"
        await stage.outcome()
    line = log.line("shop")
    assert (line["push"], line["key"], line["run"]) == ("left", "AGAIN", 2)


async def test_openids_are_hashed_where_that_is_wanted(log: Log, phone: Phone) -> None:
    log.use(JsonFormatter(hide=hashed_openids("wx1")))
    await phone.click("BROKEN")
    shop.warning("of o6_bmjrPTlm6_2sgVt7hMZOPfL2M outside of a push")
    assert phone.openid not in log.text
    assert "o6_bmjrPTlm6_2sgVt7hMZOPfL2M" not in log.text
    line = log.line("wxevents.pushes")
    assert line["openid"].startswith("h-")
    assert line["openid"] in line["push"]


OPENID = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"


@pytest.mark.parametrize("formatter", [JsonFormatter, TextFormatter])
@pytest.mark.parametrize(
    "text",
    [
        f"two users:\n{OPENID}\n\t{OPENID}",
        repr(f"\n{OPENID}\xa0{OPENID}\u2028{OPENID}"),
        repr(f"你{OPENID}".encode()),
        f"session_{OPENID}, {OPENID}_photo.jpg",
        f"wx1%3A{OPENID}%3a1",
        '{"openid":"' + OPENID + '"}',
    ],
)
async def test_openids_are_hashed_whatever_stands_beside_them(
    log: Log, formatter: type[JsonFormatter | TextFormatter], text: str
) -> None:
    log.use(formatter(hide=hashed_openids("wx1")))
    shop.warning("%s", text, extra={"seen": [text], "by": {text: (text,)}})
    shop.error("failed", exc_info=KeyError(text))
    assert OPENID not in log.text
    assert "h-" in log.text


async def test_an_openid_of_any_form_leaves_the_line_as_it_is(log: Log, phone: Phone) -> None:
    log.use(JsonFormatter(hide=hashed_openids("wx1")))
    for openid in ("e", '"', "\\"):
        push = phone.compose("CLICK", "BUY") | {"FromUserName": openid}
        assert (await phone.bot.handle(phone.delivery(push))).status == 200
    lines = [line for line in log.lines if line["logger"] == "shop"]
    assert [(line["order"], line["level"]) for line in lines] == [(7, "info")] * 3
    assert [line["openid"][:2] for line in lines] == ["h-"] * 3


class Mute:
    """What cannot be shown."""

    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


def endless() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["self"] = value
    return value


@pytest.mark.parametrize(
    "extra",
    [math.nan, -math.inf, Mute(), {(1, 2): 3}, {Mute(): [Mute()]}, endless(), "\ud800", 10**5000],
    ids=["nan", "infinite", "mute", "key", "mute key", "endless", "surrogate", "huge"],
)
async def test_whatever_a_line_is_given_it_is_json(log: Log, extra: Any) -> None:
    shop.warning("odd", extra={"odd": extra})
    assert "NaN" not in log.text
    assert "Infinity" not in log.text
    assert log.text.encode()
    assert log.line("shop")["message"] == "odd"
    assert "odd" in log.line("shop")


async def test_what_handlers_call_outcome_is_theirs(log: Log) -> None:
    shop.warning("sold", extra={"outcome": "paid"})
    assert log.line("shop")["outcome"] == "paid"


@pytest.mark.parametrize("formatter", [JsonFormatter, TextFormatter])
@pytest.mark.parametrize("arguments", [("a number", OPENID), (Mute(), Mute())])
def test_arguments_that_do_not_fit_do_not_cost_the_line(
    formatter: type[JsonFormatter | TextFormatter], arguments: tuple[object, ...]
) -> None:
    # An error in here would have the standard library print all arguments, with nothing hidden.
    record = shop.makeRecord("shop", logging.INFO, "shop.py", 7, "%d of %s", arguments, None)
    line = formatter(hide=hashed_openids("wx1")).format(record)
    assert "%d of %s (" in line
    assert "shop.py:7" in line
    assert OPENID not in line


async def test_a_key_begins_no_line_of_its_own(log: Log, phone: Phone) -> None:
    log.use(TextFormatter())
    await phone.click("BUY")
    await phone.push("CLICK", "A\n2026-11-22 08:15:30,123 INFO    shop: bought")
    assert "2026-11-22 08:15" not in "".join(line[:20] for line in log.text.splitlines())


def test_json_is_utf_8_whatever_the_locale_says(tmp_path: Path) -> None:
    file = tmp_path / "log"
    source = (
        "import logging\n"
        "from wxevents.logs import set_up_logging\n"
        "set_up_logging('json')\n"
        "logging.warning('é \U0001f600')\n"
    )
    with file.open("wb") as stream:
        environ = os.environ | {"PYTHONIOENCODING": "ascii"}
        subprocess.run([sys.executable, "-c", source], stderr=stream, env=environ, check=True)
    assert json.loads(file.read_bytes())["message"] == "é \U0001f600"


def test_a_hash_is_the_same_in_every_process_and_another_in_every_account() -> None:
    openid = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
    assert hashed_openids("wx1")(openid) == hashed_openids("wx1")(openid)
    assert hashed_openids("wx1")(openid) != hashed_openids("wx2")(openid)


async def test_a_person_reads_a_line_and_its_push_behind_it(log: Log, phone: Phone) -> None:
    log.use(TextFormatter())
    await phone.click("BUY")
    bought, outcome = log.text.splitlines()
    assert "INFO    shop: bought [" in bought
    assert f"{phone.openid}:" in bought
    assert ":click:::BUY, attempt 1 → " in bought
    assert "CLICK BUY → " in outcome
    assert "answered in 0 ms [" in outcome
    assert outcome.endswith(":click:::BUY, attempt 1]")


async def test_a_flood_of_refusals_is_a_few_lines_and_a_number(log: Log) -> None:
    clock = ManualClock()
    async with Bot(invented_settings(), routers=[router], clock=clock) as bot:
        phone = Phone(bot)
        genuine = phone.delivery(phone.compose("CLICK", "BUY"))
        for _ in range(1_000):
            await bot.handle(genuine._replace(query={**genuine.query, "msg_signature": "forged"}))
        await bot.handle(genuine._replace(body=b"<xml>"))
        refused = [line for line in log.lines if line["logger"] == "wxevents.refusal_log"]
        assert len([line for line in refused if "msg_signature" in line["message"]]) == 5
        # One of another kind is not hidden by them.
        assert len([line for line in refused if "XML" in line["message"]]) == 1
        await clock.advance(60)
        assert "refused 995 requests more within 60 s" in log.text
        await bot.handle(genuine._replace(query={}))
        assert "is wrong or missing" in log.lines[-1]["message"]


class Broken(MemoryStore):
    """A store that can be switched off."""

    works = True

    async def claim(self, name: str) -> Claim:
        if not self.works:
            raise StoreError("the disk is gone")
        return await super().claim(name)

    async def take(self, limit: int) -> Sequence[Entry]:
        if not self.works:
            raise StoreError("the disk is gone")
        return await super().take(limit)


async def test_a_store_that_is_gone_costs_a_line_per_push_and_one_of_its_own(log: Log) -> None:
    clock = ManualClock()
    store = Broken(clock)
    async with staged(router, store=store, clock=clock) as stage:
        store.works = False
        waiting = [stage.deliver(stage.phone.compose("CLICK", key)) for key in ("BUY", "YIELDS")]
        await clock.advance(5)
        messages = [line["message"] for line in log.lines]
        assert len([line for line in messages if "waits for the store: the disk" in line]) == 2
        assert messages.count("nothing can be taken over now: the disk is gone") == 1
        store.works = True
        await clock.advance(1)
        await asyncio.gather(*waiting)
    messages = [line["message"] for line in log.lines]
    assert messages.count("what others leave behind can be taken over again") == 1


async def test_an_observer_gets_no_text_of_a_message(phone: Phone) -> None:
    keys: list[str | None] = []
    phone.bot.observe(lambda outcome: keys.append(outcome.key))
    await phone.say("秘密")
    await phone.click("BUY")
    assert keys == [None, "BUY"]


async def test_what_a_user_wrote_stands_in_no_line(log: Log, phone: Phone) -> None:
    log.use(TextFormatter())
    await phone.say("a secret of mine")
    assert " text → tests.test_logs.said (" in log.text
    assert "secret" not in log.text

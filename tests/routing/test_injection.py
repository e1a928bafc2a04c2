"""Handlers take what they annotate, and a bot does not start with one that cannot be called."""

import datetime
import enum
import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.routing import APOLOGY, PLAIN, bot_of, line_of, load, phone_of, refusal, text_of
from wxevents import (
    Bot,
    ClickEvent,
    Event,
    ImageMessage,
    MenuEvent,
    Prefix,
    Push,
    Regex,
    RegistrationError,
    Router,
    Settings,
    TextMessage,
    ViewEvent,
)
from wxevents.testing import ManualClock, Phone


@dataclass(frozen=True)
class Pool:
    name: str = "pool"


class Special(Pool):
    pass


async def said_to(handler: Any, *, matcher: Any = None, key: str = "k", pool: bool = True) -> str:
    """What a handler of clicks answers."""
    router = Router()
    router.click(matcher)(handler)
    bot = bot_of(router)
    if pool:
        bot.provide(Pool())
    async with bot:
        return text_of(await Phone(bot).click(key)) or ""


# What a handler may take


async def test_a_handler_may_take_nothing() -> None:
    async def handler() -> str:
        return "nothing"

    assert await said_to(handler) == "nothing"


async def test_a_handler_takes_the_event_under_any_name() -> None:
    async def handler(tapped: ClickEvent) -> str:
        return tapped.key

    assert await said_to(handler) == "k"


async def test_a_handler_takes_the_event_by_keyword_too() -> None:
    async def handler(*, event: ClickEvent) -> str:
        return event.key

    assert await said_to(handler) == "k"


async def test_a_handler_takes_the_event_behind_a_default() -> None:
    async def handler(greeting: str = "hi", *, event: ClickEvent) -> str:
        return f"{greeting} {event.key}"

    assert await said_to(handler) == "hi k"


@pytest.mark.parametrize("kind", [Event, MenuEvent, ClickEvent, ClickEvent | ViewEvent])
async def test_a_handler_takes_the_event_as_any_of_its_classes(kind: Any) -> None:
    async def handler(event: Any) -> str:
        return type(event).__name__

    handler.__annotations__["event"] = kind
    assert await said_to(handler) == "ClickEvent"


async def test_a_handler_takes_everything_at_once_in_any_order() -> None:
    async def handler(
        settings: Settings, number: int, pool: Pool, push: Push, event: ClickEvent
    ) -> str:
        assert settings is PLAIN
        assert push.identity.startswith(f"{PLAIN.path}:")
        return f"{number} {pool.name} {push.attempt} {event.key}"

    said = await said_to(handler, matcher=Regex(r"page:(?P<number>\d+)"), key="page:7")
    assert said == "7 pool 1 page:7"


async def test_the_push_tells_who_handles_it_and_how_much_time_remains() -> None:
    async def handler(push: Push) -> str:
        return f"{push.handler} {push.remaining} {push.late}"

    said = await said_to(handler)
    assert ".handler (" in said
    assert "test_injection.py:" in said
    assert said.endswith(f" {PLAIN.deadline} False")


async def test_a_value_is_taken_by_the_class_it_was_given_under() -> None:
    async def handler(pool: Pool) -> str:
        return type(pool).__name__

    router = Router()
    router.click()(handler)
    bot = bot_of(router)
    bot.provide(Special(), kind=Pool)
    async with bot:
        assert text_of(await Phone(bot).click("k")) == "Special"

    other = bot_of(router)
    other.provide(Special())
    with pytest.raises(RegistrationError, match="Pool"):
        other.assemble()


async def test_a_resource_is_open_while_the_bot_runs() -> None:
    log: list[str] = []

    @asynccontextmanager
    async def open_pool() -> AsyncIterator[Pool]:
        log.append("open")
        yield Pool("opened")
        log.append("close")

    router = Router()

    @router.click()
    async def handler(event: ClickEvent, pool: Pool) -> str:
        log.append("use")
        return pool.name

    bot = bot_of(router)
    bot.resource(Pool, open_pool)
    async with bot:
        assert text_of(await Phone(bot).click("k")) == "opened"
    assert log == ["open", "use", "close"]


async def test_a_parameter_with_a_default_that_nobody_supplies_keeps_it() -> None:
    async def handler(event: ClickEvent, greeting: str = "hi", pool: Pool = Pool("own")) -> str:
        return f"{greeting} {pool.name}"

    assert await said_to(handler) == "hi pool"
    assert await said_to(handler, pool=False) == "hi own"


async def test_partials_methods_and_callable_objects_are_handlers() -> None:
    async def greet(event: ClickEvent, greeting: str) -> str:
        return f"{greeting} {event.key}"

    class Greeter:
        async def method(self, event: ClickEvent) -> str:
            return f"method {event.key}"

        @classmethod
        async def of_the_class(cls, event: ClickEvent) -> str:
            return f"class {event.key}"

        @staticmethod
        async def static(event: ClickEvent) -> str:
            return f"static {event.key}"

        async def __call__(self, event: ClickEvent, pool: Pool) -> str:
            return f"call {event.key} {pool.name}"

    partial = functools.partial(greet, greeting="partial")
    assert await said_to(partial) == "partial k"
    assert await said_to(functools.partial(partial)) == "partial k"
    assert await said_to(Greeter().method) == "method k"
    assert await said_to(Greeter.of_the_class) == "class k"
    assert await said_to(Greeter.static) == "static k"
    assert await said_to(Greeter()) == "call k pool"
    assert await said_to(functools.partial(Greeter())) == "call k pool"


async def test_a_wrapped_handler_takes_what_the_inner_one_annotates() -> None:
    def shouting(handler: Any) -> Any:
        @functools.wraps(handler)
        async def wrapper(*args: Any, **kwargs: Any) -> str:
            return str(await handler(*args, **kwargs)).upper()

        return wrapper

    @shouting
    async def handler(event: ClickEvent, pool: Pool) -> str:
        return f"{event.key} {pool.name}"

    assert await said_to(handler) == "K POOL"


# Captures, by name, converted


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1


CONVERSIONS = [
    (str, "007", "007"),
    (Any, "007", "007"),
    (int, "007", 7),
    (int, "-3", -3),
    (float, "1.5", 1.5),
    (bool, "true", True),
    (Colour, "red", Colour.RED),
    (Level, "1", Level.LOW),
    (datetime.date, "2025-01-02", datetime.date(2025, 1, 2)),
    (int | None, "7", 7),
    (Literal["a", "b"], "a", "a"),
]


@pytest.mark.parametrize("matcher", [Prefix("k:"), Regex("k:(?P<rest>.*)")], ids=repr)
@pytest.mark.parametrize(("kind", "text", "value"), CONVERSIONS, ids=repr)
async def test_a_capture_arrives_as_its_annotation(
    matcher: Prefix | Regex, kind: Any, text: str, value: object
) -> None:
    seen: list[object] = []

    async def handler(event: ClickEvent, rest: Any) -> str:
        seen.append(rest)
        return ""

    handler.__annotations__["rest"] = kind
    await said_to(handler, matcher=matcher, key=f"k:{text}")
    assert seen == [value]
    assert type(seen[0]) is type(value)


async def test_a_capture_without_an_annotation_is_a_text() -> None:
    async def handler(rest) -> str:  # type: ignore[no-untyped-def]  # that is the point
        return repr(rest)

    assert await said_to(handler, matcher=Prefix("k:"), key="k:007") == "'007'"


async def test_a_capture_may_have_a_name_of_its_own() -> None:
    async def handler(number: int) -> str:
        return str(number + 1)

    assert await said_to(handler, matcher=Prefix("k:", capture="number"), key="k:6") == "7"


async def test_captures_may_be_left_out() -> None:
    async def handler(event: ClickEvent) -> str:
        return "taken"

    assert await said_to(handler, matcher=Prefix("k:"), key="k:6") == "taken"


OPTIONAL = Regex(r"page(:(?P<number>\d+))?")


async def test_an_optional_group_is_none_or_the_default() -> None:
    async def nothing(number: int | None) -> str:
        return repr(number)

    async def default(number: int = 1) -> str:
        return repr(number)

    assert await said_to(nothing, matcher=OPTIONAL, key="page") == "None"
    assert await said_to(nothing, matcher=OPTIONAL, key="page:7") == "7"
    assert await said_to(default, matcher=OPTIONAL, key="page") == "1"
    assert await said_to(default, matcher=OPTIONAL, key="page:7") == "7"


@pytest.mark.parametrize("kind", [int, str])
async def test_an_optional_group_that_is_absent_is_no_int_and_no_str(kind: type) -> None:
    router = Router()

    @router.click(OPTIONAL)
    async def page(number: Any) -> str:
        return repr(number)

    page.__annotations__["number"] = kind

    @router.click()
    async def other(event: ClickEvent) -> str:
        return "other"

    async with phone_of(router) as phone:
        assert text_of(await phone.click("page:7")) in ("7", "'7'")
        assert text_of(await phone.click("page")) == "other"


async def test_a_text_that_does_not_convert_is_left_to_the_next_matcher() -> None:
    router = Router()

    @router.click(Prefix("k:"))
    async def number(rest: int) -> str:
        return f"number {rest}"

    @router.click(Regex("k:(?P<colour>.*)"))
    async def colour(colour: Colour) -> str:
        return f"colour {colour.value}"

    @router.click()
    async def anything(event: ClickEvent) -> str:
        return "anything"

    async with phone_of(router) as phone:
        assert text_of(await phone.click("k:7")) == "number 7"
        assert text_of(await phone.click("k:red")) == "colour red"
        assert text_of(await phone.click("k:green")) == "anything"


async def test_a_text_that_converts_nowhere_is_unhandled() -> None:
    async def handler(rest: int) -> str:
        return "number"

    assert await said_to(handler, matcher=Prefix("k:"), key="k:x") == ""


async def test_an_error_of_conversion_inside_a_handler_is_its_own(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def handler(rest: str) -> str:
        return str(int(rest))

    assert await said_to(handler, matcher=Prefix("k:"), key="k:x") == APOLOGY
    assert "handler" in caplog.text


async def test_a_capture_is_not_taken_for_the_event_of_the_same_name() -> None:
    async def handler(event: ClickEvent) -> str:
        return event.key

    assert await said_to(handler, matcher=Regex("(?P<event>.*)"), key="k") == "k"


# What a bot does not start with

HEADER = """\
from __future__ import annotations

from typing import TYPE_CHECKING

import wxevents
from wxevents import ClickEvent, Event, ImageMessage, Prefix, Push, Regex, Router, ViewEvent

if TYPE_CHECKING:
    from decimal import Decimal


class Pool: ...


class Unconvertible: ...


router = Router()


"""

CLICK = "@router.click()"
PREFIX = '@router.click(Prefix("a"))'

REFUSED = [
    (CLICK, "event: ClickEvent, pool: Pool", ["pool: Pool", "bot.provide"]),
    (CLICK, "event: ClickEvent, rest: str", ["rest: str"]),
    (CLICK, "pool: Pool | None", ["pool", "Pool | None"]),
    (CLICK, "event: ClickEvent, pools: list[Pool]", ["pools", "list"]),
    (CLICK, "event", ["event", "no annotation", "Push"]),
    (CLICK, "event: ClickEvent, other", ["other", "no annotation"]),
    (CLICK, "price: Decimal", ["Decimal", "TYPE_CHECKING"]),
    (CLICK, "event: wxevents.Missing", ["Missing"]),
    (CLICK, "event: 'ClickEvent, Push'", ["event"]),
    (CLICK, "event: 'Click Event'", ["Click Event"]),
    (CLICK, "event: ClickEvent, *args: object", ["*args cannot be supplied"]),
    (CLICK, "event: ClickEvent, **options: object", ["options cannot be supplied"]),
    (CLICK, "event: ClickEvent, /", ["event", "positional-only"]),
    (CLICK, "event: ViewEvent", ["event", "ViewEvent", "ClickEvent"]),
    (CLICK, "event: ViewEvent | ImageMessage", ["ViewEvent | ", "ClickEvent"]),
    (CLICK, "error: ValueError", ["error", "ValueError"]),
    (PREFIX, "event: ClickEvent, number: int", ["number: int", "captures rest"]),
    (PREFIX, "event: ClickEvent, other", ["other", "captures rest"]),
    (PREFIX, "rest: Unconvertible", ["Unconvertible", "cannot become"]),
    ('@router.on("card_pass")', "event: ClickEvent", ["ClickEvent", "UnknownEvent"]),
    ("@router.on(Event)", "event: ClickEvent", ["ClickEvent", "gets Event"]),
    ("@router.fallback()", "event: ClickEvent", ["ClickEvent", "gets Event"]),
    ("@router.fallback()", "pool: Pool", ["pool: Pool"]),
    ("@router.error(KeyError)", "error: ValueError", ["error", "ValueError"]),
    ("@router.error(KeyError)", "pool: Pool", ["pool: Pool"]),
]


@pytest.mark.parametrize(("decorator", "parameters", "parts"), REFUSED)
def test_a_parameter_that_cannot_be_supplied_is_refused_with_file_and_line(
    decorator: str, parameters: str, parts: list[str], tmp_path: Path
) -> None:
    source = f"{HEADER}{decorator}\nasync def handler({parameters}):\n    return None\n"
    message = refusal(tmp_path, source)
    assert "shop.handler" in message
    assert f"shop.py:{line_of(source, '@router')}" in message
    for part in parts:
        assert part in message


def test_the_file_below_the_working_folder_is_shown_as_an_editor_opens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = f"{HEADER}{CLICK}\nasync def handler(pool: Pool): ...\n"
    assert f"({tmp_path / 'shop.py'}:{line_of(source, CLICK)})" in refusal(tmp_path, source)
    monkeypatch.chdir(tmp_path)
    assert f"(shop.py:{line_of(source, CLICK)})" in refusal(tmp_path, source)


async def test_a_bot_with_a_handler_that_cannot_be_called_does_not_start() -> None:
    router = Router()

    @router.click()
    async def handler(pool: Pool) -> None: ...

    with pytest.raises(RegistrationError, match="pool: Pool"):
        async with bot_of(router):
            pass


def test_parts_of_a_handler_that_is_no_function_are_named_too(tmp_path: Path) -> None:
    source = f"""{HEADER}class Greeter:
    async def __call__(self, pool: Pool): ...


router.click()(Greeter())
"""
    message = refusal(tmp_path, source)
    assert "shop.Greeter" in message
    assert f"shop.py:{line_of(source, '    async def')}" in message


def test_a_return_type_that_only_checkers_see_keeps_no_handler_from_running(
    tmp_path: Path,
) -> None:
    source = f"{HEADER}{CLICK}\nasync def handler(event: ClickEvent) -> Decimal: ...\n"
    assert len(bot_of(load(tmp_path, source).router).assemble().routes) == 1


@pytest.mark.parametrize("start", [True, False])
async def test_what_is_provided_too_late_is_refused(start: bool) -> None:
    bot = Bot(PLAIN, clock=ManualClock())
    if start:
        async with bot:
            pass
    else:
        bot.assemble()
    with pytest.raises(RegistrationError, match=r"provide.*too late"):
        bot.provide(Pool())
    with pytest.raises(RegistrationError, match=r"resource.*too late"):
        bot.resource(Pool, _never)


@asynccontextmanager
async def _never() -> AsyncIterator[Pool]:
    raise AssertionError("is never opened")
    yield Pool()


def test_the_event_of_the_route_decides_what_fits() -> None:
    router = Router()

    async def handler(event: TextMessage | ImageMessage) -> None: ...

    router.text()(handler)
    router.image()(handler)
    assert len(bot_of(router).assemble().routes) == 2

"""What a bot is put together from: resources, observers, start and stop."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from wxevents import Answer, Bot, CallNext, ClickEvent, Event, Outcome, Router, TextReply
from wxevents.errors import RegistrationError
from wxevents.testing import ManualClock, Phone, invented_settings


class Pool:
    def __init__(self) -> None:
        self.open = False


async def test_a_resource_is_open_while_the_bot_runs() -> None:
    pool = Pool()
    router = Router()

    @asynccontextmanager
    async def open_pool() -> AsyncIterator[Pool]:
        pool.open = True
        yield pool
        pool.open = False

    @router.click("POOL")
    async def use(event: ClickEvent, taken: Pool) -> str:
        return f"{taken is pool} {taken.open}"

    bot = Bot(invented_settings(), routers=[router])
    bot.resource(Pool, open_pool)
    assert not pool.open
    async with bot:
        assert await Phone(bot).click("POOL") == TextReply("True True")
    assert not pool.open


async def test_a_resource_that_fails_to_open_closes_those_before_it() -> None:
    events: list[str] = []

    @asynccontextmanager
    async def first() -> AsyncIterator[Pool]:
        events.append("open")
        try:
            yield Pool()
        finally:
            events.append("closed")

    @asynccontextmanager
    async def second() -> AsyncIterator[list[int]]:
        raise OSError("no database")
        yield []

    bot = Bot(invented_settings())
    bot.resource(Pool, first)
    bot.resource(list, second)
    with pytest.raises(OSError, match="no database"):
        await bot.__aenter__()
    assert events == ["open", "closed"]


async def test_a_handler_of_a_resource_is_refused_before_the_bot_runs() -> None:
    router = Router()

    @router.click("POOL")
    async def use(event: ClickEvent, taken: Pool) -> None: ...

    with pytest.raises(RegistrationError, match=r"bot\.provide"):
        await Bot(invented_settings(), routers=[router]).__aenter__()


async def test_every_push_is_told_to_the_observers_once() -> None:
    seen: list[Outcome] = []
    router = Router()

    @router.click("A")
    async def answered(event: ClickEvent) -> str:
        return "yes"

    @router.click("B")
    async def silent(event: ClickEvent) -> None: ...

    @router.click("C")
    async def failed(event: ClickEvent) -> None:
        raise ValueError

    bot = Bot(invented_settings(), routers=[router], observers=[seen.append], clock=ManualClock())
    phone = Phone(bot)
    for key in "ABCD":
        await phone.click(key)
    assert [(one.event, one.key, one.result, one.attempts) for one in seen] == [
        ("CLICK", "A", "answered", 1),
        ("CLICK", "B", "silent", 1),
        ("CLICK", "C", "failed", 1),
        ("CLICK", "D", "silent", 1),
    ]
    assert seen[0].handler is not None
    assert re.search(r"answered \(tests/test_bot\.py:\d+\)$", seen[0].handler)
    assert seen[3].handler is None
    assert seen[0].seconds == 0


async def test_a_joined_delivery_is_no_second_outcome() -> None:
    seen: list[Outcome] = []
    bot = Bot(invented_settings(), observers=[seen.append])
    phone = Phone(bot)
    push = phone.compose("CLICK", "A")
    await bot.handle(phone.delivery(push))
    await bot.handle(phone.delivery(push))
    assert len(seen) == 1


async def test_an_observer_that_raises_costs_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    router = Router()

    @router.click("A")
    async def answered(event: ClickEvent) -> str:
        return "yes"

    def broken(outcome: Outcome) -> None:
        raise ZeroDivisionError

    phone = Phone(Bot(invented_settings(), routers=[router], observers=[broken]))
    assert await phone.click("A") == TextReply("yes")
    assert any("the observer" in line and "failed" in line for line in caplog.messages)


async def test_the_readme_middleware_sees_event_and_answer() -> None:
    seen: list[tuple[str, Answer]] = []
    router = Router()

    @router.click("A")
    async def handler(event: ClickEvent) -> str:
        return "answer"

    async def middleware(event: Event, call_next: CallNext) -> Answer:
        answer = await call_next(event)
        seen.append((event.name, answer))
        return answer

    await Phone(Bot(invented_settings(), routers=[router], middlewares=[middleware])).click("A")
    assert seen == [("CLICK", TextReply("answer"))]


def test_nothing_secret_shows_in_a_repr() -> None:
    settings = invented_settings(
        token="TOKENTOKEN",
        app_secret="SECRETSECRET",
        encoding_aes_key="K" * 43,
        previous_encoding_aes_key="P" * 43,
    )
    shown = f"{settings!r} {settings} {Bot(settings)!r} {vars(Bot(settings))!r}"
    for secret in ("TOKENTOKEN", "SECRETSECRET", "K" * 43, "P" * 43):
        assert secret not in shown


async def test_a_resource_is_closed_to_handlers_outside_the_bots_life() -> None:
    router = Router()

    @asynccontextmanager
    async def open_pool() -> AsyncIterator[Pool]:
        yield Pool()

    @router.click("POOL")
    async def use(event: ClickEvent, pool: Pool) -> str:
        return "used"

    @router.error(RegistrationError)
    async def explain(error: RegistrationError) -> str:
        return str(error)

    bot = Bot(invented_settings(), routers=[router])
    bot.resource(Pool, open_pool)
    closed = TextReply("Pool is open only while the bot runs: within `async with bot:`")
    assert await Phone(bot).click("POOL") == closed
    async with bot:
        assert await Phone(bot, "o2").click("POOL") == TextReply("used")
    assert await Phone(bot, "o3").click("POOL") == closed


async def test_an_optional_parameter_gets_what_is_provided() -> None:
    router = Router()

    @router.click("A")
    async def optional(pool: Pool | None = None, event: ClickEvent | None = None) -> str:
        return f"{pool is not None} {event is not None}"

    bot = Bot(invented_settings(), routers=[router])
    bot.provide(Pool())
    assert await Phone(bot).click("A") == TextReply("True True")


def test_the_same_type_is_not_provided_twice() -> None:
    bot = Bot(invented_settings())
    bot.provide(Pool())
    with pytest.raises(RegistrationError, match="Pool is provided twice"):
        bot.provide(Pool())


async def test_a_run_that_is_cancelled_is_told_too(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[Outcome] = []
    router = Router()

    @router.click("A")
    async def gives_up(event: ClickEvent) -> str:
        raise asyncio.CancelledError

    bot = Bot(invented_settings(), routers=[router])
    bot.observe(seen.append)
    await Phone(bot).click("A")
    assert [outcome.result for outcome in seen] == ["failed"]
    assert any("gives_up" in line and "failed on CLICK" in line for line in caplog.messages)

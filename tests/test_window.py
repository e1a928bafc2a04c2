"""The five seconds: joined deliveries, the held one, the apology, and what outlives a delivery."""

from __future__ import annotations

import asyncio
import logging

import pytest

from wxevents import Bot, ClickEvent, Push, Request, Response, Router, Settings, TextReply
from wxevents.errors import AnswerError
from wxevents.pushes import Platform
from wxevents.replies import read
from wxevents.testing import ManualClock, Phone, invented_settings
from wxevents.xml import Fields

SETTINGS = invented_settings(apology="请稍后再试", late="redelivery")
APOLOGY = TextReply("请稍后再试")


class SlowBot:
    """A bot whose only handler waits until it is told its answer, and counts its runs."""

    def __init__(self, settings: Settings = SETTINGS) -> None:
        self.clock = ManualClock()
        self.runs: list[Push] = []
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.finished = asyncio.Event()
        self.bot = Bot(settings, routers=[self._router()], clock=self.clock)
        self.phone = Phone(self.bot)
        self.platform = Platform(SETTINGS)

    def _router(self) -> Router:
        router = Router()

        @router.click("SLOW")
        async def slow(event: ClickEvent, push: Push) -> str:
            self.runs.append(push)
            try:
                return await asyncio.shield(self.answer)
            finally:
                self.finished.set()

        @router.click("QUICK")
        async def quick(event: ClickEvent) -> str:
            return "quick"

        return router

    def deliver(self, fields: Fields) -> asyncio.Task[Response]:
        """One delivery, under way."""
        return asyncio.create_task(self.bot.handle(self.phone.delivery(fields)))

    def reply(self, response: Response, fields: Fields) -> object:
        answer = self.platform.judge(response, fields)
        return read(answer) if answer else None


async def test_second_delivery_joins_the_first() -> None:
    slow = SlowBot()
    push = slow.phone.compose("CLICK", "SLOW")
    first = slow.deliver(push)
    await slow.clock.advance(1)
    second = slow.deliver(push)
    await slow.clock.advance(1)
    slow.answer.set_result("done")
    replies = [slow.reply(await one, push) for one in (first, second)]
    assert replies == [TextReply("done"), TextReply("done")]
    assert len(slow.runs) == 1


async def test_a_delivery_after_the_answer_gets_the_same_answer() -> None:
    slow = SlowBot()
    slow.answer.set_result("done")
    push = slow.phone.compose("CLICK", "SLOW")
    first = slow.reply(await slow.deliver(push), push)
    await slow.clock.advance(30)
    second = slow.reply(await slow.deliver(push), push)
    assert first == second == TextReply("done")
    assert len(slow.runs) == 1


async def test_the_same_tap_a_second_later_is_another_push() -> None:
    slow = SlowBot()
    slow.answer.set_result("done")
    await slow.phone.click("SLOW")
    await slow.phone.click("SLOW")
    assert len(slow.runs) == 2


async def test_an_answer_is_forgotten_after_its_retention() -> None:
    slow = SlowBot()
    slow.answer.set_result("done")
    push = slow.phone.compose("CLICK", "SLOW")
    await slow.deliver(push)
    await slow.clock.advance(61)
    await slow.deliver(push)
    assert len(slow.runs) == 2


async def test_the_handler_sees_attempts_and_remaining_time() -> None:
    slow = SlowBot()
    push = slow.phone.compose("CLICK", "SLOW")
    deliveries = [slow.deliver(push)]
    await slow.clock.advance(1)
    assert (slow.runs[0].attempt, slow.runs[0].remaining) == (1, 3.5)
    deliveries.append(slow.deliver(push))
    await slow.clock.advance(0)
    assert slow.runs[0].attempt == 2
    await slow.clock.advance(4)
    assert slow.runs[0].remaining == 0
    slow.answer.set_result("done")
    await asyncio.gather(*deliveries)


async def test_a_late_answer_goes_out_with_the_next_delivery() -> None:
    slow = SlowBot()
    tap = asyncio.create_task(slow.phone.click("SLOW"))
    await slow.clock.advance(7)
    slow.answer.set_result("after seven seconds")
    assert await tap == TextReply("after seven seconds")
    assert len(slow.runs) == 1
    assert slow.runs[0].attempt == 2


async def test_the_first_delivery_is_held_until_the_platform_has_dropped_it() -> None:
    slow = SlowBot()
    push = slow.phone.compose("CLICK", "SLOW")
    first = slow.deliver(push)
    await slow.clock.advance(5.9)
    assert not first.done()
    await slow.clock.advance(0.2)
    assert (await first).body == b"success"
    slow.answer.set_result("done")


async def test_an_answer_that_is_ready_while_the_delivery_is_held_still_goes_out() -> None:
    slow = SlowBot()
    push = slow.phone.compose("CLICK", "SLOW")
    first = slow.deliver(push)
    await slow.clock.advance(4.8)
    slow.answer.set_result("just in time")
    assert slow.reply(await first, push) == TextReply("just in time")


async def test_the_third_delivery_gets_the_apology_within_its_deadline() -> None:
    slow = SlowBot()
    tap = asyncio.create_task(slow.phone.click("SLOW"))
    await slow.clock.advance(14.4)
    assert not tap.done()
    await slow.clock.advance(0.2)
    assert await tap == APOLOGY
    assert len(slow.runs) == 1
    slow.answer.set_result("too late")


async def test_a_delivery_nine_seconds_after_the_first_is_the_last() -> None:
    slow = SlowBot()
    push = slow.phone.compose("CLICK", "SLOW")
    first = slow.deliver(push)
    await slow.clock.advance(10)
    second = slow.deliver(push)  # the one between was lost on its way
    await slow.clock.advance(4.5)
    assert slow.reply(await second, push) == APOLOGY
    await first
    slow.answer.set_result("too late")


async def test_after_the_apology_the_answer_is_lost_and_the_log_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    slow = SlowBot()
    push = slow.phone.compose("CLICK", "SLOW")
    deliveries = [slow.deliver(push) for _ in range(3)]
    await slow.clock.advance(4.5)
    slow.answer.set_result("too late")
    await slow.finished.wait()
    again = slow.deliver(push)
    assert slow.reply(await again, push) == APOLOGY
    assert {slow.reply(await one, push) for one in deliveries} == {APOLOGY}
    assert any("slow" in line and "its answer is lost" in line for line in caplog.messages)
    assert slow.runs[0].late


async def test_a_dropped_connection_does_not_end_the_run() -> None:
    slow = SlowBot()
    push = slow.phone.compose("CLICK", "SLOW")
    first = slow.deliver(push)
    await slow.clock.advance(1)
    first.cancel()
    await asyncio.wait([first])
    slow.answer.set_result("still there")
    assert slow.reply(await slow.deliver(push), push) == TextReply("still there")
    assert len(slow.runs) == 1


async def test_a_handler_that_hangs_costs_no_other_push_its_answer() -> None:
    slow = SlowBot()
    hanging = [slow.deliver(slow.phone.compose("CLICK", "SLOW")) for _ in range(50)]
    await slow.clock.advance(1)
    assert await slow.phone.click("QUICK") == TextReply("quick")
    slow.answer.set_result("done")
    await asyncio.gather(*hanging)


async def test_a_handler_that_raises_gives_the_apology_and_names_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    router = Router()

    @router.click("BOOM")
    async def boom(event: ClickEvent) -> str:
        raise ZeroDivisionError("boom")

    phone = Phone(Bot(SETTINGS, routers=[router]))
    assert await phone.click("BOOM") == APOLOGY
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "boom (tests/test_window.py:" in record.getMessage()
    assert record.exc_info is not None


async def test_a_handler_that_exits_or_is_cancelled_ends_nothing_but_itself() -> None:
    router = Router()

    @router.click("EXIT")
    async def leave(event: ClickEvent) -> str:
        raise SystemExit(3)

    @router.click("CANCEL")
    async def give_up(event: ClickEvent) -> str:
        raise asyncio.CancelledError

    @router.click("FINE")
    async def fine(event: ClickEvent) -> str:
        return "fine"

    phone = Phone(Bot(SETTINGS, routers=[router]))
    assert await phone.click("EXIT") == APOLOGY
    assert await phone.click("CANCEL") == APOLOGY
    assert await phone.click("FINE") == TextReply("fine")


async def test_without_an_apology_a_failure_is_silent() -> None:
    router = Router()

    @router.click("BOOM")
    async def boom(event: ClickEvent) -> str:
        raise ZeroDivisionError

    phone = Phone(Bot(invented_settings(apology=""), routers=[router]))
    assert await phone.click("BOOM") is None


async def test_no_apology_answers_what_cannot_be_answered() -> None:
    router = Router()

    @router.unsubscribe()
    async def boom() -> None:
        raise ZeroDivisionError

    assert await Phone(Bot(SETTINGS, routers=[router])).unsubscribe() is None


async def test_the_phone_shows_the_outage_notice_when_nobody_answers() -> None:
    class DeadBot(Bot):
        async def handle(self, request: Request) -> Response:
            await asyncio.Event().wait()
            raise AssertionError("nothing sets that event")

    clock = ManualClock()
    tap = asyncio.create_task(Phone(DeadBot(SETTINGS, clock=clock)).click("ANY"))
    await clock.advance(15)
    with pytest.raises(AnswerError, match="该公众号提供的服务出现故障"):
        await tap


async def test_shutdown_waits_for_running_handlers() -> None:
    slow = SlowBot()
    await slow.bot.__aenter__()
    push = slow.phone.compose("CLICK", "SLOW")
    delivery = slow.deliver(push)
    await slow.clock.advance(1)
    closing = asyncio.create_task(slow.bot.__aexit__())
    await slow.clock.advance(4)
    assert not closing.done()
    slow.answer.set_result("done")
    await closing
    assert slow.reply(await delivery, push) == TextReply("done")


async def test_shutdown_cancels_a_handler_that_outlasts_the_limit(
    caplog: pytest.LogCaptureFixture,
) -> None:
    slow = SlowBot(invented_settings(apology="请稍后再试", shutdown_timeout=2))
    await slow.bot.__aenter__()
    push = slow.phone.compose("CLICK", "SLOW")
    delivery = slow.deliver(push)
    await slow.clock.advance(1)
    closing = asyncio.create_task(slow.bot.__aexit__())
    await slow.clock.advance(2)
    await closing
    assert slow.finished.is_set()
    assert slow.reply(await delivery, push) == APOLOGY
    assert any("shutdown cancels" in line and "slow" in line for line in caplog.messages)


async def test_shutdown_with_nothing_running_is_immediate() -> None:
    async with Bot(SETTINGS, clock=ManualClock()):
        pass


async def test_a_storm_of_deliveries_runs_each_handler_once() -> None:
    slow = SlowBot()
    pushes = [slow.phone.compose("CLICK", "SLOW") for _ in range(200)]
    deliveries = [(slow.deliver(push), push) for push in pushes * 3]
    await slow.clock.advance(0)
    slow.answer.set_result("done")
    assert {slow.reply(await one, push) for one, push in deliveries} == {TextReply("done")}
    assert len(slow.runs) == 200

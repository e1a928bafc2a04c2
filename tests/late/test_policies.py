"""What becomes of an answer that takes longer than the platform waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from tests.late.stage import Api, Stage, staged
from tests.store.patience import until
from wxevents import (
    Bot,
    ClickEvent,
    Client,
    Message,
    Placeholder,
    Push,
    Router,
    TextReply,
    ViewEvent,
    late,
)
from wxevents.errors import RegistrationError, StoreError
from wxevents.store import Entry, MemoryStore
from wxevents.store import Message as SentMessage
from wxevents.testing import ManualClock, Phone, invented_settings


class Slow:
    """A handler that waits until it is told its answer."""

    def __init__(self, router: Router) -> None:
        self.runs: list[Push] = []
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        @router.click("SLOW")
        async def slow(event: ClickEvent, push: Push) -> str:
            self.runs.append(push)
            return await asyncio.shield(self.answer)

        self.handler = slow


async def begun(stage: Stage, key: str = "SLOW") -> asyncio.Task[object]:
    """A first delivery under way."""
    delivery = stage.deliver(stage.phone.compose("CLICK", key))
    await stage.clock.advance(0)
    return delivery


async def test_at_the_deadline_it_is_acknowledged_and_answered_later() -> None:
    router = Router()
    slow = Slow(router)
    async with staged(router) as stage:
        delivery = await begun(stage)
        await stage.clock.advance(4.4)
        assert not delivery.done()
        await stage.clock.advance(0.1)
        assert await delivery is None
        assert (await stage.entry()).state == "running"
        assert slow.runs[0].late
        slow.answer.set_result("fertig")
        assert await stage.api.next_text() == "fertig"
        outcome = await stage.outcome()
        assert (outcome.result, outcome.late) == ("late", "sent")
        entry = await stage.entry()
        assert (entry.state, entry.result) == ("done", "sent")
        assert len(slow.runs) == 1


async def test_an_answer_in_time_leaves_nothing_in_the_inbox() -> None:
    router = Router()
    slow = Slow(router)
    async with staged(router) as stage:
        delivery = await begun(stage)
        await stage.clock.advance(4.4)
        slow.answer.set_result("fertig")
        assert await delivery == TextReply("fertig")
        assert not await stage.store.entries()
        assert not stage.api.sent


async def test_a_delivery_behind_the_acknowledgement_gets_the_same_one() -> None:
    router = Router()
    slow = Slow(router)
    async with staged(router) as stage:
        push = stage.phone.compose("CLICK", "SLOW")
        first = stage.deliver(push)
        await stage.clock.advance(4.5)
        second = stage.deliver(push)
        await stage.clock.advance(0)
        assert (await first, await second) == (None, None)
        slow.answer.set_result("fertig")
        assert await stage.api.next_text() == "fertig"
        await stage.outcome()
        assert (len(slow.runs), len(stage.api.sent)) == (1, 1)


@pytest.mark.parametrize("after", [0, 2])
async def test_a_placeholder_is_answered_meanwhile(after: float) -> None:
    router = Router()
    slow = Slow(router)
    late(Placeholder("请稍候", after))(slow.handler)
    async with staged(router) as stage:
        delivery = await begun(stage)
        assert delivery.done() == (after == 0)
        await stage.clock.advance(after)
        assert await delivery == TextReply("请稍候")
        slow.answer.set_result("fertig")
        assert await stage.api.next_text() == "fertig"


async def test_a_handler_that_is_done_by_then_needs_no_placeholder() -> None:
    router = Router()

    @late(Placeholder("请稍候"))
    @router.click("QUICK")
    async def quick(event: ClickEvent) -> str:
        return "schon"

    async with staged(router) as stage:
        assert await stage.phone.click("QUICK") == TextReply("schon")
        assert not await stage.store.entries()


async def test_the_placeholder_of_all_handlers_is_a_setting() -> None:
    router = Router()
    slow = Slow(router)
    async with staged(router, late="placeholder", placeholder="正在处理") as stage:
        assert await (await begun(stage)) == TextReply("正在处理")
        slow.answer.set_result("fertig")
        assert await stage.api.next_text() == "fertig"


async def test_redelivery_is_a_policy_of_one_handler() -> None:
    router = Router()
    slow = Slow(router)
    late("redelivery")(slow.handler)
    async with staged(router) as stage:
        push = stage.phone.compose("CLICK", "SLOW")
        stage.deliver(push)
        await stage.clock.advance(5)
        second = stage.deliver(push)
        await stage.clock.advance(0)
        slow.answer.set_result("fertig")
        assert await second == TextReply("fertig")
        assert not await stage.store.entries()


async def test_so_many_deliveries_time_out_and_no_more(caplog: pytest.LogCaptureFixture) -> None:
    router = Router()
    slow = Slow(router)
    async with staged(router, late="redelivery", max_timeouts=2) as stage:
        held = [await begun(stage) for _ in range(3)]
        await stage.clock.advance(4.6)
        assert [one.done() for one in held] == [False, False, True]
        assert await held[2] is None
        assert "its answer will be lost" in caplog.text
        await stage.clock.advance(300)
        again = await begun(stage)
        await stage.clock.advance(4.6)
        assert not again.done()
        slow.answer.set_result("fertig")


async def test_what_cannot_be_answered_is_kept_whatever_the_policy() -> None:
    router = Router()
    release = asyncio.Event()

    @router.view()
    async def viewed(event: ViewEvent) -> None:
        await release.wait()

    async with staged(router, late="redelivery") as stage:
        delivery = stage.deliver(stage.phone.compose("VIEW", "https://shop.example/"))
        await stage.clock.advance(4.5)
        assert await delivery is None
        assert (await stage.entry()).state == "running"
        release.set()
        assert (await stage.outcome()).late == "silent"
        assert (await stage.entry()).state == "done"


async def test_without_permission_the_bot_goes_over_to_redelivery_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    router = Router()
    slow = Slow(router)
    api = Api()
    api.answer = lambda body: {"errcode": 48001, "errmsg": "api unauthorized"}
    async with staged(router, api=api) as stage:
        held = [await begun(stage) for _ in range(2)]
        await stage.clock.advance(4.5)
        assert [await one for one in held] == [None, None]
        slow.answer.set_result("fertig")
        await stage.outcome(2)
        results = [entry.result for entry in await stage.store.entries()]
        assert results == ["not_permitted", "not_permitted"]
        slow.answer = asyncio.get_running_loop().create_future()
        third = await begun(stage)
        await stage.clock.advance(4.6)
        assert not third.done()
        slow.answer.set_result("fertig")
    said = [record for record in caplog.records if "WXEVENTS_LATE=redelivery" in record.message]
    assert [record.levelno for record in said] == [logging.ERROR]


async def test_a_handler_that_fails_late_is_dead_and_its_user_gets_the_apology() -> None:
    router = Router()
    slow = Slow(router)
    async with staged(router, apology="请稍后再试") as stage:
        delivery = await begun(stage)
        await stage.clock.advance(4.5)
        assert await delivery is None
        slow.answer.set_exception(ValueError("broken"))
        assert await stage.api.next_text() == "请稍后再试"
        outcome = await stage.outcome()
        assert (outcome.result, outcome.late) == ("failed", "failed")
        entry = await stage.entry()
        assert (entry.state, entry.error) == ("dead", "ValueError: broken")


async def test_each_yield_goes_out_in_order() -> None:
    router = Router()

    @router.click("STEPS")
    async def steps(event: ClickEvent) -> AsyncIterator[str | None]:
        yield "eins"
        yield None
        yield "zwei"
        yield "drei"

    async with staged(router) as stage:
        assert await stage.phone.click("STEPS") == TextReply("eins")
        assert [await stage.api.next_text() for _ in range(2)] == ["zwei", "drei"]
        assert (await stage.outcome()).late == "sent"
        entry = await stage.entry()
        assert (entry.state, entry.answers, len(entry.messages)) == ("done", 4, 2)


async def test_yield_none_acknowledges_now() -> None:
    router = Router()
    go_on = asyncio.Event()

    @router.click("LATER")
    async def later(event: ClickEvent) -> AsyncIterator[str | None]:
        yield None
        await go_on.wait()
        yield "fertig"

    async with staged(router) as stage:
        assert await stage.phone.click("LATER") is None
        assert (await stage.entry()).state == "running"
        go_on.set()
        assert await stage.api.next_text() == "fertig"


async def test_a_first_yield_that_is_late_goes_out_as_a_message() -> None:
    router = Router()
    go_on = asyncio.Event()

    @router.click("LATE")
    async def slow_start(event: ClickEvent) -> AsyncIterator[str]:
        await go_on.wait()
        yield "eins"
        yield "zwei"

    async with staged(router) as stage:
        delivery = await begun(stage, "LATE")
        await stage.clock.advance(4.5)
        assert await delivery is None
        go_on.set()
        assert [await stage.api.next_text() for _ in range(2)] == ["eins", "zwei"]


async def test_a_first_yield_beside_the_placeholder_is_not_lost() -> None:
    router = Router()

    @late(Placeholder("请稍候"))
    @router.click("BOTH")
    async def both(event: ClickEvent) -> AsyncIterator[str]:
        await asyncio.sleep(0)  # so that the placeholder is on its way
        yield "eins"
        yield "zwei"

    async with staged(router) as stage:
        assert await stage.phone.click("BOTH") == TextReply("请稍候")
        assert [await stage.api.next_text() for _ in range(2)] == ["eins", "zwei"]


class Forgetful(MemoryStore):
    """Cannot keep the first push."""

    failures = 1

    async def keep(self, entry: Entry) -> Entry | None:
        if self.failures:
            self.failures -= 1
            raise StoreError("inbox.db: disk is full; make room")
        return await super().keep(entry)


async def test_a_first_yield_that_meets_a_failed_commit_is_not_lost() -> None:
    clock = ManualClock()
    router = Router()
    go_on = asyncio.Event()

    @router.click("LATE")
    async def slow_start(event: ClickEvent) -> AsyncIterator[str]:
        await go_on.wait()
        yield "eins"
        yield "zwei"

    async with staged(router, store=Forgetful(clock), clock=clock) as stage:
        delivery = await begun(stage, "LATE")
        await stage.clock.advance(4.6)  # the deadline, and a commit that fails
        assert not delivery.done()
        go_on.set()
        await stage.clock.advance(1)  # the next attempt
        assert await delivery is None
        assert [await stage.api.next_text() for _ in range(2)] == ["eins", "zwei"]


async def test_what_cannot_be_kept_is_held_and_the_next_delivery_is_served() -> None:
    clock = ManualClock()
    router = Router()
    slow = Slow(router)
    store = Forgetful(clock)
    store.failures = 100
    async with staged(router, store=store, clock=clock, apology="请稍后再试") as stage:
        push = stage.phone.compose("CLICK", "SLOW")
        first = stage.deliver(push)
        await stage.clock.advance(5)  # the platform drops it here
        assert not first.done()
        second = stage.deliver(push)
        await stage.clock.advance(0)
        slow.answer.set_result("fertig")
        assert (await first, await second) == (TextReply("fertig"),) * 2
        slow.answer = asyncio.get_running_loop().create_future()
        push = stage.phone.compose("CLICK", "SLOW")
        for _ in range(3):
            last = stage.deliver(push)
            await stage.clock.advance(5)
        assert await last == TextReply("请稍后再试")
        slow.answer.set_result("")


class Broken:
    """A source of tokens of the user's own, that fails in its own way."""

    async def get(self) -> str:
        raise RuntimeError("the vault is sealed")

    async def renewed_after(self, failed: str) -> str:
        return failed


async def test_a_token_source_that_fails_leaves_no_push_behind() -> None:
    clock = ManualClock()
    router = Router()
    slow = Slow(router)
    settings = invented_settings(blocked_after=0)
    client = Client(settings, tokens=Broken(), clock=clock)
    store = MemoryStore(clock)
    bot = Bot(settings, routers=[router], client=client, store=store, clock=clock)
    async with bot:
        phone = Phone(bot)
        delivery = asyncio.create_task(bot.handle(phone.delivery(phone.compose("CLICK", "SLOW"))))
        await clock.advance(4.5)
        assert (await delivery).body == b"success"
        slow.answer.set_exception(ValueError("broken"))
        await clock.advance(0)
        (entry,) = await store.entries()
        assert (entry.state, entry.error) == ("dead", "ValueError: broken")
        assert [message.state for message in entry.messages] == ["unknown"]


CLICK = {
    "ToUserName": "gh_1",
    "FromUserName": "o_1",
    "CreateTime": "1735700000",
    "MsgType": "event",
    "Event": "CLICK",
    "EventKey": "CHANGED",
}


async def test_who_takes_a_failed_push_over_does_not_take_the_apology_for_its_answer() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    entry = await store.keep(
        Entry(
            "push",
            CLICK | {"EventKey": "SLOW"},
            clock.time(),
            answered=True,
            messages=(SentMessage({"touser": "o_1"}, "sent"),),
            error="ValueError: broken",
        )
    )
    assert entry
    await store.save(_left(entry))
    router = Router()
    slow = Slow(router)
    async with staged(router, store=store, clock=clock) as stage:
        await stage.outcome()
        assert ((await stage.entry()).state, slow.runs) == ("dead", [])


async def test_a_handler_that_yielded_and_returns_now_has_said_it_already() -> None:
    """Its code was changed between two runs."""
    clock = ManualClock()
    store = MemoryStore(clock)
    entry = await store.keep(Entry("push", CLICK, clock.time(), answers=1))
    assert entry
    await store.save(_left(entry))
    router = Router()

    @late(Placeholder("请稍候"))
    @router.click("CHANGED")
    async def changed(event: ClickEvent) -> str:
        return "said before"

    async with staged(router, store=store, clock=clock) as stage:
        assert (await stage.outcome()).late == "silent"
        assert not stage.api.sent


async def test_an_error_behind_the_first_yield() -> None:
    router = Router()

    @router.click("STEPS")
    async def steps(event: ClickEvent) -> AsyncIterator[str]:
        yield "eins"
        raise KeyError("lost")

    @router.click("HANDLED")
    async def handled(event: ClickEvent) -> AsyncIterator[str]:
        yield "eins"
        raise TimeoutError

    @router.error(TimeoutError)
    async def too_slow(error: TimeoutError) -> str:
        return "zu langsam"

    async with staged(router, apology="请稍后再试") as stage:
        assert await stage.phone.click("STEPS") == TextReply("eins")
        assert await stage.api.next_text() == "请稍后再试"
        assert await stage.phone.click("HANDLED") == TextReply("eins")
        assert await stage.api.next_text() == "zu langsam"
        await stage.outcome(2)
        assert [entry.state for entry in await stage.store.entries()] == ["dead", "done"]


async def test_a_long_text_is_split_behind_a_line() -> None:
    router = Router()
    slow = Slow(router)
    async with staged(router) as stage:
        delivery = await begun(stage)
        await stage.clock.advance(4.5)
        await delivery
        slow.answer.set_result("长" * 600 + "\n" + "文" * 600)
        assert [await stage.api.next_text() for _ in range(2)] == ["长" * 600, "文" * 600]


async def test_what_another_process_left_goes_on() -> None:
    """Two bots with one store are what a process and its successor have."""
    clock = ManualClock()
    store = MemoryStore(clock)
    router = Router()
    slow = Slow(router)
    async with staged(router, store=store, clock=clock) as stage:
        delivery = await begun(stage)
        await stage.clock.advance(4.5)
        await delivery
        closing = asyncio.create_task(stage.bot.__aexit__())
        await stage.clock.advance(10)
        await closing
    assert (await stage.entry()).state == "pending"
    router = Router()
    slow = Slow(router)
    slow.answer.set_result("fertig")
    async with staged(router, store=store, clock=clock) as stage:
        assert await stage.api.next_text() == "fertig"
        assert (await stage.outcome()).late == "sent"
    assert slow.runs[0].run == 2


async def test_a_handler_whose_process_dies_again_and_again_is_given_up() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    router = Router()
    slow = Slow(router)
    async with staged(router, store=store, clock=clock) as stage:
        delivery = await begun(stage)
        await stage.clock.advance(4.5)
        await delivery
        entry = await stage.entry()
        slow.answer.set_result("")
        await stage.outcome()
    dead = MemoryStore(clock)
    dead._inbox[entry.identity] = entry.as_new()
    for run in range(1, 5):
        (taken,) = await dead.take(1)  # by processes that die at once
        assert taken.run == run
        dead._inbox[entry.identity] = _left(taken)
    async with staged(router, store=dead, clock=clock, apology="请稍后再试") as stage:
        assert await stage.api.next_text() == "请稍后再试"
        await stage.outcome()
        (entry,) = await dead.entries()
        assert entry.state == "dead"
        assert "3 times" in entry.error
    assert len(slow.runs) == 1


def _left(entry: Entry) -> Entry:
    """As a process leaves it that died."""
    return entry.changed(state="pending")


@pytest.mark.parametrize(
    "wrong", ["sometimes", None, 5, Placeholder], ids=["a word", "none", "a number", "a class"]
)
def test_a_policy_that_there_is_not(wrong: object) -> None:
    with pytest.raises(RegistrationError, match="give 'customer_service', 'redelivery'"):
        late(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "after"), [("", 0), ("长" * 700, 0), ("x", 5), ("x", -1)])
def test_a_placeholder_that_cannot_be(text: str, after: float) -> None:
    with pytest.raises(RegistrationError, match="Placeholder"):
        Placeholder(text, after)


async def test_a_message_of_a_new_type_may_be_answered_for_as_long_as_any_message() -> None:
    """For 48 hours; an answer to a tap would have expired after a minute."""
    router = Router()
    gate = asyncio.Event()

    @router.on(Message)
    async def any_message(message: Message) -> str:
        await gate.wait()
        return "schön"

    async def is_waiting() -> bool:
        return (await stage.entry()).due > 0

    async with staged(router) as stage:
        errcodes = iter((45011, 0))
        stage.api.answer = lambda body: {"errcode": next(errcodes), "errmsg": ""}
        push = stage.phone.compose("sticker", None, {"MsgType": "sticker", "MsgId": 1})
        delivery = stage.deliver(push)
        await stage.clock.advance(4.5)
        assert await delivery is None
        await stage.clock.advance(3600)
        gate.set()
        assert await stage.api.next_text() == "schön"
        await until(is_waiting)
        await stage.clock.advance(60)
        assert await stage.api.next_text() == "schön"
        assert (await stage.outcome()).late == "sent"


def test_the_mark_belongs_on_the_function() -> None:
    class Shop:
        async def report(self, event: ClickEvent) -> None: ...

    with pytest.raises(
        RegistrationError,
        match=r"Shop\.report \(tests/late/test_policies\.py:\d+\): put @late on the function",
    ):
        late("redelivery")(Shop().report)

"""Sessions: what is kept of a user, when, and for how long; one handler of a user at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import BaseModel, create_model
from pydantic import Field as PydanticField

from tests.late.stage import staged
from wxevents import Bot, ClickEvent, Event, Prefix, Push, Router, Session, TextReply, late
from wxevents.errors import RegistrationError
from wxevents.sessions import Sessions
from wxevents.store import MemoryStore, Store
from wxevents.store.sqlite import SqliteStore
from wxevents.testing import FOLLOWER, ManualClock, Phone, invented_settings

OTHER = "oWxEv0000demoUser0000000000B"


class Cart(BaseModel):
    items: list[str] = []


@dataclass
class Visits:
    count: int = 0
    places: dict[str, int] = field(default_factory=dict)


def counting() -> Router:
    router = Router()

    @router.click("DICT")
    async def with_dict(event: ClickEvent, session: Session) -> str:
        session.data["n"] = session.data.get("n", 0) + 1
        return str(session.data["n"])

    @router.click("MODEL")
    async def with_model(event: ClickEvent, session: Session[Cart]) -> str:
        session.data.items.append("茶")
        return "".join(session.data.items)

    @router.click("DATACLASS")
    async def with_dataclass(event: ClickEvent, session: Session[Visits]) -> str:
        session.data.count += 1
        return str(session.data.count)

    @router.click("FAIL")
    async def fail(event: ClickEvent, session: Session) -> str:
        session.data["n"] = 1_000
        raise ValueError("after the change")

    @router.click("CLEAR")
    async def clear(event: ClickEvent, session: Session[Cart]) -> None:
        session.clear()

    return router


def bot(*routers: Router, clock: ManualClock, store: Store | None = None) -> Bot:
    settings = invented_settings(apology="请稍后再试", blocked_after=0)
    return Bot(settings, routers=routers, clock=clock, store=store or MemoryStore(clock))


async def said(phone: Phone, key: str) -> str | None:
    reply = await phone.click(key)
    return reply.content if isinstance(reply, TextReply) else None


@pytest.mark.parametrize(
    ("key", "answers"),
    [("DICT", ["1", "2"]), ("MODEL", ["茶", "茶茶"]), ("DATACLASS", ["1", "2"])],
)
async def test_the_next_push_of_the_user_finds_what_was_kept(key: str, answers: list[str]) -> None:
    phone = Phone(bot(counting(), clock=ManualClock()))
    assert [await said(phone, key) for _ in answers] == answers


async def test_kinds_of_data_and_users_do_not_meet() -> None:
    one = bot(counting(), clock=ManualClock())
    phone, other = Phone(one), Phone(one, OTHER)
    assert [await said(phone, key) for key in ("DICT", "MODEL", "DICT")] == ["1", "茶", "2"]
    assert await said(other, "DICT") == "1"


async def test_it_is_forgotten_after_its_lifetime() -> None:
    clock = ManualClock()
    phone = Phone(bot(counting(), clock=clock))
    await said(phone, "DICT")
    await clock.advance(86_399)
    assert await said(phone, "DICT") == "2"
    await clock.advance(86_400)
    assert await said(phone, "DICT") == "1"


async def test_a_handler_that_fails_changes_nothing() -> None:
    phone = Phone(bot(counting(), clock=ManualClock()))
    await said(phone, "DICT")
    assert await said(phone, "FAIL") == "请稍后再试"
    assert await said(phone, "DICT") == "2"


async def test_clear_forgets_every_kind() -> None:
    phone = Phone(bot(counting(), clock=ManualClock()))
    for key in ("DICT", "MODEL", "CLEAR"):
        await said(phone, key)
    assert [await said(phone, key) for key in ("DICT", "MODEL")] == ["1", "茶"]


async def test_data_of_an_earlier_version_that_does_not_fit_begins_anew() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    await said(Phone(bot(counting(), clock=clock, store=store)), "MODEL")
    router = Router()

    @router.click("MODEL")
    async def later(event: ClickEvent, session: Session[_Changed.Cart]) -> str:
        return str(session.data.items)

    await clock.advance(1)
    assert await said(Phone(bot(router, clock=clock, store=store)), "MODEL") == "0"


class Order(BaseModel):
    dish: str = PydanticField(default="", alias="Dish")


class Needy(BaseModel):
    name: str


class _Changed:
    class Cart(BaseModel):
        items: int = 0


_Changed.Cart.__qualname__ = "Cart"


class Queue:
    """A handler that waits inside a session until it is told to go on."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.at_once = 0
        self.go_on = asyncio.Event()
        self.begun = asyncio.Event()
        self.router = Router()

        @self.router.click()
        async def slow(event: ClickEvent, session: Session) -> str:
            self.running.append(event.openid)
            self.begun.set()
            self.at_once = max(self.at_once, len(self.running))
            await self.go_on.wait()
            session.data["n"] = session.data.get("n", 0) + 1
            self.running.remove(event.openid)
            return str(session.data["n"])


async def test_handlers_of_one_user_run_one_at_a_time() -> None:
    queue, clock = Queue(), ManualClock()
    one = bot(queue.router, clock=clock)
    phone = Phone(one)
    taps = [asyncio.create_task(said(phone, f"K{number}")) for number in range(5)]
    await clock.advance(0)
    assert queue.running == [FOLLOWER]
    queue.go_on.set()
    assert sorted([await tap or "" for tap in taps]) == ["1", "2", "3", "4", "5"]
    assert queue.at_once == 1


async def test_handlers_of_two_users_run_together() -> None:
    queue, clock = Queue(), ManualClock()
    one = bot(queue.router, clock=clock)
    taps = [asyncio.create_task(said(Phone(one, who), "K")) for who in (FOLLOWER, OTHER)]
    await clock.advance(0)
    assert sorted(queue.running) == sorted([FOLLOWER, OTHER])
    queue.go_on.set()
    assert [await tap for tap in taps] == ["1", "1"]


async def test_also_in_two_processes(tmp_path: Path) -> None:
    """Two stores on one file are what two processes have."""
    queue = Queue()
    settings = invented_settings(blocked_after=0)
    stores = [SqliteStore(tmp_path / "inbox.db", settings.app_id) for _ in range(2)]
    bots = [Bot(settings, routers=[queue.router], store=store) for store in stores]
    async with bots[0], bots[1]:
        taps = [
            asyncio.create_task(said(Phone(bots[number % 2]), f"K{number}")) for number in range(6)
        ]
        await queue.begun.wait()
        queue.go_on.set()
        assert sorted([await tap or "" for tap in taps]) == ["1", "2", "3", "4", "5", "6"]
    assert queue.at_once == 1


async def test_a_handler_that_yields_keeps_its_session_to_the_end() -> None:
    clock, gate = ManualClock(), asyncio.Event()
    router = Router()

    @router.click("STEPS")
    async def steps(event: ClickEvent, session: Session) -> AsyncIterator[str]:
        session.data["stage"] = "begun"
        yield "1"
        await gate.wait()
        session.data["stage"] = "done"

    @router.click("STAGE")
    async def stage(event: ClickEvent, session: Session) -> str:
        return str(session.data.get("stage"))

    one = bot(router, clock=clock)
    phone = Phone(one)
    async with one:
        assert await said(phone, "STEPS") == "1"
        second = asyncio.create_task(said(phone, "STAGE"))
        await clock.advance(0)
        assert not second.done()
        gate.set()
        assert await second == "done"


async def test_a_change_that_is_taken_back_between_two_answers_is_taken_back() -> None:
    router = Router()

    @router.click("BUSY")
    async def busy(event: ClickEvent, session: Session) -> AsyncIterator[str]:
        session.data["busy"] = True
        yield "1"
        session.data.clear()
        yield "2"

    @router.click("LOOK")
    async def look(event: ClickEvent, session: Session) -> str:
        return str(session.data)

    async with staged(router) as stage:
        assert await said(stage.phone, "BUSY") == "1"
        assert await said(stage.phone, "LOOK") == "{}"


async def test_a_second_run_of_a_push_finds_what_its_first_one_found() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    router = Router()

    @router.click("ADD")
    async def add(event: ClickEvent, session: Session, push: Push) -> str:
        session.data["n"] = session.data.get("n", 0) + 1
        return f"{session.data['n']} {push.run}"

    one = bot(router, clock=clock, store=store)
    phone = Phone(one)
    assert await said(phone, "ADD") == "1 1"
    push = phone.compose("CLICK", "ADD")
    await one.handle(phone.delivery(push))
    # Its process dies behind the write and before the answer: another one runs it again.
    sessions = Sessions(store, clock, one.settings.session_lifetime)
    identity = f"wx0123456789abcdef:{FOLLOWER}:{push['CreateTime']}:click:::ADD"
    async with sessions.opened(FOLLOWER, identity) as state:
        assert state.data("dict") == {"n": 1}
    async with sessions.opened(FOLLOWER, "another push") as state:
        assert state.data("dict") == {"n": 2}


def test_what_cannot_be_kept_is_refused_at_start_up() -> None:
    router = Router()

    @router.click("A")
    async def needy(event: ClickEvent, session: Session[Needy]) -> None: ...

    with pytest.raises(RegistrationError, match="Needy cannot be kept in a session"):
        bot(router, clock=ManualClock()).assemble()


def test_a_handler_of_errors_takes_none() -> None:
    router = Router()

    @router.error(ValueError)
    async def failed(error: ValueError, session: Session) -> None: ...

    with pytest.raises(RegistrationError, match="takes no Session"):
        bot(router, clock=ManualClock()).assemble()


async def test_what_is_said_behind_clear_is_kept() -> None:
    router = Router()

    @router.click("ANEW")
    async def anew(event: ClickEvent, session: Session, cart: Session[Cart]) -> str:
        before = f"{session.data} {cart.data.items}"
        session.data["old"] = 1
        cart.data.items.append("old")
        session.clear()
        session.data["n"] = "new"
        cart.data.items.append("new")
        return before

    phone = Phone(bot(router, clock=ManualClock()))
    assert await said(phone, "ANEW") == "{} []"
    assert await said(phone, "ANEW") == "{'n': 'new'} ['new']"


async def test_clear_leaves_nothing_in_the_store() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    phone = Phone(bot(counting(), clock=clock, store=store))
    for key in ("MODEL", "CLEAR"):
        await said(phone, key)
    assert await store.get(f"session:{FOLLOWER}") is not None  # for a second run of the push
    await clock.advance(60)
    assert await store.get(f"session:{FOLLOWER}") is None


async def test_fields_are_kept_whatever_their_alias() -> None:
    router = Router()

    @router.click("ADD")
    async def add(event: ClickEvent, session: Session[Order]) -> str:
        before = session.data.dish
        session.data.dish = "面"
        return before or "nothing"

    phone = Phone(bot(router, clock=ManualClock()))
    assert [await said(phone, "ADD") for _ in range(2)] == ["nothing", "面"]


async def test_data_that_does_not_fit_is_told_once_without_what_it_says(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    router = Router()

    @router.click("MODEL")
    async def later(event: ClickEvent, session: Session[_Changed.Cart]) -> None: ...

    @router.click("OTHER")
    async def other(event: ClickEvent, session: Session[_Changed.Cart]) -> None: ...

    before = bot(counting(), clock=clock, store=store)
    for who in (FOLLOWER, OTHER):
        await said(Phone(before, who), "MODEL")
    await clock.advance(1)
    after = bot(router, clock=clock, store=store)
    for who, key in ((FOLLOWER, "MODEL"), (OTHER, "OTHER")):
        await said(Phone(after, who), key)
    (told,) = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert told == "sessions hold data that is no Cart any more, and begin anew: items"
    assert "茶" not in caplog.text


def test_two_classes_of_one_name_are_refused_with_both_places() -> None:
    router = Router()

    @router.click("A")
    async def a(event: ClickEvent, session: Session[Cart]) -> None: ...

    @router.click("B")
    async def b(event: ClickEvent, session: Session[_Changed.Cart]) -> None: ...

    with pytest.raises(
        RegistrationError,
        match=r"two session classes are called Cart: "
        r"tests/sessions/test_sessions\.py:\d+ and tests/sessions/test_sessions\.py:\d+; rename",
    ):
        bot(router, clock=ManualClock()).assemble()


def test_namesakes_without_a_source_are_told_by_their_module() -> None:
    made = [create_model("Made", __module__=f"shop.part_{number}") for number in (1, 2)]
    router = Router()
    for number, model in enumerate(made):

        async def handler(event: ClickEvent, session: object) -> None: ...

        handler.__annotations__["session"] = Session[model]  # type: ignore[valid-type]
        router.click(f"KEY_{number}")(handler)
    with pytest.raises(RegistrationError, match=r"called Made: shop\.part_1 and shop\.part_2;"):
        bot(router, clock=ManualClock()).assemble()


def test_kinds_of_dicts_and_one_class_in_two_handlers_are_no_namesakes() -> None:
    router = Router()

    @router.click("A")
    async def a(event: ClickEvent, session: Session, cart: Session[Cart]) -> None: ...

    @router.click("B")
    async def b(
        event: ClickEvent, session: Session[dict[str, int]], cart: Session[Cart]
    ) -> None: ...

    bot(router, clock=ManualClock()).assemble()


async def test_a_handler_that_a_key_does_not_fit_leaves_no_trace_on_the_push() -> None:
    router = Router()
    seen: list[object] = []

    @late("redelivery")
    @router.click(Prefix("order:"))
    async def numbered(event: ClickEvent, rest: int, session: Session) -> AsyncIterator[str]:
        yield "never"

    @router.fallback()
    async def others(event: Event, push: Push) -> str:
        seen.append(push.policy)
        return "others"

    async with staged(router) as stage:
        assert await said(stage.phone, "order:seven") == "others"
        assert seen == ["customer_service"]
        outcome = await stage.outcome()
        assert outcome.handler
        assert ".others " in outcome.handler
        assert await stage.store.entries() == []


async def test_a_key_that_fits_no_handler_is_nobodys() -> None:
    router = Router()

    @router.click(Prefix("order:"))
    async def numbered(event: ClickEvent, rest: int, session: Session) -> str:
        return str(rest + 1)

    async with staged(router) as stage:
        assert await said(stage.phone, "order:seven") is None
        assert await said(stage.phone, "order:7") == "8"
        assert (await stage.outcome()).handler is None

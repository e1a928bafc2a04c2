"""Middlewares, errors, and pushes that nobody handles."""

import re
from collections.abc import Callable
from typing import Any

import pytest

import wxevents
from tests.routing import APOLOGY, bot_of, phone_of, text_of
from wxevents import (
    Answer,
    CallNext,
    ClickEvent,
    Event,
    ImageReply,
    Prefix,
    Push,
    Regex,
    RegistrationError,
    Reply,
    ReplyError,
    Router,
    TextMessage,
    TextReply,
    UnknownEvent,
)
from wxevents.pushes import EVENTS, MESSAGES
from wxevents.routing import Middleware
from wxevents.testing import Phone


def router_that_says(answer: Answer) -> Router:
    router = Router()

    @router.on(Event)
    async def the_handler(event: Event) -> Answer:
        return answer

    return router


# Middlewares


async def test_the_first_middleware_is_outermost() -> None:
    log: list[str] = []

    def noting(name: str) -> Middleware:
        async def note(event: Event, call_next: CallNext) -> Answer:
            log.append(f"{name} in")
            answer = await call_next(event)
            log.append(f"{name} out")
            return answer

        return note

    router = Router()

    @router.click()
    async def handler(event: ClickEvent) -> str:
        log.append("handler")
        return "done"

    async with phone_of(router, middlewares=[noting("first"), noting("second")]) as phone:
        assert text_of(await phone.click("k")) == "done"
    assert log == ["first in", "second in", "handler", "second out", "first out"]


async def test_a_middleware_sees_every_push_also_an_unhandled_one() -> None:
    seen: list[tuple[str, Reply | None]] = []

    async def watch(event: Event, call_next: CallNext) -> Answer:
        answer = await call_next(event)
        seen.append((event.name, answer))
        return answer

    async with phone_of(Router(), middlewares=[watch]) as phone:
        await phone.click("k")
        await phone.say("hi")
    assert seen == [("CLICK", None), ("text", None)]


async def test_a_middleware_sees_the_answer_as_a_reply_and_may_change_it() -> None:
    async def shout(event: Event, call_next: CallNext) -> Answer:
        answer = await call_next(event)
        assert isinstance(answer, TextReply)
        return answer.content.upper()

    async with phone_of(router_that_says("hi"), middlewares=[shout]) as phone:
        assert await phone.click("k") == TextReply("HI")


async def test_a_middleware_may_change_the_event() -> None:
    async def redirect(event: Event, call_next: CallNext) -> Answer:
        assert isinstance(event, ClickEvent)
        return await call_next(event.model_copy(update={"event_key": "new"}))

    router = Router()

    @router.click("new")
    async def new(event: ClickEvent) -> str:
        return event.key

    async with phone_of(router, middlewares=[redirect]) as phone:
        assert text_of(await phone.click("old")) == "new"


async def test_a_middleware_may_answer_itself() -> None:
    async def closed(event: Event, call_next: CallNext) -> Answer:
        return "closed"

    async def never(event: Event, call_next: CallNext) -> Answer:
        raise AssertionError("is never called")

    async with phone_of(router_that_says("open"), middlewares=[closed, never]) as phone:
        assert text_of(await phone.click("k")) == "closed"


@pytest.mark.parametrize("nothing", [None, ""])
async def test_a_middleware_may_silence_an_answer(nothing: Answer) -> None:
    async def silence(event: Event, call_next: CallNext) -> Answer:
        await call_next(event)
        return nothing

    async with phone_of(router_that_says("hi"), middlewares=[silence]) as phone:
        assert await phone.click("k") is None


async def test_a_middleware_that_raises_costs_one_push_its_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def choosy(event: Event, call_next: CallNext) -> Answer:
        if isinstance(event, ClickEvent) and event.key == "bad":
            raise ValueError(event.key)
        return await call_next(event)

    async with phone_of(router_that_says("hi"), middlewares=[choosy]) as phone:
        assert text_of(await phone.click("bad")) == APOLOGY
        assert text_of(await phone.click("good")) == "hi"
    assert "ValueError: bad" in caplog.text


async def test_a_middleware_sees_what_a_handler_raised() -> None:
    async def mend(event: Event, call_next: CallNext) -> Answer:
        try:
            return await call_next(event)
        except LookupError:
            return "mended"

    router = Router()

    @router.click()
    async def broken(event: ClickEvent) -> str:
        raise KeyError(event.key)

    async with phone_of(router, middlewares=[mend]) as phone:
        assert text_of(await phone.click("k")) == "mended"


async def test_a_limit_that_a_middleware_breaks_names_the_middleware(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def verbose(event: Event, call_next: CallNext) -> Answer:
        return "a" * 2049

    async with phone_of(Router(), middlewares=[verbose]) as phone:
        assert text_of(await phone.say("hi")) == APOLOGY
    assert re.search(r"ReplyError: .*verbose \(.*test_dispatcher\.py:\d+\): .*2,049", caplog.text)


async def test_a_middleware_may_be_an_object() -> None:
    class Counting:
        def __init__(self) -> None:
            self.count = 0

        async def __call__(self, event: Event, call_next: CallNext) -> Answer:
            self.count += 1
            return await call_next(event)

    counting = Counting()
    async with phone_of(router_that_says("hi"), middlewares=[counting]) as phone:
        await phone.click("a")
        await phone.click("b")
    assert counting.count == 2


def test_a_plain_function_is_no_middleware() -> None:
    def plain(event: Event, call_next: CallNext) -> Any:
        return call_next(event)

    with pytest.raises(RegistrationError, match=r"plain \(.*test_dispatcher\.py:\d+\).*async def"):
        bot_of(middlewares=[plain]).assemble()


def test_what_cannot_be_called_is_no_middleware() -> None:
    nothing: Any = 5
    with pytest.raises(RegistrationError, match="middleware: 5"):
        bot_of(middlewares=[nothing]).assemble()


# Error handlers


def broken_router(error: Exception) -> Router:
    router = Router()

    @router.click()
    async def broken(event: ClickEvent) -> str:
        raise error

    return router


async def test_the_closest_class_turns_an_error_into_an_answer() -> None:
    class Mine(KeyError):
        pass

    for error, expected in (
        (Mine("x"), "Mine"),
        (KeyError("x"), "LookupError"),
        (IndexError("x"), "LookupError"),
        (ValueError("x"), "Exception"),
    ):
        router = broken_router(error)

        @router.error(Exception)
        async def on_exception(error: Exception) -> str:
            return "Exception"

        @router.error(LookupError)
        async def on_lookup(error: LookupError) -> str:
            return "LookupError"

        @router.error(Mine)
        async def on_mine(error: Mine) -> str:
            return "Mine"

        async with phone_of(router) as phone:
            assert text_of(await phone.click("k")) == expected


async def test_an_error_handler_serves_all_routers_of_the_bot() -> None:
    errors = Router()

    @errors.error(ValueError)
    async def mend(event: Event, error: ValueError, push: Push) -> str:
        return f"{event.name} {error} {(push.handler or '').partition(' ')[0].rpartition('.')[2]}"

    async with phone_of(broken_router(ValueError("oops")), errors) as phone:
        assert text_of(await phone.click("k")) == "CLICK oops broken"


@pytest.mark.parametrize("kind", [ValueError, Exception, ValueError | KeyError])
async def test_an_error_handler_takes_the_error_by_any_class_that_fits(kind: Any) -> None:
    router = broken_router(ValueError("oops"))

    async def mend(what: Any) -> str:
        return f"mended {what}"

    mend.__annotations__["what"] = kind
    router.error(ValueError)(mend)
    async with phone_of(router) as phone:
        assert text_of(await phone.click("k")) == "mended oops"


async def test_an_error_handler_serves_middlewares_too() -> None:
    async def choosy(event: Event, call_next: CallNext) -> Answer:
        raise ValueError("no")

    router = Router()

    @router.error(ValueError)
    async def mend(event: Event) -> str:
        return "mended"

    async with phone_of(router, middlewares=[choosy]) as phone:
        assert text_of(await phone.click("k")) == "mended"


async def test_an_error_handler_may_mend_an_answer_that_breaks_a_limit() -> None:
    router = router_that_says("a" * 2049)

    @router.error(ReplyError)
    async def shorten(error: ReplyError) -> str:
        return "too long"

    async with phone_of(router) as phone:
        assert text_of(await phone.click("k")) == "too long"


async def test_an_error_that_no_handler_takes_gets_the_apology(
    caplog: pytest.LogCaptureFixture,
) -> None:
    router = broken_router(ValueError("oops"))

    @router.error(KeyError)
    async def mend(event: Event) -> str:
        return "mended"

    async with phone_of(router) as phone:
        assert text_of(await phone.click("k")) == APOLOGY
    assert "ValueError: oops" in caplog.text
    assert "broken" in caplog.text


async def test_an_error_in_an_error_handler_gets_the_apology_and_both_are_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    router = broken_router(ValueError("first"))

    @router.error(ValueError)
    async def mend(event: Event) -> str:
        raise KeyError("second")

    @router.error(KeyError)
    async def never(event: Event) -> str:
        return "an error handler is not mended by another"

    async with phone_of(router) as phone:
        assert text_of(await phone.click("k")) == APOLOGY
        assert text_of(await phone.click("k")) == APOLOGY
    assert "ValueError: first" in caplog.text
    assert "KeyError: 'second'" in caplog.text


async def test_an_error_handler_that_breaks_a_limit_is_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    router = broken_router(ValueError("oops"))

    @router.error(ValueError)
    async def mend(event: Event) -> str:
        return "a" * 2049

    async with phone_of(router) as phone:
        assert text_of(await phone.click("k")) == APOLOGY
    assert re.search(r"ReplyError: .*mend \(", caplog.text)


async def test_an_error_handler_may_say_nothing() -> None:
    router = broken_router(ValueError("oops"))

    @router.error(ValueError)
    async def mend(event: Event) -> None:
        return None

    async with phone_of(router) as phone:
        assert await phone.click("k") is None


# Who is running


def test_whoever_runs_is_found_by_code() -> None:
    router = Router()

    @router.click("k")
    async def clicked(event: ClickEvent) -> None: ...

    @router.fallback()
    async def otherwise(event: Event) -> None: ...

    @router.error(ValueError)
    async def mended(event: Event) -> None: ...

    async def timing(event: Event, call_next: CallNext) -> Answer:
        return await call_next(event)

    dispatcher = bot_of(router, middlewares=[timing]).assemble()
    for function in (clicked, otherwise, mended, timing):
        name = dispatcher.handler_running(function.__code__)
        assert name is not None, function
        assert function.__qualname__ in name
    assert dispatcher.handler_running(bot_of.__code__) is None


# Unhandled pushes


def pasted(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The handlers that the log offers."""
    return [
        record.getMessage().partition("\n\n")[2]
        for record in caplog.records
        if record.getMessage().startswith("no handler for")
    ]


async def unhandled(push: Callable[[Phone], Any], caplog: pytest.LogCaptureFixture) -> str:
    """The handler that the log offers for a push."""
    caplog.clear()
    async with phone_of(Router()) as phone:
        assert await push(phone) is None
    (source,) = pasted(caplog)
    return source


async def taken_by(source: str, push: Callable[[Phone], Any]) -> bool:
    """Whether the push goes to the handler when the source is pasted into a module."""
    router = Router()
    namespace = {name: getattr(wxevents, name) for name in wxevents.__all__} | {"router": router}
    exec(compile(source, "pasted.py", "exec"), namespace)
    missed: list[Event] = []

    @router.fallback()
    async def nobody(event: Event) -> None:
        missed.append(event)

    async with phone_of(router) as phone:
        await push(phone)
    return not missed


ALL = [*EVENTS, *MESSAGES]


@pytest.mark.parametrize("name", ALL)
async def test_the_handler_in_the_log_takes_the_push(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def push(phone: Phone) -> Any:
        return await phone.push(name)

    assert await taken_by(await unhandled(push, caplog), push)


KEYS = [
    "order:7",
    "7",
    "",
    "今日歌曲",
    "class",
    "async",
    "a b",
    'say "hi"',
    "it's",
    "back\\slash",
    "new\nline",
    "\t",
    "{}",
    "%s",
    "\u2028",
    "\x7f",
    "#",
    "router",
    "event",
    "str",
    "None",
    "__",
    "a" * 300,
]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", ["CLICK", "SCAN", "card_pass_check"])
async def test_the_handler_in_the_log_takes_any_key(
    name: str, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def push(phone: Phone) -> Any:
        return await phone.push(name, key)

    source = await unhandled(push, caplog)
    assert await taken_by(source, push)
    assert "async def router(" not in source


@pytest.mark.parametrize("name", ["card-pass", "card pass", "卡券", "7up", "class", 'a"b', "a\\b"])
async def test_the_handler_in_the_log_takes_any_name_of_an_event(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def push(phone: Phone) -> Any:
        return await phone.push(name)

    assert await taken_by(await unhandled(push, caplog), push)


@pytest.mark.parametrize("name", ["sticker", "card-pass", "class"])
async def test_the_handler_in_the_log_takes_any_type_of_a_message(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def push(phone: Phone) -> Any:
        return await phone.push("sticker", None, {"MsgType": name, "MsgId": 1})

    assert await taken_by(await unhandled(push, caplog), push)


@pytest.mark.parametrize(
    ("name", "elements"),
    [
        ("pic_weixin", {"SendPicsInfo": "broken"}),
        ("LOCATION", {"Latitude": "north"}),
        ("location", {"Location_X": "north"}),
        ("text", {"MsgId": "none"}),
    ],
)
async def test_the_handler_in_the_log_takes_a_push_that_does_not_fit_its_model(
    name: str, elements: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    async def push(phone: Phone) -> Any:
        return await phone.push(name, None, elements)

    assert await taken_by(await unhandled(push, caplog), push)


async def test_the_log_offers_a_handler_as_one_would_write_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def click(phone: Phone) -> Any:
        return await phone.click("V1001_TODAY_MUSIC")

    async def leave(phone: Phone) -> Any:
        return await phone.unsubscribe()

    assert await unhandled(click, caplog) == (
        '@router.click("V1001_TODAY_MUSIC")\n'
        "async def v1001_today_music(event: ClickEvent) -> str:\n"
        '    return "…"\n'
    )

    async def sing(phone: Phone) -> Any:
        return await phone.click("今日歌曲")

    assert (await unhandled(sing, caplog)).startswith('@router.click("今日歌曲")\n')
    assert await unhandled(leave, caplog) == (
        "@router.unsubscribe()\nasync def unsubscribe(event: UnsubscribeEvent) -> None:\n    ...\n"
    )


async def test_an_unhandled_push_is_logged_once_per_key(caplog: pytest.LogCaptureFixture) -> None:
    async with phone_of(Router()) as phone:
        for key in ("a", "b", "a", "a"):
            assert await phone.click(key) is None
        await phone.push("click", "a", {"Event": "click"})
        await phone.scan_scene("a")
    assert [source.splitlines()[0] for source in pasted(caplog)] == [
        '@router.click("a")',
        '@router.click("b")',
        '@router.scan("a")',
    ]


async def test_what_a_user_types_is_no_key_and_not_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with phone_of(Router()) as phone:
        for text in ("secret one", "secret two"):
            assert await phone.say(text) is None
    (source,) = pasted(caplog)
    assert source.startswith("@router.text()\n")
    assert "secret" not in caplog.text


async def test_unhandled_keys_do_not_fill_the_memory(caplog: pytest.LogCaptureFixture) -> None:
    async with phone_of(Router()) as phone:
        for number in range(1_100):
            await phone.click(str(number))
    assert len(pasted(caplog)) == 1_000


async def test_a_handled_push_is_not_reported(caplog: pytest.LogCaptureFixture) -> None:
    router = Router()

    @router.fallback()
    async def otherwise(event: Event) -> None: ...

    async with phone_of(router) as phone:
        await phone.click("k")
        await phone.push("card_pass_check")
    assert caplog.records == []


async def test_a_key_that_does_not_convert_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    router = Router()

    @router.click(Prefix("k:"))
    async def number(rest: int) -> str:
        return "number"

    async with phone_of(router) as phone:
        await phone.click("k:x")
    (source,) = pasted(caplog)
    assert source.startswith('@router.click("k:x")\n')


async def test_replies_of_every_kind_go_through() -> None:
    async with phone_of(router_that_says(ImageReply("m"))) as phone:
        assert await phone.click("k") == ImageReply("m")


async def test_a_text_is_matched_like_a_key() -> None:
    router = Router()

    @router.text("hi")
    async def exact(event: TextMessage) -> str:
        return "exact"

    @router.text(Regex(r"(?P<first>\d+)\+(?P<second>\d+)"))
    async def add(first: int, second: int) -> str:
        return str(first + second)

    @router.on(UnknownEvent)
    async def unknown(event: UnknownEvent) -> str:
        return event.event

    async with phone_of(router) as phone:
        assert text_of(await phone.say("hi")) == "exact"
        assert text_of(await phone.say("2+3")) == "5"
        assert await phone.say("hi ") is None
        assert text_of(await phone.push("new", "k")) == "new"

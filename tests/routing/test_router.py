"""Registering handlers, and which of them takes a push."""

import random
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.routing import bot_of, line_of, load, phone_of, refusal, text_of
from wxevents import (
    Bot,
    ClickEvent,
    Event,
    MenuEvent,
    Message,
    Notification,
    Prefix,
    Regex,
    Router,
    UnknownEvent,
    UnknownMessage,
)
from wxevents.errors import RegistrationError
from wxevents.events import EVENT_NAMES, MESSAGE_TYPES
from wxevents.pushes import EVENTS
from wxevents.routing import Route
from wxevents.testing import Phone

Handler: TypeAlias = Callable[..., Coroutine[Any, Any, str]]


def teller(answer: str) -> Handler:
    """A handler that answers this."""

    async def tell(event: Event) -> str:
        return answer

    return tell


# Precedence: the most specific first, whatever was registered first

LEVELS: list[tuple[str, Callable[[Router], Callable[[Handler], Handler]]]] = [
    ("exact", lambda router: router.click("order:vip:1")),
    ("long prefix", lambda router: router.click(Prefix("order:vip:"))),
    ("short prefix", lambda router: router.click(Prefix("order:"))),
    ("regex", lambda router: router.click(Regex("order.*"))),
    ("any", lambda router: router.click()),
    ("class", lambda router: router.on(ClickEvent)),
    ("its parent", lambda router: router.on(MenuEvent)),
    ("its grandparent", lambda router: router.on(Notification)),
    ("everything", lambda router: router.on(Event)),
    ("fallback", lambda router: router.fallback()),
]


@pytest.mark.parametrize("best", range(len(LEVELS)))
@pytest.mark.parametrize("seed", range(5))
async def test_the_most_specific_takes_the_push_whatever_was_first(best: int, seed: int) -> None:
    levels = LEVELS[best:]
    random.Random(seed).shuffle(levels)
    router = Router()
    for name, decorator in levels:
        decorator(router)(teller(name))
    async with phone_of(router) as phone:
        assert text_of(await phone.click("order:vip:1")) == LEVELS[best][0]


@pytest.mark.parametrize("seed", range(5))
async def test_the_most_specific_takes_the_push_whatever_router_it_is_in(seed: int) -> None:
    chance = random.Random(seed)
    routers = [Router()]
    for _ in range(4):
        inner = Router()
        chance.choice(routers).include(inner)
        routers.append(inner)
    for name, decorator in LEVELS:
        decorator(chance.choice(routers))(teller(name))
    async with phone_of(routers[0]) as phone:
        assert text_of(await phone.click("order:vip:1")) == "exact"
        assert text_of(await phone.click("order:vip:2")) == "long prefix"
        assert text_of(await phone.click("order:1")) == "short prefix"
        assert text_of(await phone.click("orders")) == "regex"
        assert text_of(await phone.click("other")) == "any"
        assert text_of(await phone.scan("order:vip:1", "code")) == "its parent"
        assert text_of(await phone.subscribe()) == "its grandparent"
        assert text_of(await phone.say("hi")) == "everything"


async def test_regexes_are_tried_in_the_order_of_registration() -> None:
    router = Router()
    router.click(Regex("a.*"))(teller("first"))
    router.click(Regex(".*b"))(teller("second"))
    router.click(Regex("ab"))(teller("third"))
    async with phone_of(router) as phone:
        assert text_of(await phone.click("ab")) == "first"
        assert text_of(await phone.click("cb")) == "second"


async def test_regexes_of_included_routers_come_in_the_order_of_inclusion() -> None:
    outer, first, second, inner = Router(), Router(), Router(), Router()
    second.click(Regex("x.*"))(teller("second"))
    inner.click(Regex("xy.*"))(teller("inner"))
    first.click(Regex("xyz.*"))(teller("first"))
    first.include(inner)
    outer.include(first, second)
    async with phone_of(outer) as phone:
        assert text_of(await phone.click("xyz")) == "first"
        assert text_of(await phone.click("xy")) == "inner"
        assert text_of(await phone.click("x")) == "second"
    outer.click(Regex("x.*z"))(teller("outer"))
    async with phone_of(outer) as phone:
        assert text_of(await phone.click("xyz")) == "outer"


async def test_routers_of_a_bot_are_asked_as_one() -> None:
    first, second = Router(), Router()
    first.click(Prefix("order:"))(teller("prefix"))
    second.click("order:1")(teller("exact"))
    async with phone_of(first, second) as phone:
        assert text_of(await phone.click("order:1")) == "exact"
        assert text_of(await phone.click("order:2")) == "prefix"


async def test_the_same_key_of_another_event_is_another_key() -> None:
    router = Router()
    router.click("k")(teller("click"))
    router.scancode_push("k")(teller("scan"))
    router.text("k")(teller("text"))
    async with phone_of(router) as phone:
        assert text_of(await phone.click("k")) == "click"
        assert text_of(await phone.scan("k", "code", wait=False)) == "scan"
        assert text_of(await phone.say("k")) == "text"
        assert await phone.scan("k", "code") is None


async def test_the_nearest_class_takes_the_event() -> None:
    router = Router()
    router.on(Message)(teller("message"))
    router.on(Event)(teller("event"))
    async with phone_of(router) as phone:
        assert text_of(await phone.say("hi")) == "message"
        assert text_of(await phone.click("k")) == "event"
        assert text_of(await phone.push("sticker")) == "event"


async def test_an_unknown_event_goes_to_its_name_before_its_class() -> None:
    router = Router()
    router.on("card_pass_check")(teller("name"))
    router.on(UnknownEvent)(teller("unknown"))
    async with phone_of(router) as phone:
        assert text_of(await phone.push("card_pass_check", "k")) == "name"
        assert text_of(await phone.push("CARD_Pass_Check")) == "name"
        assert text_of(await phone.push("other")) == "unknown"


async def test_an_unknown_message_goes_to_its_name_and_class() -> None:
    router = Router()

    @router.on("Sticker")
    async def sticker(event: UnknownMessage) -> str:
        return f"a {event.name}"

    @router.on(UnknownMessage)
    async def unknown(event: UnknownMessage) -> str:
        return "unknown"

    async with phone_of(router) as phone:
        sticker_push, other = {"MsgType": "sticker", "MsgId": 1}, {"MsgType": "other", "MsgId": 2}
        assert text_of(await phone.push("sticker", None, sticker_push)) == "a sticker"
        assert text_of(await phone.push("other", None, other)) == "unknown"


@pytest.mark.parametrize("elements", [{"MsgId": 7}, {}, {"MsgId": "x"}])
async def test_a_message_of_a_new_type_is_a_message(elements: dict[str, object]) -> None:
    router = Router()

    @router.on(Message)
    async def any_message(message: Message) -> str:
        return f"{message.name} {message.msg_id}"

    async with phone_of(router) as phone:
        reply = await phone.push("sticker", None, {"MsgType": "sticker", **elements})
        assert text_of(reply) == f"sticker {7 if elements == {'MsgId': 7} else 0}"
        assert text_of(await phone.say("hi")) != ""


async def test_a_name_that_is_modelled_means_its_class() -> None:
    router = Router()

    @router.on("click")
    async def click(event: ClickEvent) -> str:
        return event.key

    async with phone_of(router) as phone:
        assert text_of(await phone.click("k")) == "k"


async def test_an_empty_key_matches_an_empty_matcher_only() -> None:
    router = Router()
    router.click("")(teller("empty"))
    async with phone_of(router) as phone:
        assert text_of(await phone.click("")) == "empty"
        assert await phone.click("k") is None


async def test_a_follower_without_a_scene_goes_to_any_scene_only() -> None:
    router = Router()
    router.subscribe(scene="till07")(teller("till"))
    router.subscribe(Prefix("till"))(teller("some till"))
    router.subscribe(Regex(".*"))(teller("some scene"))
    router.subscribe()(teller("welcome"))
    async with phone_of(router) as phone:
        assert text_of(await phone.subscribe()) == "welcome"
        assert text_of(await phone.subscribe("till07")) == "till"
        assert text_of(await phone.subscribe("till08")) == "some till"
        assert text_of(await phone.subscribe("door")) == "some scene"


# Every decorator dispatches its event

KEYED = [
    ("click", "CLICK"),
    ("view", "VIEW"),
    ("view_miniprogram", "view_miniprogram"),
    ("scancode_push", "scancode_push"),
    ("scancode_waitmsg", "scancode_waitmsg"),
    ("pic_sysphoto", "pic_sysphoto"),
    ("pic_photo_or_album", "pic_photo_or_album"),
    ("pic_weixin", "pic_weixin"),
    ("location_select", "location_select"),
    ("scan", "SCAN"),
    ("subscribe", "subscribe"),
    ("text", "text"),
]
PLAIN = ["unsubscribe", "image", "voice", "video", "shortvideo", "location", "link"]


@pytest.mark.parametrize(("decorator", "name"), KEYED)
async def test_a_keyed_decorator_takes_its_event(decorator: str, name: str) -> None:
    router, taken = Router(), list[str]()
    for level, matcher in (("exact", "key:1"), ("prefix", Prefix("key:")), ("any", None)):
        getattr(router, decorator)(*([matcher] if matcher else []))(_collector(level, taken))
    router.fallback()(_collector("fallback", taken))
    async with phone_of(router) as phone:
        for key in ("key:1", "key:2", "other"):
            await phone.push(name, key)
    assert taken == ["exact", "prefix", "any"]


@pytest.mark.parametrize("decorator", PLAIN)
async def test_a_decorator_without_a_key_takes_its_event(decorator: str) -> None:
    router, taken = Router(), list[str]()
    getattr(router, decorator)()(_collector(decorator, taken))
    router.fallback()(_collector("fallback", taken))
    async with phone_of(router) as phone:
        await phone.push(decorator)
    assert taken == [decorator]


@pytest.mark.parametrize("name", EVENTS)
async def test_on_takes_any_event_by_class_or_name(name: str) -> None:
    for target in (EVENT_NAMES[name.lower()], name):
        if target == "LOCATION":
            continue  # both an event and a message
        router, taken = Router(), list[str]()
        router.on(target)(_collector("taken", taken))
        async with phone_of(router) as phone:
            await phone.push(name)
        assert taken == ["taken"]


def test_every_class_names_a_decorator_that_exists_and_registers_it() -> None:
    named = {kind: kind.decorator for kind in (*EVENT_NAMES.values(), *MESSAGE_TYPES.values())}
    for kind, decorator in named.items():
        if not decorator:
            continue
        router = Router()
        getattr(router, decorator)()(teller(""))
        assert router.routes[0].event is kind
    assert {*(name for name, _ in KEYED), *PLAIN} == {name for name in named.values() if name}


def _collector(name: str, taken: list[str]) -> Callable[..., Coroutine[Any, Any, None]]:
    async def collect(event: Event) -> None:
        taken.append(name)

    return collect


def test_a_decorator_returns_the_function_unchanged() -> None:
    router = Router()
    handler = teller("")
    for decorator in (
        router.click("a"),
        router.on(Event),
        router.fallback(),
        router.error(ValueError),
    ):
        assert decorator(handler) is handler


async def test_one_handler_may_have_several_routes() -> None:
    router = Router()

    @router.click("a")
    @router.click("b")
    @router.text()
    async def both(event: Event) -> str:
        return event.name

    async with phone_of(router) as phone:
        assert text_of(await phone.click("a")) == "CLICK"
        assert text_of(await phone.click("b")) == "CLICK"
        assert text_of(await phone.say("a")) == "text"


# What is refused, with the place


EQUAL = [
    ('click("a")', 'click("a")'),
    ('click(Prefix("a"))', 'click(Prefix("a"))'),
    ('click(Prefix("a"))', 'click(Prefix("a", capture="number"))'),
    ('click(Regex("a"))', 'click(Regex("a"))'),
    ("click()", "click()"),
    ("click()", "click(None)"),
    ("image()", "image()"),
    ('on("card_pass")', 'on("CARD_PASS")'),
    ("on(ClickEvent)", 'on("click")'),
    ("on(Event)", "on(Event)"),
    ("fallback()", "fallback()"),
]

TWO = """\
from wxevents import ClickEvent, Event, Prefix, Regex, Router

router = Router()
other = Router()
router.include(other)


@router.{}
async def one(event: Event) -> str:
    return ""


@{}.{}
async def two(event: Event) -> str:
    return ""
"""


@pytest.mark.parametrize(("one", "two"), EQUAL)
@pytest.mark.parametrize("router", ["router", "other"])
def test_equal_matchers_are_refused_with_both_places(
    one: str, two: str, router: str, tmp_path: Path
) -> None:
    source = TWO.format(one, router, two)
    message = refusal(tmp_path, source)
    assert f"shop.py:{line_of(source, '@router')}" in message
    assert f"shop.py:{line_of(source, f'@{router}.{two}') if one != two else 13}" in message
    assert "shop.one" in message
    assert "shop.two" in message


def test_two_handlers_for_one_error_are_refused_with_both_places(tmp_path: Path) -> None:
    source = TWO.format("error(KeyError)", "other", "error(KeyError)")
    message = refusal(tmp_path, source)
    assert "KeyError" in message
    assert f"shop.py:{line_of(source, '@router')}" in message
    assert f"shop.py:{line_of(source, '@other')}" in message


def test_any_key_and_the_class_are_not_equal(tmp_path: Path) -> None:
    source = TWO.format("click()", "other", "on(ClickEvent)")
    assert len(bot_of(load(tmp_path, source).router).assemble().routes) == 2


def test_a_router_that_is_included_twice_is_refused() -> None:
    outer, first, second, inner = Router(), Router(), Router(), Router()
    first.include(inner)
    second.include(inner)
    outer.include(first, second)
    with pytest.raises(RegistrationError, match="included twice"):
        bot_of(outer).assemble()
    with pytest.raises(RegistrationError, match="included twice"):
        bot_of(first, first).assemble()


def test_a_router_cannot_include_itself() -> None:
    outer, inner = Router(), Router()
    outer.include(inner)
    with pytest.raises(RegistrationError, match="itself"):
        outer.include(outer)
    with pytest.raises(RegistrationError, match="itself"):
        inner.include(outer)
    assert list(outer.walk()) == [outer, inner]


HEADER = """\
from wxevents import ClickEvent, Event, Prefix, Regex, Router

router = Router()


"""


@pytest.mark.parametrize(
    "decorator", ["click()", 'click("a")', "on(Event)", "fallback()", "error(ValueError)"]
)
def test_a_plain_function_is_refused_where_it_is_registered(decorator: str, tmp_path: Path) -> None:
    source = f"{HEADER}@router.{decorator}\ndef plain(event: Event) -> str:\n    return ''\n"
    message = refusal(tmp_path, source)
    assert "shop.plain" in message
    assert "shop.py:6" in message
    assert "async def" in message


def test_a_plain_function_in_a_callable_object_is_refused_too(tmp_path: Path) -> None:
    source = f"""{HEADER}class Plain:
    def __call__(self, event: Event) -> str:
        return ""


router.click()(Plain())
"""
    message = refusal(tmp_path, source)
    assert "shop.Plain" in message
    assert "shop.py:7" in message


def test_a_class_is_no_handler_even_if_its_objects_are(tmp_path: Path) -> None:
    source = f"""{HEADER}class Handler:
    async def __call__(self, event: Event) -> str:
        return ""


router.click()(Handler)
"""
    assert "shop.Handler" in refusal(tmp_path, source)


def test_an_async_generator_cannot_handle_errors(tmp_path: Path) -> None:
    source = f"{HEADER}@router.error(ValueError)\nasync def several(event: Event):\n    yield ''\n"
    message = refusal(tmp_path, source)
    assert "shop.several" in message
    assert "shop.py:6" in message
    assert "generator" in message


@pytest.mark.parametrize("decorator", sorted({*(name for name, _ in KEYED), "on", "error"}))
def test_a_decorator_without_parentheses_is_refused_with_the_place(
    decorator: str, tmp_path: Path
) -> None:
    source = f"{HEADER}@router.{decorator}\nasync def bare(event: Event) -> str:\n    return ''\n"
    message = refusal(tmp_path, source)
    assert f"router.{decorator}(" in message
    assert "shop.py:6" in message


KEYLESS = ["unsubscribe", "image", "voice", "video", "shortvideo", "location", "link", "fallback"]


@pytest.mark.parametrize("decorator", KEYLESS)
def test_so_is_one_that_takes_no_key(decorator: str, tmp_path: Path) -> None:
    source = f"{HEADER}@router.{decorator}\nasync def bare(event: Event) -> str:\n    return ''\n"
    message = refusal(tmp_path, source)
    assert message == f"{decorator}(shop.bare ({tmp_path}/shop.py:6)): write @router.{decorator}()"


@pytest.mark.parametrize("matcher", ["5", "b'a'", "['a']", "Prefix", "re.compile('a')", "True"])
def test_a_matcher_of_another_kind_is_refused(matcher: str, tmp_path: Path) -> None:
    source = f"import re\n{HEADER}@router.click({matcher})\nasync def f(event: Event): ...\n"
    assert "click(" in refusal(tmp_path, source)


@pytest.mark.parametrize("target", ["int", "5", "Event()", "None", "Prefix('a')", "[ClickEvent]"])
def test_on_takes_classes_of_events_and_names_only(target: str, tmp_path: Path) -> None:
    target = target.replace("Event()", "object()")
    source = f"{HEADER}@router.on({target})\nasync def f(event: Event): ...\n"
    message = refusal(tmp_path, source)
    assert "on(" in message
    assert "class of events" in message


@pytest.mark.parametrize("name", ["LOCATION", "location", "Location"])
def test_a_name_of_both_a_message_and_an_event_is_refused(name: str) -> None:
    with pytest.raises(RegistrationError, match="LocationEvent or LocationMessage"):
        Router().on(name)


@pytest.mark.parametrize("kind", ["int", "5", "'ValueError'", "BaseException", "ValueError()"])
def test_error_takes_classes_of_exceptions_only(kind: str, tmp_path: Path) -> None:
    source = f"{HEADER}@router.error({kind})\nasync def f(event: Event): ...\n"
    assert "error(" in refusal(tmp_path, source)


def test_what_cannot_be_called_is_no_handler() -> None:
    nothing: Any = "handler"
    with pytest.raises(RegistrationError, match="'handler'"):
        Router().click()(nothing)


def test_routes_are_data() -> None:
    router = Router()
    handlers = [teller(str(number)) for number in range(9)]
    decorators = (
        router.click("a"),
        router.click(Prefix("a")),
        router.click(),
        router.image(),
        router.on(ClickEvent),
        router.on(UnknownEvent),
        router.on("Card"),
        router.on(Event),
        router.fallback(),
    )
    for decorator, handler in zip(decorators, handlers, strict=True):
        decorator(handler)
    routes = bot_of(router).assemble().routes
    assert all(isinstance(route, Route) for route in routes)
    assert [repr(route) for route in routes] == [
        "click('a')",
        "click(Prefix('a'))",
        "click()",
        "image()",
        "on(ClickEvent)",
        "on(UnknownEvent)",
        "on('card')",
        "on(Event)",
        "fallback()",
    ]
    assert all("test_router.py:" in route.place for route in routes)
    assert all("teller.<locals>.tell" in route.name for route in routes)


def test_a_bot_without_routers_starts() -> None:
    assert bot_of().assemble().routes == ()


# Ten thousand keys cost what ten cost


class CountedKey(str):
    """A key that counts how often it is compared or hashed."""

    __slots__ = ()
    operations = 0

    def __eq__(self, other: object) -> bool:
        CountedKey.operations += 1
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        CountedKey.operations += 1
        return str.__hash__(self)

    def startswith(self, *arguments: Any) -> bool:
        CountedKey.operations += 1
        return str.startswith(self, *arguments)


async def operations_of_a_push(phone: Phone, key: str) -> int:
    await phone.click(key)
    CountedKey.operations = 0
    assert text_of(await phone.click(key)) == key
    return CountedKey.operations


async def test_ten_thousand_exact_keys_cost_what_ten_cost() -> None:
    counts = []
    for size in (10, 10_000):
        router = Router()
        for number in range(size):
            router.click(CountedKey(f"key:{number}"))(teller(f"key:{number}"))
        async with phone_of(router) as phone:
            keys = [f"key:{number}" for number in (0, size // 2, size - 1)]
            counts.append([await operations_of_a_push(phone, key) for key in keys])
    assert counts[0] == counts[1]
    assert max(counts[1]) < 5


async def test_ten_thousand_prefixes_cost_what_ten_cost() -> None:
    counts = []
    for size in (10, 10_000):
        router = Router()
        for number in range(size):
            prefix = CountedKey(f"{number:05}")
            router.click(Prefix(prefix))(teller(f"{number:05}:a"))
        async with phone_of(router) as phone:
            counts.append(await operations_of_a_push(phone, f"{size - 1:05}:a"))
    assert counts[0] == counts[1] < 5


async def test_an_exact_key_asks_no_prefix_and_no_regex(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def match(self: Regex, key: str) -> None:
        asked.append(key)

    router = Router()
    router.click("key")(teller("exact"))
    for number in range(100):
        router.click(Regex(f"key|{number}"))(teller("regex"))
    bot: Bot = bot_of(router)
    async with bot:
        monkeypatch.setattr(Regex, "match", match)
        assert text_of(await Phone(bot).click("key")) == "exact"
    assert asked == []

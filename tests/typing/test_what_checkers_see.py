"""What mypy tells the users of wxevents, under --strict.

Each snippet says in comments what mypy has to say about the line, and mypy may say nothing else:
`# reveals: text` and `# error: text` are parts of its note or error.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from mypy import api

SNIPPETS = {
    "menus_take_buttons_handlers_and_replies": """
from collections.abc import AsyncIterator
from pathlib import Path

from wxevents import Article, ClickButton, ClickEvent, ConditionalMenu, ImageReply, MatchRule, Menu
from wxevents import MenuSet, NewsReply, Router, ScancodeWaitmsgButton, SubMenu, ViewButton

router = Router()


@router.click("SONG")
async def song(event: ClickEvent) -> NewsReply:
    return NewsReply([Article("今日歌曲")])


@router.click("REPORT")
async def report(event: ClickEvent) -> AsyncIterator[str]:
    yield "请稍候"


def plain(event: ClickEvent) -> str:
    return ""


menu = Menu(
    ClickButton("今日歌曲", song),
    ClickButton("报表", report),
    SubMenu("菜单", ViewButton("搜索", "https://a.example/"), ClickButton("赞", "G", reply="谢谢")),
    ScancodeWaitmsgButton("扫码", "SCAN"),
)
ClickButton("图", "P", reply=ImageReply(Path("a.jpg")))
ClickButton("图", "P", ImageReply("m"))  # error: Too many positional arguments
ClickButton("歌", plain)  # error: incompatible type "Callable[[ClickEvent], str]"
ClickButton("歌")  # error: Missing positional argument "key"
ViewButton("搜索", url=5)  # error: incompatible type "int"; expected "str"
SubMenu("菜单", SubMenu("菜单"))  # error: incompatible type "SubMenu"; expected "Button"
MenuSet(menu, menu)  # error: incompatible type "Menu"; expected "ConditionalMenu"
MatchRule("2")  # error: Too many positional arguments
menus = MenuSet(menu, ConditionalMenu(menu, MatchRule(tag="VIP")))
reveal_type(menus.conditional)  # reveals: tuple[wxevents.menu.menus.ConditionalMenu, ...]
reveal_type(Menu.from_file("menu.yaml"))  # reveals: wxevents.menu.menus.Menu
""",
    "calls_have_typed_results": """
from wxevents import ApiError, Client, ClickEvent, Router

router = Router()


@router.click("VIP")
async def vip(event: ClickEvent, client: Client) -> str:
    reveal_type(await client.menus.get())  # reveals: wxevents.menu.menus.MenuSet | None
    reveal_type(await client.tags.create("VIP"))  # reveals: wxevents.client.tags.Tag
    reveal_type((await client.users.info(event.openid)).tagid_list)  # reveals: tuple[int, ...]
    await client.messages.send(event.openid, "你好")
    await client.messages.send(event.openid, 5)  # error: incompatible type "int"
    await client.menu.get()  # error: "Client" has no attribute "menu"
    try:
        await client.request("POST", "/cgi-bin/x", json={"a": 1}, idempotent=True)
    except ApiError as error:
        reveal_type(error.errcode)  # reveals: int
    return ""
""",
    "decorators_keep_the_types_of_handlers": """
from wxevents import ClickEvent, Event, Prefix, Push, Regex, Router, TextMessage, UnknownEvent
from wxevents import SubscribeEvent, TextReply

router = Router()


@router.click("V1001_TODAY_MUSIC")
async def song(event: ClickEvent) -> str:
    return event.key


reveal_type(song)  # reveals: def (event: wxevents.events.menu.ClickEvent)


@router.click(Prefix("order:"))
async def order(event: ClickEvent, push: Push, rest: int) -> TextReply:
    return TextReply(str(rest))


reveal_type(order)  # reveals: rest: int) -> typing.Coroutine[Any, Any, wxevents.replies.TextReply]


@router.subscribe(scene="till07")
async def welcome(event: SubscribeEvent) -> str | None:
    return event.scene


reveal_type(welcome)  # reveals: typing.Coroutine[Any, Any, str | None]


@router.on(UnknownEvent)
@router.on("card_pass_check")
async def card(event: UnknownEvent) -> None:
    reveal_type(event.raw)  # reveals: typing.Mapping[str, Any]


reveal_type(card)  # reveals: typing.Coroutine[Any, Any, None]


@router.text(Regex(r"(?P<one>\\d+)"))
async def text(message: TextMessage, one: int) -> str:
    return message.content


@router.fallback()
async def fallback(event: Event) -> str:
    return event.name


reveal_type(fallback)  # reveals: def (event: wxevents.events.event.Event)


@router.error(KeyError)
async def missing(error: KeyError, event: Event) -> str:
    return str(error)


reveal_type(missing)  # reveals: def (error: KeyError, event: wxevents.events.event.Event)


async def use() -> None:
    reveal_type(await song)  # error: Incompatible types in "await"


class Greeter:
    async def greet(self, event: ClickEvent) -> str:
        return "hi"


router.click("greet")(Greeter().greet)
""",
    "what_is_no_handler_is_an_error": """
from collections.abc import AsyncIterator

from wxevents import ClickEvent, Event, Router

router = Router()


@router.click("a")  # error: Value of type variable "H" of function cannot be
def plain(event: ClickEvent) -> str:
    return event.key


@router.on(Event)  # error: Value of type variable "H" of function cannot be
async def generator(event: Event) -> AsyncIterator[int]:
    yield 5


@router.on("new_event")
async def several(event: Event) -> AsyncIterator[str]:
    yield event.name


@router.fallback()  # error: Value of type variable "H" of function cannot be
async def number(event: Event) -> int:
    return 5


@router.error(ValueError)  # error: Value of type variable "H" of function cannot be
def plain_error(event: Event) -> str:
    return ""


@router.click  # error: Argument 1 to "click" of "Router" has incompatible type
async def bare(event: ClickEvent) -> str:
    return event.key


router.click(5)  # error: Argument 1 to "click" of "Router" has incompatible type "int"
router.on(int)  # error: Argument 1 to "on" of "Router" has incompatible type "type[int]"
router.error(BaseException)  # error: Argument 1 to "error" of "Router" has incompatible type
router.image("key")  # error: Too many arguments for "image" of "Router"
""",
    "settings_and_bots": """
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from wxevents import Answer, Bot, CallNext, Event, Outcome, Request, Response, Router, Settings
from wxevents import attach, serve

settings = Settings(token="t", mode="plain")
complete = Settings(
    app_id="wx",
    app_secret="s",
    token="t",
    encoding_aes_key="a" * 43,
    mode="safe",
    data_format="json",
    port=80,
    deadline=4,
    timestamp_tolerance=0,
    apology="",
)
reveal_type(settings.deadline)  # reveals: float
reveal_type(Settings.load())  # reveals: wxevents.settings.Settings
Settings(mode="plain")  # error: Missing named argument "token" for "Settings"
Settings(token="t", mode="open")  # error: Argument "mode" to "Settings" has incompatible type
Settings(token="t", tokens="u")  # error: Unexpected keyword argument "tokens" for "Settings"


class Pool: ...


@asynccontextmanager
async def open_pool() -> AsyncIterator[Pool]:
    yield Pool()


async def timing(event: Event, call_next: CallNext) -> Answer:
    answer = await call_next(event)
    reveal_type(answer)  # reveals: wxevents.replies.Reply | None
    return answer


def count(outcome: Outcome) -> None: ...


bot = Bot(settings, routers=[Router()], middlewares=[timing], observers=[count])
bot.provide(Pool())
bot.resource(Pool, open_pool)
bot.resource(int, open_pool)  # error: Argument 2 to "resource" of "Bot" has incompatible type
app = web.Application()
attach(app, bot, path="/wechat")


async def handle() -> Response:
    async with bot as running:
        reveal_type(running)  # reveals: wxevents.bot.Bot
        return await running.handle(Request("GET", {}, {}, b""))


def main() -> None:
    serve(bot)
""",
    "replies_are_positional_and_frozen": """
from wxevents import (
    Answer,
    Article,
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
)

replies: list[Reply] = [
    TextReply("hi"),
    ImageReply("m"),
    VoiceReply("m"),
    VideoReply("m", "title", "description"),
    VideoReply("m", title="title"),
    MusicReply("thumb", "title", "description", "https://m.example/lo", "https://m.example/hi"),
    NewsReply([Article("title", "description", "https://m.example/o.jpg", url="https://e")]),
    NewsReply((Article("title"), Article("title"))),
    TransferReply(),
    TransferReply("anna@shopdemo"),
]
answers: list[Answer] = ["hi", None, *replies]
reveal_type(TextReply("hi").content)  # reveals: str
TextReply("hi").content = "no"  # error: Property "content" defined in "TextReply" is read-only
TextReply(5)  # error: Argument 1 to "TextReply" has incompatible type "int"
ImageReply()  # error: Missing positional argument "media_id" in call to "ImageReply"
NewsReply("title")  # error: Argument 1 to "NewsReply" has incompatible type "str"
wrong: Answer = 5  # error: Incompatible types in assignment
""",
    "events_have_their_types": """
from pydantic import Field

from wxevents import (
    ClickEvent,
    LocationEvent,
    LocationSelectEvent,
    Notification,
    PicWeixinEvent,
    ScancodeWaitmsgEvent,
    SubscribeEvent,
    TextMessage,
)


def read(
    click: ClickEvent,
    scan: ScancodeWaitmsgEvent,
    pictures: PicWeixinEvent,
    place: LocationSelectEvent,
    here: LocationEvent,
    follower: SubscribeEvent,
    text: TextMessage,
) -> None:
    reveal_type(click.key)  # reveals: str
    reveal_type(click.menu_id)  # reveals: str | None
    reveal_type(scan.symbology)  # reveals: str | None
    reveal_type(pictures.pictures)  # reveals: tuple[wxevents.events.menu.Picture, ...]
    reveal_type(place.place.latitude)  # reveals: float
    reveal_type(here.precision)  # reveals: float
    reveal_type(follower.scene)  # reveals: str | None
    reveal_type(text.msg_id)  # reveals: int
    click.kye  # error: "ClickEvent" has no attribute "kye"


class CardPassEvent(Notification, event="card_pass_check"):
    card_id: str = Field(alias="CardId")


class CardEvent(Notification, event=("card_a", "card_b")):
    pass
""",
    "the_phone_gives_replies": """
from wxevents import Bot, Settings, TextReply
from wxevents.testing import ManualClock, Phone, invented_settings


async def test_the_bot() -> None:
    clock = ManualClock()
    bot = Bot(invented_settings(mode="plain"), clock=clock)
    async with bot:
        phone = Phone(bot, openid="o")
        reveal_type(await phone.click("K"))  # reveals: wxevents.replies.Reply | None
        assert await phone.click("K") == TextReply("hi")
        await phone.say("hi")
        await phone.scan("K", "code", symbology="EAN_13", wait=False)
        await phone.photos("K", "md5", "md5", button="pic_weixin")
        await phone.locate("K", 31.2, 121.5, label="here")
        await phone.send("image", MediaId="m")
        await phone.subscribe()
        await phone.subscribe("till07")
        await phone.scan_scene("till07")
        await phone.view("https://shop.example")
        await phone.view_miniprogram("pages/home")
        await phone.unsubscribe()
        await phone.push("card_pass_check", "k", {"A.B": 1})
        await phone.click()  # error: Missing positional argument "key" in call to "click"
        await clock.advance(5)
    reveal_type(phone.replies)  # reveals: list[wxevents.replies.Reply | None]
    reveal_type(bot.settings)  # reveals: wxevents.settings.Settings
    Settings(token="t", mode="plain")
""",
    "decorators_are_called": """
from wxevents import ImageMessage, LatePolicy, Matcher, Prefix, Router

router = Router()
key: Matcher = Prefix("a")
policy: LatePolicy = "redelivery"


@router.image()
@router.fallback()
async def called(message: ImageMessage) -> None: ...


router.image(called)  # error: Too many arguments
router.click(called)  # error: incompatible type
""",
    "an_entry_has_only_its_fields": """
from wxevents.store import Entry

entry = Entry("push", {}, 0.0)
reveal_type(entry.changed(state="done", result="sent"))  # reveals: wxevents.store.entry.Entry
entry.changed(awnsered=True)  # error: Unexpected keyword argument "awnsered"
entry.changed(state="doen")  # error: expected "Literal
""",
}

_SAYS = re.compile(r"(?P<name>\w+)\.py:(?P<line>\d+): (?P<kind>note|error): (?P<text>.*)")
_REVEALS = re.compile(r'Revealed type is "(.*)"')


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], list[str]]:
    """What mypy says about each line of each snippet; one run for all, as starting is slow."""
    folder = tmp_path_factory.mktemp("snippets")
    paths = [folder / f"{name}.py" for name in SNIPPETS]
    for path in paths:
        path.write_text(SNIPPETS[path.stem], encoding="utf-8")
    config = folder / "mypy.ini"  # of a user, not this project's
    config.write_text("[mypy]\nstrict = true\n", encoding="utf-8")
    options = [f"--config-file={config}", f"--cache-dir={folder / 'cache'}"]
    shown = ["--no-error-summary", "--hide-error-context", "--no-pretty", "--hide-error-codes"]
    output, errors, _ = api.run([*options, *shown, *map(str, paths)])
    assert errors == ""
    remarks = defaultdict(list)
    for line in output.splitlines():
        found = _SAYS.search(line)
        assert found, line
        revealed = _REVEALS.match(found["text"])
        kind = "reveals" if revealed else found["kind"]
        text = revealed[1] if revealed else found["text"]
        if kind != "note":  # notes explain an error, in words that change between versions
            remarks[found["name"], int(found["line"])].append(f"{kind}: {text}")
    return remarks


@pytest.mark.parametrize("name", SNIPPETS)
def test_mypy_says_what_the_snippet_expects(
    name: str, said: dict[tuple[str, int], list[str]]
) -> None:
    for number, line in enumerate(SNIPPETS[name].splitlines(), 1):
        remarks = [_plain(remark) for remark in said.get((name, number), [])]
        _, _, expected = line.partition("  # ")
        if not expected:
            assert remarks == [], line
            continue
        kind, _, text = expected.partition(": ")
        assert any(
            remark.startswith(f"{kind}: ") and _plain(text) in remark for remark in remarks
        ), (line, remarks)


def _plain(text: str) -> str:
    """Versions of mypy write the same type differently."""
    text = text.replace("builtins.", "").replace("Union[str, None]", "str | None")
    return text.replace("typing.Coroutine", "Coroutine").replace("collections.abc.", "")


def test_the_package_says_that_it_is_typed() -> None:
    import wxevents

    assert (Path(wxevents.__file__).parent / "py.typed").is_file()

"""`wxevents phone`: what a user does on the emulated phone, from the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from tests.cli.command import Project
from tests.cli.emulated import Commands, Ended, Platform
from tests.cli.phone import on_the_phone

BOT = """
from collections.abc import AsyncIterator
from wxevents import (
    Article, ClickButton, ClickEvent, LocationSelectButton, Menu, NewsReply, PhotosEvent,
    PicPhotoOrAlbumButton, PlaceEvent, Router, ScancodeWaitmsgButton, ScancodeWaitmsgEvent,
    SubMenu, SubscribeEvent, TextMessage, ViewButton,
)
router = Router()

@router.click("SOON")
async def soon(event: ClickEvent) -> AsyncIterator[str]:
    yield "soon"
    yield "now"

@router.click("NOTHING")
async def nothing(event: ClickEvent) -> None: ...

@router.click("NEWS")
async def news(event: ClickEvent) -> NewsReply:
    return NewsReply([Article("headline", url="https://example.com/1")])

@router.photos("PHOTOS")
async def photos(event: PhotosEvent) -> str:
    return f"{len(event.images)} pictures"

@router.scancode_waitmsg("SCAN")
async def scanned(event: ScancodeWaitmsgEvent) -> str:
    return f"scanned {event.code}"

@router.place("PLACE")
async def place(event: PlaceEvent) -> str:
    return f"at {event.place.latitude:.2f}"

@router.subscribe()
async def welcome(event: SubscribeEvent) -> str:
    return f"welcome from {event.scene}"

@router.text()
async def echo(message: TextMessage) -> str:
    return f"two\\nlines: {message.content}"

menu = Menu(
    SubMenu("a", ClickButton("soon", "SOON"), ClickButton("nothing", "NOTHING"),
            ClickButton("news", "NEWS"), ViewButton("view", "https://example.com/")),
    PicPhotoOrAlbumButton("photos", "PHOTOS"),
    SubMenu("b", ScancodeWaitmsgButton("scan", "SCAN"), LocationSelectButton("place", "PLACE")),
)
"""

NO_ANSWER = "no answer so far; a late one comes into `wxevents phone chat`\n"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where `wxevents dev` shows the phone of that bot."""
    project = Project(tmp_path_factory.mktemp("bot"))
    project.write(BOT)
    with project.serving("dev", "--port", "0", ready=r"phone and inspector: (\S+)/") as server:
        # Its menu is on the phone when it has begun to answer.
        assert project.run("phone", "say", "hello", "--url", server.url).returncode == 0
        yield server.url


class Phone:
    """Commands of one user of that page."""

    def __init__(self, run: Commands, page: str, openid: str) -> None:
        self._run = run
        self._where = ("--url", page, "--openid", openid)

    def __call__(self, *arguments: str) -> Ended:
        return self._run("phone", *arguments, *self._where)


@pytest.fixture
def phone(page: str, wxevents: Commands) -> Phone:
    """That of somebody who has just begun to follow."""
    user = on_the_phone(page, lambda emulator: emulator.add_user())
    return Phone(wxevents, page, user.openid)


def test_what_the_account_answers_is_printed(phone: Phone) -> None:
    said = phone("say", "hello")
    assert (said.code, said.stdout, said.stderr) == (0, "two\nlines: hello\n", "")
    assert phone("tap", "soon").stdout.startswith("soon\n")
    assert phone("tap", "news").stdout == "[news] headline https://example.com/1\n"


def test_no_answer_is_told_beside_the_answers(phone: Phone) -> None:
    tapped = phone("tap", "nothing")
    assert (tapped.code, tapped.stdout, tapped.stderr) == (0, "", NO_ANSWER)


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (("photos", "--photo", "cat", "--photo", "own.jpg"), "2 pictures"),
        (("scan", "--scan", "https://example.com/?a=1,2"), "scanned https://example.com/?a=1,2"),
        (("place", "--place", "31.23,121.47"), "at 31.23"),
        (("place", "--place=-31.23, 121.47"), "at -31.23"),
    ],
)
def test_a_button_gets_what_it_wants(
    phone: Phone, wxevents: Commands, arguments: Sequence[str], answer: str
) -> None:
    wxevents.write("a picture", "own.jpg")
    assert phone("tap", *arguments).stdout == f"{answer}\n"


@pytest.mark.parametrize(
    ("button", "cure"), [("photos", "--photo cat"), ("scan", "--scan"), ("place", "--place")]
)
def test_a_button_that_wants_more_says_how(phone: Phone, button: str, cure: str) -> None:
    tapped = phone("tap", button)
    assert tapped.code == 1
    assert tapped.stderr.startswith("the button wants ")
    assert cure in tapped.stderr


def test_a_page_that_a_button_opens_is_named(phone: Phone) -> None:
    tapped = phone("tap", "view")
    assert (tapped.code, tapped.stdout) == (0, "[opened] https://example.com/\n")


def test_who_follows_by_a_qr_code_is_welcomed(phone: Phone) -> None:
    assert phone("follow").stderr.endswith("follows already\n")
    left = phone("unfollow")
    assert (left.code, left.stdout, left.stderr) == (0, "", "")
    assert phone("tap", "soon").stderr.endswith("does not follow the account\n")
    assert phone("follow", "till07").stdout == "welcome from till07\n"


def test_the_chat_has_all_that_was_said(phone: Phone, page: str) -> None:
    phone("tap", "photos", "--photo", "cat")
    phone("say", "hello")
    assert phone("chat").stdout == (
        "user: [image]\naccount: 1 pictures\nuser: hello\naccount: two\nlines: hello\n"
    )
    assert [message["from"] for message in phone("chat", "--json").json] == ["user", "account"] * 2


def test_everything_comes_as_json(phone: Phone) -> None:
    done = phone("say", "hello", "--json").json
    assert done["did"] == {"kind": "pushed"}
    assert [push["outcome"] for push in done["pushes"]] == ["answered"]
    assert done["messages"][1]["segments"] == [{"text": "two\nlines: hello"}]


def test_a_push_that_went_wrong_is_told(wxevents: Commands, platform: Platform) -> None:
    user = on_the_phone(platform.url, lambda emulator: emulator.add_user())
    phone = Phone(wxevents, platform.url, user.openid)
    said = phone("say", "hello")
    assert (said.code, said.stdout) == (1, "")
    assert said.stderr.startswith("text not delivered: `wxevents emulate` wants the URL of the bot")


def test_an_outage_is_told_with_its_reason(wxevents: Commands, platform: Platform) -> None:
    platform.emulator.webhook.url = "http://127.0.0.1:1/wechat"
    user = on_the_phone(platform.url, lambda emulator: emulator.add_user())
    said = Phone(wxevents, platform.url, user.openid)("say", "hello")
    assert said.code == 1
    assert said.stdout.startswith("[")  # the notice that the user sees
    assert said.stderr.startswith("text none of its deliveries got a valid answer; ")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("tap", "Soon"),
            "no button that the phone shows has the name 'Soon'; it shows soon",
        ),
        (
            ("tap", "photos", "--photo", "dog"),
            "--photo dog: No such file or directory; name",
        ),
        (("tap", "place", "--place", "here"), "--place here: write it as 31.23,121.47"),
        (("tap", "place", "--place", "91,0"), "place.latitude: "),
        (("say", ""), "text: "),
        (("chat", "--openid", "nobody"), "there is no user nobody"),
        (("chat", "--url", "8090"), "--url 8090"),
        (("chat", "--url", "http://127.0.0.1:1"), "nothing answers at http://127.0.0.1:1 ("),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    phone: Phone, page: str, wxevents: Commands, arguments: Sequence[str], sentence: str
) -> None:
    where = () if "--url" in arguments else ("--url", page)
    ended = wxevents("phone", *arguments, *where)
    assert ended.code in (1, 2)
    assert sentence in ended.stderr
    assert ended.stdout == ""

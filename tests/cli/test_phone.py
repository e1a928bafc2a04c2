"""`wxevents phone`: what a user does on the emulated phone, from the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from tests.cli.command import Project
from tests.cli.emulated import NO_ACCOUNT, Commands, Ended, Platform
from tests.cli.phone import on_the_phone

BOT = """
import asyncio
from collections.abc import AsyncIterator
from wxevents import (
    Article, ClickButton, ClickEvent, LocationSelectButton, Menu, NewsReply, PhotosEvent,
    PicPhotoOrAlbumButton, PlaceEvent, Router, ScancodeWaitmsgButton, ScancodeWaitmsgEvent,
    ScanEvent, SubMenu, SubscribeEvent, TextMessage, TransferReply, ViewButton,
)
router = Router()

@router.click("SOON")
async def soon(event: ClickEvent) -> AsyncIterator[str]:
    yield "soon"
    await asyncio.sleep(1)  # so that it is not there with the first answer
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
    return f"　　two\\nlines: {message.content}"

@router.text("link")
async def link(message: TextMessage) -> str:
    return '看<a href="https://example.com/">这里</a>👨‍👩‍👧\x1b[2J'

@router.text("human")
async def human(message: TextMessage) -> TransferReply:
    return TransferReply()

@router.text("late")
async def late(message: TextMessage) -> str:
    await asyncio.sleep(5.5)  # longer than the platform waits
    return "late"

@router.scan()
async def scene(event: ScanEvent) -> str:
    return f"scanned {event.scene}"

menu = Menu(
    SubMenu("a", ClickButton("soon", "SOON"), ClickButton("nothing", "NOTHING"),
            ClickButton("news", "NEWS"), ViewButton("view", "https://example.com/")),
    PicPhotoOrAlbumButton("photos", "PHOTOS"),
    SubMenu("b", ScancodeWaitmsgButton("scan", "SCAN"), LocationSelectButton("place", "PLACE")),
)
"""

NO_ANSWER = "nothing is said; a late answer comes into `wxevents phone chat`\n"


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
    assert (said.code, said.stdout, said.stderr) == (0, "　　two\nlines: hello\n", "")
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
    assert tapped.stdout == "[opened] https://example.com/\n"
    assert (tapped.code, tapped.stderr) == (0, "")


def test_a_link_shows_where_it_leads_and_nothing_harms_the_terminal(phone: Phone) -> None:
    assert phone("say", "link").stdout == "看这里 <https://example.com/>👨‍👩‍👧\ufffd[2J\n"


def test_who_is_handed_over_to_a_person_waits_for_no_late_answer(phone: Phone) -> None:
    said = phone("say", "human")
    assert (said.code, said.stderr) == (0, "")


def test_a_late_answer_is_waited_for_where_that_is_wished(phone: Phone) -> None:
    phone("say", "hello")
    said = phone("say", "late", "--wait", "60")
    assert (said.code, said.stdout, said.stderr) == (0, "late\n", "")


def test_a_further_answer_is_waited_for_where_that_is_wished(phone: Phone) -> None:
    assert phone("tap", "soon", "--wait", "20").stdout == "soon\nnow\n"


def test_the_menu_is_printed_with_what_its_buttons_are(phone: Phone) -> None:
    assert phone("menu").stdout.splitlines()[:3] == ["a", "  soon (click)", "  nothing (click)"]
    assert [button["name"] for button in phone("menu", "--json").json] == ["a", "photos", "b"]


def test_a_follower_scans_a_qr_code(phone: Phone) -> None:
    assert phone("scan", "till07").stdout == "scanned till07\n"


def test_in_the_folder_of_dev_its_page_is_found(project: Project) -> None:
    project.write(BOT)
    with project.serving("dev", "--port", "0", ready=r"phone and inspector: (\S+)/"):
        assert project.run("phone", "say", "hello").stdout.endswith("lines: hello\n")
    gone = project.run("phone", "say", "hello")
    assert (gone.returncode, "http://127.0.0.1:8090" in gone.stderr) == (1, True)


def test_the_phone_of_another_folder_is_left_alone(
    wxevents: Commands, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wxevents.cli.phone.acting.DEFAULT_PAGE", platform.url)
    user = on_the_phone(platform.url, lambda emulator: emulator.add_user())
    assert wxevents("phone", "chat", "--openid", user.openid, **NO_ACCOUNT).code == 0
    wxevents("menu", "check", **NO_ACCOUNT)
    wxevents.write("", "handlers.py")
    wxevents("push", "click", "A", "--url", "http://127.0.0.1:1/wechat", **NO_ACCOUNT)
    refused = wxevents("phone", "chat", "--openid", user.openid, **NO_ACCOUNT)
    assert refused.code == 1
    assert f"is that of another account ({platform.account.app_id})" in refused.stderr
    assert wxevents("phone", "chat", "--openid", user.openid).code == 0  # configured, as that is


def test_who_follows_by_a_qr_code_is_welcomed(phone: Phone) -> None:
    assert phone("follow").stderr.endswith("follows already\n")
    left = phone("unfollow")
    assert (left.code, left.stdout, left.stderr) == (0, "", "")
    assert phone("tap", "soon").stderr.endswith("does not follow the account\n")
    assert phone("follow", "till07").stdout == "welcome from till07\n"


def test_the_chat_has_all_that_was_said(phone: Phone, page: str) -> None:
    phone("tap", "photos", "--photo", "cat")
    phone("say", "hello")
    image = phone("chat", "--json").json[0]
    assert phone("chat").stdout == (
        f"user: [image] {image['url']}\naccount: 1 pictures\n"
        "user: hello\naccount: 　　two\nlines: hello\n"
    )
    assert [message["from"] for message in phone("chat", "--json").json] == ["user", "account"] * 2


def test_everything_comes_as_json(phone: Phone) -> None:
    done = phone("say", "hello", "--json").json
    assert done["did"] == {"kind": "pushed"}
    assert [push["outcome"] for push in done["pushes"]] == ["answered"]
    assert done["messages"][1]["segments"] == [{"text": "　　two\nlines: hello"}]


def test_a_push_that_went_wrong_is_told(wxevents: Commands, platform: Platform) -> None:
    user = on_the_phone(platform.url, lambda emulator: emulator.add_user())
    phone = Phone(wxevents, platform.url, user.openid)
    said = phone("say", "hello")
    assert (said.code, said.stdout) == (1, "")
    assert said.stderr.startswith("text: not delivered: `wxevents emulate` wants the URL of the")


def test_an_outage_is_told_with_its_reason(wxevents: Commands, platform: Platform) -> None:
    platform.emulator.webhook.url = "http://127.0.0.1:1/wechat"
    user = on_the_phone(platform.url, lambda emulator: emulator.add_user())
    said = Phone(wxevents, platform.url, user.openid)("say", "hello")
    assert said.code == 1
    assert said.stdout.startswith("[")  # the notice that the user sees
    assert said.stderr.startswith("text: no delivery got a valid answer; ")
    assert said.stderr.count("no connection") == 1  # of three alike


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (
            ("tap", "Soon"),
            1,
            "no button that can be tapped has the name 'Soon'; it shows soon, not",
        ),
        (("tap", "photos", "--photo", "dog"), 2, "--photo dog: No such file or directory; name"),
        (("tap", "photos", "--photo", "empty.jpg"), 2, "--photo empty.jpg: 0 bytes; 1 to "),
        (("tap", "place", "--place", "here"), 2, "--place here: write latitude and longitude in"),
        (
            ("tap", "place", "--place", "121.47,31.23"),
            2,
            "--place 121.47,31.23: write latitude",
        ),
        (("say", ""), 1, "text: "),
        (("say", "\udcff"), 2, "what was typed is no valid UTF-8"),
        (("chat", "--openid", "nobody"), 1, "there is no user nobody"),
        (("chat", "--openid", "\udcff"), 2, "what was typed is no valid UTF-8"),
        (("chat", "--url", "8090"), 1, "8090 is no URL: write it as http://host:port"),
        (("chat", "--url", "http://127.0.0.1:no"), 1, "http://127.0.0.1:no is no URL: write it"),
        (("chat", "--url", "http://127.0.0.1:1"), 1, "nothing answers at http://127.0.0.1:1: is"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    page: str, wxevents: Commands, arguments: Sequence[str], code: int, sentence: str
) -> None:
    wxevents.write("", "empty.jpg")
    where = () if "--url" in arguments else ("--url", page)
    ended = wxevents("phone", *arguments, *where)
    assert (ended.code, ended.stdout) == (code, "")
    assert sentence in ended.stderr

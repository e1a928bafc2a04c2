"""What a bot does with a menu and an account: warnings at its start, its client, local files."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler
from pytest_asyncio import fixture as async_fixture

from wxevents import (
    Bot,
    ClickButton,
    ClickEvent,
    Client,
    ImageReply,
    Menu,
    MusicReply,
    Router,
    ScancodePushButton,
    TextReply,
    VideoReply,
    ViewButton,
    VoiceReply,
)
from wxevents.emulator import Emulator
from wxevents.errors import RegistrationError
from wxevents.replies import Reply
from wxevents.settings import Settings
from wxevents.testing import ManualClock, Phone, invented_settings

APOLOGY = TextReply("服务繁忙，请稍后再试。")


@pytest.fixture(autouse=True)
def warnings(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.WARNING):
        yield caplog


# At the start


async def test_what_does_not_fit_is_in_the_log_when_the_bot_starts(
    warnings: pytest.LogCaptureFixture,
) -> None:
    button = ClickButton("点", "LONELY")
    bot = Bot(invented_settings(), menu=Menu(button, ViewButton("一二三四五", "https://e.example")))
    assert warnings.messages == []
    async with bot:
        found = bot.check_menu()
        assert [one.level for one in found] == ["warning", "error"]
        assert warnings.messages == [f"menu: {one}" for one in found]
        assert f"{button.origin.whole}: button[0].key: no handler" in warnings.messages[1]


async def test_a_menu_that_fits_leaves_the_log_empty(warnings: pytest.LogCaptureFixture) -> None:
    async with Bot(invented_settings(), menu=Menu(ClickButton("赞", "GOOD", reply="谢谢！"))):
        pass
    assert warnings.messages == []


async def test_a_key_that_fits_only_another_type_is_unhandled_as_the_check_says() -> None:
    router = Router()

    @router.click("CODE")
    async def clicked(event: ClickEvent) -> str:
        return "clicked"

    menu = Menu(ScancodePushButton("扫", "CODE"))
    bot = Bot(invented_settings(), routers=[router], menu=menu)
    assert "not from a scancode_push button" in str(bot.check_menu()[0])
    assert await Phone(bot).scan("CODE", "x", wait=False) is None


async def test_a_menu_that_cannot_be_paired_keeps_the_bot_from_starting() -> None:
    async def nowhere(event: ClickEvent) -> None: ...

    with pytest.raises(RegistrationError, match="no router of the bot has"):
        await Bot(invented_settings(), menu=Menu(ClickButton("点", nowhere))).__aenter__()


# The client


@dataclass
class Platform:
    """The emulated platform, with an upload that it keeps a list of."""

    emulator: Emulator = field(default_factory=Emulator)
    url: str = ""
    uploads: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Type, file name and content, in order."""

    @property
    def settings(self) -> Settings:
        account = self.emulator.account
        return invented_settings(
            app_id=account.app_id, app_secret=account.app_secret, api_base=self.url
        )

    @asynccontextmanager
    async def bot(self, reply: Reply) -> AsyncIterator[Bot]:
        """A running bot whose button PICTURE answers that."""
        clock = ManualClock()
        menu = Menu(ClickButton("图", "PICTURE", reply=reply))
        async with Bot(self.settings, menu=menu, clock=clock) as bot:
            yield bot


@async_fixture
async def platform() -> AsyncIterator[Platform]:
    platform = Platform()

    @web.middleware
    async def take_uploads(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path != "/cgi-bin/media/upload":
            return await handler(request)
        part = (await request.post())["media"]
        assert isinstance(part, web.FileField)
        kind = request.query["type"]
        platform.uploads.append((kind, part.filename, part.file.read()))
        name = "thumb_media_id" if kind == "thumb" else "media_id"
        media_id = f"media-{len(platform.uploads)}"
        return web.json_response({"type": kind, name: media_id, "created_at": 1})

    async with platform.emulator.serve(middlewares=[take_uploads]) as platform.url:
        yield platform


async def test_a_handler_takes_the_client_of_the_account(platform: Platform) -> None:
    router = Router()
    platform.emulator.account.new_tag("VIP")

    @router.click("TAGS")
    async def tags(event: ClickEvent, client: Client) -> str:
        return ", ".join(tag.name for tag in await client.tags.list())

    async with Bot(platform.settings, routers=[router]) as bot:
        phone = Phone(bot)
        assert await phone.click("TAGS") == TextReply("星标组, VIP")
        assert await phone.click("TAGS") == TextReply("星标组, VIP")
    paths = [call.path for call in platform.emulator.calls]
    assert paths == ["/cgi-bin/stable_token", *["/cgi-bin/tags/get"] * 2]


async def test_a_call_that_fails_is_the_apology_and_a_line_in_the_log(
    platform: Platform, warnings: pytest.LogCaptureFixture
) -> None:
    router = Router()
    platform.emulator.account.refuse("/cgi-bin/tags/get", 48001)

    @router.click("TAGS")
    async def tags(event: ClickEvent, client: Client) -> str:
        return str(await client.tags.list())

    async with Bot(platform.settings, routers=[router]) as bot:
        assert await Phone(bot).click("TAGS") == APOLOGY
    assert "48001" in warnings.text
    assert platform.settings.app_secret not in warnings.text


async def test_a_client_that_was_given_is_the_one_that_handlers_get(platform: Platform) -> None:
    given = Client(platform.settings)
    router = Router()
    taken: list[Client] = []

    @router.click("A")
    async def take(event: ClickEvent, client: Client) -> None:
        taken.append(client)

    # The account of the webhook alone: neither app id nor secret.
    settings = invented_settings(
        app_id="", app_secret="", encoding_aes_key="", mode="plain", api_base=platform.url
    )
    async with Bot(settings, routers=[router], client=given) as bot:
        await Phone(bot).click("A")
        assert bot.client is given
        await given.menus.delete()
    assert taken == [given]
    with pytest.raises(RuntimeError, match="the client is not open"):
        await given.menus.delete()


@pytest.mark.parametrize("missing", ["app_id", "app_secret"])
async def test_without_an_account_a_handler_of_the_client_is_refused_with_the_cure(
    missing: str,
) -> None:
    router = Router()

    @router.click("A")
    async def wants_client(event: ClickEvent, client: Client) -> None: ...

    account = {"mode": "plain", "encoding_aes_key": "", missing: ""}
    with pytest.raises(RegistrationError) as caught:
        await Bot(invented_settings(**account), routers=[router]).__aenter__()
    refused = str(caught.value)
    assert "WXEVENTS_APP_ID and WXEVENTS_APP_SECRET" in refused
    assert "wants_client (tests/test_bot_menu.py:" in refused


async def test_without_an_account_all_else_works() -> None:
    settings = invented_settings(app_id="", app_secret="", encoding_aes_key="", mode="plain")
    async with Bot(settings, menu=Menu(ClickButton("赞", "GOOD", reply="谢谢！"))) as bot:
        assert bot.client is None
        assert await Phone(bot).click("GOOD") == TextReply("谢谢！")


# Replies with a local file


async def test_a_local_file_is_uploaded_once_and_its_id_serves_the_next_push(
    platform: Platform, tmp_path: Path
) -> None:
    picture = tmp_path / "图.jpg"
    picture.write_bytes(b"\xff\xd8picture")
    async with platform.bot(ImageReply(picture)) as bot:
        phone = Phone(bot)
        assert await phone.click("PICTURE") == ImageReply("media-1")
        assert await phone.click("PICTURE") == ImageReply("media-1")
        assert platform.uploads == [("image", "图.jpg", b"\xff\xd8picture")]
        picture.write_bytes(b"\xff\xd8another")
        assert await phone.click("PICTURE") == ImageReply("media-2")
    assert len(platform.uploads) == 2


@pytest.mark.parametrize(
    ("reply", "answer", "kind"),
    [
        (VoiceReply(Path("a.mp3")), VoiceReply("media-1"), "voice"),
        (VideoReply(Path("a.mp4"), "题"), VideoReply("media-1", "题"), "video"),
        (MusicReply(Path("a.jpg"), "题"), MusicReply("media-1", "题"), "thumb"),
    ],
)
async def test_every_kind_of_media_is_uploaded_as_what_it_is(
    platform: Platform,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reply: Reply,
    answer: Reply,
    kind: str,
) -> None:
    for name in ("a.mp3", "a.mp4", "a.jpg"):
        (tmp_path / name).write_bytes(b"media")
    monkeypatch.chdir(tmp_path)
    async with platform.bot(reply) as bot:
        assert await Phone(bot).click("PICTURE") == answer
    assert [upload[0] for upload in platform.uploads] == [kind]


async def test_a_media_id_is_sent_as_it_is(platform: Platform) -> None:
    async with platform.bot(ImageReply("media-9")) as bot:
        assert await Phone(bot).click("PICTURE") == ImageReply("media-9")
    assert platform.emulator.calls == []


async def test_a_file_that_is_missing_is_the_apology_and_its_name_in_the_log(
    platform: Platform, tmp_path: Path, warnings: pytest.LogCaptureFixture
) -> None:
    picture = tmp_path / "gone.jpg"
    async with platform.bot(ImageReply(picture)) as bot:
        phone = Phone(bot)
        assert await phone.click("PICTURE") == APOLOGY
        assert f"MediaError: {picture} cannot be read: No such file" in warnings.text
        assert "the menu's reply (tests/test_bot_menu.py:" in warnings.text
        picture.write_bytes(b"there again")
        assert await phone.click("PICTURE") == ImageReply("media-1")


async def test_a_file_without_an_account_is_the_apology_and_the_cure_in_the_log(
    tmp_path: Path, warnings: pytest.LogCaptureFixture
) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(b"picture")
    menu = Menu(ClickButton("图", "PICTURE", reply=ImageReply(picture)))
    async with Bot(invented_settings(app_secret=""), menu=menu) as bot:
        assert await Phone(bot).click("PICTURE") == APOLOGY
    assert f"{picture} cannot be uploaded" in warnings.text
    assert "WXEVENTS_APP_ID and WXEVENTS_APP_SECRET" in warnings.text


async def test_a_file_beside_a_menu_file_is_found_there(platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a.jpg").write_bytes(b"picture")
    path = tmp_path / "menu.yaml"
    path.write_text(
        "button:\n  - type: click\n    name: 图\n    key: PICTURE\n"
        "    reply: {image: {file: media/a.jpg}}\n",
        "utf-8",
    )
    async with Bot(platform.settings, menu=Menu.from_file(path)) as bot:
        assert await Phone(bot).click("PICTURE") == ImageReply("media-1")
    assert platform.uploads == [("image", "a.jpg", b"picture")]


def test_an_invented_account_calls_no_platform_by_accident() -> None:
    assert invented_settings().api_base == "http://127.0.0.1:9"
    assert invented_settings(api_base="http://localhost:8090").api_base == "http://localhost:8090"

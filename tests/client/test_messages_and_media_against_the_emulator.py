"""Messages, files and QR codes between the client and the emulated platform, over one clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytest_asyncio import fixture as async_fixture

from tests.client.server import SECRET, WaitingClock
from wxevents.client import (
    Client,
    CustomerArticle,
    CustomerCard,
    CustomerChoice,
    CustomerImage,
    CustomerMenu,
    CustomerMessage,
    CustomerMiniProgram,
    CustomerMusic,
    CustomerNews,
    CustomerVideo,
    CustomerVoice,
    DownloadedFile,
    MaterialNews,
    MaterialVideo,
    VideoLink,
)
from wxevents.emulator import Emulator
from wxevents.emulator.state.interactions import Allowance
from wxevents.errors import ApiError, UserUnreachable
from wxevents.testing import invented_settings

DAY = 24 * 3600
JPG = b"\xff\xd8\xff\xe0 a picture"
AMR = b"#!AMR\n a voice"
MP4 = b"\0\0\0\x18ftypmp42 a film"


@pytest.fixture
def emulator(clock: WaitingClock) -> Emulator:
    """With "oFan", who has just written."""
    emulator = Emulator(settings=invented_settings(app_secret=SECRET), clock=clock)
    emulator.account.follow("oFan")
    emulator.account.interactions.happened("oFan", "message")
    return emulator


@async_fixture
async def account(emulator: Emulator, clock: WaitingClock) -> AsyncIterator[Client]:
    async with emulator.serve() as url:
        app_id = emulator.account.app_id
        settings = invented_settings(app_id=app_id, app_secret=SECRET, api_base=url)
        async with Client(settings, clock=clock) as client:
            yield client


def file(directory: Path, name: str, data: bytes) -> Path:
    path = directory / name
    path.write_bytes(data)
    return path


async def test_a_text_arrives_with_its_links(account: Client, emulator: Emulator) -> None:
    await account.messages.send("oFan", '订单 <a href="https://a.cn">1 & 2</a>', kf_account="a@b")
    (text,) = emulator.account.chats.of("oFan")
    assert text.content["segments"] == [
        {"text": "订单 "},
        {"text": "1 & 2", "href": "https://a.cn"},
    ]


async def test_every_kind_of_message_is_taken(
    account: Client, emulator: Emulator, tmp_path: Path
) -> None:
    emulator.account.interactions.allowances["message"] = Allowance(20, DAY)
    emulator.account.interactions.happened("oFan", "message")
    picture = file(tmp_path, "今日.jpg", JPG)
    messages: list[tuple[CustomerMessage, str]] = [
        (CustomerImage(picture), "image"),
        (CustomerVoice(file(tmp_path, "a.amr", AMR)), "voice"),
        (CustomerVideo(file(tmp_path, "a.mp4", MP4), picture, "T", "D"), "video"),
        (CustomerMusic(picture, "https://a.cn/lo", "https://a.cn/hi"), "music"),
        (CustomerNews("T", url="https://a.cn"), "news"),
        (CustomerArticle("A1"), "news"),
        (CustomerMenu("?", [CustomerChoice("1", "yes")]), "menu"),
        (CustomerCard("C1"), "card"),
        (CustomerMiniProgram("T", "wx1", "pages/a", picture), "miniprogram"),
    ]
    for message, _ in messages:
        await account.messages.send("oFan", message)
    chat = emulator.account.chats.of("oFan")
    assert [entry.kind for entry in chat] == [kind for _, kind in messages]
    image = emulator.account.media.find(chat[0].content["media_id"])
    assert image
    assert (image.data, image.filename) == (JPG, "今日.jpg")


async def test_a_file_is_uploaded_again_before_its_three_days_end(
    account: Client, emulator: Emulator, clock: WaitingClock, tmp_path: Path
) -> None:
    picture = CustomerImage(file(tmp_path, "a.jpg", JPG))
    for _ in range(8):
        emulator.account.interactions.happened("oFan", "message")
        await account.messages.send("oFan", picture)
        await clock.advance(DAY / 2)
    assert sum(call.path.endswith("/media/upload") for call in emulator.calls) == 2


async def test_a_closed_window_is_told(account: Client, clock: WaitingClock) -> None:
    for _ in range(5):
        await account.messages.send("oFan", "hi")
    with pytest.raises(UserUnreachable, match="45047"):
        await account.messages.send("oFan", "hi")
    await clock.advance(2 * DAY)
    with pytest.raises(UserUnreachable, match="45015"):
        await account.messages.send("oFan", "hi")


async def test_typing(account: Client, clock: WaitingClock) -> None:
    await account.messages.typing("oFan")
    with pytest.raises(ApiError, match="45081"):
        await account.messages.typing("oFan")
    await account.messages.cancel_typing("oFan")
    await account.messages.typing("oFan")
    await clock.advance(31)
    with pytest.raises(ApiError, match="45080"):
        await account.messages.typing("oFan")


async def test_temporary_media(account: Client, emulator: Emulator, clock: WaitingClock) -> None:
    uploaded = await account.media.upload("image", JPG)
    assert uploaded.created_at == int(clock.time())
    assert await account.media.download(uploaded.media_id) == DownloadedFile(
        JPG, "image/jpeg", f"{uploaded.media_id}.jpg"
    )
    cover = await account.media.upload("thumb", JPG)
    assert isinstance(await account.media.download(cover.media_id), DownloadedFile)
    film = await account.media.upload("video", MP4)
    link = await account.media.download(film.media_id)
    assert isinstance(link, VideoLink)
    assert link.video_url.endswith(f"/emulator/media/{film.media_id}")
    await clock.advance(3 * DAY)
    with pytest.raises(ApiError, match="40007"):
        await account.media.download(uploaded.media_id)


async def test_a_file_of_another_kind_is_refused(account: Client) -> None:
    with pytest.raises(ApiError, match="40005"):
        await account.media.upload("voice", JPG)


async def test_permanent_material(account: Client, emulator: Emulator) -> None:
    image = await account.materials.add("image", JPG, filename="a.jpg")
    assert image.url.endswith(f"/emulator/media/{image.media_id}")
    film = await account.materials.add("video", MP4, title="标题", introduction="简介")
    emulator.account.media.keep("news", media_id="N", permanent=True, articles=[{"title": "T"}])

    picture = await account.materials.get(image.media_id)
    assert isinstance(picture, DownloadedFile)
    assert picture.content == JPG
    video = await account.materials.get(film.media_id)
    assert isinstance(video, MaterialVideo)
    assert (video.title, video.description) == ("标题", "简介")
    news = await account.materials.get("N")
    assert isinstance(news, MaterialNews)
    assert [article.title for article in news.news_item] == ["T"]

    counts = await account.materials.counts()
    assert (counts.image_count, counts.video_count, counts.news_count) == (1, 1, 1)
    (item,) = (await account.materials.list("image")).item
    assert (item.media_id, item.name) == (image.media_id, "a.jpg")
    (listed,) = (await account.materials.list("news")).item
    assert listed.content == news
    await account.materials.delete(image.media_id)
    with pytest.raises(ApiError, match="40007"):
        await account.materials.delete(image.media_id)


async def test_qr_codes(account: Client) -> None:
    assert (await account.qrcodes.temporary("till07", 60)).expire_seconds == 60
    assert (await account.qrcodes.temporary(2**32 - 1)).expire_seconds == 2_592_000
    for scene in (100_000, "till07"):
        code = await account.qrcodes.permanent(scene)
        assert code.ticket
        assert code.url
        assert code.expire_seconds is None
    with pytest.raises(ApiError, match="40053"):
        await account.qrcodes.permanent(100_001)

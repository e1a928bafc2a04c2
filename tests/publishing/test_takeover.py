"""Menus that were made on the platform's website, as ones that the API can publish."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler
from pytest_asyncio import fixture as async_fixture

from tests.publishing.platform import Accident, FaultyPlatform, dropped_before, menu, refused
from wxevents.client.transport import MEDIA_LIMIT
from wxevents.emulator import Refusal
from wxevents.errors import AnswerLost, QuotaExceeded, WxeventsError
from wxevents.menu import Button, ClickButton, Menu, MenuSet, SubMenu, ViewButton, check
from wxevents.menu.writing import file_text
from wxevents.publishing import Takeover, take_over
from wxevents.publishing import takeover as module
from wxevents.replies import Article, ImageReply, NewsReply, VideoReply, VoiceReply

Json: TypeAlias = dict[str, Any]

MEDIA = "/cgi-bin/media/get"
NEWS: Json = {
    "title": "活动",
    "author": "店长",
    "digest": "今天",
    "show_cover": 0,
    "cover_url": "https://m.example/c.jpg",
    "content_url": "https://shop.example/a",
    "source_url": "",
}


def button(kind: str, name: str = "按钮", value: str = "", **more: Any) -> Json:
    return {"type": kind, "name": name, "value": value, **more}


def sub_menu(name: str, *children: Json) -> Json:
    return {"name": name, "sub_button": {"list": list(children)}}


def file(content: bytes, content_type: str) -> Accident:
    """What media/get answers: a file."""

    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        return web.Response(body=content, content_type=content_type)

    return answer


def taken(result: Takeover) -> list[Button | SubMenu]:
    assert result.menu
    return list(result.menu.button)


async def take(platform: FaultyPlatform, *buttons: Json, is_open: bool = True) -> Takeover:
    platform.account.set_website_menu({"button": list(buttons)}, is_open)
    return await take_over(platform.client)


FileServer: TypeAlias = Callable[[str, Callable[[web.Request], Any]], str]


@async_fixture
async def serve() -> AsyncIterator[FileServer]:
    """`serve(path, handler)` gives the link to what the handler answers."""
    handlers: dict[str, Callable[[web.Request], Any]] = {}

    async def answer(request: web.Request) -> web.StreamResponse:
        response: web.StreamResponse = await handlers[request.path](request)
        return response

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    server = TestServer(app)
    await server.start_server()

    def serve(path: str, handler: Callable[[web.Request], Any]) -> str:
        handlers[path] = handler
        return str(server.make_url(path))

    yield serve
    await server.close()


async def a_video(request: web.Request) -> web.Response:
    return web.Response(body=b"a video", content_type="video/mp4")


async def test_links_stay_as_they_are(platform: FaultyPlatform) -> None:
    link = {"type": "view", "name": "官网", "url": "https://shop.example"}
    result = await take(platform, link, sub_menu("更多", link))
    view = ViewButton("官网", "https://shop.example")
    assert taken(result) == [view, SubMenu("更多", view)]
    assert (result.files, result.lost) == ({}, ())
    assert result.info.is_menu_open


async def test_texts_become_replies_of_click_buttons_with_keys_of_their_own(
    platform: FaultyPlatform,
) -> None:
    result = await take(
        platform, button("text", "时间", "9-18"), sub_menu("更多", button("text", "地址", "上海"))
    )
    assert taken(result) == [
        ClickButton("时间", "WEBSITE_1", reply="9-18"),
        SubMenu("更多", ClickButton("地址", "WEBSITE_2", reply="上海")),
    ]
    assert not check(result.menu or Menu())


@pytest.mark.parametrize(
    ("kind", "content_type", "suffix"),
    [
        ("img", "image/jpeg", ".jpg"),
        ("photo", "image/png", ".png"),
        ("img", "application/octet-stream", ".jpg"),
        ("img", "image/unheard-of", ".jpg"),
        ("voice", "audio/amr", ".amr"),
        ("voice", "Audio/MPEG", ".mp3"),
        ("voice", "audio/mp3", ".mp3"),
        ("voice", "voice/speex", ".mp3"),
    ],
)
async def test_pictures_and_voices_are_downloaded(
    platform: FaultyPlatform, kind: str, content_type: str, suffix: str
) -> None:
    platform.always[MEDIA] = file(b"\x00\x01 content", content_type)
    result = await take(platform, button(kind, "图片", "old-media-id"))
    path = Path("media") / f"WEBSITE_1{suffix}"
    reply = VoiceReply(path) if kind == "voice" else ImageReply(path)
    assert taken(result) == [ClickButton("图片", "WEBSITE_1", reply=reply)]
    assert result.files == {path: b"\x00\x01 content"}
    assert result.lost == ()


async def test_videos_are_loaded_from_their_link(
    platform: FaultyPlatform, serve: FileServer
) -> None:
    result = await take(platform, button("video", "参观", serve("/tour", a_video)))
    path = Path("media/WEBSITE_1.mp4")
    assert taken(result) == [ClickButton("参观", "WEBSITE_1", reply=VideoReply(path, title="参观"))]
    assert result.files == {path: b"a video"}


async def test_a_media_id_of_a_video_leads_to_its_link(
    platform: FaultyPlatform, serve: FileServer
) -> None:
    link = serve("/tour", a_video)

    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        return web.json_response({"video_url": link})

    platform.always[MEDIA] = answer
    result = await take(platform, button("img", "图片", "old"))
    assert result.files == {Path("media/WEBSITE_1.mp4"): b"a video"}


async def test_news_become_articles(platform: FaultyPlatform) -> None:
    result = await take(platform, button("news", "活动", "id", news_info={"list": [NEWS]}))
    article = Article("活动", "今天", "https://m.example/c.jpg", "https://shop.example/a")
    assert taken(result) == [ClickButton("活动", "WEBSITE_1", reply=NewsReply([article]))]


async def test_an_article_without_texts_gets_the_name_of_its_button(
    platform: FaultyPlatform,
) -> None:
    bare = {"title": "", "digest": None, "content_url": "https://shop.example/a"}
    result = await take(platform, button("news", "活动", "id", news_info={"list": [bare]}))
    article = Article("活动", url="https://shop.example/a")
    assert taken(result) == [ClickButton("活动", "WEBSITE_1", reply=NewsReply([article]))]


async def test_articles_beyond_the_eighth_are_reported(platform: FaultyPlatform) -> None:
    news = [NEWS | {"title": str(number)} for number in range(10)]
    result = await take(platform, button("news", "活动", "id", news_info={"list": news}))
    (only,) = taken(result)
    assert isinstance(only, ClickButton)
    assert isinstance(only.reply, NewsReply)
    assert [one.title for one in only.reply.articles] == list("01234567")
    assert result.lost == ("'活动' (news): the last 2 articles",)


async def test_what_cannot_be_carried_over_is_reported_with_the_reason(
    platform: FaultyPlatform,
) -> None:
    result = await take(
        platform,
        button("text", "空", ""),
        button("news", "新闻", "id"),
        sub_menu("更多", button("hologram", "新式", "?"), button("text", "好", "好")),
    )
    assert taken(result) == [SubMenu("更多", ClickButton("好", "WEBSITE_4", reply="好"))]
    assert result.lost == (
        "'空' (text): it has no text",
        "'新闻' (news): its articles were not reported; publish them as an article_id button",
        "'新式' (hologram): the API knows no such button",
    )


async def test_a_sub_menu_that_loses_all_its_buttons_goes_too(platform: FaultyPlatform) -> None:
    result = await take(
        platform,
        sub_menu("空了", button("hologram", "新式", "?")),
        button("text", "留下", "好"),
    )
    assert [one.name for one in taken(result)] == ["留下"]
    assert result.lost[1:] == ("'空了': none of its buttons could be carried over",)


async def no_such_media(request: web.Request, handler: Handler) -> web.StreamResponse:
    raise Refusal(module.BAD_MEDIA_ID)


@pytest.mark.parametrize("accident", [no_such_media, file(b"<html>", "text/html")])
async def test_a_file_that_cannot_be_had_is_reported_and_the_others_are_kept(
    platform: FaultyPlatform, accident: Accident
) -> None:
    platform.always[MEDIA] = accident
    result = await take(platform, button("img", "坏", "x"), button("text", "好", "好"))
    assert [one.name for one in taken(result)] == ["好"]
    (line,) = result.lost
    assert line.startswith(f"'坏' (img): GET {MEDIA}: ")
    assert result.files == {}


@pytest.mark.parametrize(
    ("accident", "error"), [(refused, QuotaExceeded), (dropped_before, AnswerLost)]
)
async def test_what_concerns_all_files_ends_the_takeover(
    platform: FaultyPlatform, accident: Accident, error: type[WxeventsError]
) -> None:
    platform.always[MEDIA] = accident
    with pytest.raises(error, match=MEDIA):
        await take(platform, button("img", "坏", "x"), button("text", "好", "好"))


async def not_there(request: web.Request) -> web.Response:
    raise web.HTTPNotFound


async def nothing(request: web.Request) -> web.Response:
    return web.Response(content_type="video/mp4")


async def too_much(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    try:
        for _ in range(MEDIA_LIMIT // 2**20 + 1):
            await response.write(bytes(2**20))
    except ConnectionError:  # the other side has seen enough
        pass
    return response


async def cut_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_length = 1000
    await response.prepare(request)
    await response.write(b"half")
    assert request.transport
    request.transport.close()
    return response


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (not_there, "cannot be loaded: 404"),
        (nothing, "is empty"),
        (too_much, "is larger than 25,165,824 bytes"),
        (cut_off, "cannot be loaded: "),
    ],
)
async def test_a_video_that_cannot_be_loaded_is_reported(
    platform: FaultyPlatform,
    serve: FileServer,
    answer: Callable[[web.Request], Any],
    said: str,
) -> None:
    link = serve("/tour", answer)
    result = await take(platform, button("video", "参观", link), button("text", "好", "好"))
    assert [one.name for one in taken(result)] == ["好"]
    (line,) = result.lost
    assert line.startswith(f"'参观' (video): {link} {said}")
    assert result.files == {}


@pytest.mark.parametrize("link", ["", "no link", "file:///etc/hostname", "http://127.0.0.1:1/a"])
async def test_a_video_without_a_link_that_leads_somewhere_is_reported(
    platform: FaultyPlatform, link: str
) -> None:
    result = await take(platform, button("video", "参观", link))
    assert result.menu is None
    (line,) = result.lost
    assert line.startswith(f"'参观' (video): {link or 'an empty link'} cannot be loaded: ")
    assert not line.endswith(": ")


async def test_a_video_that_does_not_come_is_reported_with_the_reason(
    platform: FaultyPlatform, serve: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FETCH_TIMEOUT", 0.05)
    never = asyncio.Event()

    async def wait(request: web.Request) -> web.Response:
        await never.wait()
        return web.Response()

    link = serve("/tour", wait)
    result = await take(platform, button("video", "参观", link))
    never.set()
    assert result.lost == (f"'参观' (video): {link} cannot be loaded: TimeoutError",)


async def test_a_menu_that_is_switched_off_is_taken_and_said_to_be(
    platform: FaultyPlatform,
) -> None:
    result = await take(platform, button("text", "时间", "9-18"), is_open=False)
    assert not result.info.is_menu_open
    assert taken(result)


async def test_without_a_menu_there_is_nothing_to_take(platform: FaultyPlatform) -> None:
    result = await take_over(platform.client)
    assert (result.menu, result.files, result.lost) == (None, {}, ())
    assert not result.info.is_menu_open


async def test_a_menu_that_the_api_made_is_taken_as_it_is(platform: FaultyPlatform) -> None:
    made = Menu(ClickButton("今日歌曲", "SONG"), SubMenu("更多", *menu("甲").button))  # type: ignore[arg-type]
    platform.publish(MenuSet(made))
    result = await take_over(platform.client)
    assert result.menu == made


@pytest.mark.parametrize("name", ["menu.yaml", "menu.json"])
async def test_what_was_taken_over_can_be_written_and_read_back(
    platform: FaultyPlatform, serve: FileServer, tmp_path: Path, name: str
) -> None:
    platform.always[MEDIA] = file(b"a picture", "image/png")
    news = [NEWS, {"title": "第二", "digest": "", "content_url": "https://shop.example/b"}]
    result = await take(
        platform,
        sub_menu(
            "全部",
            button("text", "是", "on: 12:30\n第二行 # 不是注释"),
            button("img", "图片", "x"),
            button("voice", "语音", "x"),
            button("video", "参观", serve("/tour", a_video)),
            button("news", "活动", "x", news_info={"list": news}),
        ),
        {"type": "view", "name": "官网", "url": "https://shop.example"},
    )
    assert result.menu
    assert result.lost == ()
    path = tmp_path / name
    path.write_text(file_text(MenuSet(result.menu), path), "utf-8")
    for relative, content in result.files.items():
        (path.parent / relative).parent.mkdir(exist_ok=True)
        (path.parent / relative).write_bytes(content)
    read = MenuSet.from_file(path)
    assert read.body() == MenuSet(result.menu).body()
    replies = [getattr(leaf, "reply", None) for _, leaf in read.menu.leaves()]
    assert replies == [
        "on: 12:30\n第二行 # 不是注释",
        ImageReply(tmp_path / "media/WEBSITE_2.png"),
        VoiceReply(tmp_path / "media/WEBSITE_3.png"),
        VideoReply(tmp_path / "media/WEBSITE_4.mp4", title="参观"),
        NewsReply(
            [
                Article("活动", "今天", "https://m.example/c.jpg", "https://shop.example/a"),
                Article("第二", url="https://shop.example/b"),
            ]
        ),
        None,
    ]
    for reply in replies[1:4]:
        assert isinstance(reply, ImageReply | VoiceReply | VideoReply)
        assert isinstance(reply.media_id, Path)
        assert reply.media_id.read_bytes()

"""`wxevents menu import`: a menu of the website becomes a file that can be published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from tests.cli.emulated import Commands, Platform
from wxevents import ImageReply, Menu, NewsReply, VideoReply, VoiceReply
from wxevents.menu import ClickButton

DROPPED = -1000


@pytest.fixture
def fault() -> int:
    """The error code with which the platform refuses to give media, or DROPPED; 0: it gives."""
    return 0


@pytest.fixture
def platform(fault: int) -> Iterator[Platform]:
    """A platform that also keeps media."""

    @web.middleware
    async def give_media(request: web.Request, handler: Handler) -> web.StreamResponse:
        match request.path:
            case "/cgi-bin/media/get" if fault == DROPPED:
                assert request.transport
                request.transport.close()
            case "/cgi-bin/media/get" if fault:
                return web.json_response({"errcode": fault, "errmsg": "no"})
            case "/cgi-bin/media/get" if request.query["media_id"]:
                return web.Response(body=b"\xff\xd8picture", content_type="image/jpeg")
            case "/video":
                return web.Response(body=b"video", content_type="video/mp4")
            case "/gone":
                return web.Response(status=404)
        return await handler(request)

    with Platform().serving(give_media) as platform:
        yield platform


def website_menu(platform: Platform) -> dict[str, Any]:
    article = {
        "title": "题",
        "digest": "摘",
        "cover_url": "https://e/c",
        "content_url": "https://e",
    }
    children = [
        {"type": "text", "name": "文", "value": "你好\n再见"},
        {"type": "img", "name": "图", "value": "fresh"},
        {"type": "video", "name": "影", "value": f"{platform.url}/video"},
        {"type": "video", "name": "失", "value": f"{platform.url}/gone"},
        {"type": "news", "name": "闻", "value": "n", "news_info": {"list": [article]}},
    ]
    return {
        "button": [
            {"type": "view", "name": "搜索", "url": "https://www.soso.com/"},
            {"name": "菜单", "sub_button": {"list": children}},
            {"type": "finder", "name": "号", "value": "x"},
        ]
    }


def test_import_carries_over_what_it_can_and_tells_the_rest(
    wxevents: Commands, platform: Platform
) -> None:
    platform.account.set_website_menu(website_menu(platform))
    ended = wxevents("menu", "import", "shop/menu.yaml")
    assert ended.code == 0
    assert ended.stdout.splitlines() == [
        "shop/menu.yaml: 5 buttons, 2 media files",
        "Use it with `menu = Menu.from_file(…)` in your handlers package.",
    ]
    lost = ended.stderr.splitlines()
    assert len(lost) == 2
    assert lost[0].startswith(f"left behind: '失' (video): {platform.url}/gone cannot be loaded")
    assert lost[1] == "left behind: '号' (finder): the API knows no such button"

    menu = Menu.from_file("shop/menu.yaml")
    replies = [leaf.reply for _, leaf in menu.leaves() if isinstance(leaf, ClickButton)]
    assert replies[0] == "你好\n再见"
    picture, video, news = replies[1:]
    assert isinstance(picture, ImageReply)
    assert isinstance(video, VideoReply)
    assert isinstance(news, NewsReply)
    assert (wxevents.folder / picture.media_id).read_bytes() == b"\xff\xd8picture"
    assert (wxevents.folder / video.media_id).read_bytes() == b"video"
    assert platform.changing_calls.count("menu/create") == 0


def test_what_was_imported_can_be_checked_and_published(
    wxevents: Commands, platform: Platform
) -> None:
    platform.account.set_website_menu(website_menu(platform))
    assert wxevents("menu", "import").code == 0
    assert wxevents("menu", "check", "menu.yaml").code == 0
    assert wxevents("menu", "apply", "menu.yaml", "--yes").code == 0
    assert wxevents("menu", "plan", "menu.yaml").code == 0


def test_import_as_json_lists_files_and_losses(wxevents: Commands, platform: Platform) -> None:
    platform.account.set_website_menu(website_menu(platform), is_open=False)
    ended = wxevents("menu", "import", "--json")
    assert ended.json["file"] == "menu.yaml"
    assert ended.json["is_menu_open"] is False
    assert ended.json["media"] == ["media/WEBSITE_2.jpg", "media/WEBSITE_3.mp4"]
    assert len(ended.json["lost"]) == 2
    assert ended.stderr.startswith("WARNING: the menu is switched off (is_menu_open: 0)")


def test_import_does_not_replace_a_file_without_yes(wxevents: Commands, platform: Platform) -> None:
    platform.account.set_website_menu(website_menu(platform))
    wxevents.write("mine\n")
    ended = wxevents("menu", "import")
    assert (ended.code, "say --yes" in ended.stderr) == (2, True)
    assert wxevents.read("menu.yaml") == "mine\n"
    assert not (wxevents.folder / "media").exists()
    assert wxevents("menu", "import", "--yes").code == 0


def test_there_may_be_nothing_to_import(wxevents: Commands, platform: Platform) -> None:
    ended = wxevents("menu", "import")
    assert ended.code == 1
    assert ended.stderr.endswith("there is no menu to take over\n")
    platform.account.set_website_menu({"button": [{"type": "finder", "name": "号", "value": "x"}]})
    ended = wxevents("menu", "import")
    assert (ended.code, "left behind: '号'" in ended.stderr) == (1, True)
    assert not (wxevents.folder / "menu.yaml").exists()


PICTURE_AND_TEXT = {
    "button": [
        {"type": "img", "name": "图", "value": "fresh"},
        {"type": "text", "name": "文", "value": "你好"},
    ]
}


@pytest.mark.parametrize("fault", [40007])
def test_a_media_id_that_is_no_more_is_left_behind(
    wxevents: Commands, platform: Platform, fault: int
) -> None:
    platform.account.set_website_menu(PICTURE_AND_TEXT)
    ended = wxevents("menu", "import")
    assert ended.code == 0
    assert ended.stderr.startswith("left behind: '图' (img): ")
    assert "40007" in ended.stderr
    assert ended.stdout.startswith("menu.yaml: 1 buttons, 0 media files\n")


@pytest.mark.parametrize(
    ("fault", "sentence"), [(48001, ": 48001, "), (DROPPED, ": the answer was lost ")]
)
def test_an_error_that_is_not_of_one_file_ends_the_import(
    wxevents: Commands, platform: Platform, fault: int, sentence: str
) -> None:
    platform.account.set_website_menu(PICTURE_AND_TEXT)
    ended = wxevents("menu", "import")
    assert (ended.code, ended.stdout) == (1, "")
    assert "/cgi-bin/media/get" in ended.stderr
    assert sentence in ended.stderr
    assert "left behind" not in ended.stderr
    assert list(wxevents.folder.iterdir()) == []


def test_a_voice_keeps_the_format_that_the_platform_gives(
    wxevents: Commands, platform: Platform
) -> None:
    voice = {"type": "voice", "name": "声", "value": "fresh"}
    platform.account.set_website_menu({"button": [voice]})
    assert wxevents("menu", "import").code == 0
    ((_, button),) = Menu.from_file("menu.yaml").leaves()
    assert isinstance(button, ClickButton)
    assert isinstance(button.reply, VoiceReply)


def test_import_into_another_format_is_refused_before_anything_is_written(
    wxevents: Commands, platform: Platform
) -> None:
    platform.account.set_website_menu(website_menu(platform))
    ended = wxevents("menu", "import", "menu.toml")
    assert (ended.code, ended.stderr.splitlines()[-1]) == (
        2,
        "menu.toml: menus are written as .yaml, .yml or .json",
    )
    assert list(wxevents.folder.iterdir()) == []

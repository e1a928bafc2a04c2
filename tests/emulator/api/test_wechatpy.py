"""A widely used client that knows nothing of this project calls the emulated platform."""

from __future__ import annotations

import asyncio
import importlib
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pytest_asyncio import fixture as async_fixture

from wxevents.emulator import Account, Emulator

# wechatpy has no types.
wechatpy: Any = importlib.import_module("wechatpy")
exceptions: Any = importlib.import_module("wechatpy.exceptions")

MENU: dict[str, Any] = {
    "button": [
        {"type": "click", "name": "今日歌曲", "key": "V1001_TODAY_MUSIC"},
        {
            "name": "菜单",
            "sub_button": [{"type": "view", "name": "搜索", "url": "http://www.soso.com/"}],
        },
    ]
}
VIP: dict[str, Any] = {"button": [{"type": "click", "name": "会员", "key": "MEMBER"}]}
JPG = b"\xff\xd8\xff\xe0 a picture"
MP4 = b"\0\0\0\x18ftypmp42 a film"


@pytest.fixture
def account(emulator: Emulator) -> Account:
    """With "oFan", who has just written."""
    emulator.account.follow("oFan")
    emulator.account.interactions.happened("oFan", "message")
    return emulator.account


@async_fixture
async def client(emulator: Emulator) -> AsyncIterator[Any]:
    """It blocks: every call of it goes through `asyncio.to_thread`."""
    async with emulator.serve() as url:

        class Client(wechatpy.WeChatClient):  # type: ignore[misc]
            API_BASE_URL = f"{url}/cgi-bin/"

            def fetch_access_token(self) -> Any:  # which has the platform's host in its text
                app = {"appid": self.appid, "secret": self.secret}
                query = {"grant_type": "client_credential", **app}
                return self._fetch_access_token(f"{self.API_BASE_URL}token", query)

        client = Client(emulator.account.app_id, emulator.account.app_secret, timeout=20)
        client._http.trust_env = False  # no proxy between the two
        yield client
        client._http.close()


call = asyncio.to_thread


def file(data: bytes, name: str) -> io.BytesIO:
    opened = io.BytesIO(data)
    opened.name = name
    return opened


async def test_a_token_is_fetched_and_fetched_again_when_it_is_lost(
    client: Any, emulator: Emulator, account: Account
) -> None:
    first = await call(lambda: client.access_token)
    assert await call(lambda: client.access_token) == first
    client.session.set(client.access_token_key, "lost", 7200)
    assert await call(client.misc.get_wechat_ips) == account.push_ips
    assert [call.path for call in emulator.calls] == [
        "/cgi-bin/token",
        "/cgi-bin/getcallbackip",
        "/cgi-bin/token",
        "/cgi-bin/getcallbackip",
    ]


async def test_menus(client: Any, account: Account) -> None:
    assert await call(client.menu.get) is None
    await call(client.menu.create, MENU)
    leaf = {**MENU["button"][0], "sub_button": []}
    assert (await call(client.menu.get))["menu"]["button"][0] == leaf
    info = await call(client.menu.get_menu_info)
    assert info["is_menu_open"] == 1
    assert info["selfmenu_info"]["button"][1]["sub_button"]["list"][0]["name"] == "搜索"

    tag = await call(client.tag.create, "VIP")
    rule = {"matchrule": {"tag_id": str(tag["id"])}}
    menu_id = (await call(client.menu.add_conditional, VIP | rule))["menuid"]
    shown = (await call(client.menu.try_match, "oFan"))["button"]
    assert shown[0]["key"] == "V1001_TODAY_MUSIC"
    await call(client.tag.tag_user, tag["id"], "oFan")
    assert (await call(client.menu.try_match, "oFan"))["button"][0]["key"] == "MEMBER"
    await call(client.menu.del_conditional, menu_id)
    assert account.conditional_menus == []
    await call(client.menu.delete)
    assert await call(client.menu.get) is None


async def test_tags(client: Any, account: Account) -> None:
    tag = await call(client.tag.create, "VIP")
    assert tag["name"] == "VIP"
    await call(client.tag.update, tag["id"], "贵宾")
    await call(client.tag.tag_user, tag["id"], ["oFan"])
    assert await call(client.tag.get_user_tag, "oFan") == [tag["id"]]
    assert {"id": tag["id"], "name": "贵宾", "count": 1} in await call(client.tag.get)
    assert await call(lambda: list(client.tag.iter_tag_users(tag["id"]))) == ["oFan"]
    await call(client.tag.untag_user, tag["id"], "oFan")
    assert await call(client.tag.get_user_tag, "oFan") == []
    await call(client.tag.delete, tag["id"])
    assert tag["id"] not in account.tags


async def test_users(client: Any, account: Account) -> None:
    account.follow("oOther")
    user = await call(client.user.get, "oFan")
    assert (user["subscribe"], user["openid"]) == (1, "oFan")
    assert (await call(client.user.get_followers))["total"] == 2
    assert await call(lambda: list(client.user.iter_followers())) == ["oFan", "oOther"]


async def test_messages(client: Any, account: Account) -> None:
    image = (await call(client.media.upload, "image", file(JPG, "a.jpg")))["media_id"]
    thumb = (await call(client.media.upload, "thumb", file(JPG, "a.jpg")))["thumb_media_id"]
    film = (await call(client.media.upload, "video", file(MP4, "a.mp4")))["media_id"]
    article = {"title": "T", "description": "D", "image": "https://a.cn/p", "url": "https://a.cn"}
    message = client.message
    await call(message.send_text, "oFan", '你好 <a href="https://a.cn">x</a>', "anna@shop")
    await call(message.send_image, "oFan", image)
    await call(message.send_video, "oFan", film, "T", "D")
    await call(message.send_music, "oFan", "https://a.cn/lo", "https://a.cn/hi", thumb, "T", "D")
    await call(message.send_articles, "oFan", [article])
    text, picture, video, music, news = account.chats.of("oFan")
    assert text.content == {"segments": [{"text": "你好 "}, {"text": "x", "href": "https://a.cn"}]}
    assert picture.content["media_id"] == image
    assert (video.content["media_id"], video.content["title"]) == (film, "T")
    assert music.content["thumb_url"].endswith(thumb)
    assert news.content["articles"] == [
        {"title": "T", "description": "D", "pic_url": "https://a.cn/p", "url": "https://a.cn"}
    ]
    with pytest.raises(exceptions.WeChatClientException, match="45047"):
        await call(message.send_text, "oFan", "one more")


async def test_cards_and_mini_programs(client: Any, account: Account) -> None:
    cover = (await call(client.media.upload, "image", file(JPG, "a.jpg")))["media_id"]
    page = {"title": "T", "appid": "wx1", "pagepath": "pages/a", "thumb_media_id": cover}
    await call(client.message.send_card, "oFan", "C1", {})
    await call(client.message.send_mini_program_page, "oFan", page)
    card, program = account.chats.of("oFan")
    assert card.content == {"card_id": "C1"}
    assert (program.content["appid"], program.content["path"]) == ("wx1", "pages/a")


async def test_temporary_media(client: Any) -> None:
    uploaded = await call(client.media.upload, "image", file(JPG, "a.jpg"))
    assert uploaded["type"] == "image"
    downloaded = await call(client.media.download, uploaded["media_id"])
    assert downloaded.content == JPG
    assert downloaded.headers["Content-Type"] == "image/jpeg"
    film = (await call(client.media.upload, "video", file(MP4, "a.mp4")))["media_id"]
    assert (await call(client.media.download, film))["video_url"].endswith(film)


async def test_permanent_material(client: Any) -> None:
    image = (await call(client.material.add, "image", file(JPG, "a.jpg")))["media_id"]
    film = (await call(client.material.add, "video", file(MP4, "a.mp4"), "标题", "简介"))[
        "media_id"
    ]
    assert (await call(client.material.get, image)).content == JPG
    video = await call(client.material.get, film)
    assert (video["title"], video["description"]) == ("标题", "简介")
    listed = await call(client.material.batchget, "image")
    assert [item["name"] for item in listed["item"]] == ["a.jpg"]
    assert (await call(client.material.get_count))["video_count"] == 1
    await call(client.material.delete, image)
    assert (await call(client.material.get_count))["image_count"] == 0


async def test_qr_codes(client: Any) -> None:
    scene = {"action_info": {"scene": {"scene_id": 123}}}
    asked = {"expire_seconds": 1800, "action_name": "QR_SCENE", **scene}
    answer = await call(client.qrcode.create, asked)
    assert answer["expire_seconds"] == 1800
    assert answer["ticket"] in client.qrcode.get_url(answer)


async def test_an_error_code_is_raised(client: Any) -> None:
    with pytest.raises(exceptions.WeChatClientException, match=r"40007.*invalid media_id"):
        await call(client.media.download, "nothing")

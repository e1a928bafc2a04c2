"""The bot in handlers/, through the fixture that its readers would use."""

from __future__ import annotations

import pytest

from wxevents import ImageReply, NewsReply, TextReply, TransferReply
from wxevents.discovery import load_bot
from wxevents.pushes import EVENTS, MESSAGES
from wxevents.testing import Phone, invented_settings


async def test_every_menu_event_of_the_protocol_is_answered(phone: Phone) -> None:
    assert await phone.click("V1001_TODAY_MUSIC") == TextReply("今日歌曲：《月亮代表我的心》")
    assert await phone.click("V1001_GOOD") == TextReply("谢谢你的赞！")
    assert isinstance(await phone.click("V1001_NEWS"), NewsReply)
    assert await phone.view("https://shop.example/o") is None
    assert await phone.view_miniprogram("pages/home") is None
    assert await phone.scan("rselfmenu_0_0", "https://t.example/9") == TextReply(
        "二维码内容：https://t.example/9"
    )
    assert await phone.scan("rselfmenu_0_0", "4006381333931", symbology="EAN_13") == TextReply(
        "条形码（EAN_13）：4006381333931"
    )
    assert await phone.scan("rselfmenu_0_1", "x", wait=False) == TextReply("已收到扫码结果：x")
    assert await phone.photos("rselfmenu_1_0", "a", "b") == TextReply("收到 2 张图片")
    assert phone.replies[-2:] == [ImageReply("med-a"), ImageReply("med-b")]
    assert await phone.photos("rselfmenu_1_1", button="pic_photo_or_album") == TextReply(
        "没有选择图片"
    )
    assert await phone.photos("rselfmenu_1_2", "a", button="pic_weixin") == TextReply(
        "收到 1 张图片"
    )
    assert await phone.locate("rselfmenu_2_0", 31.23, 121.47, "某路1号") == TextReply(
        "你选择了：某路1号（31.2300, 121.4700）"
    )
    assert phone.replies[-1] is None


async def test_followers_and_messages(phone: Phone) -> None:
    assert await phone.subscribe() == TextReply("欢迎关注！点一下菜单试试看。")
    assert await phone.subscribe("till07") == TextReply(
        "欢迎关注！（来自 till07）点一下菜单试试看。"
    )
    assert await phone.scan_scene("till07") == TextReply("欢迎回来，你扫描了：till07")
    assert await phone.unsubscribe() is None
    assert await phone.say("你好") == TextReply("你说的是：你好")
    assert await phone.say("订单 12") == TextReply("订单 12 已发货")
    assert isinstance(await phone.say("帮助"), TextReply)
    assert await phone.say("人工") == TransferReply()
    assert await phone.send("image", MediaId="med-1") == ImageReply("med-1")


@pytest.mark.parametrize("name", [*EVENTS, *MESSAGES, "invented_tomorrow"])
async def test_no_push_of_the_platform_fails_or_stays_unhandled(
    phone: Phone, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    await phone.push(name)
    assert caplog.messages == []


def test_they_use_public_names_only() -> None:
    bot = load_bot(invented_settings(handlers="handlers"))
    for route in bot.assemble().routes:
        imports = route.handler.__globals__.values()
        modules = {getattr(value, "__module__", "") or "" for value in imports}
        assert not {name for name in modules if name.startswith("wxevents.cli")}

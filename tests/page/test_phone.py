"""What is done on the phone, and what it shows of it."""

from __future__ import annotations

import asyncio

import pytest

from tests.page.browser import Browser, expect
from tests.page.screen import Screen, loading, on_screen, set_in_the_end
from wxevents import (
    ClickButton,
    ClickEvent,
    Client,
    ConditionalMenu,
    MatchRule,
    Menu,
    MenuSet,
    Router,
    ScancodeWaitmsgButton,
    ScancodeWaitmsgEvent,
)
from wxevents.testing import FOLLOWER

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_columns_open_and_close_and_their_buttons_are_answered(screen: Screen) -> None:
    column = screen.phone().get_by_role("button", name="发现", exact=True)
    await expect(screen.bar()).to_have_text(["发现", "扫码发图", "发送位置"])
    await expect(column).to_have_attribute("aria-expanded", "false")
    await column.click()
    await expect(column).to_have_attribute("aria-expanded", "true")
    await expect(screen.phone().get_by_role("menuitem")).to_have_text(
        ["今日歌曲", "新品活动", "赞一下我们", "搜索"]
    )
    await screen.phone().get_by_role("menuitem", name="今日歌曲").click()
    await expect(screen.phone().get_by_role("menuitem")).to_have_count(0)
    await expect(screen.messages()).to_have_text(["今日歌曲：《月亮代表我的心》"])

    await screen.tap("发现", "新品活动")
    articles = screen.messages(kind="news").get_by_role("link")
    await expect(articles).to_have_text(["新品上架", "门店活动"])
    await screen.tap("发现", "赞一下我们")
    await expect(screen.messages().last).to_have_text("谢谢你的赞！")

    items = screen.phone().get_by_role("menuitem")
    await screen.tap("发现")
    await expect(items).to_have_count(4)
    await screen.page.keyboard.press("Escape")
    await expect(items).to_have_count(0)
    await screen.tap("扫码发图")
    await expect(items).to_have_count(5)
    await screen.chat().click()
    await expect(items).to_have_count(0)
    assert await screen.number_of_pushes() == 3


async def test_the_switch_brings_the_keyboard_and_the_menu_back(screen: Screen) -> None:
    switch = screen.phone().get_by_test_id("keyboard")
    await switch.click()
    await expect(screen.phone().get_by_test_id("message")).to_be_focused()
    await expect(screen.bar()).to_have_count(0)
    await screen.say("订单 123")
    await expect(screen.messages("user")).to_have_text(["订单 123"])
    await expect(screen.messages()).to_have_text(["订单 123 已发货"])
    await expect(screen.phone().get_by_test_id("message")).to_have_value("")
    await screen.phone().get_by_test_id("message").press("Enter")  # nothing was written
    await screen.phone().get_by_test_id("message").fill("帮助")
    await screen.phone().get_by_test_id("message").press("Enter")
    await expect(screen.messages().last).to_contain_text("查询订单")
    await expect(screen.messages("user")).to_have_count(2)
    await switch.click()
    await expect(screen.bar()).to_have_count(3)


async def test_what_is_behind_the_plus_is_sent(screen: Screen) -> None:
    phone = screen.phone()
    await phone.get_by_test_id("keyboard").click()
    await phone.get_by_test_id("more").click()
    await phone.get_by_test_id("send-picture").click()
    await screen.page.get_by_test_id("sample-sea").click()
    await screen.confirm()
    await expect(screen.messages("account", "image")).to_have_count(1)  # the bot sends it back
    await phone.get_by_test_id("send-location").click()
    await screen.confirm()
    await expect(screen.messages("user", "location")).to_contain_text("人民广场")
    await phone.get_by_test_id("send-voice").click()
    await screen.page.get_by_test_id("recognition").fill("你好")
    await screen.confirm()
    await expect(screen.messages("user", "voice")).to_contain_text("你好")
    await phone.get_by_test_id("send-link").click()
    await screen.page.get_by_test_id("title").fill("公告")
    await screen.page.get_by_test_id("url").fill("https://shop.example/a")
    await screen.confirm()
    link = screen.messages("user", "link").get_by_role("link")
    await expect(link).to_have_attribute("href", "https://shop.example/a")
    await expect(screen.pushes()).to_have_count(4)


async def test_leaving_and_coming_back(screen: Screen) -> None:
    phone = screen.phone()
    await phone.get_by_test_id("phone-menu").click()
    await phone.get_by_role("menuitem", name="Unfollow").click()
    await expect(screen.bar()).to_have_count(0)
    await expect(screen.pushes().first).to_contain_text("unsubscribe")
    await phone.get_by_test_id("follow").click()
    await expect(screen.messages()).to_have_text(["欢迎关注！点一下菜单试试看。"])
    await expect(screen.bar()).to_have_count(3)
    await phone.get_by_test_id("phone-menu").click()
    await phone.get_by_role("menuitem", name="Scan the account's QR code").click()
    await screen.page.get_by_test_id("scene").fill("till07")
    await screen.confirm()
    await expect(screen.messages().last).to_have_text("欢迎回来，你扫描了：till07")


async def test_switching_the_user_shows_another_menu(browser: Browser) -> None:
    menu = MenuSet(
        Menu(ClickButton("商店", "shop", reply="开门")),
        ConditionalMenu(Menu(ClickButton("会员", "vip", reply="你好，会员")), MatchRule(tag="VIP")),
    )

    async with on_screen(browser, loading(menu=menu)) as screen:
        vip = await screen.client.add_user("王芳", tags=["VIP"])
        await expect(screen.bar()).to_have_text(["商店"])
        await screen.page.get_by_test_id(f"user-{vip.openid}").click()
        await expect(screen.bar(vip.openid)).to_have_text(["会员"])
        await expect(screen.phone()).to_have_count(0)
        await screen.bar(vip.openid).click()
        await expect(screen.chat(vip.openid).locator(".message")).to_have_text(["你好，会员"])

        await screen.page.get_by_test_id("beside").click()
        await screen.page.get_by_test_id(f"beside-{FOLLOWER}").click()
        await expect(screen.bar()).to_have_text(["商店"])  # both phones, each with its own chat
        await expect(screen.bar(vip.openid)).to_have_text(["会员"])
        await screen.bar().click()
        await expect(screen.messages()).to_have_text(["开门"])
        await expect(screen.chat(vip.openid).locator(".message")).to_have_count(1)
        one = await screen.phone().bounding_box()
        other = await screen.phone(vip.openid).bounding_box()
        assert one
        assert other
        assert one["y"] == other["y"]
        assert abs(one["x"] - other["x"]) >= one["width"]


async def test_a_new_menu_is_pulled_on_request(screen: Screen) -> None:
    user = screen.client.user()
    info = {"button": [{"type": "view", "name": "官网", "url": "https://shop.example/"}]}
    await screen.client.set_website_menu(info)
    await expect(screen.bar()).to_have_count(3)
    await screen.phone().get_by_test_id("pull-menu").click()
    await expect(screen.bar()).to_have_text(["官网"])
    await expect(screen.phone().get_by_test_id("pull-menu")).to_have_count(0)
    await user.change(name="李雷")
    await expect(screen.page.get_by_test_id(f"user-{FOLLOWER}")).to_have_text("李雷")


async def test_an_old_client_does_nothing_and_says_why(screen: Screen) -> None:
    await screen.client.user().change(client_version="5.3")
    await screen.tap("扫码发图", "扫码带提示")
    await expect(screen.page.get_by_role("alert")).to_contain_text("5.3 is older than 5.4.1")
    await expect(screen.page.get_by_role("dialog")).to_have_count(0)
    assert await screen.number_of_pushes() == 0


async def test_a_message_is_being_received_until_the_answer(browser: Browser) -> None:
    router = Router()
    looked_up = asyncio.Event()

    @router.scancode_waitmsg("scan")
    async def look_up(event: ScancodeWaitmsgEvent) -> str:
        await looked_up.wait()
        return f"查到了：{event.code}"

    load = loading(router, menu=Menu(ScancodeWaitmsgButton("扫码", look_up)))
    async with on_screen(browser, load) as screen, set_in_the_end(looked_up):
        await screen.tap("扫码")
        await screen.page.get_by_test_id("scan-result").fill("A-7")
        await screen.confirm()
        await expect(screen.messages("system", "receiving")).to_contain_text("消息接收中")
        await expect(screen.pushes()).to_have_attribute("data-outcome", "waiting")
        looked_up.set()
        await expect(screen.messages()).to_have_text(["查到了：A-7"])
        await expect(screen.messages("system")).to_have_count(0)


async def test_the_account_is_typing_until_its_message(browser: Browser) -> None:
    router = Router()
    written = asyncio.Event()

    @router.click("ask")
    async def ask(event: ClickEvent, client: Client) -> str:
        await client.messages.typing(event.openid)
        await written.wait()
        return "写好了"

    load = loading(router, menu=Menu(ClickButton("提问", ask)))
    async with on_screen(browser, load) as screen, set_in_the_end(written):
        await screen.tap("提问")
        await expect(screen.phone().get_by_test_id("typing")).to_contain_text("对方正在输入")
        written.set()
        await expect(screen.messages()).to_have_text(["写好了"])
        await screen.client.advance(15)  # it goes with a customer-service message, or by itself
        await screen.client.user().open()
        await expect(screen.phone().get_by_test_id("typing")).to_have_count(0)
        await screen.tool("inspector")
        await screen.page.get_by_test_id("filter-calls").click()
        call = screen.page.locator(".entry.call", has_text="/cgi-bin/message/custom/typing")
        await expect(call).to_have_attribute("data-errcode", "0")

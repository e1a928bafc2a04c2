"""Texts from bots, users and menus stay texts, and links lead only to web addresses."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.page.browser import Browser, expect
from tests.page.screen import Screen, loading, on_screen
from wxevents import (
    Article,
    ClickButton,
    ClickEvent,
    Menu,
    MusicReply,
    NewsReply,
    Router,
    TextMessage,
)

pytestmark = pytest.mark.asyncio(loop_scope="package")

ATTACK: Final = (
    "<script>window.pwned=1</script><img src=x onerror='window.pwned=1'>"
    "<svg onload=window.pwned=1></svg><iframe srcdoc='<script>parent.pwned=1</script>'></iframe>"
)
SCRIPTS: Final = (
    "javascript:window.pwned=1",
    "JaVaScRiPt:window.pwned=1",
    " javascript:window.pwned=1",
    "java\tscript:window.pwned=1",
    "vbscript:x",
    "data:text/html,<script>opener.pwned=1</script>",
    "blob:x",
    "file:///etc/passwd",
)


async def require_harmless(screen: Screen) -> None:
    """No script of a text has run, and none of its elements came into being."""
    await screen.page.evaluate("() => new Promise((done) => setTimeout(done))")
    assert await screen.page.evaluate("() => window.pwned") is None
    strays = "script:not([src^='/page/']), iframe, [onerror], [onload], img[src=x], svg[onload]"
    await expect(screen.page.locator(strays)).to_have_count(0)
    addresses = await screen.page.locator("a[href]").evaluate_all(
        "links => links.map((link) => [link.protocol, link.target, link.rel, link.download])"
    )
    for protocol, target, rel, download in addresses:
        assert protocol in ("http:", "https:")
        assert download or (target, rel) == ("_blank", "noopener noreferrer")


async def test_an_answer_is_never_markup(browser: Browser) -> None:
    router = Router()

    @router.text()
    async def echo(message: TextMessage) -> str:
        return message.content

    @router.click("news")
    async def news(event: ClickEvent) -> NewsReply:
        return NewsReply([Article(ATTACK, ATTACK, url=one, pic_url=one) for one in SCRIPTS])

    @router.click("music")
    async def music(event: ClickEvent) -> MusicReply:
        return MusicReply(ATTACK, ATTACK, music_url=SCRIPTS[0], hq_music_url=SCRIPTS[0])

    menu = Menu(ClickButton("图文", news), ClickButton("音乐", music))
    async with on_screen(browser, loading(router, menu=menu)) as screen:
        await screen.phone().get_by_test_id("keyboard").click()
        await screen.say(ATTACK)
        await expect(screen.messages()).to_have_text([ATTACK])
        for number, address in enumerate(SCRIPTS, start=2):
            await screen.say(f'<a href="{address}">点我</a>')
            await expect(screen.messages()).to_have_count(number)
        await screen.phone().get_by_test_id("keyboard").click()
        await screen.tap("图文")
        await screen.tap("音乐")
        await expect(screen.messages(kind="news")).to_contain_text("<script>")
        await expect(screen.messages(kind="music")).to_contain_text("<script>")
        await expect(screen.chat().get_by_role("link")).to_have_count(0)
        await require_harmless(screen)
        for push in await screen.pushes().locator(".entry-toggle").all():
            await push.click()
        await expect(screen.page.locator(".details")).to_have_count(len(SCRIPTS) + 3)
        await expect(screen.page.locator(".details").last).to_contain_text("onerror=")
        await require_harmless(screen)


async def test_what_users_and_menus_bring_is_never_markup(screen: Screen) -> None:
    page = screen.page
    for result in (ATTACK, SCRIPTS[0]):
        await screen.tap("扫码发图", "扫码推事件")
        await page.get_by_test_id("scan-result").fill(result)
        await screen.confirm()
        await expect(screen.messages().last).to_have_text(f"已收到扫码结果：{result}")
        await expect(screen.messages("system", "opened").last).to_contain_text(result)
    user = screen.client.user()
    await user.send("location", latitude=1, longitude=2, label=ATTACK, poiname=ATTACK)
    await user.send("voice", recognition=ATTACK)
    await user.send("link", title=ATTACK, description=ATTACK, url=SCRIPTS[0])
    await expect(screen.messages("user", "link")).to_contain_text("<script>")
    await expect(screen.messages("user", "voice")).to_contain_text("<script>")
    await expect(screen.chat().get_by_role("link")).to_have_count(0)
    await require_harmless(screen)

    button: dict[str, Any] = {"type": "view", "name": ATTACK, "url": SCRIPTS[0]}
    info = {"button": [{"name": ATTACK, "sub_button": {"list": [button]}}]}
    await screen.client.set_website_menu(info)
    await user.change(name=ATTACK, tags=[ATTACK[:25]])
    await user.open(refresh=True)
    await user.push("<img src=x onerror=window.pwned=1>", ATTACK)
    await expect(screen.bar()).to_have_count(1)
    await expect(screen.bar()).to_have_attribute("aria-label", ATTACK)
    await screen.bar().click()
    await page.get_by_role("menuitem").click()  # opens javascript:
    await expect(screen.messages("system", "opened").last).to_contain_text(SCRIPTS[0])
    for tool in ("inspector", "audiences", "users", "faults", "account"):
        await screen.tool(tool)
        await require_harmless(screen)


async def test_links_open_beside_the_page_and_know_nothing_of_it(browser: Browser) -> None:
    router = Router()

    @router.text()
    async def links(message: TextMessage) -> str:
        return (
            '看<a href="https://shop.example/a?b=1&amp;c=2">这里</a>，或'
            '<a href="weixin://bizmsgmenu?msgmenucontent=好&msgmenuid=7">回答</a>'
        )

    async with on_screen(browser, loading(router)) as screen:
        await screen.client.user().say("?")
        link = screen.chat().get_by_role("link", name="这里")
        await expect(link).to_have_attribute("href", "https://shop.example/a?b=1&c=2")
        await expect(link).to_have_attribute("target", "_blank")
        await expect(link).to_have_attribute("rel", "noopener noreferrer")
        referrers = []

        async def shop(route: Any) -> None:
            referrers.append(await route.request.header_value("referer"))
            await route.fulfill(body="shop", content_type="text/plain")

        await screen.page.context.route("https://shop.example/**", shop)
        async with screen.page.context.expect_page() as opening:
            await link.click()
        opened = await opening.value
        await opened.wait_for_load_state()
        assert (await opened.evaluate("() => window.opener"), referrers) == (None, [None])
        await opened.close()

        await screen.chat().get_by_role("button", name="回答").click()
        await expect(screen.messages("user")).to_have_text(["?", "好"])
        assert "bizmsgmenuid" in (await screen.client.state())["pushes"][-1]["xml"]
        await require_harmless(screen)

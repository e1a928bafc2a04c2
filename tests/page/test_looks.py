"""The page for everybody: by keyboard, in both languages, on a small screen, in the dark."""

from __future__ import annotations

import pytest

from tests.page.browser import Browser, Page, expect
from tests.page.screen import NARROW, WIDE, Screen, on_screen

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def overhang(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    width: int = await page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width


async def press_until_focused(screen: Screen, label: str) -> None:
    """With the Tab key alone."""
    for _ in range(40):
        await screen.page.keyboard.press("Tab")
        focused = await screen.page.locator("*:focus").evaluate(
            "one => one.getAttribute('aria-label') || one.textContent.trim()"
        )
        if focused == label:
            return
    pytest.fail(f"the Tab key does not lead to {label}")


async def test_the_keyboard_alone_does_everything(screen: Screen) -> None:
    page, keyboard = screen.page, screen.page.keyboard
    await press_until_focused(screen, "发现")
    await keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="今日歌曲")).to_be_focused()
    await keyboard.press("ArrowDown")
    await keyboard.press("ArrowDown")
    await expect(page.get_by_role("menuitem", name="赞一下我们")).to_be_focused()
    await keyboard.press("Enter")
    await expect(screen.messages()).to_have_text(["谢谢你的赞！"])
    await expect(screen.bar().first).to_be_focused()  # where it was

    await keyboard.press("ArrowRight")
    await keyboard.press("Space")
    await expect(page.get_by_role("menuitem", name="扫码带提示")).to_be_focused()
    await keyboard.press("Enter")
    await expect(page.get_by_test_id("scan-result")).to_be_focused()
    await keyboard.type("A-7")
    await keyboard.press("Enter")
    await expect(screen.messages().last).to_have_text("二维码内容：A-7")
    await expect(screen.dialog("scan")).to_have_count(0)

    await press_until_focused(screen, "Inspector")
    await keyboard.press("ArrowRight")
    await keyboard.press("Enter")
    await expect(page.get_by_role("tab", name="Menus")).to_have_attribute("aria-selected", "true")
    await expect(page.get_by_test_id("audiences")).to_be_visible()


async def test_language_and_theme_follow_the_browser_until_they_are_switched(
    browser: Browser,
) -> None:
    async with on_screen(browser, locale="zh-CN", color_scheme="dark") as screen:
        page, root = screen.page, screen.page.locator("html")
        await expect(root).to_have_attribute("lang", "zh-CN")
        await expect(page.get_by_test_id("tab-inspector")).to_have_text("检查器")
        for tool in ("audiences", "users", "faults", "account", "inspector"):
            await screen.tool(tool)
            await expect(page.locator("body")).not_to_contain_text("⟦")  # a text that is missing
        await page.get_by_test_id("language").click()
        await expect(root).to_have_attribute("lang", "en")
        await expect(page.get_by_test_id("tab-inspector")).to_have_text("Inspector")

        background = "() => getComputedStyle(document.body).backgroundColor"
        await expect(root).to_have_attribute("data-theme", "dark")
        dark = await page.evaluate(background)
        await page.get_by_test_id("theme").click()
        await expect(root).to_have_attribute("data-theme", "light")
        assert await page.evaluate(background) != dark
        await screen.reload()
        await expect(page.get_by_test_id("tab-inspector")).to_have_text("Inspector")
        await expect(page.locator("body")).not_to_contain_text("⟦")
        await expect(root).to_have_attribute("data-theme", "light")
        await page.get_by_test_id("theme").click()
        await expect(root).to_have_attribute("data-theme", "dark")
        await page.emulate_media(color_scheme="light")  # it follows the system again
        await expect(root).to_have_attribute("data-theme", "light")


async def test_a_narrow_screen_has_one_column_with_tabs(browser: Browser) -> None:
    async with on_screen(browser, size=NARROW) as screen:
        page = screen.page
        await expect(page.locator("main.narrow")).to_be_visible()
        await screen.client.add_user("很长很长的名字" * 4)
        await screen.tap("发现", "新品活动")
        await expect(screen.messages("account", "news")).to_be_visible()
        assert await overhang(page) <= 0
        for tool in ("inspector", "audiences", "users", "faults", "account"):
            await screen.tool(tool)
            await expect(screen.phone()).to_have_count(0)
            await expect(page.get_by_role("tabpanel")).to_be_visible()
            assert await overhang(page) <= 0, tool
        await screen.tool("inspector")
        await screen.pushes().first.locator(".entry-toggle").click()
        await expect(page.get_by_label("Push, decrypted", exact=True)).to_be_visible()
        assert await overhang(page) <= 0
        await screen.tool("phone")
        for names, dialog in ((("扫码发图", "扫码带提示"), "scan"), (("发送位置",), "place")):
            await screen.tap(*names)
            await expect(screen.dialog(dialog)).to_be_in_viewport(ratio=1)
            assert await overhang(page) <= 0
            await page.get_by_test_id("cancel").click()
        await page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        await expect(page.locator("main.wide")).to_be_visible()
        await expect(page.get_by_test_id("tab-phone")).to_have_count(0)
        await expect(screen.phone()).to_be_in_viewport(ratio=1)

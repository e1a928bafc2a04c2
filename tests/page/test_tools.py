"""The tools beside the phone: audiences, users, faults, and the account."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.page.browser import Browser, expect
from tests.page.screen import Screen, loading, on_screen
from wxevents import (
    ApiError,
    ClickButton,
    ClickEvent,
    Client,
    ConditionalMenu,
    MatchRule,
    Menu,
    MenuSet,
    Router,
)
from wxevents.emulator import Emulator
from wxevents.testing import FOLLOWER, ManualClock, invented_settings

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_the_audiences_show_who_gets_which_menu(browser: Browser) -> None:
    menu = MenuSet(
        Menu(ClickButton("商店", "shop", reply="开门")),
        ConditionalMenu(
            Menu(ClickButton("会员", "vip", reply="你好")),
            MatchRule(tag="VIP", client_platform_type="android"),
        ),
    )
    async with on_screen(browser, loading(menu=menu)) as screen:
        vip = await screen.client.add_user("王芳", platform="android", tags=["VIP"])
        await screen.tool("audiences")
        row = screen.page.get_by_role("row").filter(
            has=screen.page.get_by_role("rowheader", name="VIP")
        )
        cells = row.get_by_role("cell")
        await expect(cells).to_have_count(3)
        for index, name in enumerate(("商店", "会员", "商店")):
            await expect(cells.nth(index).locator(".button-names")).to_have_text(name)
        await expect(cells.nth(1)).to_contain_text("conditional")
        await row.get_by_role("button", name="Show 王芳's phone").click()
        await expect(screen.bar(vip.openid)).to_have_text(["会员"])
        published = screen.page.locator(".published")
        await expect(published).to_have_count(2)
        await expect(published.last).to_contain_text("VIP")


async def test_users_are_added_tagged_changed_and_deleted(screen: Screen) -> None:
    page = screen.page
    await screen.tool("users")
    await page.get_by_test_id("new-user-name").fill("韩梅梅")
    await page.get_by_test_id("add-user").click()
    tab = page.get_by_role("tab", name="韩梅梅")
    await expect(tab).to_have_attribute("aria-selected", "true")
    openid = (await screen.client.state())["users"][-1]["openid"]
    card = page.get_by_test_id(f"edit-{openid}")

    await page.get_by_test_id("new-tag-name").fill("VIP")
    await page.get_by_test_id("add-new-tag").click()
    await card.get_by_test_id("add-tag").select_option(label="VIP")
    await expect(card.locator(".chip")).to_contain_text(["VIP"])
    await card.get_by_test_id("platform").select_option("android")
    await card.get_by_test_id("client-version").fill("7.0")
    await screen.client.user().change(name="李雷")  # what happens meanwhile takes nothing away
    await expect(page.get_by_role("tab", name="李雷")).to_be_visible()
    await expect(card.get_by_test_id("client-version")).to_have_value("7.0")
    await card.get_by_test_id("client-version").press("Enter")
    await card.get_by_test_id("name").fill("梅")
    await card.get_by_test_id("name").press("Tab")
    await expect(page.get_by_role("tab", name="梅", exact=True)).to_be_visible()
    await screen.reload()
    await screen.tool("users")
    await expect(card.get_by_test_id("name")).to_have_value("梅")
    await expect(card.get_by_test_id("platform")).to_have_value("android")
    await expect(card.get_by_test_id("client-version")).to_have_value("7.0")
    await page.get_by_test_id(f"user-{openid}").click()
    await card.get_by_role("button", name="Remove the tag VIP").click()
    await expect(card.locator(".chip")).to_have_count(0)
    await card.get_by_test_id("subscribed").click()
    await expect(screen.phone(openid).get_by_test_id("follow")).to_be_visible()

    await card.get_by_test_id("delete").click()
    await page.get_by_test_id("cancel").click()
    await expect(card).to_have_count(1)
    await card.get_by_test_id("delete").click()
    await expect(screen.dialog("confirm")).to_contain_text("梅")
    await screen.confirm()
    await expect(card).to_have_count(0)
    await expect(screen.bar(FOLLOWER)).to_have_count(3)
    assert await screen.number_of_pushes() == 0


async def test_faults_of_the_api_are_switched_on_and_off(browser: Browser) -> None:
    router = Router()

    @router.click("tags")
    async def tags(event: ClickEvent, client: Client) -> str:
        try:
            await client.tags.list()
        except ApiError as error:
            return f"出错了：{error.errcode}"
        return "好"

    load = loading(router, menu=Menu(ClickButton("标签", tags)))
    async with on_screen(browser, load) as screen:
        page = screen.page
        badge = page.get_by_text("faults on", exact=True)
        await screen.tool("faults")
        await page.get_by_test_id("fault-path").fill("/cgi-bin/tags/get")
        await page.get_by_test_id("fault-code").select_option("45009")
        await page.get_by_test_id("fault-add").click()
        await expect(badge).to_be_visible()
        await screen.tap("标签")
        await expect(screen.messages()).to_have_text(["出错了：45009"])
        await page.get_by_role("button", name="Remove the error of /cgi-bin/tags/get").click()
        await expect(badge).to_have_count(0)
        await page.get_by_test_id("expire-tokens").click()
        await expect(page.get_by_role("status").filter(has_text="expired")).to_be_visible()
        await page.get_by_test_id("quota-path").fill("/cgi-bin/tags/get")
        await page.get_by_test_id("quota-exhaust").click()
        await expect(page.get_by_role("status").filter(has_text="quota")).to_be_visible()
        await screen.tool("inspector")
        await screen.client.user().tap("标签")
        codes = [call["errcode"] for call in (await screen.client.state())["calls"]]
        assert codes[-1] == 45009
        assert 42001 in codes or 40014 in codes or 40001 in codes
        failed = page.locator(".entry.call", has_text="/cgi-bin/tags/get").first
        await expect(failed).to_have_attribute("data-errcode", "45009")
        await expect(failed.locator(".meaning")).to_be_visible()


async def test_lost_answers_and_double_deliveries(browser: Browser) -> None:
    clock = ManualClock()
    emulator = Emulator(settings=invented_settings(), clock=clock)
    good = Menu(ClickButton("赞", "good", reply="谢谢"))
    load = loading(menu=good, clock=ManualClock())
    async with on_screen(browser, load, emulator=emulator) as screen:
        page = screen.page
        await screen.tool("faults")
        await page.get_by_test_id("fault-lose_answers").click()
        await expect(page.get_by_text("faults on", exact=True)).to_be_visible()
        await screen.tap("赞")
        await screen.tool("inspector")
        deliveries = screen.pushes().first.get_by_test_id("delivery")
        for number in (1, 2, 3):
            await expect(deliveries).to_have_count(number)
            await clock.advance(5)
        await expect(screen.pushes()).to_have_attribute("data-outcome", "outage")
        await expect(screen.messages()).to_have_count(0)

        await screen.tool("faults")
        await expect(page.get_by_test_id("fault-lose_answers")).to_be_checked()
        await page.get_by_test_id("faults-clear").click()
        await expect(page.get_by_test_id("fault-lose_answers")).not_to_be_checked()
        await page.get_by_test_id("fault-duplicate").click()
        await expect(page.get_by_text("faults on", exact=True)).to_be_visible()
        await clock.advance(1)
        await screen.tap("赞")
        await screen.tool("inspector")
        await expect(screen.messages()).to_have_text(["谢谢"])
        await expect(deliveries).to_have_count(2)


async def test_the_state_is_saved_and_loaded(screen: Screen, tmp_path: Path) -> None:
    page = screen.page
    await screen.tap("发现", "今日歌曲")
    await expect(screen.messages()).to_have_count(1)
    await screen.tool("account")
    async with page.expect_download() as saving:
        await page.get_by_test_id("save").click()
    file = tmp_path / "state.json"
    await (await saving.value).save_as(file)
    assert (await saving.value).suggested_filename == "wxevents-emulator.json"
    saved = json.loads(file.read_text())
    assert saved["users"][0]["openid"] == FOLLOWER

    await screen.tap("发现", "赞一下我们")
    await screen.client.add_user("王芳")
    await expect(page.get_by_role("tab", name="王芳")).to_be_visible()
    await expect(screen.messages()).to_have_count(2)
    await page.get_by_test_id("load").set_input_files(file)
    await expect(page.get_by_role("status").filter(has_text="Loaded")).to_be_visible()
    await expect(page.get_by_role("tab", name="王芳")).to_have_count(0)
    await expect(screen.messages()).to_have_text(["今日歌曲：《月亮代表我的心》"])
    await expect(screen.bar()).to_have_count(3)

    broken = {"name": "x.json", "mimeType": "application/json", "buffer": b"{"}
    await page.get_by_test_id("load").set_input_files(broken)  # type: ignore[arg-type]
    await expect(page.get_by_role("alert")).to_have_text("This file is not JSON.✕")


async def test_time_is_moved_and_switches_are_kept(screen: Screen) -> None:
    page = screen.page
    await screen.tool("account")
    before = (await screen.client.state())["time"]
    await page.get_by_test_id("advance-7200").click()
    await expect(page.get_by_test_id("switch-deliveries")).to_have_value("3")
    await page.get_by_test_id("switch-deliveries").select_option("4")
    await page.get_by_test_id("switch-menu_refresh").fill("60")
    await page.get_by_test_id("switch-strict").click()
    await expect(page.get_by_test_id("switch-strict")).to_be_checked()
    await screen.reload()
    await screen.tool("account")
    await expect(page.get_by_test_id("switch-deliveries")).to_have_value("4")
    await expect(page.get_by_test_id("switch-strict")).to_be_checked()
    state = await screen.client.state()
    assert [state["switches"][name] for name in ("deliveries", "menu_refresh")] == [4, 60]
    assert 7200 <= state["time"] - before < 7300

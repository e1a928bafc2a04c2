"""What the inspector shows of pushes, deliveries and calls, and what it can do with them."""

from __future__ import annotations

import asyncio

import pytest

from tests.page.browser import Browser, expect
from tests.page.screen import Screen, loading, on_screen, set_in_the_end
from wxevents import ClickButton, ClickEvent, Menu, Router
from wxevents.emulator import Emulator
from wxevents.pushes import FOLLOWER, OUTAGE_NOTICE
from wxevents.testing import ManualClock, invented_settings

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_a_slow_handler_is_asked_three_times(browser: Browser) -> None:
    router = Router()
    ready = asyncio.Event()

    @router.click("slow")
    async def slow(event: ClickEvent) -> str:
        await ready.wait()
        return "终于"

    clock = ManualClock()
    emulator = Emulator(settings=invented_settings(), clock=clock)
    # The bot's own clock stands still: it never thinks that it is late.
    load = loading(router, menu=Menu(ClickButton("慢", slow)), clock=ManualClock())
    async with on_screen(browser, load, emulator=emulator) as screen, set_in_the_end(ready):
        deliveries = screen.pushes().first.get_by_test_id("delivery")
        await screen.tap("慢")
        for number in (1, 2, 3):
            await expect(deliveries).to_have_count(number)
            await expect(deliveries.last).to_contain_text("running")
            await expect(screen.pushes()).to_have_attribute("data-outcome", "waiting")
            await clock.advance(5)
        await expect(screen.pushes()).to_have_attribute("data-outcome", "outage")
        await expect(deliveries).to_have_count(3)
        for delivery in await deliveries.all():
            await expect(delivery).to_contain_text("5.00 s")
            await expect(delivery).to_have_attribute("data-accepted", "false")
            await expect(delivery).to_have_attribute(
                "title", "no answer within 5 s: the connection is dropped"
            )
        await expect(screen.messages("system", "notice")).to_have_text([OUTAGE_NOTICE])
        await expect(screen.pushes()).to_contain_text("response timeout")

        await clock.advance(1)  # the same push of the same second would be the same push
        await screen.tap("慢")
        await expect(screen.pushes()).to_have_count(2)
        await expect(deliveries).to_have_count(1)
        await clock.advance(5)
        await expect(deliveries).to_have_count(2)
        ready.set()
        await expect(screen.pushes().first).to_have_attribute("data-outcome", "answered")
        await expect(deliveries.first).to_have_attribute("data-accepted", "false")
        await expect(deliveries.last).to_have_attribute("data-accepted", "true")
        await expect(screen.messages()).to_have_text(["终于"])


async def test_a_push_opens_with_all_that_was_said(browser: Browser) -> None:
    granted = ["clipboard-read", "clipboard-write"]
    async with on_screen(browser, permissions=granted) as screen:
        page = screen.page
        await screen.tap("发现", "今日歌曲")
        await expect(screen.pushes()).to_have_attribute("data-outcome", "answered")
        toggle = screen.pushes().locator(".entry-toggle")
        await toggle.click()
        await expect(toggle).to_have_attribute("aria-expanded", "true")
        opened = page.get_by_label("Push, decrypted", exact=True)
        await expect(opened).to_contain_text("<EventKey><![CDATA[V1001_TODAY_MUSIC]]></EventKey>")
        await expect(page.locator(".verdict")).to_have_text("accepted")
        answer = page.get_by_label("Answer, decrypted", exact=True)
        await expect(answer).to_contain_text("今日歌曲：《月亮代表我的心》")
        for folded in ("Answer as received", "Body as sent"):
            await expect(page.get_by_label(folded, exact=True)).to_have_count(0)
            await page.get_by_role("button", name=folded, exact=True).click()
            await expect(page.get_by_label(folded, exact=True)).to_contain_text("<Encrypt>")
        await page.get_by_role("button", name="Query", exact=True).click()
        await expect(page.get_by_label("Query", exact=True)).to_contain_text("msg_signature=")
        (push,) = (await screen.client.state())["pushes"]
        assert push["command"].startswith("wxevents push click V1001_TODAY_MUSIC")
        for what in ("command", "test"):
            await page.get_by_test_id(f"copy-{what}").click()
            await expect(page.get_by_role("status").filter(has_text="Copied").last).to_be_visible()
            assert await page.evaluate("() => navigator.clipboard.readText()") == push[what]
        await toggle.click()
        await expect(opened).to_have_count(0)


async def test_a_push_that_no_call_caused_names_no_cause(browser: Browser) -> None:
    emulator = Emulator(settings=invented_settings())
    async with on_screen(browser, emulator=emulator) as screen:
        cause = screen.page.get_by_text("Caused by", exact=True)
        user = emulator.account.users[FOLLOWER]
        await emulator.phones.carry_out(emulator.phones.push(user, "CLICK", "V1001_TODAY_MUSIC"))
        toggle = screen.pushes().locator(".entry-toggle")
        await toggle.click()
        await expect(screen.page.locator(".verdict")).to_have_text("accepted")
        await expect(cause).to_have_count(0)
        await toggle.click()
        await screen.tap("发现", "今日歌曲")
        await expect(screen.pushes()).to_have_count(2)
        await screen.pushes().first.locator(".entry-toggle").click()
        await expect(cause).to_have_count(1)


async def test_a_delivery_is_replayed_and_an_action_done_anew(screen: Screen) -> None:
    await screen.tap("发现", "今日歌曲")
    deliveries = screen.pushes().first.get_by_test_id("delivery")
    await expect(screen.pushes()).to_have_attribute("data-outcome", "answered")
    await screen.pushes().get_by_test_id("again").click()
    await expect(deliveries).to_have_count(2)
    await expect(deliveries.last).to_have_attribute("data-accepted", "true")
    await expect(screen.pushes()).to_have_count(1)

    await screen.pushes().locator(".entry-toggle").click()
    await screen.page.get_by_test_id("anew").click()
    await expect(screen.pushes()).to_have_count(2)
    await expect(screen.pushes().first).to_have_attribute("data-outcome", "answered")
    await expect(deliveries).to_have_count(1)
    one, other = (await screen.client.state())["pushes"]
    assert one["key"] == other["key"] == "V1001_TODAY_MUSIC"
    assert one["id"] != other["id"]


async def test_pushes_tell_whose_they_are_and_calls_are_made_again(screen: Screen) -> None:
    page = screen.page
    calls = page.locator(".entry.call")
    other = await screen.client.add_user("王芳")
    await screen.client.user().change(name="李雷")
    await other.say("帮助")
    await screen.client.user().say("帮助")
    who = screen.pushes().locator(".who")
    await expect(who).to_have_text(["李雷", "王芳"])

    await page.get_by_test_id("filter-pushes").click()
    await expect(screen.pushes()).to_have_count(2)
    await expect(calls).to_have_count(0)
    await page.get_by_test_id("filter-calls").click()
    await expect(screen.pushes()).to_have_count(0)
    create = calls.filter(has_text="/cgi-bin/menu/create")
    await expect(create).to_have_count(1)
    await expect(create).to_have_attribute("data-errcode", "0")
    await create.locator(".entry-toggle").click()
    await expect(create.get_by_label("Request", exact=True)).to_contain_text('"name": "今日歌曲"')
    await expect(create.get_by_label("Response", exact=True)).to_contain_text('"errcode": 0')
    await create.get_by_test_id("again").click()
    await expect(create).to_have_count(2)
    secret = (await screen.client.state())["calls"]
    assert invented_settings().app_secret not in str(secret)
    await expect(page.locator(".timeline")).not_to_contain_text(invented_settings().app_secret)

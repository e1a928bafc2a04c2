"""What the phone asks before it sends: codes, photographs, places; and not sending it after all."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree

import pytest

from tests.page.browser import expect
from tests.page.screen import Screen

pytestmark = pytest.mark.asyncio(loop_scope="package")

# One pixel.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
FILES = "扫码发图"


async def test_codes_are_scanned(screen: Screen) -> None:
    page = screen.page
    await screen.tap(FILES, "扫码带提示")
    await expect(page.get_by_test_id("scan-result")).to_be_focused()
    await expect(page.get_by_test_id("confirm")).to_be_disabled()
    await page.get_by_test_id("scan-result").fill("https://t.example/9")
    await screen.confirm()
    await expect(screen.messages()).to_have_text(["二维码内容：https://t.example/9"])

    await screen.tap(FILES, "扫码推事件")
    await page.get_by_test_id("scan-result").fill("4006381333931")
    await page.get_by_test_id("scan-type").select_option("barcode")
    await page.get_by_test_id("scan-symbology").select_option("EAN_13")
    await screen.confirm()
    await expect(screen.messages().last).to_have_text("已收到扫码结果：4006381333931")
    await expect(screen.messages("system", "opened")).to_contain_text("4006381333931")
    await expect(screen.pushes().first).to_contain_text("scancode_push")


async def test_photos_come_from_album_camera_and_files(screen: Screen) -> None:
    page = screen.page
    await screen.tap(FILES, "微信相册发图")
    await page.get_by_test_id("sample-receipt").click()
    await page.get_by_test_id("sample-cat").click()
    await expect(screen.dialog("photos").get_by_role("status")).to_have_text("2 chosen")
    await screen.confirm()
    await expect(screen.messages("user", "image")).to_have_count(2)
    await expect(screen.messages(kind="text")).to_have_text(["收到 2 张图片"])
    await expect(screen.messages(kind="image")).to_have_count(2)  # the bot sends each back
    for picture in await screen.messages("user", "image").locator("img").all():
        await expect(picture).to_have_js_property("complete", value=True)
        assert await picture.evaluate("image => image.naturalWidth")
    await expect(screen.pushes()).to_have_count(3)

    await screen.tap(FILES, "系统拍照发图")
    await page.get_by_test_id("sample-sea").click()
    await page.get_by_test_id("sample-cat").click()
    await expect(screen.dialog("photos").get_by_role("status")).to_have_text("1 chosen")
    await screen.confirm()
    await expect(screen.messages(kind="text").last).to_have_text("收到 1 张图片")

    await screen.tap(FILES, "拍照或相册")
    await page.get_by_test_id("source-album").click()
    await page.get_by_test_id("sample-sea").click()
    mine = {"name": "<b>mine.png", "mimeType": "image/png", "buffer": PICTURE}
    await page.get_by_test_id("photos-file").set_input_files(mine)  # type: ignore[arg-type]
    await expect(screen.dialog("photos").get_by_role("button", name="<b>mine.png")).to_be_visible()
    await expect(screen.dialog("photos").get_by_role("status")).to_have_text("2 chosen")
    await screen.confirm()
    await expect(screen.messages(kind="text").last).to_have_text("收到 2 张图片")
    await expect(screen.messages("user", "image")).to_have_count(5)


async def test_places_are_chosen_and_reported(screen: Screen) -> None:
    page = screen.page
    await screen.tap("发送位置")
    await page.get_by_test_id("place-list").select_option(label="外滩 · 上海市黄浦区中山东一路")
    await expect(page.get_by_test_id("latitude")).to_have_value("31.2397")
    await screen.confirm()
    await expect(screen.messages()).to_have_text(["你选择了：外滩（31.2397, 121.4900）"])
    await expect(screen.messages("user", "location")).to_contain_text("外滩")

    await screen.tap("发送位置")
    before = await page.get_by_test_id("longitude").input_value()
    await page.get_by_test_id("map").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_test_id("longitude")).not_to_have_value(before)
    await page.get_by_test_id("map").click(position={"x": 5, "y": 5})
    await expect(page.get_by_test_id("latitude")).to_have_value(re.compile(r"^31\.2[45]"))
    await page.get_by_test_id("latitude").fill("95")
    await expect(page.get_by_test_id("confirm")).to_be_disabled()
    await page.get_by_test_id("latitude").fill("51.5007")
    await page.get_by_test_id("longitude").fill("-0.1246")
    await page.get_by_test_id("poiname").fill("Big Ben")
    await screen.confirm()
    await expect(screen.messages().last).to_have_text("你选择了：Big Ben（51.5007, -0.1246）")

    shown = await screen.chat().locator(".message").count()
    await screen.phone().get_by_test_id("phone-menu").click()
    await screen.phone().get_by_role("menuitem", name="Report the location").click()
    await screen.page.get_by_test_id("precision").fill("12.5")
    await screen.confirm()
    await expect(screen.pushes().first).to_have_attribute("data-outcome", "empty")
    push = (await screen.client.state())["pushes"][-1]
    told = ElementTree.fromstring(push["xml"]).findtext("Precision", "")
    assert (push["name"], float(told)) == ("LOCATION", 12.5)
    await expect(screen.chat().locator(".message")).to_have_count(shown)  # nothing to see


async def test_who_cancels_sends_nothing(screen: Screen) -> None:
    page, phone = screen.page, screen.phone()
    taps = {
        "scan": (FILES, "扫码带提示"),
        "photos": (FILES, "微信相册发图"),
        "source": (FILES, "拍照或相册"),
        "place": ("发送位置",),
    }
    for dialog, names in taps.items():
        for key in ("", "Escape"):
            await screen.tap(*names)
            await expect(screen.dialog(dialog)).to_be_visible()
            if key:
                await page.keyboard.press(key)
            else:
                await page.get_by_test_id("cancel").click()
            await expect(screen.dialog(dialog)).to_have_count(0)
    for action, dialog in {"Report": "place", "Scan the": "scene"}.items():
        await phone.get_by_test_id("phone-menu").click()
        await phone.get_by_role("menuitem", name=action).click()
        await screen.dialog(dialog).get_by_test_id("cancel").click()
    await phone.get_by_test_id("keyboard").click()
    await phone.get_by_test_id("more").click()
    sent = {"picture": "photos", "location": "place", "voice": "voice", "link": "link"}
    for what, dialog in sent.items():
        await phone.get_by_test_id(f"send-{what}").click()
        await screen.dialog(dialog).get_by_test_id("cancel").click()
        await expect(screen.dialog(dialog)).to_have_count(0)
    assert await screen.number_of_pushes() == 0
    await expect(screen.chat().locator(".message")).to_have_count(0)

"""Codes in pictures: a QR code is read in every browser, also in one that reads none itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.page.browser import expect
from tests.page.screen import Screen

pytestmark = pytest.mark.asyncio(loop_scope="package")

CODE = Path(__file__).parent / "code.png"
SAYS = "https://weixin.qq.com/r/till07"
SEA = Path(__file__).parents[2] / "wxevents" / "emulator" / "samples" / "sea.jpg"


async def test_a_code_is_read_from_a_picture_of_one(screen: Screen) -> None:
    page = screen.page
    await screen.tap("扫码发图", "扫码带提示")
    file = page.get_by_test_id("scan-file")
    await file.set_input_files(SEA)
    await expect(screen.dialog("scan").get_by_role("status")).to_contain_text("No QR code")
    await file.set_input_files(Path(__file__))
    await expect(screen.dialog("scan").get_by_role("status")).to_have_text(
        "This file is no picture."
    )
    await file.set_input_files(CODE)
    await expect(page.get_by_test_id("scan-result")).to_have_value(SAYS)
    await expect(screen.dialog("scan").get_by_role("status")).to_have_count(0)
    await screen.confirm()
    await expect(screen.messages()).to_have_text([f"二维码内容：{SAYS}"])

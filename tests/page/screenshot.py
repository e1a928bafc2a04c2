"""The picture of the page in the README: `python -m tests.page.screenshot [FILE]`.

The bot of handlers/ answers on the phone, and the inspector shows a push. Without Chromium it says
so and leaves the picture as it is.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Final

from tests.page.browser import chromium, expect
from tests.page.screen import Screen, on_screen

FILE: Final = Path(__file__).parents[2] / "docs" / "phone.png"
SIZE: Final = (1400, 860)


async def photograph(file: Path) -> None:
    """Write the page after a few taps to `file`, as PNG."""
    async with chromium() as browser, on_screen(browser, size=SIZE) as screen:
        await screen.client.user().change(name="小明")
        await screen.client.add_user("王芳", platform="android")
        await use(screen)
        await screen.page.mouse.move(0, 0)
        await screen.page.screenshot(path=file)


async def use(screen: Screen) -> None:
    page = screen.page
    await screen.client.user().send("image", photo={"sample": "sea"})
    await screen.tap("扫码发图", "扫码带提示")
    await page.get_by_test_id("scan-result").fill("4006381333931")
    await page.get_by_test_id("scan-type").select_option("barcode")
    await screen.confirm()
    await expect(screen.messages(kind="text")).to_have_count(1)
    await screen.tap("发现", "新品活动")
    await expect(screen.messages(kind="news")).to_have_count(1)
    await screen.tap("发现", "今日歌曲")
    await expect(screen.messages(kind="text")).to_have_count(2)
    await screen.pushes().filter(has_text="scancode_waitmsg").locator(".entry-toggle").click()
    await expect(page.locator(".details")).to_be_visible()


if __name__ == "__main__":
    asyncio.run(photograph(Path(sys.argv[1]) if sys.argv[1:] else FILE))

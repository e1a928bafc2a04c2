"""Every button of the bot in handlers/, tapped on the emulated phone, over real sockets."""

from __future__ import annotations

from wxevents.testing import EmulatorClient


async def test_a_click_button_is_answered(emulator: EmulatorClient) -> None:
    done = await emulator.user().tap("今日歌曲")
    assert done.did == {"kind": "pushed"}
    assert done.outcomes == ["answered"]
    assert done.texts == ["今日歌曲：《月亮代表我的心》"]

"""Buttons that scan a code."""

from wxevents import Router, ScancodePushEvent, ScancodeWaitmsgEvent

router = Router()


@router.scancode_waitmsg("rselfmenu_0_0")
async def look_up(event: ScancodeWaitmsgEvent) -> str:
    # The phone shows 消息接收中 until this answer arrives.
    if event.symbology:
        return f"条形码（{event.symbology}）：{event.code}"
    return f"二维码内容：{event.code}"


@router.scancode_push("rselfmenu_0_1")
async def scanned(event: ScancodePushEvent) -> str:
    # The phone has shown or opened the result already.
    return f"已收到扫码结果：{event.code}"

"""Scanning: a button that waits for the answer, one that does not, and QR codes with a scene.

wxevents dev --handlers examples.scanning
wxevents push scancode_waitmsg STOCK --set ScanCodeInfo.ScanType=barcode \
    --set ScanCodeInfo.ScanResult=EAN_13,4006381333931
"""

from wxevents import Prefix, Router, ScancodePushEvent, ScancodeWaitmsgEvent, ScanEvent

router = Router()

STOCK = {"4006381333931": "签字笔，库存 12 支"}


@router.scancode_waitmsg("STOCK")
async def stock(event: ScancodeWaitmsgEvent) -> str:
    return STOCK.get(event.code, f"没有找到 {event.code}")


@router.scancode_push("TICKET")
async def ticket(event: ScancodePushEvent) -> None:
    # The phone has opened the result already; nothing needs to be said.
    return None


@router.scan(Prefix("table:"))
async def seated(event: ScanEvent, rest: int) -> str:
    return f"{rest} 号桌，欢迎点餐"

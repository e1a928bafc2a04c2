"""People who come, come by a QR code, and go."""

import logging

from wxevents import Router, ScanEvent, SubscribeEvent, UnsubscribeEvent

router = Router()
log = logging.getLogger(__name__)


@router.subscribe()
async def welcome(event: SubscribeEvent) -> str:
    # With scene="…" in the decorator: only those who came by that QR code.
    came_by = f"（来自 {event.scene}）" if event.scene else ""
    return f"欢迎关注！{came_by}点一下菜单试试看。"


@router.scan()
async def scanned_scene(event: ScanEvent) -> str:
    return f"欢迎回来，你扫描了：{event.scene}"


@router.unsubscribe()
async def goodbye(event: UnsubscribeEvent) -> None:
    log.info("%s has gone: delete what is stored of this user", event.openid)

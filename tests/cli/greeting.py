"""Handlers that are in no folder of a user's."""

from __future__ import annotations

from wxevents import ClickEvent, Router

router = Router()


@router.click("HELLO")
async def hello(event: ClickEvent) -> str:
    return "你好"

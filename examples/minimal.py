"""The smallest bot: one button, one answer.

wxevents dev --handlers examples.minimal
wxevents push click HELLO
"""

from wxevents import ClickEvent, Router

router = Router()


@router.click("HELLO")
async def hello(event: ClickEvent) -> str:
    return "你好！"

"""One handler for many buttons: a part of the key is captured and arrives converted.

wxevents dev --handlers examples.prefix_and_regex
wxevents push click order:7
"""

from enum import Enum

from wxevents import ClickEvent, Prefix, Regex, Router

router = Router()


class Size(Enum):
    SMALL = "s"
    LARGE = "l"


@router.click(Prefix("order:"))
async def order(event: ClickEvent, rest: int) -> str:
    return f"订单 {rest} 已发货"


@router.click("order:help")  # an exact key wins over every pattern, wherever it stands
async def order_help(event: ClickEvent) -> str:
    return "点击菜单中的订单查看状态"


@router.click(Regex(r"page:(?P<number>\d+)"))
async def page(event: ClickEvent, number: int) -> str:
    return f"第 {number} 页，下一页是 {number + 1}"


@router.click(Regex(r"size:(?P<size>\w)"))
async def size(event: ClickEvent, size: Size) -> str:
    return f"尺寸：{size.name}"


@router.click()  # also takes order:abc and size:x, which do not convert
async def anything_else(event: ClickEvent) -> str:
    return f"没有这个按钮：{event.key}"

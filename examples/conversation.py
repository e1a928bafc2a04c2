"""A dialogue of several steps: a tap begins it, texts go on with it, a word ends it.

Where the user is and what he said so far is kept in his session, so a restart in the middle of the
dialogue loses nothing, and the next step may run in another process.

wxevents dev --handlers examples.conversation
wxevents push click ORDER
wxevents push text 牛肉面
"""

from pydantic import BaseModel

from wxevents import ClickEvent, Conversation, LocationMessage, Router, Session, TextMessage

router = Router()

ordering = Conversation(
    "ordering", timeout=300, cancel=("取消", "算了"), cancelled="好的，已取消。"
)


class Order(BaseModel):
    dish: str = ""
    count: int = 0
    address: str = ""


@router.click("ORDER")
async def order(event: ClickEvent, session: Session[Order]) -> str:
    session.data = Order()
    session.go(ordering, "dish")
    return "想吃什么？（回复“取消”退出）"


@router.step(ordering, "dish")
async def dish(message: TextMessage, session: Session[Order]) -> str:
    session.data.dish = message.content
    session.go(ordering, "count")
    return "几份？"


@router.step(ordering, "count")
async def count(message: TextMessage, session: Session[Order]) -> str:
    if not message.content.isdecimal():
        return "请回复数字"  # the same step again
    session.data.count = int(message.content)
    session.go(ordering, "address")
    return "送到哪里？可以回复地址，或发送位置"


@router.step(ordering, "address")
async def address(message: TextMessage, session: Session[Order]) -> str:
    return confirmed(session, message.content)


@router.step(ordering, "address", LocationMessage)
async def place(message: LocationMessage, session: Session[Order]) -> str:
    return confirmed(session, message.label)


def confirmed(session: Session[Order], address: str) -> str:
    session.data.address = address
    session.end()
    return f"已下单：{session.data.dish} × {session.data.count}，送到{address}"


@router.text()
async def anything_else(message: TextMessage) -> str:
    return "点菜请点菜单"

"""What users write, and everything that nobody else takes."""

import logging

from wxevents import Event, Regex, Router, TextMessage, TransferReply

router = Router()
log = logging.getLogger(__name__)


@router.text("帮助")
async def show_help(message: TextMessage) -> str:
    return "发送“订单 123”查询订单，发送“人工”转接客服。"


@router.text(Regex(r"订单\s*(?P<number>\d+)"))
async def order(message: TextMessage, number: int) -> str:
    return f"订单 {number} 已发货"


@router.text("人工")
async def to_an_agent(message: TextMessage) -> TransferReply:
    return TransferReply()


@router.text()
async def echo(message: TextMessage) -> str:
    return f"你说的是：{message.content}"


@router.fallback()
async def everything_else(event: Event) -> None:
    log.info("%s from %s passed over", event.name, event.openid)

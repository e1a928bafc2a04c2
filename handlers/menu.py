"""The buttons of the menu that push a key, and the two that only tell that they were used.

Keys are those of the example menu in the platform's own documentation.
"""

import logging

from wxevents import Article, ClickEvent, NewsReply, Router, ViewEvent, ViewMiniprogramEvent

router = Router()
log = logging.getLogger(__name__)


@router.click("V1001_TODAY_MUSIC")
async def today_music(event: ClickEvent) -> str:
    return "今日歌曲：《月亮代表我的心》"


@router.click("V1001_GOOD")
async def good(event: ClickEvent) -> str:
    return "谢谢你的赞！"


@router.click("V1001_NEWS")
async def news(event: ClickEvent) -> NewsReply:
    # In answer to an event there may be up to eight articles, in answer to a message one.
    return NewsReply(
        [
            Article("新品上架", "本周新到的三款", url="https://www.qq.com/"),
            Article("门店活动", "周末两人同行", url="https://www.qq.com/"),
        ]
    )


@router.view()
async def opened_link(event: ViewEvent) -> None:
    # The user has left the chat for the page: count it, there is nothing to answer.
    log.info("%s opened %s", event.openid, event.key)


@router.view_miniprogram()
async def opened_miniprogram(event: ViewMiniprogramEvent) -> None:
    log.info("%s opened the mini program at %s", event.openid, event.key)

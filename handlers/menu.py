"""The menu, the click buttons of it, and the two that only tell that they were used.

Keys are those of the example menu in the platform's own documentation. `wxevents menu check` holds
the menu against the handlers, `wxevents menu plan` and `apply` publish it.
"""

import logging

from handlers import photos, places, scanning
from wxevents import (
    Article,
    ClickButton,
    ClickEvent,
    LocationSelectButton,
    Menu,
    NewsReply,
    PicPhotoOrAlbumButton,
    PicSysphotoButton,
    PicWeixinButton,
    Router,
    ScancodePushButton,
    ScancodeWaitmsgButton,
    SubMenu,
    ViewButton,
    ViewEvent,
    ViewMiniprogramEvent,
)

router = Router()
log = logging.getLogger(__name__)


@router.click("V1001_TODAY_MUSIC")
async def today_music(event: ClickEvent) -> str:
    return "今日歌曲：《月亮代表我的心》"


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


menu = Menu(
    SubMenu(
        "发现",
        ClickButton("今日歌曲", today_music),  # the key comes from the handler
        ClickButton("新品活动", news),
        ClickButton("赞一下我们", "V1001_GOOD", reply="谢谢你的赞！"),  # needs no handler
        ViewButton("搜索", "https://www.soso.com/"),
    ),
    SubMenu(
        "扫码发图",
        ScancodeWaitmsgButton("扫码带提示", scanning.look_up),
        ScancodePushButton("扫码推事件", scanning.scanned),
        PicSysphotoButton("系统拍照发图", photos.from_camera),
        PicPhotoOrAlbumButton("拍照或相册", photos.from_camera_or_album),
        PicWeixinButton("微信相册发图", photos.from_album),
    ),
    LocationSelectButton("发送位置", places.selected),
)

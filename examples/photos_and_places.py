"""Buttons that send pictures and places.

The event comes first and says which button it was; then each picture arrives as an image message
and the place as a location message, which repeat no key.

wxevents dev --handlers examples.photos_and_places
wxevents push pic_weixin REPAIR
wxevents push location_select BRANCH --set SendLocationInfo.Poiname=人民广场
"""

from wxevents import (
    ImageMessage,
    LocationMessage,
    LocationSelectEvent,
    PicturesEvent,
    PicWeixinEvent,
    Router,
)

router = Router()


@router.pic_weixin("REPAIR")
async def damage(event: PicWeixinEvent) -> str:
    if not event.pictures:
        return "请至少选择一张照片"
    return f"收到 {len(event.pictures)} 张照片，正在登记报修"


@router.on(PicturesEvent)  # every other button that sends pictures
async def other_pictures(event: PicturesEvent) -> str:
    return f"{event.name}：{len(event.pictures)} 张"


@router.image()
async def picture(message: ImageMessage) -> str:
    return f"照片已保存：{message.media_id}"


@router.location_select("BRANCH")
async def nearest_branch(event: LocationSelectEvent) -> str:
    place = event.place
    return f"{place.poiname or place.label or '该位置'}附近的门店：南京东路店"


@router.location()
async def sent_beside(message: LocationMessage) -> None:
    return None  # the event has answered

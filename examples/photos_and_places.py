"""Buttons that send pictures and places.

The event says which button it was; each picture arrives as an image message and the place as a
location message, which repeat no key. `photos` and `place` join them; what they do not take is
handled as it comes.

wxevents dev --handlers examples.photos_and_places
wxevents push pic_photo_or_album AVATAR
wxevents push location_select BRANCH --set SendLocationInfo.Poiname=人民广场
"""

from wxevents import (
    ImageMessage,
    LocationMessage,
    LocationSelectEvent,
    PhotosEvent,
    PicPhotoOrAlbumEvent,
    PicturesEvent,
    PlaceEvent,
    Router,
)

router = Router()


@router.photos("REPAIR")
async def damage(event: PhotosEvent) -> str:
    if not event.pictures:
        return "请至少选择一张照片"
    received = "、".join(image.media_id for image in event.images)
    if not event.complete:  # ten seconds are over
        return f"只收到 {len(event.images)} 张照片（{received}），请重新发送"
    return f"收到 {len(event.images)} 张照片（{received}），正在登记报修"


@router.pic_photo_or_album("AVATAR")  # how many there are is enough here
async def avatar(event: PicPhotoOrAlbumEvent) -> str:
    return "正在更换头像" if len(event.pictures) == 1 else "请选择一张照片"


@router.on(PicturesEvent)  # every other button that sends pictures
async def other_pictures(event: PicturesEvent) -> str:
    return f"{event.name}：{len(event.pictures)} 张"


@router.image()  # those that REPAIR does not get
async def picture(message: ImageMessage) -> str:
    return f"照片已保存：{message.media_id}"


@router.place("DELIVERY")
async def deliver_to(event: PlaceEvent) -> str:
    return f"送货至：{event.message.label if event.message else event.place.label}"


@router.location_select("BRANCH")
async def nearest_branch(event: LocationSelectEvent) -> str:
    place = event.place
    return f"{place.poiname or place.label or '该位置'}附近的门店：南京东路店"


@router.location()
async def sent_beside(message: LocationMessage) -> None:
    return None  # the event has answered

"""Buttons that send pictures: the event tells how many, an image message each brings them."""

from wxevents import (
    ImageMessage,
    ImageReply,
    PicPhotoOrAlbumEvent,
    PicSysphotoEvent,
    PicturesEvent,
    PicWeixinEvent,
    Router,
)

router = Router()


@router.pic_sysphoto("rselfmenu_1_0")
async def from_camera(event: PicSysphotoEvent) -> str:
    return received(event)


@router.pic_photo_or_album("rselfmenu_1_1")
async def from_camera_or_album(event: PicPhotoOrAlbumEvent) -> str:
    return received(event)


@router.pic_weixin("rselfmenu_1_2")
async def from_album(event: PicWeixinEvent) -> str:
    return received(event)


def received(event: PicturesEvent) -> str:
    # `pictures` is what was sent; the platform's own count was seen to be wrong.
    return f"收到 {len(event.pictures)} 张图片" if event.pictures else "没有选择图片"


@router.image()
async def echo(message: ImageMessage) -> ImageReply:
    return ImageReply(message.media_id)

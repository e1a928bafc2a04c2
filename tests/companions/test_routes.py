"""Which events are joined: what the routes say, and what is refused."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from wxevents import (
    Bot,
    Event,
    LocationSelectButton,
    LocationSelectEvent,
    Menu,
    PhotosEvent,
    PicPhotoOrAlbumButton,
    PicSysphotoButton,
    PicSysphotoEvent,
    PicturesEvent,
    PicWeixinButton,
    PlaceEvent,
    Prefix,
    Regex,
    RegistrationError,
    Router,
    TextReply,
)
from wxevents.replies import Reply
from wxevents.routing import Matcher
from wxevents.testing import ManualClock, Phone, invented_settings


def bot_of(router: Router, menu: Menu | None = None) -> Bot:
    return Bot(invented_settings(), routers=[router], menu=menu, clock=ManualClock())


async def photos(bot: Bot, key: str, button: str = "pic_sysphoto") -> Reply | None:
    """One picture. The message of an event that is handled alone waits for two seconds."""
    sending = asyncio.create_task(Phone(bot).photos(key, "1", button=button))
    await cast(ManualClock, bot.clock).advance(2)
    return await sending


def routed(joined: Matcher, alone: Matcher) -> Router:
    router = Router()

    @router.photos(joined)
    async def with_images(event: PhotosEvent) -> str:
        return "joined"

    @router.pic_sysphoto(alone)
    async def without(event: PicSysphotoEvent) -> str:
        return "alone"

    return router


@pytest.mark.parametrize(
    ("joined", "alone", "answer"),
    [
        ("order:a", Prefix("order:"), "joined"),
        (Prefix("order:"), "order:a", "alone"),
        (Prefix("order:a"), Prefix("order:"), "joined"),
        (Prefix("order:"), Prefix("order:a"), "alone"),
        (Prefix("order:"), Regex("order:.*"), "joined"),
        (Regex("order:.*"), Regex("order:[a-z]"), "joined"),
        (Regex("order:.*"), None, "joined"),
        (None, Regex("order:.*"), "alone"),
        (None, "order:b", "joined"),
        ("order:b", None, "alone"),
    ],
)
async def test_the_most_specific_route_decides(
    joined: Matcher, alone: Matcher, answer: str
) -> None:
    assert await photos(bot_of(routed(joined, alone)), "order:a") == TextReply(answer)


async def test_a_class_comes_behind_all_keys_and_the_joined_one_first() -> None:
    router = Router()

    @router.on(PhotosEvent)
    async def joined(event: PhotosEvent) -> str:
        return "joined"

    @router.on(PicturesEvent)
    async def alone(event: PicturesEvent) -> str:
        return "class"

    @router.pic_weixin()
    async def keyed(event: PicturesEvent) -> str:
        return "key"

    bot = bot_of(router)
    assert await photos(bot, "A") == TextReply("joined")
    assert await photos(bot, "A", "pic_weixin") == TextReply("key")


async def test_captures_and_classes_above_are_what_the_handler_takes() -> None:
    router = Router()

    @router.photos(Prefix("repair:"))
    async def repair(event: PicturesEvent, rest: int) -> str:
        return f"{type(event).__name__} {rest}"

    @router.place(Regex("(?P<city>.+)"))
    async def place(event: Event, city: str) -> str:
        return city

    phone = Phone(bot_of(router))
    assert await phone.photos("repair:7", "1") == TextReply("PhotosEvent 7")
    assert await phone.locate("shanghai", 31.2, 121.4) == TextReply("shanghai")


@pytest.mark.parametrize(
    ("joined", "alone"),
    [
        ("photos", "pic_sysphoto"),
        ("photos", "pic_photo_or_album"),
        ("photos", "pic_weixin"),
        ("place", "location_select"),
    ],
)
@pytest.mark.parametrize("matcher", ["KEY", Prefix("K"), None])
def test_one_key_joined_and_alone_is_refused(joined: str, alone: str, matcher: Matcher) -> None:
    router = Router()

    async def together(event: Event) -> None: ...

    async def apart(event: Event) -> None: ...

    getattr(router, joined)(matcher)(together)
    getattr(router, alone)(matcher)(apart)
    with pytest.raises(RegistrationError) as refused:
        bot_of(router).assemble()
    for part in (f"{joined}(", f"{alone}(", "together (", "apart (", "remove one"):
        assert part in str(refused.value)


def test_two_joined_handlers_of_one_key_are_refused() -> None:
    router = Router()

    @router.photos("KEY")
    async def one(event: PhotosEvent) -> None: ...

    @router.photos("KEY")
    async def other(event: PhotosEvent) -> None: ...

    with pytest.raises(RegistrationError, match=r"two handlers for photos\('KEY'\)"):
        bot_of(router).assemble()


def test_a_joined_handler_cannot_take_another_event() -> None:
    router = Router()

    @router.photos("KEY")
    async def wrong(event: PicSysphotoEvent) -> None: ...

    with pytest.raises(RegistrationError, match="this route gets PhotosEvent"):
        bot_of(router).assemble()


def joined_router() -> tuple[Router, Any, Any]:
    router = Router()

    @router.photos("PICTURES")
    async def pictures(event: PhotosEvent) -> None: ...

    @router.place("WHERE")
    async def where(event: PlaceEvent) -> None: ...

    return router, pictures, where


def test_buttons_take_their_keys_from_joined_handlers() -> None:
    router, pictures, where = joined_router()
    menu = Menu(
        PicSysphotoButton("拍照", pictures),
        PicWeixinButton("相册", pictures),
        LocationSelectButton("位置", where),
    )
    bot = bot_of(router, menu)
    assert bot.menu
    keys = [button.key for _, button in bot.menu.leaves() if hasattr(button, "key")]
    assert keys == ["PICTURES", "PICTURES", "WHERE"]
    assert bot.check_menu() == []


def test_the_check_knows_what_joined_handlers_take() -> None:
    router, _, _ = joined_router()
    menu = Menu(
        PicPhotoOrAlbumButton("拍照", "PICTURE"),
        PicWeixinButton("相册", "PICTURES"),
        LocationSelectButton("位置", "PICTURES"),
    )
    messages = [finding.message for finding in bot_of(router, menu).check_menu()]
    assert any("is it 'PICTURES'" in one for one in messages)
    assert any("photos('PICTURES')" in one and "location_select" in one for one in messages)
    assert any("place('WHERE'): no location_select button" in one for one in messages)
    assert not any("photos('PICTURES'): no" in one for one in messages)


async def test_a_bot_without_joined_routes_handles_the_event_alone() -> None:
    router = Router()

    @router.location_select("KEY")
    async def alone(event: LocationSelectEvent) -> str:
        return "alone"

    assert await Phone(bot_of(router)).locate("KEY", 1, 2) == TextReply("alone")

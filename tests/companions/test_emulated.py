"""Joined events as the emulated platform pushes them."""

from __future__ import annotations

import pytest

from wxevents import (
    Bot,
    LocationSelectButton,
    Menu,
    PhotosEvent,
    PicWeixinButton,
    PlaceEvent,
    Router,
    Settings,
)
from wxevents.testing import emulated


def load(settings: Settings) -> Bot:
    router = Router()

    @router.photos("REPAIR")
    async def damage(event: PhotosEvent) -> str:
        return f"{len(event.images)} of {len(event.pictures)}, {event.complete}"

    @router.place("WHERE")
    async def where(event: PlaceEvent) -> str:
        return event.message.label if event.message else "nowhere"

    menu = Menu(PicWeixinButton("报修", damage), LocationSelectButton("位置", where))
    return Bot(settings, routers=[router], menu=menu)


@pytest.mark.parametrize(
    ("reorder", "photos"),
    [(False, ["cat", "sea", "receipt"]), (True, ["cat"])],  # backwards, they come a second apart
)
async def test_pictures_and_places_through_buttons(reorder: bool, photos: list[str]) -> None:
    async with emulated(load) as emulator:
        await emulator.faults(reorder=reorder)
        user = emulator.user()
        done = await user.tap("报修", photos=photos)
        assert done.texts == [f"{len(photos)} of {len(photos)}, True"]
        assert sorted(done.outcomes) == ["answered", *["empty"] * len(photos)]
        done = await user.tap("报修", photos=[])
        assert done.texts == ["0 of 0, True"]
        here = {"latitude": 31.2, "longitude": 121.4, "label": "here"}
        done = await user.tap("位置", place=here)
        assert (done.texts, sorted(done.outcomes)) == (["here"], ["answered", "empty"])

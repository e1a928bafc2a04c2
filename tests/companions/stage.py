"""A bot with joined routes, a follower whose pushes are sent in any order, and what they got."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, cast

from wxevents import (
    Bot,
    Client,
    Event,
    ImageMessage,
    LocationMessage,
    Outcome,
    PhotosEvent,
    PlaceEvent,
    Push,
    Router,
)
from wxevents.clock import Clock
from wxevents.pushes import FOLLOWER, Platform
from wxevents.replies import Reply, read
from wxevents.store import Store
from wxevents.testing import ManualClock, Phone, invented_settings
from wxevents.xml import Fields

ANSWERED_APART: Final = "an image of its own"


class Sent:
    """Stands for the client of a bot: keeps the customer-service messages that it sends."""

    def __init__(self) -> None:
        self.client = Client(invented_settings())
        self.texts: list[str] = []
        self.client.messages.send_prepared = self._take  # type: ignore[method-assign]

    async def _take(self, body: Mapping[str, Any]) -> None:
        self.texts.append(body["text"]["content"])


class Chat:
    """One bot and one user of it. `photos` is the handler of PHOTOS; each call adds its event to
    `joined`, and each image or place that was handled on its own to `apart`."""

    def __init__(
        self,
        answer: Callable[[PhotosEvent | PlaceEvent], Coroutine[Any, Any, Any]] | None = None,
        *,
        routers: tuple[Router, ...] | None = None,
        clock: Clock | None = None,
        store: Store | None = None,
        openid: str = FOLLOWER,
        **settings: Any,
    ) -> None:
        self.clock = clock or ManualClock()
        self.joined: list[PhotosEvent | PlaceEvent] = []
        self.pushes: list[Push] = []
        self.apart: list[str] = []
        self.outcomes: list[Outcome] = []
        self.sent = Sent()
        self._answer = answer or count
        own = invented_settings(apology="请稍后再试", **settings)
        self.bot = Bot(
            own,
            routers=(self._router(),) if routers is None else routers,
            observers=[self.outcomes.append],
            client=self.sent.client,
            clock=self.clock,
            store=store,
        )
        self.phone = Phone(self.bot, openid)
        self._platform = Platform(own)

    @property
    def manual(self) -> ManualClock:
        return cast(ManualClock, self.clock)

    def _router(self) -> Router:
        router = Router()

        @router.photos("PHOTOS")
        async def photos(event: PhotosEvent, push: Push) -> Any:
            self.joined.append(event)
            self.pushes.append(push)
            return await self._answer(event)

        @router.place("PLACE")
        async def place(event: PlaceEvent) -> Any:
            self.joined.append(event)
            return await self._answer(event)

        @router.image()
        async def image(message: ImageMessage) -> str:
            self.apart.append(message.media_id)
            return ANSWERED_APART

        @router.location()
        async def location(message: LocationMessage) -> None:
            self.apart.append(message.label)

        @router.fallback()
        async def others(event: Event) -> str:
            return f"alone: {event.name}"

        return router

    def event(self, count: int, key: str = "PHOTOS", button: str = "pic_sysphoto") -> Fields:
        """A pic_* event with so many pictures."""
        items: list[Fields] = [{"PicMd5Sum": f"{number:032x}"} for number in range(count)]
        pictures = {"Count": count, "PicList": {"item": items} if items else ""}
        return self.phone.compose(button, key, {"SendPicsInfo": pictures})

    def image(self, media_id: str) -> Fields:
        return self.phone.compose("image", None, {"MediaId": media_id})

    def send(self, fields: Fields, to: Chat | None = None) -> asyncio.Task[Reply | None]:
        """One delivery, under way; to another bot than this one's where that is said."""
        return asyncio.create_task(self._deliver(fields, to or self))

    async def _deliver(self, fields: Fields, to: Chat) -> Reply | None:
        response = await to.bot.handle(to.phone.delivery(fields))
        answer = self._platform.judge(response, fields)
        return read(answer) if answer else None

    @property
    def images(self) -> list[list[str]]:
        """The media ids of every joined event."""
        return [
            [image.media_id for image in event.images]
            for event in self.joined
            if isinstance(event, PhotosEvent)
        ]


async def count(event: PhotosEvent | PlaceEvent) -> str:
    """What most of these handlers answer."""
    if isinstance(event, PhotosEvent):
        return f"{len(event.images)} of {len(event.pictures)}"
    return event.message.label if event.message else "no message"

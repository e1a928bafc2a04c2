"""Events with the messages that belong to them. The platform pushes neither: the bot puts them
together (see `wxevents.companions`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from pydantic import Field

from wxevents.events.event import Message
from wxevents.events.menu import LocationSelectEvent, PicturesEvent
from wxevents.events.messages import ImageMessage, LocationMessage


class PhotosEvent(PicturesEvent):
    """Pictures were sent through a button, and these are their messages.

    `name`, `key` and `raw` are those of the pic_* event. Which image is which of `pictures` is not
    to be known: nothing in an image message repeats the sum.
    """

    decorator = "photos"

    images: tuple[ImageMessage, ...] = Field(default=(), description="in order of arrival")
    complete: bool = Field(
        default=False, description="whether all images came within the ten seconds"
    )


class PlaceEvent(LocationSelectEvent):
    """A place was chosen through a button, and this is its message, None if none came in time."""

    decorator = "place"

    message: LocationMessage | None = None
    complete: bool = Field(
        default=False, description="whether the message came within the ten seconds"
    )


GatheringEvent: TypeAlias = PicturesEvent | LocationSelectEvent
"""An event beside which messages arrive."""

JoinedEvent: TypeAlias = PhotosEvent | PlaceEvent
"""The same with its messages."""


def joined_form(event: object) -> type[JoinedEvent] | None:
    """What an event of that class is with its messages; None for a class that has none."""
    if isinstance(event, type) and issubclass(event, PicturesEvent):
        return PhotosEvent
    if isinstance(event, type) and issubclass(event, LocationSelectEvent):
        return PlaceEvent
    return None


def messages_wanted(event: GatheringEvent) -> int:
    """How many messages belong to the event."""
    # The platform's own count was seen to be wrong (protocol: picture quirks).
    return len(event.pictures) if isinstance(event, PicturesEvent) else 1


def join(event: GatheringEvent, messages: Sequence[Message]) -> JoinedEvent:
    """The event with its messages; it is complete if they are as many as belong to it."""
    complete = len(messages) >= messages_wanted(event)
    joined: JoinedEvent
    if isinstance(event, PicturesEvent):
        images = tuple(one for one in messages if isinstance(one, ImageMessage))
        joined = PhotosEvent(**dict(event), images=images, complete=complete)
    else:
        places = (one for one in messages if isinstance(one, LocationMessage))
        joined = PlaceEvent(**dict(event), message=next(places, None), complete=complete)
    joined.__dict__["raw"] = event.raw  # where cached_property would store it, as `parse` does
    return joined

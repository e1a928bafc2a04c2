"""In which order and number the messages of an event arrive."""

from __future__ import annotations

import pytest

from tests.companions.stage import ANSWERED_APART, Chat
from wxevents import PhotosEvent, PlaceEvent, TextReply

ALONE = TextReply(ANSWERED_APART)


async def test_the_event_is_answered_at_once_and_the_last_image_with_the_answer() -> None:
    chat = Chat()
    assert await chat.send(chat.event(2)) is None
    assert await chat.send(chat.image("a")) is None
    assert chat.joined == []
    assert await chat.send(chat.image("b")) == TextReply("2 of 2")
    (event,) = chat.joined
    assert isinstance(event, PhotosEvent)
    assert (event.key, event.name, event.complete) == ("PHOTOS", "pic_sysphoto", True)
    assert chat.images == [["a", "b"]]
    assert chat.apart == []
    assert chat.sent.texts == []


@pytest.mark.parametrize("count", [1, 9])
async def test_as_many_images_as_the_event_has(count: int) -> None:
    chat = Chat()
    await chat.send(chat.event(count))
    answers = [await chat.send(chat.image(f"i{number}")) for number in range(count)]
    assert answers == [*[None] * (count - 1), TextReply(f"{count} of {count}")]


async def test_an_event_without_pictures_is_answered_by_its_handler() -> None:
    chat = Chat()
    assert await chat.send(chat.event(0)) == TextReply("0 of 0")
    (event,) = chat.joined
    assert event.complete


async def test_the_items_count_and_not_the_count() -> None:
    chat = Chat()
    event = chat.event(2)
    event["SendPicsInfo"]["Count"] = 7
    await chat.send(event)
    await chat.send(chat.image("a"))
    assert await chat.send(chat.image("b")) == TextReply("2 of 2")
    nothing = chat.event(0)
    nothing["SendPicsInfo"]["Count"] = 3
    assert await chat.send(nothing) == TextReply("0 of 0")


async def test_images_that_come_first_wait_for_their_event() -> None:
    chat = Chat()
    first, last = chat.send(chat.image("a")), chat.send(chat.image("b"))
    await chat.manual.advance(1.9)
    assert not any(one.done() for one in (first, last))
    assert await chat.send(chat.event(2)) is None
    assert (await first, await last) == (None, TextReply("2 of 2"))
    assert chat.apart == []


async def test_an_image_before_and_one_behind_the_event() -> None:
    chat = Chat()
    first = chat.send(chat.image("a"))
    await chat.manual.advance(1)
    await chat.send(chat.event(2))
    assert await first is None
    assert await chat.send(chat.image("b")) == TextReply("2 of 2")
    assert chat.images == [["a", "b"]]


async def test_an_image_waits_for_an_event_two_seconds_and_no_longer() -> None:
    chat = Chat()
    image = chat.send(chat.image("a"))
    await chat.manual.advance(2.1)
    assert await image == ALONE
    await chat.send(chat.event(1))
    assert await chat.send(chat.image("b")) == TextReply("1 of 1")
    assert (chat.images, chat.apart) == ([["b"]], ["a"])


async def test_an_image_too_many_is_handled_on_its_own() -> None:
    chat = Chat()
    await chat.send(chat.event(1))
    assert await chat.send(chat.image("a")) == TextReply("1 of 1")
    second = chat.send(chat.image("b"))
    await chat.manual.advance(2)
    assert await second == ALONE


async def test_of_early_images_the_event_takes_as_many_as_it_has() -> None:
    chat = Chat()
    images = [chat.send(chat.image(name)) for name in ("a", "b")]
    await chat.manual.advance(0.5)
    await chat.send(chat.event(1))
    assert await images[0] == TextReply("1 of 1")
    await chat.manual.advance(2)
    assert await images[1] == ALONE


async def test_after_ten_seconds_the_handler_gets_what_has_come() -> None:
    chat = Chat()
    await chat.send(chat.event(3))
    assert await chat.send(chat.image("a")) is None
    await chat.manual.advance(9.9)
    assert chat.joined == []
    await chat.manual.advance(0.1)
    assert chat.images == [["a"]]
    assert not chat.joined[0].complete
    assert chat.sent.texts == ["1 of 3"]
    late = chat.send(chat.image("b"))
    await chat.manual.advance(2)
    assert await late == ALONE


async def test_the_first_of_two_events_gets_the_first_images() -> None:
    chat = Chat()
    await chat.send(chat.event(2))
    await chat.send(chat.event(1, button="pic_weixin"))
    answers = [await chat.send(chat.image(name)) for name in ("a", "b", "c")]
    assert answers == [None, TextReply("2 of 2"), TextReply("1 of 1")]
    assert chat.images == [["a", "b"], ["c"]]
    assert [event.name for event in chat.joined] == ["pic_sysphoto", "pic_weixin"]


async def test_the_second_event_goes_on_when_the_time_of_the_first_is_over() -> None:
    chat = Chat()
    await chat.send(chat.event(2))
    await chat.send(chat.image("a"))
    await chat.manual.advance(5)
    await chat.send(chat.event(1))
    await chat.manual.advance(5)
    assert await chat.send(chat.image("b")) == TextReply("1 of 1")
    assert chat.images == [["a"], ["b"]]


async def test_users_do_not_get_each_others_images() -> None:
    chat = Chat()
    other = Chat(openid="oAnother")
    await chat.send(chat.event(1))
    foreign = chat.send(other.image("b"))
    await chat.manual.advance(2)
    assert await foreign == ALONE
    assert await chat.send(chat.image("a")) == TextReply("1 of 1")


@pytest.mark.parametrize("event_first", [True, False])
async def test_a_place_and_its_message(event_first: bool) -> None:
    chat = Chat()
    event = chat.phone.compose("location_select", "PLACE")
    message = chat.phone.compose("location", None, {"Label": "上海市某路1号"})
    if event_first:
        assert await chat.send(event) is None
        answer = chat.send(message)
    else:
        answer = chat.send(message)
        await chat.manual.advance(1)
        assert await chat.send(event) is None
    assert await answer == TextReply("上海市某路1号")
    (place,) = chat.joined
    assert isinstance(place, PlaceEvent)
    assert (place.complete, place.place.scale, chat.apart) == (True, 16, [])


async def test_a_place_without_its_message() -> None:
    chat = Chat()
    await chat.send(chat.phone.compose("location_select", "PLACE"))
    await chat.manual.advance(10)
    assert chat.sent.texts == ["no message"]
    assert not chat.joined[0].complete


async def test_images_and_places_do_not_mix() -> None:
    chat = Chat()
    await chat.send(chat.event(1))
    await chat.send(chat.phone.compose("location_select", "PLACE"))
    place = chat.send(chat.phone.compose("location", None, {"Label": "here"}))
    assert await place == TextReply("here")
    assert await chat.send(chat.image("a")) == TextReply("1 of 1")


async def test_the_phone_gives_the_answer_wherever_it_comes() -> None:
    chat = Chat()
    assert await chat.phone.photos("PHOTOS", "a", "b") == TextReply("2 of 2")
    assert await chat.phone.photos("PHOTOS") == TextReply("0 of 0")
    assert await chat.phone.locate("PLACE", 31.2, 121.4, "here") == TextReply("here")
    assert await chat.phone.photos("OTHER") == TextReply("alone: pic_sysphoto")

"""The messages of one user, as plain values."""

from __future__ import annotations

import dataclasses

import pytest

from wxevents import Placeholder
from wxevents.companions.gathering import Arrived, Gathering, UserMessages, read, written
from wxevents.routing import LatePolicy


def image(name: str, time: float = 0.0) -> Arrived:
    return Arrived(name, "image", {"MediaId": name}, time)


def names(gathering: Gathering) -> list[str]:
    return [arrived.identity for arrived in gathering.arrived]


def test_a_full_gathering_leaves_the_next_image_to_the_next_one() -> None:
    first, second = Gathering("one", "image", 1, 0.0), Gathering("two", "image", 1, 0.0)
    messages = UserMessages([first, second])
    assert messages.join(image("a")) is first
    assert messages.join(image("b")) is second
    assert messages.join(image("c")) is None
    assert (names(first), names(second)) == (["a"], ["b"])


def test_a_gathering_that_nobody_closed_takes_no_images_for_ever() -> None:
    messages = UserMessages([Gathering("one", "image", 2, 0.0)])
    assert messages.join(image("a", 30.0))
    assert messages.join(image("b", 100.0)) is None


def test_what_ended_is_forgotten_after_a_minute_and_what_has_not_never() -> None:
    messages = UserMessages([Gathering("one", "image", 1, 0.0), Gathering("two", "image", 1, 0.0)])
    messages.join(image("a"))
    messages.end("one", 10.0)
    messages.forget(69.0)
    known = messages.with_message("a")
    assert known
    assert known.arrived[0].fields == {}
    messages.forget(70.0)
    messages.forget(1e9)
    assert [one.identity for one in messages.gatherings] == ["two"]


@pytest.mark.parametrize(
    "policy", [None, "redelivery", "customer_service", Placeholder("…", after=1.5)]
)
def test_it_is_read_as_it_was_written(policy: LatePolicy | None) -> None:
    gathering = Gathering("one", "image", 2, 1.5, "handler", written(policy), [image("a")])
    messages = UserMessages([gathering], [image("b")])
    again = UserMessages.from_json(messages.to_json())
    assert again == messages
    assert read(again.gatherings[0].policy) == policy


def test_fields_of_another_version_are_passed_over() -> None:
    text = UserMessages([Gathering("one", "image", 2, 1.5)], [image("b")]).to_json()
    assert UserMessages.from_json(text.replace('"wanted"', '"invented":1,"wanted"'))


def test_who_writes_first_decides() -> None:
    full = Gathering("one", "image", 1, 0.0, arrived=[image("a")])
    given, late = (UserMessages([dataclasses.replace(full)]) for _ in range(2))
    assert given.give("one", "answer", True, 1.0)
    assert given.give_up("one") == "answer"
    assert late.give_up("one") is None
    assert not late.give("one", "answer", True, 1.0)

"""What users can do, by the names that the control API gives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from pydantic import TypeAdapter

from wxevents.emulator import requests
from wxevents.emulator.phone.composing import Deed
from wxevents.emulator.phone.phones import PUSHED, Phones
from wxevents.emulator.phone.photos import photo
from wxevents.emulator.records import PushRecord
from wxevents.emulator.state.people import User

Body: TypeAlias = Mapping[str, Any]

_SENT: Final = TypeAdapter[Any](requests.Sent)


def _tap(phones: Phones, user: User, body: Body) -> Deed:
    wanted = requests.Tap.model_validate(body)
    where = wanted.model_dump(include={"path", "key", "name"}, exclude_none=True)
    button = phones.button_of(user, where)
    photos = None if wanted.photos is None else [photo(one) for one in wanted.photos]
    return phones.tap(user, button, scan=wanted.scan, photos=photos, place=wanted.place)


def _say(phones: Phones, user: User, body: Body) -> Deed:
    wanted = requests.Say.model_validate(body)
    return _sent(phones.send.text(user, wanted.text, wanted.menu_id))


def _send(phones: Phones, user: User, body: Body) -> Deed:
    match _SENT.validate_python(body):
        case requests.SendImage(photo=sent):
            return _sent(phones.send.photo(user, photo(sent)))
        case requests.SendVoice(seconds=seconds, recognition=recognition):
            return _sent(phones.send.voice(user, seconds, recognition))
        case requests.SendVideo(kind=kind):
            return _sent(phones.send.video(user, kind))
        case requests.SendLink(title=title, description=description, url=url):
            return _sent(phones.send.link(user, title, description, url))
        case place:
            return _sent(phones.send.place(user, place))


def _sent(push: PushRecord) -> Deed:
    return Deed(PUSHED, [push])


def _follow(phones: Phones, user: User, body: Body) -> Deed:
    return phones.follow(user, requests.Scene.model_validate(body).scene)


def _unfollow(phones: Phones, user: User, body: Body) -> Deed:
    requests.Nothing.model_validate(body)
    return phones.unfollow(user)


def _scan(phones: Phones, user: User, body: Body) -> Deed:
    return phones.scan_scene(user, requests.SceneScan.model_validate(body).scene)


def _report_location(phones: Phones, user: User, body: Body) -> Deed:
    place = requests.ReportedLocation.model_validate(body)
    latitude, longitude = f"{place.latitude:.6f}", f"{place.longitude:.6f}"
    return phones.report_location(user, latitude, longitude, f"{place.precision:.6f}")


DEEDS: Final[Mapping[str, Callable[[Phones, User, Body], Deed]]] = {
    "tap": _tap,
    "say": _say,
    "send": _send,
    "follow": _follow,
    "unfollow": _unfollow,
    "scan": _scan,
    "report_location": _report_location,
}
"""Each raises ValidationError for a body that does not fit, WrongRequest for what is impossible."""

"""Any push of the platform as fields, from a name, a key and what shall differ from the sample."""

from __future__ import annotations

import re
from typing import Any, Final

from wxevents.errors import PushError
from wxevents.pushes.samples import ACCOUNT, EVENTS, FOLLOWER, MESSAGES, Sample, nothing
from wxevents.xml import Fields

# What a part of a path may be: the name of an element, or the number of a list entry.
_PART: Final = re.compile(r"[A-Za-z_]\w*|[0-9]+", re.ASCII)

_FOLDED_EVENTS: Final = {name.lower(): name for name in EVENTS}

# For a text message the second argument of `wxevents push text …` is what the user types.
_KEY_OF_MESSAGE: Final = {"text": "Content"}


def compose(
    name: str,
    key: str | None = None,
    *,
    openid: str = FOLLOWER,
    account: str = ACCOUNT,
    create_time: int,
    msg_id: int = 0,
) -> Fields:
    """The fields of one push with the values of a sample.

    `name` is an event or a message type in any case; only `LOCATION` in capitals is the event, in
    any other spelling it is the message. `key` is the EventKey, or what a text message says.
    Any other name gives an event of that name, as the platform may invent one tomorrow.
    """
    fields: Fields = {"ToUserName": account, "FromUserName": openid, "CreateTime": create_time}
    if name != "LOCATION" and name.lower() in MESSAGES:
        fields |= {"MsgType": name.lower()} | MESSAGES[name.lower()]() | {"MsgId": msg_id}
        if key is not None:
            element = _KEY_OF_MESSAGE.get(name.lower())
            if element is None:
                raise PushError(f"a message of type {name} has no key; set its fields instead")
            fields[element] = key
        return fields
    event = _FOLDED_EVENTS.get(name.lower(), name)
    sample = EVENTS.get(event, Sample(None, nothing))
    fields |= {"MsgType": "event", "Event": event}
    if event == "subscribe" and key:
        fields |= {"EventKey": f"qrscene_{key.removeprefix('qrscene_')}"}
        fields |= {"Ticket": "gQ_demo_ticket_1"}
    elif key is not None or sample.key is not None:
        fields["EventKey"] = sample.key if key is None else key
    return fields | sample.elements()


def set_field(fields: Fields, path: str, value: object) -> None:
    """Set one element by its path: `ScanCodeInfo.ScanResult`, `PicList.item.0.PicMd5Sum`.

    Raises PushError, and changes nothing, if a part of the path is no element's name or leads
    through a text or a missing list entry.
    """
    *parents, name = parts = path.split(".")
    wrong = next((part for part in parts if not _PART.fullmatch(part)), None)
    if wrong is not None:
        raise PushError(f"{path}: {wrong!r} is no element's name")
    place: Any = fields
    for depth, parent in enumerate(parents):
        if isinstance(place, list) and parent.isdecimal() and int(parent) < len(place):
            place = place[int(parent)]
        elif isinstance(place, dict) and parent in place:
            place = place[parent]
        elif isinstance(place, dict) and not parent.isdecimal():
            for inner in reversed(parts[depth + 1 :]):
                value = {inner: value}
            place[parent] = value
            return
        else:
            raise PushError(f"{path}: there is no {parent} there")
    if isinstance(place, dict) and not name.isdecimal():
        place[name] = value
    elif isinstance(place, list) and name.isdecimal() and int(name) < len(place):
        place[int(name)] = value
    else:
        raise PushError(f"{path}: {name} cannot be set there")

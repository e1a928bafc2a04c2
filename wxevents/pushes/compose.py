"""Any push of the platform as fields, from a name, a key and what shall differ from the sample."""

from __future__ import annotations

from typing import Any, Final

from wxevents.errors import PushError
from wxevents.pushes.samples import ACCOUNT, EVENTS, FOLLOWER, MESSAGES, Sample, nothing
from wxevents.xml import Fields

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

    Raises PushError if the path leads through a text or a missing list entry.
    """
    *parents, name = path.split(".")
    place: Any = fields
    for parent in parents:
        if isinstance(place, list) and parent.isdigit() and int(parent) < len(place):
            place = place[int(parent)]
        elif isinstance(place, dict):
            place = place.setdefault(parent, {})
        else:
            raise PushError(f"{path}: there is nothing below {parent}")
    if isinstance(place, dict) and name:
        place[name] = value
    elif isinstance(place, list) and name.isdigit() and int(name) < len(place):
        place[int(name)] = value
    else:
        raise PushError(f"{path}: {name or 'an empty name'} cannot be set there")

"""What makes two deliveries the same push."""

from __future__ import annotations

import json
from hashlib import sha1
from typing import Final

from wxevents.events.event import Event, Message, Notification

# ToUserName belongs to the account, MsgType to every event; the rest is spelled out in the key.
_NAMED: Final = frozenset(
    ("ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "MenuId", "MenuID")
)


def identity(event: Event, app_id: str) -> str:
    """The same text for every delivery of a push, another one for every other push.

    Messages: MsgId and FromUserName, since MsgId alone was seen to collide across users. Events:
    FromUserName, CreateTime, Event, EventKey, MenuId and a digest of whatever else they carry,
    since two of the platform's own two fields collide within a second. Ciphertext, nonce and
    signature differ between deliveries and stay out.
    """
    if isinstance(event, Message):
        return f"{app_id}:{event.from_user_name}:{event.msg_id}"
    raw = event.raw
    named = raw.get("EventKey", ""), raw.get("MenuId", raw.get("MenuID", ""))
    name = event.name.lower() if isinstance(event, Notification) else event.msg_type.lower()
    key = f"{app_id}:{event.from_user_name}:{event.create_time}:{name}:{named[0]}:{named[1]}"
    rest = raw.keys() - _NAMED
    if not rest:
        return key
    details = json.dumps({field: raw[field] for field in rest}, sort_keys=True, default=str)
    return f"{key}:{sha1(details.encode()).hexdigest()}"

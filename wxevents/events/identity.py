"""What makes two deliveries the same push."""

from __future__ import annotations

import json
from hashlib import sha1
from typing import Final

from wxevents.events.event import Event, Message

# ToUserName belongs to the account, MsgType to every event; the rest is spelled out in the key.
_NAMED: Final = frozenset(
    ("ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "MenuId", "MenuID")
)


def identity(event: Event, app_id: str) -> str:
    """The same text for every delivery of a push, another one for every other push.

    Messages: MsgId and FromUserName, since MsgId alone was seen to collide across users. Events,
    and messages without a MsgId: FromUserName, CreateTime, Event, EventKey, MenuId and a digest of
    whatever else they carry, since two of the platform's own two fields collide within a second.
    Ciphertext, nonce and signature differ between deliveries and stay out.
    """
    if isinstance(event, Message) and event.msg_id:
        return f"{app_id}:{event.from_user_name}:{event.msg_id}"
    raw = event.raw
    menu = raw.get("MenuId", raw.get("MenuID", ""))
    digest = ""
    if not raw.keys() <= _NAMED:
        rest = {name: value for name, value in raw.items() if name not in _NAMED}
        digest = sha1(json.dumps(rest, sort_keys=True).encode()).hexdigest()
    # What may hold a colon comes last.
    return (
        f"{app_id}:{event.from_user_name}:{event.create_time}:{event.name.lower()}"
        f":{menu}:{digest}:{raw.get('EventKey', '')}"
    )

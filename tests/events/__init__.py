"""What the tests of events share: pushes written down as the platform sends them."""

from __future__ import annotations

import json as stdlib_json
from typing import TypeVar

from wxevents import Event, json, xml
from wxevents.events import parse

E = TypeVar("E", bound=Event)

ACCOUNT = "gh_5a4b3c2d1e0f"
FOLLOWER = "oWxEv0000demoUser0000000000A"
SECOND = 1735700100

COMMON = (
    f"<ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>"
    f"<FromUserName><![CDATA[{FOLLOWER}]]></FromUserName>"
    f"<CreateTime>{SECOND}</CreateTime>"
)


def sent(kind: type[E], elements: str) -> E:
    """The message in a push: `elements` is what follows CreateTime. It has to be a `kind`."""
    return _only(kind, parse(xml.parse(f"<xml>{COMMON}{elements}</xml>".encode())))


def happened(kind: type[E], elements: str) -> E:
    """The event in a push: `elements` is what follows MsgType. It has to be a `kind`."""
    return sent(kind, f"<MsgType><![CDATA[event]]></MsgType>{elements}")


def in_json(kind: type[E], **elements: object) -> E:
    """The event in a push of an account that is configured for JSON; numbers are numbers there."""
    common = {"ToUserName": ACCOUNT, "FromUserName": FOLLOWER, "CreateTime": SECOND}
    return _only(kind, parse(json.parse(stdlib_json.dumps(common | elements).encode())))


def _only(kind: type[E], event: Event) -> E:
    assert type(event) is kind, event
    return event

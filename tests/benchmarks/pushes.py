"""Clicks as they go over the wire: built before the clock runs, and no two of them alike.

Alike ones would be joined as deliveries of one push, and only the first would be handled.
"""

from __future__ import annotations

import itertools
import time
from typing import Final, NamedTuple
from urllib.parse import urlencode

from tests.benchmarks.account import PATH, Mode, key, settings
from wxevents import Request
from wxevents.pushes import Platform, compose
from wxevents.xml import Fields

# For all batches of this process: servers remember what they were sent in earlier rounds.
_users: Final = itertools.count()


class Click(NamedTuple):
    """One tap on a button: what it says, and the whole HTTP request that brings it."""

    fields: Fields
    wire: bytes


def compose_click(number: int, keys: int, now: int) -> Fields:
    """The click of a user who never clicked before, on one of `keys` buttons in turn."""
    return compose("CLICK", key(number % keys), openid=f"oBench{number:022}", create_time=now)


def build(mode: Mode, keys: int, count: int) -> list[Click]:
    """So many clicks, signed, sealed and fresh for five minutes from now."""
    platform = Platform(settings(mode))
    now = int(time.time())
    clicks = []
    for number in itertools.islice(_users, count):
        fields = compose_click(number, keys, now)
        clicks.append(Click(fields, _wire(platform.delivery(fields, now))))
    return clicks


def _wire(request: Request) -> bytes:
    """With the headers that the platform sends."""
    head = (
        f"POST {PATH}?{urlencode(request.query)} HTTP/1.1\r\n"
        "User-Agent: Mozilla/4.0\r\n"
        "Accept: */*\r\n"
        "Host: 127.0.0.1\r\n"
        "Pragma: no-cache\r\n"
        "Content-Type: text/xml\r\n"
        "Connection: Keep-Alive\r\n"
        f"Content-Length: {len(request.body)}\r\n\r\n"
    )
    return head.encode() + request.body

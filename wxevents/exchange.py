"""One HTTP exchange as plain values, so that any web framework can carry it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Request(NamedTuple):
    """What `Bot.handle` needs to know of an HTTP request.

    `query` holds the decoded parameters of the URL, `headers` has lower-case names (only
    `content-encoding` is read), `body` is the body as it was received.
    """

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Response(NamedTuple):
    """What `Bot.handle` answers: to be sent exactly so, with no header added that changes it."""

    status: int
    content_type: str
    body: bytes

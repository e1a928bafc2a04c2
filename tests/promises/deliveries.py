"""The platform's way of delivering, in a hurry: three deliveries of a push, each dropped when it is
not answered in time, each begun when the time of the one before is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlencode

from wxevents.exchange import Request, Response
from wxevents.pushes import Platform, compose
from wxevents.settings import Settings
from wxevents.xml import Fields

DELIVERIES: Final = 3


@dataclass
class Fate:
    """What the platform knows of a push in the end: its answer, "" if it was acknowledged without
    one, None if no delivery was answered. `statuses` are those of all deliveries that were."""

    key: str
    text: str | None = None
    deliveries: int = 0
    statuses: list[int] = field(default_factory=list)


class Wire:
    """One connection to a server, made anew after whatever went wrong with it."""

    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._path = path
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, request: Request, patience: float) -> Response | None:
        """The answer to a delivery; None if there was none within so many seconds, or no server."""
        try:
            async with asyncio.timeout(patience):
                return await self._exchange(request)
        except (TimeoutError, OSError, EOFError):
            return None
        finally:
            if self._streams and self._streams[0].at_eof():
                self.close()

    def close(self) -> None:
        if self._streams:
            self._streams[1].transport.abort()
            self._streams = None

    async def _exchange(self, request: Request) -> Response:
        streams, self._streams = self._streams, None
        reader, writer = streams or await asyncio.open_connection("127.0.0.1", self._port)
        done = False
        try:
            writer.write(self._head(request) + request.body)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            _, _, after = head.partition("content-length:")
            body = await reader.readexactly(int(after.split("\r", 1)[0]))
            done = "connection: close" not in head
        finally:
            if done:
                self._streams = reader, writer
            else:
                writer.transport.abort()
        return Response(int(head.split(" ", 2)[1]), "", body)

    def _head(self, request: Request) -> bytes:
        return (
            f"POST {self._path}?{urlencode(request.query)} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: text/xml\r\nContent-Length: {len(request.body)}\r\n\r\n"
        ).encode()


class Deliverer:
    """Delivers pushes one after the other to any of the `ports`. `patience` is the platform's, in
    seconds."""

    def __init__(self, settings: Settings, ports: Sequence[int], patience: float) -> None:
        self._platform = Platform(settings)
        self._wires = [Wire(port, settings.path) for port in ports]
        self._patience = patience

    async def push(self, fields: Fields) -> Fate:
        """Deliver a push until it is answered, or for the last time."""
        fate = Fate(key_of(fields))
        while fate.text is None and fate.deliveries < DELIVERIES:
            over_at = time.monotonic() + self._patience
            await self.deliver(fields, fate, self._wires[fate.deliveries % len(self._wires)])
            if fate.text is None and fate.deliveries < DELIVERIES:
                await asyncio.sleep(over_at - time.monotonic())
        return fate

    async def deliver(self, fields: Fields, fate: Fate, wire: Wire) -> None:
        """One delivery; whatever but a legal answer makes it fail."""
        fate.deliveries += 1
        request = self._platform.delivery(fields, int(time.time()))
        response = await wire.post(request, self._patience)
        if response is not None:
            fate.statuses.append(response.status)
            answer = self._platform.judge(response, fields)
            fate.text = "" if answer is None else str(answer["Content"])

    def close(self) -> None:
        for wire in self._wires:
            wire.close()


def push_of(kind: str, number: int, created: int) -> Fields:
    """The push of that number, its key beginning with the kind of its handler: every other one a
    tap, the others messages, of fifty users."""
    key, openid = f"{kind}:{number}", f"user-{number % 50}"
    name: Literal["CLICK", "text"] = "CLICK" if number % 2 else "text"
    return compose(name, key, openid=openid, create_time=created, msg_id=number)


def key_of(fields: Fields) -> str:
    return str(fields.get("EventKey") or fields["Content"])

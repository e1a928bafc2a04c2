"""Users who tap on and on, to find out whether a push is lost while a server changes."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import Final, Self
from urllib.parse import urlencode, urlsplit

from wxevents import Settings
from wxevents.errors import AnswerError
from wxevents.exchange import Response
from wxevents.pushes import Platform, compose
from wxevents.server import GRACE

# Seconds between two taps of a user, which leave workers that start some of the processor.
PAUSE: Final = 0.01

_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Users:
    """Half of them open a connection for every push, as the platform does; the others keep theirs,
    but do not trust one that has been idle for half of the server's time of grace.

    Tells what was answered how often, and every push that was not answered at the first attempt.
    """

    def __init__(self, url: str, settings: Settings, key: str, number: int = 8) -> None:
        self.answers: Counter[str] = Counter()
        self.faults: list[str] = []
        self._url = urlsplit(url)
        self._platform = Platform(settings)
        self._key = key
        self._number = number
        self._serial = itertools.count()
        self._done = False
        self._arrived = threading.Condition()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._tap_all()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Nobody is cut short: every push that was begun gets its answer, or is a fault."""
        self._done = True
        self._thread.join(60)

    def wait_for_more(self, answers: int) -> None:
        with self._arrived:
            wanted = self.answers.total() + answers
            if not self._arrived.wait_for(lambda: self.answers.total() >= wanted, 120):
                raise AssertionError(f"the answers stopped; {self.faults}")

    async def _tap_all(self) -> None:
        async with asyncio.TaskGroup() as users:
            for user in range(self._number):
                users.create_task(self._tap(keeps=user % 2 == 1))

    async def _tap(self, *, keeps: bool) -> None:
        kept: _Streams | None = None
        last = 0.0
        while not self._done:
            if kept and time.monotonic() - last > GRACE / 2:
                await _close(kept)
                kept = None
            what = "a kept connection" if kept else "a new connection"
            streams, kept = kept, None
            try:
                streams = streams or await asyncio.open_connection(
                    self._url.hostname, self._url.port
                )
                answer, closes = await self._push(streams, keeps)
            except (OSError, EOFError, TimeoutError, AnswerError, ValueError) as error:
                self.faults.append(f"{what}: {error!r}")
            else:
                with self._arrived:
                    self.answers[answer] += 1
                    self._arrived.notify_all()
                if keeps and not closes:
                    kept, last = streams, time.monotonic()
            if streams and not kept:
                await _close(streams)
            await asyncio.sleep(PAUSE)
        if kept:
            await _close(kept)

    async def _push(self, streams: _Streams, keeps: bool) -> tuple[str, bool]:
        """What the user reads, and whether the server closes the connection."""
        reader, writer = streams
        now = int(time.time())
        fields = compose("click", self._key, create_time=now, msg_id=1)
        fields["FromUserName"] = f"o{next(self._serial)}"
        request = self._platform.delivery(fields, now)
        head = (
            f"POST {self._url.path}?{urlencode(request.query)} HTTP/1.1\r\nHost: bot\r\n"
            f"Connection: {'keep-alive' if keeps else 'close'}\r\n"
            f"Content-Length: {len(request.body)}\r\n\r\n"
        )
        writer.write(head.encode() + request.body)
        async with asyncio.timeout(30):
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines[1:] if line)
            body = await reader.readexactly(int(headers["content-length"]))
        answer = self._platform.judge(Response(int(lines[0].split()[1]), "", body), fields)
        return str(answer and answer.get("Content")), headers.get("connection") == "close"


async def _close(streams: _Streams) -> None:
    streams[1].close()
    with suppress(OSError):
        await streams[1].wait_closed()

"""The load generator: requests as prepared bytes over keep-alive connections, answers kept unread.

It has to be far cheaper than any server, so it does nothing but find the end of an answer.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Self, cast

from tests.benchmarks import cores
from tests.benchmarks.processes import Server
from tests.benchmarks.pushes import Click

# Longer than any answer may take; a server that hangs must not hang the comparison.
PATIENCE: Final = 15.0


class Load(NamedTuple):
    """One closed-loop round: every connection sends its next request once it has the answer."""

    answered: list[tuple[Click, bytes]]
    per_second: float
    generator_cpu: float
    """Share of one core that this process used meanwhile."""
    server_cpu: float | None
    """The same of the server; None where the system does not tell."""
    per_cpu_second: float | None
    """Requests for each second that the server really ran: other programs do not slow this down."""


class Connection(asyncio.Protocol):
    """One keep-alive connection. `on_answer` is called with each complete answer."""

    def __init__(self) -> None:
        self.lost = asyncio.get_running_loop().create_future()
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not checked: uvloop's transports are none of asyncio's classes.
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received = received = self._received + data if self._received else data
        body = received.find(b"\r\n\r\n") + 4
        if body < 4:
            return
        head = received[:body].lower()
        start = head.find(b"content-length:")
        if start < 0:
            self.fail(f"an answer without a length: {received[:600]!r}")
            return
        start += len(b"content-length:")
        length = int(head[start : head.index(b"\r", start)])
        if len(received) >= body + length:
            self._received = b""
            self.on_answer(received)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_result(None)

    def on_answer(self, answer: bytes) -> None:
        raise NotImplementedError

    def fail(self, reason: str) -> None:
        if not self.lost.done():
            self.lost.set_exception(ConnectionError(reason))
        self.transport.abort()


class _Round:
    """What the connections of one round share."""

    def __init__(self, clicks: Sequence[Click]) -> None:
        self.clicks: Iterator[Click] = iter(clicks)
        self.answered: list[tuple[Click, bytes]] = []
        self.stopped_at: float | None = None
        self.counted = 0

    def stop(self) -> None:
        if self.stopped_at is None:
            self.stopped_at = time.perf_counter()
            self.counted = len(self.answered)


class _Sender(Connection):
    def __init__(self, shared: _Round) -> None:
        super().__init__()
        self._round = shared
        self.sent: Click | None = None

    def send(self) -> None:
        if self._round.stopped_at is None:
            self.sent = next(self._round.clicks, None)
            if self.sent is not None:
                self.transport.write(self.sent.wire)
                return
            # The clicks are used up: the round ends here, and not when the last is answered.
            self._round.stop()
        self.sent = None
        self.transport.close()

    def on_answer(self, answer: bytes) -> None:
        if self.sent is None:
            self.fail(f"an answer to nothing: {answer[:600]!r}")
            return
        self._round.answered.append((self.sent, answer))
        self.send()

    def connection_lost(self, error: Exception | None) -> None:
        if self.sent is not None:
            self.fail(f"the server closed a connection: {error!r}")
        super().connection_lost(error)


async def closed_loop(
    server: Server, clicks: Sequence[Click], seconds: float, connections: int
) -> Load:
    """Keep so many requests under way, until the time is over or the clicks are used up.

    Answers that come after that are kept for the check, but not counted.
    """
    loop = asyncio.get_running_loop()
    shared = _Round(clicks)
    senders = []
    for _ in range(connections):
        _, sender = await loop.create_connection(lambda: _Sender(shared), "127.0.0.1", server.port)
        senders.append(sender)
    # A pass over all the answers kept so far would be a pause of the generator's own making.
    gc.disable()
    try:
        before = _Readings.of(server)
        timer = loop.call_later(seconds, shared.stop)
        for sender in senders:
            sender.send()
        async with asyncio.timeout(seconds + PATIENCE):
            await asyncio.gather(*(sender.lost for sender in senders))
        after = _Readings.of(server)
        timer.cancel()
    except TimeoutError as error:
        raise ConnectionError(f"no answer within {PATIENCE:g} s") from error
    finally:
        gc.enable()
    elapsed = after.at - before.at
    server_seconds = None
    if before.server is not None and after.server is not None:
        server_seconds = after.server - before.server
    return Load(
        shared.answered,
        shared.counted / ((shared.stopped_at or after.at) - before.at),
        (after.generator - before.generator) / elapsed,
        server_seconds / elapsed if server_seconds is not None else None,
        len(shared.answered) / server_seconds if server_seconds else None,
    )


class _Readings(NamedTuple):
    """The clocks at one moment: of the wall, and of both processes' use of a core."""

    at: float
    generator: float
    server: float | None

    @classmethod
    def of(cls, server: Server) -> Self:
        return cls(time.perf_counter(), time.process_time(), cores.cpu_seconds(server.pid))

"""A line to Redis that can be cut, and that loses answers."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self


class Proxy:
    """`async with Proxy(port) as line:` leads `line.url` to that port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lost: bytes = b""
        self._losing = 0
        self._cut = False
        self._lines: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._lead, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"redis://127.0.0.1:{port}/0"
        return self

    async def __aexit__(self, *exception: object) -> None:
        self._server.close()
        self.cut()

    def lose_answers(self, to: bytes, times: int) -> None:
        """Hand so many requests on that contain these bytes, and end the line before the answer."""
        self._lost, self._losing = to, times

    @property
    def still_to_lose(self) -> int:
        return self._losing

    def cut(self) -> None:
        """End all connections, and every new one at once."""
        self._cut = True
        for line in self._lines:
            line.transport.abort()

    def mend(self) -> None:
        self._cut = False

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer)
        to_server: asyncio.StreamWriter | None = None
        try:
            if self._cut:
                return
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._port)
            self._lines.add(to_server)
            state = _Line()
            await asyncio.gather(
                self._requests(reader, to_server, state), _answers(from_server, writer, state)
            )
        except OSError:
            pass
        finally:
            for line in (writer, to_server):
                if line:
                    line.transport.abort()
                    self._lines.discard(line)

    async def _requests(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: _Line
    ) -> None:
        while data := await reader.read(65536):
            if self._losing and self._lost in data:
                self._losing -= 1
                line.ends_before_answer = True
            writer.write(data)
        raise ConnectionResetError


class _Line:
    ends_before_answer = False


async def _answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: _Line) -> None:
    with suppress(ConnectionResetError):
        while data := await reader.read(65536):
            if line.ends_before_answer:
                break
            writer.write(data)
    raise ConnectionResetError

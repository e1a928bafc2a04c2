"""The test's side of `tests.promises.server`: servers started, killed and stopped."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from tests.promises.server import LEASE, TRACE
from tests.promises.trace import Trace
from wxevents.settings import Settings

_ROOT: Final = Path(__file__).parents[2]
# Below what Linux gives to outgoing connections: one to a port where nobody listens could else be
# led to itself.
_PORTS: Final = range(20_000, 30_000)


class Servers:
    """`async with Servers(folder, settings) as servers:` starts what is asked for, each on a port
    of its own, and ends with all of them. `folder` gets their log and the trace of their runs."""

    def __init__(
        self, folder: Path, settings: Settings, environ: Mapping[str, str] | None = None
    ) -> None:
        self.trace = folder / "trace"
        self.log = folder / "servers.log"
        self._environ = {
            **{name: text for name, text in os.environ.items() if not name.startswith("WXEVENTS_")},
            **environment(settings),
            TRACE: str(self.trace),
            LEASE: "1",
            "PYTHONPATH": str(_ROOT),
            **(environ or {}),
        }
        self._forking: Process | None = None
        self._asking = asyncio.Lock()

    async def __aenter__(self) -> Self:
        with self.log.open("ab") as log:
            self._forking = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "tests.promises.server"),
                cwd=self.trace.parent,
                env=self._environ,
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
            )
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._forking
        assert self._forking.stdin
        self._forking.stdin.close()
        await self._forking.wait()

    async def start(self, port: int) -> int:
        """A server on that port, by its process id. It listens a moment later."""
        return await self._ask(f"start {port}")

    async def kill(self, pid: int) -> None:
        """As kill -9 does; returns when nothing of the process is left."""
        Trace(self.trace).note_end(pid)
        os.kill(pid, signal.SIGKILL)
        await self._ask(f"wait {pid}")

    async def stop(self, pid: int) -> int:
        """As a service manager does, and wait for its end; gives its exit code."""
        Trace(self.trace).note_end(pid)
        os.kill(pid, signal.SIGTERM)
        return await self._ask(f"wait {pid}")

    async def _ask(self, line: str) -> int:
        assert self._forking
        assert self._forking.stdin
        assert self._forking.stdout
        async with self._asking:
            self._forking.stdin.write(f"{line}\n".encode())
            answer = await self._forking.stdout.readline()
        assert answer, f"no answer to {line!r}; see {self.log}:\n{self.log.read_text()[-2000:]}"
        return int(answer)


def environment(settings: Settings) -> dict[str, str]:
    """The settings as environment variables."""
    given = settings.model_dump(exclude_unset=True)
    return {f"WXEVENTS_{name.upper()}": str(value) for name, value in given.items()}


def free_ports(count: int) -> list[int]:
    """So many ports where nobody listens."""
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        if len(found) == count:
            break
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                found.append(port)
    return found

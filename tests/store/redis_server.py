"""A Redis server of the tests' own: started on a free port, killed, and started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path
from typing import Final, Self

import pytest

DURABLE: Final = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")
_ATTEMPTS: Final = 5


def require_redis() -> None:
    """Skip the test where there is no Redis; where WXEVENTS_REQUIRE_REDIS=1, fail it."""
    if shutil.which("redis-server") is None:
        if os.environ.get("WXEVENTS_REQUIRE_REDIS") == "1":
            pytest.fail("redis-server is not installed, and WXEVENTS_REQUIRE_REDIS=1")
        pytest.skip("redis-server is not installed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RedisServer:
    """`with RedisServer(folder) as server:` runs one whose data lie in `folder`.

    `options` are those of its command line; a `port` of 0 is any free one, and stays the same when
    the server is started again.
    """

    _ready = "Ready to accept connections"

    def __init__(self, folder: Path, *options: str, port: int = 0) -> None:
        self.folder = folder
        self.options = options or DURABLE
        self._wanted = port
        self.port = port
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        for _ in range(_ATTEMPTS):  # another program may take the port that was free
            self.port = self._wanted or free_port()
            try:
                self.start()
            except ChildProcessError:
                continue
            return self
        raise ChildProcessError("redis-server does not start")

    def __exit__(self, *exception: object) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Returns when it takes connections. Raises ChildProcessError if it ends instead."""
        self.process = subprocess.Popen(
            self._command(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout
        output, said = self.process.stdout, []
        for line in output:
            said.append(line)
            if self._ready in line:
                break
        else:
            output.close()
            self.process.wait()
            self.process = None
            raise ChildProcessError("".join(said))
        self._reading = threading.Thread(target=output.read, daemon=True)
        self._reading.start()

    def kill(self) -> None:
        """As kill -9 does."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self._reading.join()
            assert self.process.stdout
            self.process.stdout.close()
            self.process = None

    def restart(self) -> None:
        """Kill it, and start it again with the same data on the same port."""
        self.kill()
        self.start()

    def pause(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def _command(self) -> list[str]:
        return [
            *("redis-server", "--port", str(self.port), "--bind", "127.0.0.1"),
            *("--dir", str(self.folder), *self.options),
        ]


class SentinelServer(RedisServer):
    """Sees to it that one of the replicas becomes master when the master is gone for a second."""

    _ready = "+monitor"

    def __init__(self, folder: Path, master: RedisServer) -> None:
        super().__init__(folder)
        self._master = master

    def _command(self) -> list[str]:
        configuration = self.folder / "sentinel.conf"
        configuration.write_text(
            f"port {self.port}\n"
            "bind 127.0.0.1\n"
            f"dir {self.folder}\n"
            f"sentinel monitor wx 127.0.0.1 {self._master.port} 1\n"
            "sentinel down-after-milliseconds wx 500\n"
            "sentinel failover-timeout wx 2000\n"
        )
        return ["redis-server", str(configuration), "--sentinel"]

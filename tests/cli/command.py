"""Running `wxevents` as a user does: a process, in a folder with handlers."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HANDLERS = """
import asyncio
from wxevents import ClickEvent, Prefix, Regex, Router, ImageReply, TextMessage

router = Router()

@router.click("HELLO")
async def hello(event: ClickEvent) -> str:
    return "你好"

@router.click("BAD")
async def bad(event: ClickEvent) -> str:
    raise ValueError("broken")

@router.click(Regex("r.*"))
async def regex(event: ClickEvent) -> ImageReply:
    return ImageReply("med-1")

@router.click(Prefix("p:"))
async def prefix(event: ClickEvent) -> None: ...

@router.on("new_event")
async def new() -> None: ...

@router.text()
async def text(message: TextMessage) -> str:
    return message.content

@router.fallback()
async def rest() -> None: ...
"""


class Project:
    """A folder with a handlers package, and an environment without anybody's settings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stdin = subprocess.DEVNULL  # no terminal, wherever the tests run
        self.environ = {
            name: value for name, value in os.environ.items() if not name.startswith("WXEVENTS_")
        }
        self.environ["PYTHONIOENCODING"] = "utf-8"
        self.environ["WXEVENTS_LOG_FORMAT"] = "text"  # what a person at a terminal reads
        self.write(HANDLERS)

    def write(self, source: str, name: str = "handlers/menu.py") -> None:
        """Write a module of the project."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(source, "utf-8")

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self._command(arguments),
            cwd=self.folder,
            env=self.environ | environ,
            stdin=self.stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def json(self, *arguments: str) -> Any:
        """What a command prints as JSON."""
        return json.loads(self.run(*arguments, "--json").stdout)

    @contextmanager
    def serving(
        self, *arguments: str, ready: str = r"listening on (\S+)", **environ: str
    ) -> Iterator[Server]:
        """A command that serves, from the line that is `ready`, with its URL, until it is ended."""
        process = subprocess.Popen(
            self._command(arguments),
            cwd=self.folder,
            env=self.environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,  # so that `kill_all` reaches what it started, and nothing else
        )
        server = Server(process)
        try:
            server.url = server.wait_for(ready).group(1)
            yield server
        finally:
            if process.poll() is None:
                interrupt(process)
            process.wait(60)
            server.close()

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        if arguments[0] == "dev" and not {"--phone-port", "--no-phone"} & set(arguments):
            # The usual one is that of the documentation's pages, which are run beside these tests.
            arguments = (*arguments, "--phone-port", "0")
        return [sys.executable, "-m", "wxevents", *arguments]


def interrupt(process: subprocess.Popen[str]) -> None:
    """End a process as Ctrl-C would; at once on Windows, which has no such signal."""
    if sys.platform == "win32":
        process.terminate()
    else:
        process.send_signal(signal.SIGINT)


def kill_all(server: Server) -> None:
    """The command and every process of its own at once, as a power cut would."""
    os.killpg(server.process.pid, signal.SIGKILL)
    server.process.wait(60)


class Server:
    """A process that serves, and what it has printed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.url = ""
        self.lines: list[str] = []
        self._arrived = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._seen = 0
        self._ended = False

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first line behind those waited for before that the pattern is found in."""
        with self._arrived:
            while True:
                while self._seen < len(self.lines):
                    self._seen += 1
                    found = re.search(pattern, self.lines[self._seen - 1])
                    if found:
                        return found
                if self._ended or not self._arrived.wait(120):
                    raise AssertionError(f"no {pattern!r} in:\n{''.join(self.lines)}")

    def close(self) -> None:
        self._reader.join(60)

    @property
    def reading(self) -> bool:
        """Whether some process still holds the other end of the output."""
        return self._reader.is_alive()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                with self._arrived:
                    self.lines.append(line)
                    self._arrived.notify_all()
        with self._arrived:
            self._ended = True
            self._arrived.notify_all()

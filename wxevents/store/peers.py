"""The processes that share a store on one machine: who lives, and asking each other.

Each has a lock file, which the kernel frees the moment its process dies, and a socket beside it.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import os
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

from wxevents.errors import StoreError

log: Final = logging.getLogger(__name__)

Question: TypeAlias = dict[str, Any]
Responder: TypeAlias = Callable[[Question], Awaitable[object]]

# A socket's path may have about 100 bytes; a longer one is reached through its folder's descriptor.
_LONGEST_PATH: Final = 90
# What a child may not keep open that a handler forks, say with a pool of processes.
_INHERITED: Final[set[int]] = set()
# A process that lives and does not take a connection is busy, or just beginning; asked again then.
_ASK_AGAIN_AFTER: Final = 0.05


class Peers:
    """This process among the others; `folder` is theirs alone, `respond` answers questions."""

    def __init__(self, folder: Path, respond: Responder) -> None:
        self.me = uuid.uuid4().hex
        self._folder = folder
        self._respond = respond
        self._lock: int | None = None
        self._server: asyncio.Server | None = None
        self._answering: set[asyncio.Task[None]] = set()
        self._descriptors: set[int] = set()

    async def enter(self) -> None:
        """Be seen by the others. Call it while `gate` is closed."""
        self._lock = os.open(self._lock_file(self.me), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        with self._reachable(self.me) as path:
            self._server = await asyncio.start_unix_server(self._answer, path)
        self._descriptors = {self._lock, *(one.fileno() for one in self._server.sockets)}
        _INHERITED.update(self._descriptors)

    async def leave(self) -> None:
        """Answer no more questions; those who wait for an answer see that it will not come."""
        _INHERITED.difference_update(self._descriptors)
        if self._server:
            self._server.close()
        for task in self._answering:
            task.cancel()
        if self._answering:
            await asyncio.wait(self._answering)
        if self._lock is not None:
            self._remove(self.me)
            os.close(self._lock)
            self._lock = None

    async def gate(self) -> Gate:
        """Close the gate through which processes come and go, waiting for who is in it."""
        descriptor = os.open(self._folder / ".gate", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            await asyncio.to_thread(fcntl.flock, descriptor, fcntl.LOCK_EX)
        except BaseException:
            os.close(descriptor)
            raise
        return Gate(descriptor)

    def note_sharing(self) -> None:
        """Let those who come later see that this process claims in the file already."""
        self._sharing_file(self.me).touch()

    def shares(self, peer: str) -> bool:
        """Whether that process claims in the file; it need not be asked to, then."""
        return self._sharing_file(peer).exists()

    def others(self) -> list[str]:
        """All others that live; what the dead left behind is removed. Only behind the gate."""
        alive = []
        for file in self._folder.glob("*.lock"):
            if file.stem == self.me:
                continue
            if self.is_alive(file.stem):
                alive.append(file.stem)
            else:
                self._remove(file.stem)
        return alive

    def is_alive(self, peer: str) -> bool:
        """Whether that process still runs; may be called on any thread."""
        if peer == self.me:
            return True
        try:
            descriptor = os.open(self._lock_file(peer), os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        except OSError as error:  # too many open files, say: then nobody knows
            raise StoreError(
                f"{self._folder} cannot be read: {error.strerror}; see to its permissions, and to "
                "how many files this process may open"
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    async def ask(self, peer: str, question: Question) -> Any:
        """The answer of another process, however long it takes; PeerGone if it ends first."""
        while True:
            try:
                with self._reachable(peer) as path:
                    reader, writer = await asyncio.open_unix_connection(path)
            except OSError:
                if not self.is_alive(peer):
                    raise PeerGone(peer) from None
                await asyncio.sleep(_ASK_AGAIN_AFTER)
                continue
            try:
                writer.write(json.dumps(question).encode() + b"\n")
                line = await reader.readline()
            except OSError:
                line = b""
            finally:
                writer.close()
            if line.endswith(b"\n"):
                return json.loads(line)
            if not self.is_alive(peer):
                raise PeerGone(peer)
            await asyncio.sleep(_ASK_AGAIN_AFTER)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._answering.add(task)
        try:
            question = json.loads(await reader.readline())
            answer = await self._respond(question)
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        except (OSError, ValueError) as error:  # the asker went away, or is none of ours
            log.debug("a question of another process was not answered: %r", error)
        except StoreError as error:  # it asks again
            log.warning("a question of another process cannot be answered yet: %s", error)
        finally:
            self._answering.discard(task)
            writer.close()

    def _remove(self, peer: str) -> None:
        socket = self._folder / f"{peer}.sock"
        for file in (self._lock_file(peer), socket, self._sharing_file(peer)):
            file.unlink(missing_ok=True)

    def _sharing_file(self, peer: str) -> Path:
        return self._folder / f"{peer}.sharing"

    def _lock_file(self, peer: str) -> Path:
        return self._folder / f"{peer}.lock"

    @contextmanager
    def _reachable(self, peer: str) -> Iterator[str]:
        """A path to the socket that is short enough."""
        path = self._folder / f"{peer}.sock"
        if len(os.fsencode(path)) <= _LONGEST_PATH:
            yield str(path)
            return
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{descriptor}/{path.name}"
        finally:
            os.close(descriptor)


def _close_in_child() -> None:
    """A forked child has the lock, too, and would keep its dead parent alive; and the socket, on
    which it answers nobody."""
    for descriptor in _INHERITED:
        with suppress(OSError):
            os.close(descriptor)
    _INHERITED.clear()


os.register_at_fork(after_in_child=_close_in_child)


class PeerGone(Exception):
    """The process that was asked has ended."""


class Gate:
    """Held by one process at a time."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *exception: object) -> None:
        with suppress(OSError):
            os.close(self._descriptor)

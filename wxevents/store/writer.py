"""The thread that owns an SQLite connection: whatever waits for it is committed together.

A commit with synchronous=FULL costs the disk's time once, however many rows it has.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, TypeAlias, TypeVar

from wxevents.errors import StoreError

T = TypeVar("T")

Operation: TypeAlias = Callable[[sqlite3.Connection], T]
"""Reads and writes within a transaction that others share; whatever it raises itself, it raises
before it writes."""

_BATCH: Final = 1_000


class _Job(Generic[T]):
    """An operation, and who waits for what comes of it."""

    def __init__(self, operation: Operation[T], waiter: asyncio.Future[T]) -> None:
        self.operation = operation
        self.waiter = waiter
        self.result: T | None = None
        self.error: Exception | None = None

    def tell(self) -> None:
        if self.waiter.done():  # whoever waited was cancelled; it is written all the same
            return
        if self.error:
            self.waiter.set_exception(self.error)
        else:
            self.waiter.set_result(self.result)  # type: ignore[arg-type]


class Writer:
    """Runs operations on a database, in the order in which they were asked for.

    `connect` opens the connection; it is opened anew after a failure, in case that was its own.
    """

    def __init__(self, path: Path, connect: Callable[[Path], sqlite3.Connection]) -> None:
        self._path = path
        self._connect = connect
        self._queue: SimpleQueue[_Job[Any] | None] = SimpleQueue()
        self._connection: sqlite3.Connection | None = None

    async def start(self) -> None:
        """Open the database. Raises StoreError."""
        self._loop = asyncio.get_running_loop()
        # A daemon: a store that nobody closes must not keep its process from ending.
        self._thread = threading.Thread(target=self._work, name="wxevents-store", daemon=True)
        self._thread.start()
        try:
            await self.do(lambda connection: None)
        except BaseException:
            self._queue.put(None)
            raise

    async def do(self, operation: Operation[T]) -> T:
        """What the operation gives, once it is on disk. Raises StoreError if it is not."""
        waiter: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(_Job(operation, waiter))
        return await waiter

    async def stop(self) -> None:
        """Finish what was asked for, and close."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        stopping = False
        while not stopping:
            batch, stopping = self._next_batch()
            if batch:
                self._run(batch)
                self._tell(batch)
        self._close()

    def _next_batch(self) -> tuple[list[_Job[Any]], bool]:
        """Everything that waits, and whether that is the last."""
        jobs = []
        job = self._queue.get()
        try:
            while job is not None:
                jobs.append(job)
                if len(jobs) == _BATCH:
                    return jobs, False
                job = self._queue.get_nowait()
        except Empty:
            return jobs, False
        return jobs, True

    def _run(self, jobs: list[_Job[Any]]) -> None:
        """All in one transaction; if that fails, each in one of its own, so that what cannot be
        done keeps nothing else from being done."""
        try:
            self._commit(jobs)
        except (sqlite3.Error, OSError, StoreError) as error:
            self._close()
            for job in jobs:
                job.error = None
            if len(jobs) > 1 and not _hopeless(error):
                for job in jobs:
                    self._run([job])
                return
            for job in jobs:
                job.error = self._explained(error)

    def _commit(self, jobs: list[_Job[Any]]) -> None:
        if self._connection is None:
            self._connection = self._connect(self._path)
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        for job in jobs:
            try:
                job.result = job.operation(connection)
            except sqlite3.Error:
                raise
            except Exception as error:  # noqa: BLE001 - raised where the operation is awaited
                job.error = error
        connection.execute("COMMIT")

    def _tell(self, jobs: list[_Job[Any]]) -> None:
        def tell() -> None:
            for job in jobs:
                job.tell()

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(tell)

    def _close(self) -> None:
        if self._connection:
            with suppress(sqlite3.Error):  # what was committed is safe, the rest is rolled back
                self._connection.close()
            self._connection = None

    def _explained(self, error: Exception) -> StoreError:
        if isinstance(error, StoreError):
            return error
        return StoreError(f"{self._path}: {error}; {_cure(error)}")


def _hopeless(error: Exception) -> bool:
    """Whether the next one would only wait, and fail, for the same reason."""
    return isinstance(error, StoreError) or "locked" in str(error)


def _cure(error: Exception) -> str:
    text = str(error)
    if "locked" in text:
        return "another program keeps the file locked: end it, or wait until it is done"
    if "full" in text:
        return "make room on its disk; the platform delivers again meanwhile"
    if "unable to open" in text or "readonly" in text or "denied" in text:
        return "let this user write to the file and its folder"
    if "malformed" in text or "not a database" in text:
        return "restore the file from a backup, or move it away to begin with an empty one"
    return "check the disk and the file system that it lies on"

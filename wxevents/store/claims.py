"""Who holds what among the processes of one machine: an SQLite file without fsync.

A claim needs exclusion, not durability: if its holder dies, the platform delivers again. So nothing
here waits for a disk, and the calls are short enough to be made on the event loop; those of one
round of the loop share a transaction.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from wxevents.errors import StoreError
from wxevents.store import database
from wxevents.store.holds import Holds
from wxevents.store.protocol import LEASE_PREFIX, RETENTION

log: Final = logging.getLogger(__name__)

T = TypeVar("T")

_SCHEMA: Final = (
    """
    CREATE TABLE holds (
        name TEXT PRIMARY KEY,
        holder TEXT NOT NULL,
        since REAL NOT NULL,
        runs INTEGER NOT NULL,
        answer TEXT,
        keep_until REAL
    ) WITHOUT ROWID;
    CREATE INDEX old_holds ON holds (keep_until) WHERE keep_until IS NOT NULL;
    CREATE TABLE machine (boot TEXT)
    """,
)

# Longer than the platform delivers a push (15 s), and an answer is kept behind that.
_KEPT: Final = 2 * RETENTION
# Another process writes for a fraction of a millisecond; so long is tried again.
_PATIENCE: Final = 0.25
_PAUSE: Final = 0.0001
_TIDY_EVERY: Final = 5_000
# What SQLite says of a file that it cannot read, other than that it is locked or the disk is full.
_DAMAGED: Final = ("malformed", "not a database", "no such table")


class Holding(NamedTuple):
    """A row: who holds the name since when, and the answer if he settled it; `new` if it was just
    written."""

    holder: str
    since: float
    runs: int
    answer: str | None
    new: bool = False


class Claims:
    """The file. What it grants is noted in `holds` at once, before anybody else can ask.

    `since` and `keep_until` are seconds of the machine's monotonic clock, which all its processes
    share until it is started anew.
    """

    def __init__(self, path: Path, holds: Holds) -> None:
        self._path = path
        self._holds = holds
        self._waiting: list[tuple[str, str, asyncio.Future[Holding]]] = []
        self._claimed = 0

    def open(self, *, alone: bool) -> None:
        """Open the file; one that cannot be read, or is of an earlier start of the machine, begins
        anew if this process is alone with it. Call it while no other process opens it. Raises
        StoreError."""
        try:
            self._connection = self._begin() if alone else _connect(self._path)
        except sqlite3.Error as error:
            raise StoreError(
                f"{self._path}: {error}; see who else uses it, and its disk"
            ) from error
        self._forget_earlier_boots()

    def close(self) -> None:
        self._connection.close()

    async def claim(self, name: str, me: str) -> Holding:
        """The row of that name, which is a new one of `me` if there was none."""
        waiter: asyncio.Future[Holding] = asyncio.get_running_loop().create_future()
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._claim_all)
        self._waiting.append((name, me, waiter))
        try:
            return await waiter
        except asyncio.CancelledError:
            granted = waiter.done() and not waiter.cancelled() and not waiter.exception()
            if granted and waiter.result().new:  # and nobody will know that it is held
                self._holds.release(name)
                self._release_if_possible(name, me)
            raise

    def take_over(self, name: str, me: str, dead: str) -> bool:
        """Hold what a dead process held; False if somebody was quicker."""

        def update(connection: sqlite3.Connection) -> bool:
            return bool(
                connection.execute(
                    "UPDATE holds SET holder=?, runs=runs+1 WHERE name=? AND holder=?",
                    (me, name, dead),
                ).rowcount
            )

        return self._do(update)

    def find(self, name: str) -> Holding | None:
        return self._do(lambda connection: _find(connection, name))

    def release(self, name: str, me: str) -> None:
        self._do(
            lambda connection: connection.execute(
                "DELETE FROM holds WHERE name=? AND holder=?", (name, me)
            )
        )

    def _release_if_possible(self, name: str, me: str) -> None:
        try:
            self.release(name, me)
        except StoreError as error:  # the row stays, and is released when somebody asks for it
            log.warning("%s was not released: %s", name, error)

    def settle(self, name: str, answer: str) -> str:
        """Fix the answer in the holder's stead; gives the one that counts."""

        def settle(connection: sqlite3.Connection) -> str:
            connection.execute(
                "UPDATE holds SET answer=? WHERE name=? AND answer IS NULL", (answer, name)
            )
            holding = _find(connection, name)
            return answer if holding is None or holding.answer is None else holding.answer

        return self._do(settle)

    def publish(
        self,
        me: str,
        held: Iterable[tuple[str, float]],
        answers: Iterable[tuple[str, str, float]],
    ) -> None:
        """Write down what a process had in its memory, for the others to see."""
        rows: list[tuple[str, str, float, str | None, float | None]] = [
            (name, me, since, None, _keep_until(name, since)) for name, since in held
        ]
        rows += [(name, me, until - RETENTION, answer, until) for name, answer, until in answers]

        def publish(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT INTO holds (name, holder, since, answer, keep_until, runs) "
                "VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (name) DO UPDATE SET "
                "holder=excluded.holder, answer=excluded.answer, keep_until=excluded.keep_until",
                rows,
            )

        self._do(publish)

    def answers(self) -> list[tuple[str, str, float]]:
        """What was settled and is still kept, until when, the first to expire first."""
        return self._do(
            lambda connection: connection.execute(
                "SELECT name, answer, keep_until FROM holds "
                "WHERE answer IS NOT NULL AND keep_until>? ORDER BY keep_until",
                (time.monotonic(),),
            ).fetchall()
        )

    def _claim_all(self) -> None:
        waiting, self._waiting = self._waiting, []

        def claim(connection: sqlite3.Connection) -> list[Holding]:
            now = time.monotonic()
            return [_claim(connection, name, me, now) for name, me, _ in waiting]

        try:
            found = self._do(claim)
        except StoreError as error:
            for _, _, waiter in waiting:
                if not waiter.done():
                    waiter.set_exception(error)
            return
        for (name, me, waiter), holding in zip(waiting, found, strict=True):
            if not waiter.done():
                waiter.set_result(holding)
                if holding.new:
                    self._holds.claim(name)
            elif holding.new:  # whoever wanted it was cancelled
                self._release_if_possible(name, me)
        self._claimed += len(waiting)
        if self._claimed >= _TIDY_EVERY:
            self._claimed = 0
            self._do(
                lambda connection: connection.execute(
                    "DELETE FROM holds WHERE keep_until<?", (time.monotonic(),)
                )
            )

    def _do(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        """One transaction, tried again while another process writes."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                break
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise StoreError(f"{self._path}: {error}; see who else writes to it") from error
                time.sleep(_PAUSE)
        try:
            result = operation(self._connection)
            self._connection.execute("COMMIT")
        except BaseException as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if not isinstance(error, sqlite3.Error):
                raise
            raise StoreError(f"{self._path}: {error}; look at its disk") from error
        return result

    def _begin(self) -> sqlite3.Connection:
        try:
            return _connect(self._path)
        except sqlite3.DatabaseError as error:
            if not any(word in str(error) for word in _DAMAGED):
                raise
        # Without fsync a power cut may leave anything.
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        return _connect(self._path)

    def _forget_earlier_boots(self) -> None:
        boot = _boot()

        def forget(connection: sqlite3.Connection) -> None:
            if connection.execute("SELECT boot FROM machine").fetchone() == (boot,):
                return
            for statement in ("DELETE FROM holds", "DELETE FROM machine"):
                connection.execute(statement)
            connection.execute("INSERT INTO machine (boot) VALUES (?)", (boot,))

        self._do(forget)


def _claim(connection: sqlite3.Connection, name: str, me: str, now: float) -> Holding:
    inserted = connection.execute(
        "INSERT INTO holds (name, holder, since, runs, keep_until) VALUES (?, ?, ?, 0, ?) "
        "ON CONFLICT (name) DO UPDATE SET holder=excluded.holder, since=excluded.since, runs=0, "
        "answer=NULL, keep_until=excluded.keep_until WHERE keep_until<excluded.since",
        (name, me, now, _keep_until(name, now)),
    )
    if inserted.rowcount:
        return Holding(me, now, 0, None, new=True)
    holding = _find(connection, name)
    assert holding  # within one transaction
    return holding


def _find(connection: sqlite3.Connection, name: str) -> Holding | None:
    row = connection.execute(
        "SELECT holder, since, runs, answer FROM holds WHERE name=?", (name,)
    ).fetchone()
    return Holding(*row) if row else None


def _keep_until(name: str, since: float) -> float | None:
    return None if name.startswith(LEASE_PREFIX) else since + _KEPT


def _connect(path: Path) -> sqlite3.Connection:
    connection = database.connect(path, _SCHEMA, synchronous="OFF")
    try:
        connection.execute("SELECT count(*) FROM machine").fetchone()
        connection.execute("PRAGMA wal_autocheckpoint=4000")
        connection.execute("PRAGMA busy_timeout=0")  # from here on the loop would wait with it
    except BaseException:
        connection.close()
        raise
    return connection


def _boot() -> str:
    """What tells one start of the machine from the next, "" where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""

"""The inbox and the values in an SQLite file, each commit on disk before it is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from wxevents.clock import Clock
from wxevents.errors import LeaseLost
from wxevents.store import database
from wxevents.store.entry import OPEN, Entry, State
from wxevents.store.protocol import RETENTION, Backlog, backlog_of
from wxevents.store.writer import Writer

_SCHEMA: Final = (
    """
    CREATE TABLE inbox (
        identity TEXT PRIMARY KEY,
        app_id TEXT NOT NULL,
        state TEXT NOT NULL,
        holder TEXT NOT NULL,
        fence INTEGER NOT NULL,
        received REAL NOT NULL,
        content TEXT NOT NULL,
        keep_until REAL
    );
    CREATE INDEX open_entries ON inbox (app_id, holder)
        WHERE state IN ('pending', 'running', 'late');
    CREATE INDEX ended_entries ON inbox (keep_until) WHERE keep_until IS NOT NULL;
    CREATE TABLE vals (
        name TEXT NOT NULL,
        app_id TEXT NOT NULL,
        value TEXT NOT NULL,
        keep_until REAL NOT NULL,
        PRIMARY KEY (app_id, name)
    ) WITHOUT ROWID;
    CREATE INDEX old_values ON vals (keep_until)
    """,
    # For metrics, which ask every few seconds; without it each time all would be read.
    "CREATE INDEX entries_by_state ON inbox (app_id, state, received)",
)

# The condition of the partial index, in its own words: only so does SQLite use it.
_IS_OPEN: Final = "state IN ('pending', 'running', 'late')"
_COLUMNS: Final = "identity, state, fence, content"
# Seconds between two looks for what need not be kept any longer, and how much one of them removes.
_TIDY_AFTER: Final = 60.0
_TIDY_AT_MOST: Final = 10_000


class SqliteInbox:
    """One account's part of the file; `holder` is the name of this process in it."""

    def __init__(self, path: Path, app_id: str, holder: str, clock: Clock) -> None:
        self._app_id = app_id
        self._holder = holder
        self._clock = clock
        self._tidied = 0.0
        self._writer = Writer(path, _connect)

    async def open(self) -> None:
        await self._writer.start()

    async def close(self) -> None:
        await self._writer.stop()

    async def keep(self, entry: Entry) -> Entry | None:
        entry = entry.changed(fence=1, updated=self._clock.time())
        row = (entry.identity, self._app_id, entry.state, self._holder, entry.received)
        content = entry.to_json()

        def insert(connection: sqlite3.Connection) -> Entry | None:
            inserted = connection.execute(
                "INSERT OR IGNORE INTO inbox "
                "(identity, app_id, state, holder, fence, received, content) "
                "VALUES (?, ?, ?, ?, 1, ?, ?)",
                (*row, content),
            )
            return entry if inserted.rowcount else None

        return await self._writer.do(insert)

    async def save(self, entry: Entry) -> None:
        now = self._clock.time()
        entry = entry.changed(updated=now)
        keep_until = None if entry.state in OPEN else now + entry.kept_for
        holder = "" if entry.state == "pending" else self._holder
        content = entry.to_json()

        def update(connection: sqlite3.Connection) -> None:
            updated = connection.execute(
                "UPDATE inbox SET state=?, holder=?, content=?, keep_until=? "
                "WHERE identity=? AND fence=? AND holder=?",
                (
                    entry.state,
                    holder,
                    content,
                    keep_until,
                    entry.identity,
                    entry.fence,
                    self._holder,
                ),
            )
            if not updated.rowcount:
                raise LeaseLost(entry.identity)

        await self._writer.do(update)

    async def take(self, limit: int, is_alive: Callable[[str], bool]) -> Sequence[Entry]:
        """Hold open entries whose holder is not alive; `is_alive` is called on another thread."""

        def take(connection: sqlite3.Connection) -> list[Entry]:
            self._tidy(connection)
            holders = connection.execute(
                f"SELECT DISTINCT holder FROM inbox WHERE app_id=? AND {_IS_OPEN}", (self._app_id,)
            ).fetchall()
            gone = [holder for (holder,) in holders if not (holder and is_alive(holder))]
            # As many parameters as there are processes; SQLite takes 32,766.
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM inbox WHERE app_id=? "
                f"AND holder IN ({', '.join('?' * len(gone))}) AND {_IS_OPEN} "
                "ORDER BY received LIMIT ?",
                (self._app_id, *gone, limit),
            ).fetchall()
            taken = [_entry(row).taken() for row in rows]
            connection.executemany(
                "UPDATE inbox SET state=?, holder=?, fence=?, content=? WHERE identity=?",
                [
                    (one.state, self._holder, one.fence, one.to_json(), one.identity)
                    for one in taken
                ],
            )
            return taken

        return await self._writer.do(take)

    async def left_by_the_dead(self, is_alive: Callable[[str], bool]) -> set[str]:
        """The identities of pushes that may be delivered again, and were kept by processes that are
        not alive; `is_alive` is called on another thread."""
        since = self._clock.time() - RETENTION

        def find(connection: sqlite3.Connection) -> set[str]:
            rows = connection.execute(
                f"SELECT identity, holder FROM inbox WHERE app_id=? AND ({_IS_OPEN} OR received>?)",
                (self._app_id, since),
            ).fetchall()
            alive = {holder for holder in {row[1] for row in rows} if holder and is_alive(holder)}
            return {identity for identity, holder in rows if holder not in alive}

        return await self._writer.do(find)

    async def entries(self, *, states: Iterable[State] = (), identity: str = "") -> Sequence[Entry]:
        wanted = tuple(states)
        conditions, parameters = ["app_id=?"], [self._app_id]
        if wanted:
            conditions.append(f"state IN ({', '.join('?' * len(wanted))})")
            parameters += wanted
        if identity:
            conditions.append("identity=?")
            parameters.append(identity)
        query = f"SELECT {_COLUMNS} FROM inbox WHERE {' AND '.join(conditions)} ORDER BY received"
        return await self._writer.do(
            lambda connection: [_entry(row) for row in connection.execute(query, parameters)]
        )

    async def backlog(self) -> Backlog:
        def count(connection: sqlite3.Connection) -> Backlog:
            rows = connection.execute(
                "SELECT state, COUNT(*), MIN(received) FROM inbox WHERE app_id=? GROUP BY state",
                (self._app_id,),
            )
            return backlog_of(rows)

        return await self._writer.do(count)

    async def replay(self, identity: str) -> bool:
        def replay(connection: sqlite3.Connection) -> bool:
            row = self._ended(connection, identity)
            if row is None:
                return False
            entry = _entry(row).as_new()
            connection.execute(
                "UPDATE inbox SET state=?, holder='', fence=?, content=?, keep_until=NULL "
                "WHERE identity=?",
                (entry.state, entry.fence, entry.to_json(), identity),
            )
            return True

        return await self._writer.do(replay)

    async def remove(self, identity: str) -> bool:
        def remove(connection: sqlite3.Connection) -> bool:
            if self._ended(connection, identity) is None:
                return False
            connection.execute("DELETE FROM inbox WHERE identity=?", (identity,))
            return True

        return await self._writer.do(remove)

    async def get(self, name: str) -> str | None:
        key = (self._app_id, name, self._clock.time())

        def get(connection: sqlite3.Connection) -> str | None:
            row = connection.execute(
                "SELECT value FROM vals WHERE app_id=? AND name=? AND keep_until>?", key
            ).fetchone()
            return row[0] if row else None

        return await self._writer.do(get)

    async def put(self, name: str, value: str, seconds: float) -> None:
        row = (self._app_id, name, value, self._clock.time() + seconds)

        def put(connection: sqlite3.Connection) -> None:
            if seconds > 0:
                connection.execute(
                    "INSERT OR REPLACE INTO vals (app_id, name, value, keep_until) "
                    "VALUES (?, ?, ?, ?)",
                    row,
                )
            else:
                connection.execute("DELETE FROM vals WHERE app_id=? AND name=?", row[:2])

        await self._writer.do(put)

    def _ended(self, connection: sqlite3.Connection, identity: str) -> tuple[object, ...] | None:
        row: tuple[object, ...] | None = connection.execute(
            f"SELECT {_COLUMNS} FROM inbox "
            "WHERE identity=? AND app_id=? AND state IN ('done', 'dead')",
            (identity, self._app_id),
        ).fetchone()
        return row

    def _tidy(self, connection: sqlite3.Connection) -> None:
        """Remove what need not be kept any longer, now and then."""
        now = self._clock.time()
        if abs(now - self._tidied) < _TIDY_AFTER:
            return
        self._tidied = now
        for table, key in (("inbox", "identity"), ("vals", "app_id, name")):
            connection.execute(
                f"DELETE FROM {table} WHERE ({key}) IN "
                f"(SELECT {key} FROM {table} WHERE keep_until<? LIMIT {_TIDY_AT_MOST})",
                (now,),
            )


def _connect(path: Path) -> sqlite3.Connection:
    return database.connect(path, _SCHEMA, synchronous="FULL")


def _entry(row: tuple[object, ...]) -> Entry:
    identity, state, fence, content = row
    return Entry.from_json(content, identity=identity, state=state, fence=fence)  # type: ignore[arg-type]

"""What only the SQLite store has to stand: damaged, locked and foreign files, a full disk."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.store.backends import Process
from tests.store.patience import PATIENCE
from wxevents.errors import StoreError
from wxevents.store import Entry, database
from wxevents.store.sqlite import SqliteStore
from wxevents.testing import ManualClock

PUSH = Entry("push", {"Event": "CLICK"}, received=1.0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "inbox.db"


def open_file(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def beside(path: Path, suffix: str) -> Path:
    """The file next to the inbox that ends so, whatever names the account in it."""
    (found,) = path.parent.glob(f"*{suffix}")
    return found


def spoil(path: Path) -> None:
    """Make it a file that is none of SQLite's."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"nonsense" * 1000)


def empty(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")


async def write_once(path: Path) -> None:
    async with SqliteStore(path, "wx1") as store:
        assert await store.keep(PUSH)


# -- files


async def test_it_begins_with_an_empty_file(path: Path) -> None:
    empty(path)
    await write_once(path)
    with open_file(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] >= 1
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


async def test_only_its_user_may_read_it(path: Path) -> None:
    async with SqliteStore(path, "wx1") as store:
        assert await store.keep(PUSH)
        await store.claim("push")
        for file in path.parent.glob("inbox.db*"):
            mode = stat.S_IMODE(file.stat().st_mode)
            assert mode == (0o700 if file.is_dir() else 0o600), file


async def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    await write_once(path)
    connection = open_file(path)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute("PRAGMA user_version=99")
    with pytest.raises(StoreError, match=r"newer wxevents \(schema 99.*upgrade"):
        async with asyncio.timeout(PATIENCE), SqliteStore(path, "wx1"):
            pass
    connection.execute(f"PRAGMA user_version={version}")
    connection.close()
    async with SqliteStore(path, "wx1") as store:
        assert len(await store.entries()) == 1


async def test_a_file_of_an_older_version_is_brought_up_to_date(path: Path) -> None:
    await write_once(path)
    connection = open_file(path)
    connection.execute("DROP INDEX entries_by_state")
    connection.execute("PRAGMA user_version=1")
    connection.close()
    async with SqliteStore(path, "wx1") as store:
        assert (await store.backlog()).entries["running"] == 1
    connection = open_file(path)
    indexes = {row[1] for row in connection.execute("PRAGMA index_list(inbox)")}
    connection.close()
    assert "entries_by_state" in indexes


async def test_claims_that_cannot_be_read_begin_anew(path: Path) -> None:
    await write_once(path)
    spoil(beside(path, ".claims"))
    async with SqliteStore(path, "wx1") as store, SqliteStore(path, "wx1") as other:
        assert (await store.claim("not kept")).mine
        assert not (await other.claim("not kept")).mine
        assert len(await store.entries()) == 1


async def test_claims_of_others_are_never_thrown_away(path: Path) -> None:
    async with SqliteStore(path, "wx1") as store:
        assert (await store.claim("push")).mine
        claims = beside(path, ".claims")
        connection = open_file(claims)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        content = claims.read_bytes()
        spoil(claims)
        with pytest.raises(StoreError, match="not a database"):
            async with SqliteStore(path, "wx1"):
                pass
        claims.write_bytes(content)
        async with SqliteStore(path, "wx1") as other:
            assert not (await other.claim("push")).mine


async def test_an_inbox_that_cannot_be_read_is_named(path: Path) -> None:
    spoil(path)
    with pytest.raises(StoreError, match=r"inbox\.db.*not a database.*backup"):
        async with SqliteStore(path, "wx1"):
            pass
    empty(path)
    await write_once(path)


async def test_a_folder_that_cannot_be_made_is_named(path: Path) -> None:
    path.parent.write_text("a file")
    with pytest.raises(StoreError, match=r"inbox\.db cannot be opened.*WXEVENTS_STORE"):
        async with SqliteStore(path, "wx1"):
            pass


async def test_a_locked_inbox_is_named_and_works_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "connect", partial(database.connect, busy_timeout=0.05))
    async with SqliteStore(path, "wx1") as store:
        entry = await store.keep(PUSH)
        assert entry
        locking = open_file(path)
        locking.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked"):
            await store.keep(replace(PUSH, identity="later"))
        with pytest.raises(StoreError, match="locked"):
            await store.save(replace(entry, state="done"))
        locking.execute("COMMIT")
        locking.close()
        assert await store.keep(replace(PUSH, identity="later"))
        await store.save(replace(entry, state="done"))


async def test_locked_claims_grant_nothing(path: Path) -> None:
    async with SqliteStore(path, "wx1") as store, SqliteStore(path, "wx1") as other:
        locking = open_file(beside(path, ".claims"))
        locking.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked"):
            await store.claim("push")
        locking.execute("COMMIT")
        locking.close()
        assert (await other.claim("push")).mine
        assert not (await store.claim("push")).mine


def test_a_full_disk_is_named_and_loses_nothing(tmp_path: Path) -> None:
    with Process("tests.store.full_disk", str(tmp_path / "inbox.db")) as process:
        assert process.says() == "kept before: True"
        assert process.says().startswith("StoreError: ")
        assert process.says() == "kept after: True"
        assert process.says() == "entries: before, after"


# -- accounts, commits, time


async def test_two_accounts_share_a_file(path: Path) -> None:
    async with SqliteStore(path, "wx1") as one, SqliteStore(path, "wx2") as other:
        assert (await one.claim("push")).mine
        assert (await other.claim("push")).mine
        await one.put("name", "of one", 60)
        assert await other.get("name") is None
        assert await one.keep(PUSH)
        assert not await other.entries()
        assert not await other.remove("push")


async def test_what_comes_together_is_committed_together(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []
    connect: Callable[..., sqlite3.Connection] = database.connect

    def traced(path: Path, *args: object, **options: object) -> sqlite3.Connection:
        connection = connect(path, *args, **options)
        if path.name == "inbox.db":
            connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(database, "connect", traced)
    async with SqliteStore(path, "wx1") as store:
        statements.clear()
        await asyncio.gather(
            *(store.keep(replace(PUSH, identity=f"push {number}")) for number in range(500))
        )
        commits = statements.count("COMMIT")
        assert 1 <= commits < 50
        assert len(await store.entries()) == 500


async def test_what_ended_long_ago_is_removed(path: Path) -> None:
    clock = ManualClock()
    async with SqliteStore(path, "wx1", clock) as store:
        for identity, state in (("sent", "done"), ("dead", "dead")):
            entry = await store.keep(replace(PUSH, identity=identity))
            assert entry
            await store.save(replace(entry, state=state, result="sent"))  # type: ignore[arg-type]
        await clock.advance(601)
        await store.take(1)
        assert [entry.identity for entry in await store.entries()] == ["dead"]


async def test_an_answer_is_forgotten_after_a_minute(path: Path) -> None:
    clock = ManualClock()
    async with SqliteStore(path, "wx1", clock) as store:
        await store.claim("push")
        await store.settle("push", "answer")
        await clock.advance(59)
        assert (await store.claim("push")).answer == "answer"
        await clock.advance(2)
        assert (await store.claim("push")).mine


async def test_a_path_may_be_longer_than_a_socket_allows(tmp_path: Path) -> None:
    path = tmp_path / ("long" * 20) / ("long" * 20) / "inbox.db"
    async with SqliteStore(path, "wx1") as one, SqliteStore(path, "wx1") as other:
        await one.claim("push")
        await one.settle("push", "answer")
        assert await other.wait("push") == "answer"


async def test_a_store_that_did_not_open_leaves_nobody_behind(path: Path) -> None:
    spoil(path)
    with pytest.raises(StoreError):
        async with SqliteStore(path, "wx1"):
            pass
    folder = beside(path, ".processes")
    assert not [file.name for file in folder.iterdir() if file.suffix in (".lock", ".sock")]

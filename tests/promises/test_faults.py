"""What goes wrong around a late answer, and what comes of it: each fault has one stated outcome."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.client.server import Held, Played, Raw, closed_port
from tests.promises.deliveries import push_of
from tests.promises.messages import SEND_PATH, TOKEN_PATH, Messages
from tests.promises.stage import ANSWER, APOLOGY, Api, Stage, staged
from tests.store.patience import PATIENCE, until

# -- the platform's API


@pytest.mark.parametrize(
    "fault",
    [Held(), Raw(b"bad gateway", status=502), Raw(b"{}", missing=5), Raw(b"<html>")],
    ids=["slow", "5xx", "cut off", "no JSON"],
)
async def test_a_lost_answer_ends_as_unknown_and_is_not_repeated(
    tmp_path: Path, fault: Played
) -> None:
    async with Api(fault) as api, staged(tmp_path, api.url) as stage:
        await stage.acknowledged()
        stage.go.set()
        assert await stage.outcome() == "unknown"
        assert api.calls == 1
        assert (await stage.entry()).messages[0].state == "unknown"


async def test_a_busy_platform_is_asked_again(tmp_path: Path) -> None:
    busy = {"errcode": -1, "errmsg": "system error"}
    async with Api(busy) as api, staged(tmp_path, api.url) as stage:
        await stage.acknowledged()
        stage.go.set()
        assert await stage.outcome() == "sent"
        assert api.calls == 2


async def test_a_revoked_token_is_renewed(tmp_path: Path) -> None:
    async with Api({"errcode": 40001, "errmsg": "invalid"}) as api:
        api.will_answer(TOKEN_PATH, {"access_token": "second", "expires_in": 7200})
        async with staged(tmp_path, api.url) as stage:
            await stage.acknowledged()
            stage.go.set()
            assert await stage.outcome() == "sent"
        tokens = [request.query["access_token"] for request in api.requests(SEND_PATH)]
        assert tokens == ["first", "second"]


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (45015, "window_closed"),
        (45047, "allowance_used"),
        (40003, "unknown_user"),
        (43004, "not_following"),
        (48002, "blocked"),
        (45002, "too_long"),
        (48001, "not_permitted"),
        (99999, "refused"),
    ],
)
async def test_a_refusal_has_a_name_and_is_final(tmp_path: Path, code: int, state: str) -> None:
    refusal = {"errcode": code, "errmsg": "no"}
    async with Api(refusal) as api, staged(tmp_path, api.url) as stage:
        await stage.acknowledged()
        stage.go.set()
        assert await stage.outcome() == state
        assert api.calls == 1


async def test_an_account_without_permission_goes_over_to_redelivery_and_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    refusal = {"errcode": 48001, "errmsg": "api unauthorized"}
    async with Api(refusal, refusal, refusal) as api, staged(tmp_path, api.url) as stage:
        for number in (1, 2):
            await stage.acknowledged(number)
        stage.go.set()
        assert [await stage.outcome() for _ in range(2)] == ["not_permitted"] * 2

        stage.go.clear()
        push = push_of("slow", 3, int(time.time()))
        await stage.drop(push)  # not acknowledged: the next delivery gets the answer
        stage.go.set()
        assert await stage.deliver(push) == ANSWER
        assert stage.runs.count("slow:3") == 1
        assert api.calls == 2
    said = [line for line in caplog.messages if "WXEVENTS_LATE=redelivery" in line]
    assert len(said) == 1


async def test_what_cannot_be_sent_waits_for_the_platform(tmp_path: Path) -> None:
    url = closed_port()
    async with staged(tmp_path, url) as stage:
        await stage.acknowledged()
        stage.go.set()
        await until(lambda: _is_waiting(stage))
        async with Messages(port=int(url.rpartition(":")[2])) as messages:
            assert await stage.outcome() == "sent"
            assert messages.sent == {ANSWER: 1}


async def test_what_cannot_be_sent_in_time_expires(tmp_path: Path) -> None:
    async with staged(tmp_path, closed_port()) as stage:
        await stage.acknowledged()
        stage.go.set()
        await until(lambda: _is_waiting(stage))
        stage.clock.ahead = 61.0  # after a tap the platform takes messages for a minute
        assert await stage.outcome() == "expired"


async def _is_waiting(stage: Stage) -> bool:
    """For its next attempt to send."""
    return any(message.error for message in (await stage.entry()).messages)


# -- the clock


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_is_set_changes_no_answer(tmp_path: Path, hours: int) -> None:
    async with Api() as api, staged(tmp_path, api.url, timestamp_tolerance=0) as stage:
        push = await stage.acknowledged()
        stage.clock.ahead = hours * 3600.0
        assert await stage.deliver(push) == ""
        stage.go.set()
        assert await stage.outcome() == "sent"
        assert await stage.deliver(push) == ""
        assert stage.runs == ["slow:1"]
        assert api.calls == 1


async def test_a_clock_that_is_set_back_gives_up_nothing(tmp_path: Path) -> None:
    busy = {"errcode": -1, "errmsg": "system error"}
    async with Api(busy, busy) as api, staged(tmp_path, api.url) as stage:
        await stage.acknowledged()
        stage.clock.ahead = -3600.0
        stage.go.set()
        assert await stage.outcome() == "sent"
        assert api.calls == 3


# -- the store


async def test_on_a_full_disk_nothing_is_acknowledged_until_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        async with Api() as api, staged(disk, api.url) as stage:
            push = push_of("slow", 1, int(time.time()))
            with filled(disk):
                await stage.drop(push)
            assert await stage.deliver(push) == ""
            stage.go.set()
            assert await stage.outcome() == "sent"
            assert stage.runs == ["slow:1"]
            assert api.calls == 1


async def test_on_a_full_disk_the_last_delivery_gets_the_apology(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        async with Api() as api, staged(disk, api.url) as stage:
            push = push_of("slow", 1, int(time.time()))
            with filled(disk):
                await stage.drop(push)
                await stage.drop(push)
                assert await stage.deliver(push) == APOLOGY
                stage.go.set()
                assert await stage.outcome() == "lost"
            assert stage.statuses == [200]
            assert stage.runs == ["slow:1"]
            assert api.calls == 0


async def test_behind_a_locked_database_nothing_is_acknowledged_until_it_is_free(
    tmp_path: Path,
) -> None:
    async with Api() as api, staged(tmp_path, api.url) as stage:
        push = push_of("slow", 1, int(time.time()))
        with locked(tmp_path / "inbox.db"):
            await stage.drop(push)
        assert await stage.deliver(push) == ""
        stage.go.set()
        assert await stage.outcome() == "sent"
        assert stage.runs == ["slow:1"]
        assert api.calls == 1


async def test_behind_a_locked_database_the_last_delivery_gets_the_apology(
    tmp_path: Path,
) -> None:
    async with Api() as api, staged(tmp_path, api.url) as stage:
        push = push_of("slow", 1, int(time.time()))
        with locked(tmp_path / "inbox.db"):
            await stage.drop(push)
            await stage.drop(push)
            assert await stage.deliver(push) == APOLOGY
        assert stage.statuses == [200]
        # It was on its way into the inbox, and so the answer follows the apology.
        stage.go.set()
        assert await stage.outcome() == "sent"
        assert stage.runs == ["slow:1"]
        assert api.calls == 1


async def test_an_answer_in_time_needs_no_disk(tmp_path: Path) -> None:
    async with Api() as api, staged(tmp_path, api.url) as stage:
        stage.go.set()
        with locked(tmp_path / "inbox.db"):
            assert await stage.deliver(push_of("quick", 1, int(time.time()))) == ANSWER


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of two megabytes in memory."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("a small disk can only be mounted by root, on Linux")
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """No room at all on that disk."""
    file = disk / "filling"
    with file.open("wb", buffering=0) as filling:
        for size in (4096, 1):
            try:
                while True:
                    filling.write(b"\0" * size)
            except OSError:
                pass
    try:
        yield
    finally:
        file.unlink()


_LOCKING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.readline()
connection.execute("ROLLBACK")
"""


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """The database, by another process."""
    command = [sys.executable, "-c", _LOCKING, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == b"locked\n"
        yield
        process.stdin.write(b"\n")
        process.stdin.flush()
        process.wait(PATIENCE)

"""One access token for all processes: fetched by one of them, replaced once when it is refused."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from wxevents import Client
from wxevents.client.shared import SharedToken
from wxevents.emulator import Emulator
from wxevents.errors import LeaseLost, StoreError
from wxevents.store import MemoryStore
from wxevents.store.sqlite import SqliteStore
from wxevents.testing import EmulatorClient, ManualClock, invented_settings

PROCESSES = 8
# More by WXEVENTS_EXPIRIES: 1,000 take about a minute.
EXPIRIES = int(os.environ.get("WXEVENTS_EXPIRIES", "100"))

# Calls once for each line that it reads; tells what it did.
CALLER = """
import asyncio, sys
from wxevents import Client
from wxevents.store.sqlite import SqliteStore
from wxevents.testing import invented_settings
from pathlib import Path

async def main(url, path):
    settings = invented_settings(api_base=url)
    loop = asyncio.get_running_loop()
    async with SqliteStore(Path(path), settings.app_id) as store:
        async with Client(settings, store=store) as client:
            print("ready", flush=True)
            while await loop.run_in_executor(None, sys.stdin.readline):
                await client.request("GET", "/cgi-bin/tags/get")
                print("called", flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


@asynccontextmanager
async def caller(url: str, path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CALLER, url, str(path)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()


async def said(process: asyncio.subprocess.Process) -> str:
    assert process.stdout
    return (await process.stdout.readline()).decode().strip()


async def test_eight_processes_refresh_once_for_each_expiry(tmp_path: Path) -> None:
    emulator = Emulator(settings=invented_settings())
    async with emulator.serve() as url, EmulatorClient(url) as client:
        # So many calls a day would otherwise end at the platform's quota.
        fetched = Fetched(emulator)
        callers = [caller(url, tmp_path / "inbox.db") for _ in range(PROCESSES)]
        processes = [await one.__aenter__() for one in callers]
        try:
            assert {await said(one) for one in processes} == {"ready"}
            for _ in range(EXPIRIES):
                await client.expire_tokens()
                for process in processes:
                    assert process.stdin
                    process.stdin.write(b"\n")
                assert [await said(one) for one in processes] == ["called"] * PROCESSES
        finally:
            for one in callers:
                await one.__aexit__(None, None, None)
    print(f"{PROCESSES} processes, {EXPIRIES} expiries: {fetched.count} tokens fetched")  # noqa: T201
    assert 0 < fetched.count <= EXPIRIES + 1


class Fetched:
    """Counts the tokens that the platform gives out."""

    def __init__(self, emulator: Emulator) -> None:
        self.count = 0
        given = emulator.account.tokens.stable

        def counting(*arguments: object, **options: object) -> object:
            self.count += 1
            return given(*arguments, **options)  # type: ignore[arg-type]

        emulator.account.tokens.stable = counting  # type: ignore[method-assign,assignment]


async def test_what_another_process_fetched_is_used(tmp_path: Path) -> None:
    emulator = Emulator(settings=invented_settings())
    async with emulator.serve() as url:
        fetched = Fetched(emulator)
        settings = invented_settings(api_base=url)
        for _ in range(3):  # one after the other, as after restarts
            store = SqliteStore(tmp_path / "inbox.db", settings.app_id)
            async with store, Client(settings, store=store) as client:
                await client.request("GET", "/cgi-bin/tags/get")
    assert fetched.count == 1


class BrokenStore(MemoryStore):
    """A store that is out of reach for values."""

    async def get(self, name: str) -> str | None:
        raise StoreError("redis://nowhere: no connection; start it")


async def test_without_its_store_a_process_fetches_for_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    emulator = Emulator(settings=invented_settings())
    async with emulator.serve() as url:
        settings = invented_settings(api_base=url)
        async with Client(settings, store=BrokenStore()) as client:
            await client.request("GET", "/cgi-bin/tags/get")
    assert "is not shared now: redis://nowhere" in caplog.text


class StolenStore(MemoryStore):
    """A store in which another process has taken the lease over."""

    async def put(self, name: str, value: str, seconds: float, holding: str = "") -> None:
        raise LeaseLost(holding)


async def test_who_lost_the_lease_writes_nothing() -> None:
    emulator = Emulator(settings=invented_settings())
    store = StolenStore()
    async with emulator.serve() as url:
        settings = invented_settings(api_base=url)
        async with Client(settings, store=store) as client:
            await client.request("GET", "/cgi-bin/tags/get")
    assert await store.get("access_token") is None


async def test_a_shared_token_near_its_end_is_not_taken() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    emulator = Emulator(settings=invented_settings())
    async with emulator.serve() as url:
        fetched = Fetched(emulator)
        for remaining, expected in ((301, 0), (299, 1)):
            value = json.dumps({"token": "another's", "ends": clock.time() + remaining})
            await store.put("access_token", value, 1_000)
            token = SharedToken("wx0123456789abcdef", "invented", store, api_base=url, clock=clock)
            await token.get()
            assert fetched.count == expected

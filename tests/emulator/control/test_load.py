"""`wxevents load` and its generator: taps at a rate, measured from when they were due."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from wxevents.emulator import Emulator, Switches
from wxevents.emulator.load import Load, Measured, press
from wxevents.testing import invented_settings


@asynccontextmanager
async def webhook(status: int = 200) -> AsyncIterator[tuple[str, list[str]]]:
    """A bot that answers everything with `success`; gives its URL and the bodies that it got."""
    bodies: list[str] = []

    async def receive(request: web.Request) -> web.Response:
        bodies.append(await request.text())
        return web.Response(status=status, text="success")

    app = web.Application()
    app.router.add_post("/", receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/", bodies
    finally:
        await runner.cleanup()


def platform(url: str) -> Emulator:
    switches = Switches(pause_after=0)
    settings = invented_settings(mode="plain", encoding_aes_key="")
    return Emulator(settings=settings, webhook=url, switches=switches)


async def test_every_tap_is_another_push_and_is_answered() -> None:
    seen: list[int] = []
    async with webhook() as (url, bodies):
        emulator = platform(url)
        async with emulator.webhook:
            load = Load(rate=200, users=20, duration=0.5, keys=tuple("ABCDEFGHIJ"))
            measured = Measured()
            await press(emulator, load, measured, lambda: seen.append(measured.done))
    assert (measured.sent, measured.done, measured.empty, measured.failed) == (100, 100, 100, 0)
    assert len(set(bodies)) == len(bodies) == 100
    assert measured.missed_deadlines == 0
    assert set(measured.percentiles()) == {50, 90, 99, 99.9, 100}
    assert seen[-1] == 100


async def test_what_fails_is_counted_with_its_reason() -> None:
    async with webhook(status=500) as (url, bodies):
        emulator = platform(url)
        async with emulator.webhook:
            measured = Measured()
            await press(emulator, Load(100, 50, 0.1, ("A", "B")), measured)
    assert measured.failed == 10
    assert measured.faults == {"the status is 500, not 200": 10}
    assert len(bodies) == 30
    assert measured.per_second == 0


def test_no_user_presses_a_key_twice_in_a_second() -> None:
    load = Load(rate=30, users=10, duration=3, keys=("A", "B", "C"))
    taps = [(second, *load.tap(second * 30 + tap)) for second in range(3) for tap in range(30)]
    assert max(Counter(taps).values()) == 1
    assert load.taps == 90


def test_a_rate_that_would_need_it_is_refused_with_the_number_of_users() -> None:
    with pytest.raises(ValueError, match="take 334 users, or more keys"):
        Load(rate=1000, users=100, duration=1, keys=("A", "B", "C"))
    for rate, keys in ((1, ()), (float("inf"), ("A",)), (float("nan"), ("A",))):
        with pytest.raises(ValueError, match="above zero"):
            Load(rate=rate, users=1, duration=1, keys=keys)


def test_nothing_measured_has_no_percentiles() -> None:
    measured = Measured()
    assert (measured.percentiles(), measured.per_second) == ({}, 0.0)

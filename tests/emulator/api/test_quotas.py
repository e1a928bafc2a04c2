"""How often the emulated platform lets itself be called."""

from __future__ import annotations

from datetime import datetime

import pytest
from aiohttp import ClientSession

from tests.emulator.api.caller import CLICK, Caller, error
from wxevents.emulator import Emulator
from wxevents.emulator.state.quotas import Quotas, daily_limits
from wxevents.testing import ManualClock

MENUS = "/cgi-bin/menu/"


def clock_at(moment: str) -> ManualClock:
    return ManualClock(datetime.fromisoformat(moment).timestamp())


def test_the_numbers_of_the_pages() -> None:
    assert daily_limits() == {
        "/cgi-bin/token": 2000,
        "/cgi-bin/stable_token": 500_000,
        MENUS + "create": 1000,
        MENUS + "get": 10_000,
        MENUS + "delete": 1000,
        MENUS + "addconditional": 2000,
        MENUS + "delconditional": 2000,
        MENUS + "trymatch": 20_000,
        "/cgi-bin/message/custom/send": 500_000,
        "/cgi-bin/media/upload": 100_000,
        "/cgi-bin/media/get": 200_000,
    }
    assert daily_limits(test_account=True) == daily_limits() | {
        "/cgi-bin/token": 200,
        MENUS + "create": 100,
        MENUS + "get": 1000,
        MENUS + "delete": 100,
        "/cgi-bin/message/custom/send": 50_000,
        "/cgi-bin/media/upload": 500,
        "/cgi-bin/media/get": 1000,
    }


async def test_a_test_account_may_create_a_hundred_menus_a_day() -> None:
    emulator = Emulator(kind="test", clock=ManualClock())
    async with emulator.serve() as url, ClientSession() as session:
        caller = Caller(session, url, emulator)
        codes = [error(await caller.create()) for _ in range(101)]
    assert codes == [0] * 100 + [45009]


@pytest.mark.parametrize("path", sorted(daily_limits()))
async def test_every_limited_call_stops_at_its_limit(caller: Caller, path: str) -> None:
    await caller.a_token()
    caller.account.quotas.daily[path] = caller.account.quotas.spent(path) + 1
    method = "GET" if path.endswith(("/get", "/delete", "/token")) else "POST"
    codes = [await caller.code(method, path.removeprefix("/cgi-bin/"), {}) for _ in range(2)]
    assert codes[0] != 45009
    assert codes[1] == 45009


async def test_a_call_that_fails_counts_but_not_one_that_is_not_let_in(caller: Caller) -> None:
    await caller.post("menu/create", {"button": []})
    await caller.bare("POST", "menu/create")
    await caller.get("menu/create")
    assert caller.account.quotas.spent("/cgi-bin/menu/create") == 1


async def test_a_day_ends_at_midnight_in_china() -> None:
    clock = clock_at("2025-01-01T15:59:59Z")  # 23:59:59 there
    emulator = Emulator(clock=clock)
    emulator.account.quotas.daily["/cgi-bin/menu/create"] = 1
    async with emulator.serve() as url, ClientSession() as session:
        caller = Caller(session, url, emulator)
        assert [error(await caller.create()) for _ in range(2)] == [0, 45009]
        await clock.advance(1)
        assert error(await caller.create()) == 0


async def test_the_stable_token_can_be_asked_for_10000_times_a_minute(
    caller: Caller, clock: ManualClock
) -> None:
    await clock.advance(60 - clock.time() % 60)
    path = "/cgi-bin/stable_token"
    for _ in range(9999):
        caller.account.quotas.spend(path)
    assert "access_token" in await caller.stable_token()
    assert error(await caller.stable_token()) == 45011
    await clock.advance(59)
    assert error(await caller.stable_token()) == 45011
    await clock.advance(1)
    assert "access_token" in await caller.stable_token()


async def test_clearing_the_quota_lets_calls_in_again(caller: Caller) -> None:
    quotas = caller.account.quotas
    quotas.daily["/cgi-bin/menu/create"] = 1
    assert [error(await caller.create()) for _ in range(2)] == [0, 45009]
    app = {"appid": caller.account.app_id}
    assert error(await caller.post("clear_quota", app)) == 0
    assert [error(await caller.create(CLICK)) for _ in range(2)] == [0, 45009]


async def test_the_second_way_of_clearing_needs_the_secret_and_no_token(caller: Caller) -> None:
    account = caller.account
    account.quotas.daily["/cgi-bin/token"] = 0
    assert error(await caller.plain_token()) == 45009
    account.quotas.daily["/cgi-bin/token"] = 1
    account.quotas.spend("/cgi-bin/token")
    body = f'{{"appid":"{account.app_id}","appsecret":"{account.app_secret}"}}'
    assert error(await caller.bare("POST", "clear_quota/v2", body.encode())) == 0
    assert "access_token" in await caller.plain_token()


async def test_quotas_are_cleared_ten_times_a_month_of_china() -> None:
    clock = clock_at("2025-01-31T15:59:00Z")
    emulator = Emulator(clock=clock)
    async with emulator.serve() as url, ClientSession() as session:
        caller = Caller(session, url, emulator)
        app = {"appid": emulator.account.app_id}
        codes = [error(await caller.post("clear_quota", app)) for _ in range(11)]
        assert codes == [0] * 10 + [48006]
        await clock.advance(60)
        assert error(await caller.post("clear_quota", app)) == 0


def test_a_call_without_a_limit_is_only_counted() -> None:
    quotas = Quotas(ManualClock())
    for _ in range(3):
        quotas.spend("/cgi-bin/tags/get")
    assert quotas.spent("/cgi-bin/tags/get") == 3

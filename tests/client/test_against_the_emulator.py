"""The client and the emulated platform, which knows nothing of it, over one clock."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pytest_asyncio import fixture as async_fixture

from tests.client.server import SECRET, WaitingClock
from wxevents.client import ClassicToken, Client
from wxevents.emulator import Emulator
from wxevents.errors import MenuRefused, TokenError
from wxevents.menu import ClickButton, ConditionalMenu, MatchRule, Menu, SubMenu, ViewButton
from wxevents.testing import invented_settings

APP_ID = "wx0123456789abcdef"
MENU = Menu(
    ClickButton("今日歌曲", "V1001_TODAY_MUSIC"),
    SubMenu("菜单", ViewButton("搜索", "https://www.soso.com/")),
)
VIP = Menu(ClickButton("会员", "MEMBER"))


@pytest.fixture
def emulator(clock: WaitingClock) -> Emulator:
    settings = invented_settings(app_id=APP_ID, app_secret=SECRET)
    return Emulator(settings=settings, clock=clock)


@async_fixture
async def account(emulator: Emulator, clock: WaitingClock) -> AsyncIterator[Client]:
    async with emulator.serve() as url:
        settings = invented_settings(app_id=APP_ID, app_secret=SECRET, api_base=url)
        async with Client(settings, clock=clock) as client:
            yield client


def token_calls(emulator: Emulator) -> int:
    return sum(call.path.endswith("token") for call in emulator.calls)


async def test_a_menu_comes_back_as_it_was_published(account: Client) -> None:
    assert await account.menus.get() is None
    await account.menus.create(MENU)
    published = await account.menus.get()
    assert published
    assert published.menu == MENU
    info = await account.menus.current_selfmenu_info()
    assert info.menu == MENU
    await account.menus.delete()
    await account.menus.delete()
    assert await account.menus.get() is None


async def test_a_conditional_menu_lives_with_its_tag(account: Client) -> None:
    await account.menus.create(MENU)
    tag = await account.tags.create("VIP")
    menu_id = await account.menus.add_conditional(
        ConditionalMenu(VIP, MatchRule(tag_id=str(tag.id)))
    )
    published = await account.menus.get()
    assert published
    (conditional,) = published.conditional
    assert (conditional.menu, conditional.menu_id) == (VIP, menu_id)
    assert conditional.match.tag_id == str(tag.id)
    await account.menus.delete_conditional(menu_id)
    with pytest.raises(MenuRefused, match="65301"):
        await account.menus.delete_conditional(menu_id)


async def test_a_day_of_calls_needs_a_token_every_two_hours_and_none_is_refused(
    account: Client, emulator: Emulator, clock: WaitingClock
) -> None:
    await account.menus.create(MENU)
    for _ in range(24 * 6):
        await clock.advance(600)
        assert await account.menus.get()
    assert 12 <= token_calls(emulator) <= 14


async def test_a_token_that_was_forced_elsewhere_is_renewed(
    account: Client, emulator: Emulator
) -> None:
    await account.menus.create(MENU)
    emulator.account.tokens.stable(force_refresh=True)
    assert await account.menus.get()
    assert token_calls(emulator) == 2


async def test_a_classic_token_that_another_program_ended_is_renewed(
    emulator: Emulator, clock: WaitingClock
) -> None:
    async with emulator.serve() as url:
        settings = invented_settings(app_id=APP_ID, app_secret=SECRET, api_base=url)
        tokens = ClassicToken(APP_ID, SECRET, api_base=url, clock=clock)
        async with Client(settings, tokens=tokens, clock=clock) as client:
            await client.menus.create(MENU)
            emulator.account.tokens.plain()
            await clock.advance(301)
            assert await client.menus.get()
    assert token_calls(emulator) == 2


async def test_a_wrong_secret_is_named(emulator: Emulator, clock: WaitingClock) -> None:
    async with emulator.serve() as url:
        settings = invented_settings(app_id=APP_ID, app_secret="wrong", api_base=url)
        async with Client(settings, clock=clock) as client:
            with pytest.raises(TokenError, match="WXEVENTS_APP_SECRET"):
                await client.menus.get()

"""Tags by name in match rules: their numbers come from the account."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.publishing.platform import FaultyPlatform, menu, only, refused
from wxevents.errors import ApiError, MenuError
from wxevents.menu import ConditionalMenu, Finding, MatchRule, MenuSet
from wxevents.publishing import tag_names, with_tag_ids


def named(tag: str, platform: str = "") -> ConditionalMenu:
    return ConditionalMenu(menu("会员"), MatchRule(tag=tag, client_platform_type=platform))


async def test_names_become_numbers_and_all_else_stays(platform: FaultyPlatform) -> None:
    number = str(platform.account.new_tag("VIP").id)
    menus = MenuSet(menu("默认"), only("甲", "7"), named("VIP", "ios"), named("星标组"))
    resolved = await with_tag_ids(menus, platform.client)
    assert [one.match.body() for one in resolved.conditional] == [
        {"tag_id": "7"},
        {"tag_id": number, "client_platform_type": "1"},
        {"tag_id": "2"},
    ]
    assert [one.menu for one in resolved.conditional] == [one.menu for one in menus.conditional]
    assert all(not one.match.tag for one in resolved.conditional)
    assert platform.calls() == ["/cgi-bin/tags/get"]


async def test_without_names_nothing_is_asked(platform: FaultyPlatform) -> None:
    menus = MenuSet(menu("默认"), only("甲", "7"), only("乙", "", "1"))
    assert await with_tag_ids(menus, platform.client) is menus
    assert platform.calls() == []


async def test_every_missing_tag_is_found_with_the_nearest_name(platform: FaultyPlatform) -> None:
    platform.account.new_tag("VIP-Gold")
    menus = MenuSet(menu("默认"), named("VIP-Glod"), named("VIP-Gold"), named("老师"))
    with pytest.raises(MenuError) as raised:
        await with_tag_ids(menus, platform.client)
    first, second = raised.value.findings
    assert isinstance(first, Finding)
    assert isinstance(second, Finding)
    assert first.path == "conditionalmenu[0].matchrule.tag"
    assert first.message == "no tags are called 'VIP-Glod'; there is 'VIP-Gold'"
    assert second.path == "conditionalmenu[2].matchrule.tag"
    assert second.message == (
        "no tags are called '老师'; the account's tags: '星标组', 'VIP-Gold'; "
        "client.tags.create('老师') makes one"
    )


async def test_an_account_without_tags_says_so(platform: FaultyPlatform) -> None:
    platform.account.tags.clear()
    with pytest.raises(MenuError, match="the account's tags: none at all"):
        await with_tag_ids(MenuSet(menu("默认"), named("VIP")), platform.client)


async def test_a_name_that_two_tags_have_is_refused_with_their_numbers(
    platform: FaultyPlatform,
) -> None:
    numbers = [str(platform.account.new_tag("VIP").id) for _ in range(2)]
    with pytest.raises(MenuError) as raised:
        await with_tag_ids(MenuSet(menu("默认"), named("VIP")), platform.client)
    assert (
        f"2 tags are called 'VIP'; give one of their numbers as tag_id: {', '.join(numbers)}"
        in (str(raised.value))
    )


async def test_the_finding_names_the_line_of_the_file(
    platform: FaultyPlatform, tmp_path: Path
) -> None:
    path = tmp_path / "menu.yaml"
    path.write_text(
        "button:\n  - {type: click, name: 甲, key: A}\nconditionalmenu:\n"
        "  - button:\n      - {type: click, name: 乙, key: B}\n"
        "    matchrule:\n      tag: VIP\n",
        "utf-8",
    )
    with pytest.raises(MenuError, match=r"menu\.yaml:7:7: .*VIP"):
        await with_tag_ids(MenuSet.from_file(path), platform.client)


async def test_the_names_of_all_tags(platform: FaultyPlatform) -> None:
    number = platform.account.new_tag("VIP").id
    assert await tag_names(platform.client) == {"2": "星标组", str(number): "VIP"}


async def test_a_list_that_cannot_be_had_is_the_api_s_error(platform: FaultyPlatform) -> None:
    platform.on_call(0, refused)
    with pytest.raises(ApiError):
        await with_tag_ids(MenuSet(menu("默认"), named("VIP")), platform.client)

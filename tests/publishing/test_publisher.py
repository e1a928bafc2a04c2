"""Publishing against the emulated platform: what is published afterwards."""

from __future__ import annotations

import pytest

from tests.publishing.platform import (
    ADD,
    BEFORE,
    CREATE,
    GET,
    REMOVE,
    WANTED,
    WEBSITE,
    FaultyPlatform,
    menu,
    only,
)
from tests.publishing.runs import CALLS, CALLS_OF_THE_FIRST, is_published, publish
from wxevents.errors import MenuError, PublishingError
from wxevents.menu import ConditionalMenu, MatchRule, Menu, MenuSet
from wxevents.publishing import Add, Create, Delete, Publisher, SnapshotFile, Step

# Without accidents


async def test_the_first_publication(platform: FaultyPlatform, snapshots: SnapshotFile) -> None:
    await publish(platform, snapshots, WANTED)
    assert is_published(platform, WANTED)
    assert platform.changes() == [CREATE, ADD, ADD, ADD, ADD]
    assert platform.calls()[:2] == [GET, WEBSITE]  # for the plan
    assert len(platform.calls()) == CALLS_OF_THE_FIRST + 2


async def test_another_default_menu_takes_one_call(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    await publish(platform, snapshots, MenuSet(menu("新默认"), *BEFORE.conditional))
    assert platform.calls() == [GET, GET, CREATE, GET, GET]  # one tells that none was dropped
    assert is_published(platform, MenuSet(menu("新默认"), *BEFORE.conditional))


async def test_conditional_menus_are_added_before_others_are_deleted(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    kept = platform.account.conditional_menus[1].menu_id
    await publish(platform, snapshots, WANTED)
    assert is_published(platform, WANTED)
    assert platform.changes() == [ADD, ADD, ADD, CREATE, REMOVE, REMOVE, REMOVE]
    assert len(platform.calls()) == CALLS + 1
    assert platform.account.conditional_menus[0].menu_id == kept


async def test_menus_that_share_users_come_in_their_order(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(MenuSet(menu("默认"), only("特", "101", "1"), only("总", "101")))
    wanted = MenuSet(menu("默认"), only("总", "101"), only("特", "101", "1"))
    await publish(platform, snapshots, wanted)
    assert is_published(platform, wanted)
    assert platform.changes() == [ADD, REMOVE]


async def test_a_second_apply_changes_nothing(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    await publish(platform, snapshots, WANTED)
    before = len(platform.changes())
    await publish(platform, snapshots, WANTED)
    assert len(platform.changes()) == before


async def test_without_anything_to_do_there_is_no_changing_call_and_no_snapshot(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(WANTED)
    await publish(platform, snapshots, WANTED)
    assert platform.calls() == [GET]
    assert not snapshots.path.exists()


async def test_a_plan_changes_nothing(platform: FaultyPlatform, snapshots: SnapshotFile) -> None:
    platform.publish(BEFORE)
    await Publisher(platform.client, snapshots).plan(WANTED)
    assert platform.calls() == [GET]
    assert not snapshots.path.exists()


async def test_what_the_platform_would_refuse_is_found_before_any_call(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    with pytest.raises(MenuError, match="button"):
        await Publisher(platform.client, snapshots).plan(MenuSet(Menu()))
    assert platform.calls() == []


async def test_tags_are_planned_and_published_by_their_numbers(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    tag = platform.account.new_tag("VIP")
    publisher = Publisher(platform.client, snapshots)
    wanted = MenuSet(menu("默认"), ConditionalMenu(menu("会员"), MatchRule(tag="VIP")))
    await publisher.apply(await publisher.plan(wanted))
    assert platform.account.conditional_menus[0].matchrule == {"tag_id": str(tag.id)}
    assert (await publisher.tag_names())[str(tag.id)] == "VIP"


async def test_two_names_of_the_same_audience_are_found_once_the_tags_are_known(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    number = str(platform.account.new_tag("VIP").id)
    wanted = MenuSet(
        menu("默认"),
        ConditionalMenu(menu("会员"), MatchRule(tag="VIP")),
        ConditionalMenu(menu("会员"), MatchRule(tag_id=number)),
    )
    with pytest.raises(MenuError, match="nobody sees it"):
        await Publisher(platform.client, snapshots).plan(wanted)


async def test_every_step_is_reported_once_it_is_done(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    seen: list[tuple[Step, int, int]] = []
    publisher = Publisher(platform.client, snapshots, progress=lambda *one: seen.append(one))
    plan = await publisher.plan(WANTED)
    await publisher.apply(plan)
    assert [(number, count) for _, number, count in seen] == [(one, 7) for one in range(1, 8)]
    kinds = [type(step) for step, _, _ in seen]
    assert kinds == [Add, Add, Add, Create, Delete, Delete, Delete]


async def test_a_menu_with_retired_fields_is_removed(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(MenuSet(menu("默认"), only("旧", "101", sex="1")))
    await publish(platform, snapshots, MenuSet(menu("默认")))
    assert platform.changes() == [REMOVE]
    assert is_published(platform, MenuSet(menu("默认")))


# What somebody else did


@pytest.mark.parametrize(
    "meanwhile",
    [
        MenuSet(menu("别的"), *BEFORE.conditional),
        MenuSet(BEFORE.menu, *BEFORE.conditional[1:]),
        MenuSet(BEFORE.menu, *BEFORE.conditional, only("别的", "103")),
        MenuSet(BEFORE.menu, *reversed(BEFORE.conditional)),
        None,
    ],
    ids=["default", "one-less", "one-more", "order", "deleted"],
)
async def test_what_changed_since_the_plan_was_made_is_left_alone(
    platform: FaultyPlatform, snapshots: SnapshotFile, meanwhile: MenuSet | None
) -> None:
    platform.publish(BEFORE)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)
    platform.publish(meanwhile)
    with pytest.raises(PublishingError, match="changed since the plan was made"):
        await publisher.apply(plan)
    assert platform.changes() == []
    assert is_published(platform, meanwhile)
    assert not snapshots.path.exists()


async def test_the_same_menus_under_other_ids_are_no_change(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)
    platform.publish(BEFORE)
    await publisher.apply(plan)
    assert is_published(platform, WANTED)
    assert len(platform.changes()) == len(plan.steps)

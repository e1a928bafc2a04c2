"""Calls that fail midway: what was published before is there again, or what was wanted."""

from __future__ import annotations

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from tests.publishing.platform import (
    ADD,
    BEFORE,
    CREATE,
    DELETE,
    GET,
    REFUSED,
    REMOVE,
    WANTED,
    WEBSITE,
    Accident,
    FaultyPlatform,
    dropped_after,
    dropped_before,
    html_after,
    html_before,
    menu,
    only,
    refused,
)
from tests.publishing.runs import (
    CALLS,
    CALLS_OF_THE_FIRST,
    MADE_ON_THE_WEBSITE,
    is_published,
    loaded,
    publish,
    roll_back,
)
from wxevents.errors import (
    ApiAnswerUnreadable,
    ApiError,
    CallFailed,
    PublishingError,
    QuotaExceeded,
)
from wxevents.menu import MenuSet
from wxevents.publishing import Publisher, SnapshotFile
from wxevents.publishing.plan import make_plan
from wxevents.publishing.publisher import require_quota


async def test_a_failure_before_anything_was_done_is_raised_as_it_is(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)
    platform.on_call(0, refused)
    with pytest.raises(QuotaExceeded):
        await publisher.apply(plan)
    assert platform.changes() == []
    assert not snapshots.path.exists()


@pytest.mark.parametrize("index", range(1, CALLS))
async def test_a_refused_call_is_followed_by_what_was_published_before(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    platform.publish(BEFORE)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)
    platform.on_call(index, refused)
    with pytest.raises(PublishingError) as raised:
        await publisher.apply(plan)
    assert str(REFUSED) in str(raised.value)
    assert "what was published before is published again" in str(raised.value)
    assert isinstance(raised.value.__cause__, ApiError)
    assert is_published(platform, BEFORE)
    snapshot = snapshots.load()
    assert snapshot
    assert not snapshot.running
    await publish(platform, snapshots, WANTED)
    assert is_published(platform, WANTED)


@pytest.mark.parametrize("index", range(2, CALLS_OF_THE_FIRST))
async def test_a_first_publication_that_is_refused_leaves_no_menu(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)
    platform.on_call(index, refused)
    with pytest.raises(PublishingError, match="as before, no menu is published"):
        await publisher.apply(plan)
    assert is_published(platform, None)
    assert platform.changes()[-1] == DELETE


async def test_a_first_publication_whose_first_call_is_refused_has_changed_nothing(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.account.set_website_menu(MADE_ON_THE_WEBSITE)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)
    platform.on_call(0, refused, CREATE)
    with pytest.raises(PublishingError, match=r"\nnothing was changed$"):
        await publisher.apply(plan)
    assert platform.changes() == [CREATE]
    assert platform.account.website_menu == MADE_ON_THE_WEBSITE
    assert loaded(snapshots) == (None, False)


async def test_that_the_website_menu_is_lost_is_told(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.account.set_website_menu(MADE_ON_THE_WEBSITE)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)
    platform.on_call(0, refused, ADD)
    with pytest.raises(PublishingError, match=r"no menu is published through the API; .*website"):
        await publisher.apply(plan)
    assert is_published(platform, None)


@pytest.mark.parametrize("is_open", [True, False])
async def test_a_plan_shows_the_website_menu_that_it_replaces(
    platform: FaultyPlatform, snapshots: SnapshotFile, is_open: bool
) -> None:
    platform.account.set_website_menu(MADE_ON_THE_WEBSITE, is_open)
    plan = await Publisher(platform.client, snapshots).plan(WANTED)
    assert plan.website
    assert [one.name for one in plan.website.button] == ["网站"]
    assert {bool(one.before) for one in plan.changes} == {is_open}


async def test_without_any_menu_a_plan_replaces_none(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    plan = await Publisher(platform.client, snapshots).plan(WANTED)
    assert plan.website is None


@pytest.mark.parametrize("kind", ["added", "deleted"])
async def test_more_calls_than_a_day_allows_are_refused_before_anything_is_done(
    platform: FaultyPlatform, snapshots: SnapshotFile, kind: str
) -> None:
    few = MenuSet(menu("默认"))
    allowed = [only("甲", str(tag)) for tag in range(100, 2100)]
    many = MenuSet(few.menu, *allowed, only("甲", "2100"))
    plan = make_plan(few, many) if kind == "added" else make_plan(many, few)
    with pytest.raises(PublishingError, match=f"2,001 conditional menus would be {kind}, .*2,000"):
        await Publisher(platform.client, snapshots).apply(plan)
    assert platform.calls() == []
    assert not snapshots.path.exists()
    require_quota(make_plan(few, MenuSet(few.menu, *allowed)))
    require_quota(make_plan(MenuSet(few.menu, *allowed), few))


@pytest.mark.parametrize("accident", [dropped_before, dropped_after])
@pytest.mark.parametrize("index", range(CALLS))
async def test_a_broken_connection_does_no_harm(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int, accident: Accident
) -> None:
    platform.publish(BEFORE)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)
    platform.on_call(index, accident)
    await publisher.apply(plan)
    assert is_published(platform, WANTED)
    await roll_back(platform, snapshots)
    assert is_published(platform, BEFORE)


@pytest.mark.parametrize("accident", [html_before, html_after])
@pytest.mark.parametrize("index", range(CALLS))
async def test_after_an_answer_of_a_proxy_all_is_as_before_or_as_wanted(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int, accident: Accident
) -> None:
    platform.publish(BEFORE)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)
    platform.on_call(index, accident)
    try:
        await publisher.apply(plan)
    except (PublishingError, ApiAnswerUnreadable):
        assert is_published(platform, BEFORE)
    else:
        assert is_published(platform, WANTED)


@pytest.mark.parametrize("path", [GET, CREATE, ADD, REMOVE])
async def test_a_busy_platform_is_asked_again(
    platform: FaultyPlatform, snapshots: SnapshotFile, path: str
) -> None:
    platform.publish(BEFORE)
    platform.account.refuse(path, -1)
    await publish(platform, snapshots, WANTED)
    assert is_published(platform, WANTED)
    assert len(platform.calls()) == CALLS + 2


async def test_a_lost_answer_to_an_add_that_was_done_is_settled_by_reading_back(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.on_call(0, dropped_after, ADD)
    await publish(platform, snapshots, MenuSet(menu("默认"), only("新", "101")))
    assert platform.calls() == [GET, WEBSITE, GET, CREATE, ADD, GET, GET]


async def test_an_add_that_was_not_done_is_done_after_reading_back(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.on_call(0, dropped_before, ADD)
    await publish(platform, snapshots, MenuSet(menu("默认"), only("新", "101")))
    assert platform.calls() == [GET, WEBSITE, GET, CREATE, ADD, GET, ADD, GET]


async def test_an_equal_menu_that_was_there_before_is_not_taken_for_the_new_one(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    """The old one goes, since the new one has to be newer than the one that stays."""
    stays, goes = only("留", "101"), only("换", "101", "1")
    platform.publish(MenuSet(menu("默认"), goes, stays))
    platform.on_call(0, dropped_before, ADD)
    await publish(platform, snapshots, MenuSet(menu("默认"), stays, goes))
    assert platform.changes() == [ADD, ADD, REMOVE]
    assert is_published(platform, MenuSet(menu("默认"), stays, goes))


async def test_an_add_whose_answer_is_lost_again_and_again_is_given_up(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(BEFORE.menu, *BEFORE.conditional, only("新", "104")))
    platform.always[ADD] = dropped_before
    with pytest.raises(PublishingError, match="published again") as raised:
        await publisher.apply(plan)
    assert isinstance(raised.value.__cause__, CallFailed)
    assert platform.changes() == [ADD] * 3
    assert is_published(platform, BEFORE)


async def test_a_reading_back_that_fails_leaves_no_menu_that_was_added(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(BEFORE.menu, *BEFORE.conditional, only("新", "104")))
    platform.on_call(0, dropped_after, ADD)
    platform.on_call(1, refused, GET)
    with pytest.raises(PublishingError, match="published again"):
        await publisher.apply(plan)
    assert platform.changes() == [ADD, REMOVE]
    assert is_published(platform, BEFORE)


@pytest.mark.parametrize("accident", [dropped_before, dropped_after])
async def test_a_delete_whose_answer_is_lost_is_repeated(
    platform: FaultyPlatform, snapshots: SnapshotFile, accident: Accident
) -> None:
    platform.publish(MenuSet(menu("默认"), only("旧", "101")))
    platform.on_call(0, accident, REMOVE)
    await publish(platform, snapshots, MenuSet(menu("默认")))
    assert platform.changes() == [REMOVE, REMOVE]
    assert is_published(platform, MenuSet(menu("默认")))


async def test_a_delete_whose_answer_is_lost_again_and_again_is_given_up(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(MenuSet(menu("默认"), only("旧", "101")))
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(menu("默认")))
    platform.always[REMOVE] = dropped_before
    with pytest.raises(PublishingError, match="published again"):
        await publisher.apply(plan)
    assert platform.changes() == [REMOVE] * 3


async def test_a_menu_that_somebody_deletes_first_is_no_failure(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(MenuSet(menu("默认"), only("旧", "101")))

    async def gone(request: web.Request, handler: Handler) -> web.StreamResponse:
        platform.account.conditional_menus.clear()
        return await handler(request)

    platform.on_call(0, gone, REMOVE)
    await publish(platform, snapshots, MenuSet(menu("默认")))
    assert platform.changes() == [REMOVE]

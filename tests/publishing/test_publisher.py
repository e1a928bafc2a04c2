"""Publishing against the emulated platform: what is published afterwards, whatever went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

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
    TAGS,
    WANTED,
    WEBSITE,
    Accident,
    FaultyPlatform,
    Held,
    dropped_after,
    dropped_before,
    html_after,
    html_before,
    menu,
    only,
    published_by,
    refused,
)
from wxevents.emulator import Refusal, Switches
from wxevents.errors import (
    ApiAnswerUnreadable,
    ApiError,
    CallFailed,
    MenuError,
    PublishingError,
    QuotaExceeded,
)
from wxevents.menu import ConditionalMenu, MatchRule, Menu, MenuSet, ViewButton
from wxevents.publishing import Add, Create, Delete, Publisher, SnapshotFile, Step
from wxevents.publishing.plan import make_plan
from wxevents.publishing.publisher import CONCURRENCY, ROUNDS, require_quota
from wxevents.testing import ManualClock

# To publish WANTED over BEFORE: reading, three menus to add, the default one, reading whether it
# dropped any, three to delete, reading again.
CALLS = 10
# To publish all of WANTED where nothing is.
CALLS_OF_THE_FIRST = 7
# To return: the one that stays has to be newer than another one there, so it is exchanged, too.
CALLS_BACK = 12
THIRD = MenuSet(menu("第三"), only("第三", "102"))
FOREIGN = MenuSet(menu("别的"), only("别的", "101"))
MADE_ON_THE_WEBSITE = {"button": [{"type": "text", "name": "网站", "value": "你好"}]}


async def publish(platform: FaultyPlatform, snapshots: SnapshotFile, wanted: MenuSet) -> None:
    publisher = Publisher(platform.client, snapshots)
    await publisher.apply(await publisher.plan(wanted))


async def roll_back(platform: FaultyPlatform, snapshots: SnapshotFile) -> None:
    publisher = Publisher(platform.client, snapshots)
    await publisher.apply(await publisher.plan_rollback())


def loaded(snapshots: SnapshotFile) -> tuple[MenuSet | None, bool]:
    """What a rollback returns to, and whether a change is under way, as another process sees it."""
    snapshot = SnapshotFile(snapshots.path).load()
    assert snapshot
    return snapshot.published, snapshot.running


def is_published(platform: FaultyPlatform, menus: MenuSet | None) -> bool:
    return (platform.contents(), platform.views()) == published_by(menus)


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


# Accidents midway


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


# A process that ends midway


@asynccontextmanager
async def killed(
    platform: FaultyPlatform,
    snapshots: SnapshotFile,
    index: int,
    held: Held,
    wanted: MenuSet | None = WANTED,
) -> AsyncIterator[None]:
    """A publication, or rollback where nothing is wanted, that is cancelled at its call of this
    index; the call is held meanwhile."""
    publisher = Publisher(platform.client, SnapshotFile(snapshots.path))
    plan = await (publisher.plan(wanted) if wanted else publisher.plan_rollback())
    platform.on_call(index, held)
    run = asyncio.create_task(publisher.apply(plan))
    try:
        await held.arrived.wait()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        yield
    finally:
        held.released.set()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("index", range(CALLS))
async def test_an_interrupted_run_is_finished_by_another_one(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int, when: str
) -> None:
    platform.publish(BEFORE)
    held = Held("before" if when == "before" else "after")
    async with killed(platform, snapshots, index, held):
        again = SnapshotFile(snapshots.path)
        await publish(platform, again, WANTED)
        assert is_published(platform, WANTED)
        await roll_back(platform, again)
        assert is_published(platform, BEFORE)


@pytest.mark.parametrize("index", range(1, CALLS))
async def test_an_interrupted_run_can_be_rolled_back(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    platform.publish(BEFORE)
    async with killed(platform, snapshots, index, Held("after")):
        snapshot = snapshots.load()
        assert snapshot
        assert snapshot.running
        await roll_back(platform, SnapshotFile(snapshots.path))
        assert is_published(platform, BEFORE)
        snapshot = snapshots.load()
        assert snapshot
        assert not snapshot.running


@pytest.mark.parametrize("index", range(1, CALLS))
async def test_a_run_that_fails_after_an_interrupted_one_returns_to_the_state_before_both(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    platform.publish(BEFORE)
    async with killed(platform, snapshots, index, Held("before")):
        publisher = Publisher(platform.client, SnapshotFile(snapshots.path))
        plan = await publisher.plan(THIRD)
        platform.on_call(2, refused)
        with pytest.raises(PublishingError, match="published again"):
            await publisher.apply(plan)
        assert is_published(platform, BEFORE)


@pytest.mark.parametrize("kind", [Add, Create, Delete])
async def test_a_program_that_fails_midway_is_rolled_back(
    platform: FaultyPlatform, snapshots: SnapshotFile, kind: type[Step]
) -> None:
    platform.publish(BEFORE)

    def fail(step: Step, number: int, count: int) -> None:
        if isinstance(step, kind):
            raise ZeroDivisionError("the terminal is gone")

    publisher = Publisher(platform.client, snapshots, progress=fail)
    with pytest.raises(PublishingError, match=r"terminal is gone\n.*published again$") as raised:
        await publisher.apply(await publisher.plan(WANTED))
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
    assert is_published(platform, BEFORE)
    assert loaded(snapshots) == (BEFORE, False)


@pytest.mark.parametrize("index", range(1, CALLS))
async def test_what_somebody_published_after_an_interrupted_run_is_restored(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    platform.publish(BEFORE)
    async with killed(platform, snapshots, index, Held("after")):
        platform.publish(FOREIGN)
        publisher = Publisher(platform.client, SnapshotFile(snapshots.path))
        plan = await publisher.plan(WANTED)
        platform.on_call(3, refused)
        with pytest.raises(PublishingError, match="published again"):
            await publisher.apply(plan)
        assert is_published(platform, FOREIGN)
        assert loaded(snapshots) == (FOREIGN, False)
        await publish(platform, snapshots, WANTED)
        await roll_back(platform, snapshots)
        assert is_published(platform, FOREIGN)


async def test_a_rollback_behind_what_somebody_published_restores_that_when_it_fails(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    async with killed(platform, snapshots, 3, Held("after")):
        platform.publish(FOREIGN)
        again = SnapshotFile(snapshots.path)
        platform.on_call(1, refused, ADD)
        with pytest.raises(PublishingError, match="published again"):
            await roll_back(platform, again)
        assert is_published(platform, FOREIGN)
        assert loaded(snapshots) == (BEFORE, False)
        await roll_back(platform, again)
        assert is_published(platform, BEFORE)
        await roll_back(platform, again)
        assert is_published(platform, FOREIGN)


async def test_a_run_that_was_interrupted_behind_its_last_step_is_finished_by_doing_nothing(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(WANTED)
    snapshots.begin(BEFORE, WANTED, 0.0)
    await publish(platform, snapshots, WANTED)
    assert platform.changes() == []
    snapshot = snapshots.load()
    assert snapshot
    assert (snapshot.published, snapshot.running) == (BEFORE, False)


# A platform that behaves otherwise


@pytest.fixture
async def forgetful() -> AsyncIterator[FaultyPlatform]:
    """The platform whose menu/create drops all conditional menus."""
    switches = Switches(create_drops_conditionals=True)
    async with FaultyPlatform(switches=switches).running() as platform:
        yield platform


async def test_conditional_menus_that_create_drops_are_restored(
    forgetful: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    forgetful.publish(BEFORE)
    await publish(forgetful, snapshots, WANTED)
    assert is_published(forgetful, WANTED)
    # There is nothing to delete any more.
    behind = forgetful.calls()[forgetful.calls().index(CREATE) :]
    assert behind == [CREATE, GET, GET, ADD, ADD, ADD, ADD, GET]
    await roll_back(forgetful, snapshots)
    assert is_published(forgetful, BEFORE)


# Four more are added behind the reading that finds them gone, and none are left to delete.
@pytest.mark.parametrize("index", range(1, CALLS + 2))
async def test_conditional_menus_that_create_drops_are_restored_after_a_failure(
    forgetful: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    forgetful.publish(BEFORE)
    publisher = Publisher(forgetful.client, snapshots)
    plan = await publisher.plan(WANTED)
    forgetful.on_call(index, refused)
    with pytest.raises(PublishingError, match=r"what was published before is published again$"):
        await publisher.apply(plan)
    assert is_published(forgetful, BEFORE)


async def test_a_platform_that_does_nothing_is_an_error_after_some_rounds(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    async def pretend(request: web.Request, handler: Handler) -> web.StreamResponse:
        return web.json_response({"menuid": "500999999"})

    platform.publish(MenuSet(menu("默认")))
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(menu("默认"), only("新", "101")))
    platform.always[ADD] = pretend
    with pytest.raises(PublishingError, match=r"1 differences.* tag 101 is missing"):
        await publisher.apply(plan)
    assert platform.changes() == [ADD] * ROUNDS
    assert is_published(platform, MenuSet(menu("默认")))


@pytest.mark.parametrize(
    ("path", "wanted", "said"),
    [
        (CREATE, MenuSet(menu("新")), "the default menu is another"),
        (REMOVE, MenuSet(menu("默认")), "there is another menu for tag 101"),
    ],
)
async def test_the_first_difference_is_named(
    platform: FaultyPlatform, snapshots: SnapshotFile, path: str, wanted: MenuSet, said: str
) -> None:
    async def pretend(request: web.Request, handler: Handler) -> web.StreamResponse:
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    kept = [only("旧", "101")]
    platform.publish(MenuSet(menu("默认"), *kept))
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(wanted.menu, *(kept if path == CREATE else ())))
    platform.always[path] = pretend
    with pytest.raises(PublishingError, match=said):
        await publisher.apply(plan)


# The way back


async def test_a_rollback_returns_to_what_was_published_before(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    await publish(platform, snapshots, WANTED)
    await roll_back(platform, SnapshotFile(snapshots.path))
    assert is_published(platform, BEFORE)


async def test_a_rollback_can_be_rolled_back(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    await publish(platform, snapshots, WANTED)
    await roll_back(platform, snapshots)
    await roll_back(platform, snapshots)
    assert is_published(platform, WANTED)


async def test_without_a_snapshot_there_is_no_way_back(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    with pytest.raises(PublishingError, match="nothing was published from here"):
        await Publisher(platform.client, snapshots).plan_rollback()


async def test_a_rollback_to_no_menu_at_all_points_to_delete(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    await publish(platform, snapshots, WANTED)
    with pytest.raises(PublishingError, match="no menu was published"):
        await Publisher(platform.client, snapshots).plan_rollback()


WAYS = [
    *(pytest.param(False, index, id=f"published-{index}") for index in range(CALLS_BACK)),
    *(pytest.param(True, index, id=f"deleted-{index}") for index in range(CALLS_OF_THE_FIRST)),
]


async def leave_before(platform: FaultyPlatform, snapshots: SnapshotFile, deleted: bool) -> None:
    """Something else is published than BEFORE, or nothing."""
    platform.publish(BEFORE)
    if deleted:
        await Publisher(platform.client, snapshots).delete()
    else:
        await publish(platform, snapshots, WANTED)


@pytest.mark.parametrize(("deleted", "index"), WAYS)
async def test_a_rollback_that_is_refused_can_be_repeated(
    platform: FaultyPlatform, snapshots: SnapshotFile, deleted: bool, index: int
) -> None:
    await leave_before(platform, snapshots, deleted)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan_rollback()
    assert plan.rollback
    platform.on_call(index, refused)
    with pytest.raises(QuotaExceeded if index == 0 else PublishingError):
        await publisher.apply(plan)
    assert is_published(platform, None if deleted else WANTED)
    assert loaded(snapshots) == (BEFORE, False)
    await roll_back(platform, SnapshotFile(snapshots.path))
    assert is_published(platform, BEFORE)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("deleted", "index"), WAYS)
async def test_a_rollback_that_is_interrupted_can_be_repeated(
    platform: FaultyPlatform, snapshots: SnapshotFile, deleted: bool, index: int, when: str
) -> None:
    await leave_before(platform, snapshots, deleted)
    held = Held("before" if when == "before" else "after")
    async with killed(platform, snapshots, index, held, wanted=None):
        assert loaded(snapshots) == (BEFORE, index > 0)
        await roll_back(platform, SnapshotFile(snapshots.path))
        assert is_published(platform, BEFORE)
        assert loaded(snapshots) == (None if deleted else WANTED, False)


@pytest.mark.parametrize("index", range(1, CALLS))
async def test_what_was_published_first_outlives_any_number_of_interrupted_runs(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    platform.publish(BEFORE)
    async with killed(platform, snapshots, index, Held("after")):
        for wanted in (None, WANTED, THIRD, WANTED):
            if wanted is None and is_published(platform, BEFORE):
                continue  # there is nothing to roll back yet
            plan = await Publisher(platform.client, snapshots).plan(wanted or BEFORE)
            if not plan.steps:
                continue
            async with killed(platform, snapshots, 2, Held("before"), wanted):
                assert loaded(snapshots) == (BEFORE, True)
        await publish(platform, SnapshotFile(snapshots.path), WANTED)
        assert is_published(platform, WANTED)
        assert loaded(snapshots) == (BEFORE, False)
        await roll_back(platform, SnapshotFile(snapshots.path))
        assert is_published(platform, BEFORE)


async def test_a_rollback_that_is_interrupted_before_its_first_step_is_given_up_by_an_apply(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    await leave_before(platform, snapshots, deleted=False)
    async with killed(platform, snapshots, 1, Held("before"), wanted=None):
        await publish(platform, SnapshotFile(snapshots.path), WANTED)  # there is nothing to do
        assert loaded(snapshots) == (BEFORE, False)
        await roll_back(platform, SnapshotFile(snapshots.path))
        assert is_published(platform, BEFORE)


async def test_a_rollback_that_is_interrupted_behind_its_last_step_is_finished_by_doing_nothing(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    await leave_before(platform, snapshots, deleted=False)
    async with killed(platform, snapshots, CALLS_BACK - 1, Held("before"), wanted=None):
        before = platform.changes()
        await roll_back(platform, SnapshotFile(snapshots.path))
        assert platform.changes() == before
        assert loaded(snapshots) == (WANTED, False)


async def test_a_rollback_that_fails_says_so_and_both_ways_stay_open(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)
    platform.always[REMOVE] = platform.always[CREATE] = refused
    with pytest.raises(PublishingError) as raised:
        await publisher.apply(plan)
    assert "could not be restored" in str(raised.value)
    assert str(raised.value).count(str(REFUSED)) == 2
    snapshot = snapshots.load()
    assert snapshot
    assert (snapshot.published, snapshot.running) == (BEFORE, True)
    platform.always.clear()
    await publish(platform, snapshots, WANTED)
    assert is_published(platform, WANTED)
    await roll_back(platform, snapshots)
    assert is_published(platform, BEFORE)


async def test_a_menu_that_is_too_old_to_be_published_again_is_told(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    """Its name is longer than the platform takes today."""
    platform.publish(MenuSet(menu("一二三四五六七八九十"), only("旧", "101")))
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(menu("默认")))
    platform.on_call(0, refused, REMOVE)
    with pytest.raises(PublishingError, match=r"could not be restored: .*30 bytes, at most 16"):
        await publisher.apply(plan)


async def test_a_rollback_to_a_menu_that_is_too_old_keeps_what_is_published(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    now = MenuSet(menu("默认"))
    platform.publish(MenuSet(menu("默认"), only("新", "101"), only("一二三四五六七八九十", "102")))
    await publish(platform, snapshots, now)
    with pytest.raises(PublishingError, match=r"at most 16.*\n.*published again"):
        await roll_back(platform, snapshots)
    assert is_published(platform, now)


@pytest.mark.parametrize("index", range(1, 6))
async def test_menus_with_retired_fields_stay_when_a_failure_is_undone(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    before = MenuSet(menu("默认"), only("旧", "101", sex="1"), only("甲", "101"))
    platform.publish(before)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(menu("新"), only("甲", "101"), only("乙", "102")))
    platform.on_call(index, refused)
    with pytest.raises(PublishingError) as raised:
        await publisher.apply(plan)
    lost = index == 5  # the reading back, behind the step that deletes it
    assert ("except 1 menus with retired match fields" in str(raised.value)) == lost
    left = MenuSet(before.menu, before.conditional[1]) if lost else before
    assert is_published(platform, left)


async def test_menus_with_retired_fields_that_create_drops_are_told(
    forgetful: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    before = MenuSet(menu("默认"), only("旧", "101", sex="1"), only("甲", "101"))
    forgetful.publish(before)
    publisher = Publisher(forgetful.client, snapshots)
    plan = await publisher.plan(MenuSet(menu("新"), only("甲", "101")))

    async def while_the_answer_is_lost(
        request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """The default menu is replaced, and the conditional ones are still there by a miracle."""
        kept = list(forgetful.account.conditional_menus)
        await handler(request)
        forgetful.account.conditional_menus[:] = kept
        raise Refusal(REFUSED)

    forgetful.on_call(0, while_the_answer_is_lost, CREATE)
    with pytest.raises(PublishingError, match="except 1 menus with retired match fields"):
        await publisher.apply(plan)
    assert is_published(forgetful, MenuSet(before.menu, before.conditional[1]))


async def test_a_rollback_leaves_out_menus_with_retired_fields_that_are_gone(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(MenuSet(menu("默认"), only("旧", "101", sex="1"), only("甲", "101")))
    await publish(platform, snapshots, WANTED)
    await roll_back(platform, snapshots)
    assert is_published(platform, MenuSet(menu("默认"), only("甲", "101")))


# No menu at all


async def test_deleted_menus_can_be_brought_back(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    await Publisher(platform.client, snapshots).delete()
    assert is_published(platform, None)
    await roll_back(platform, snapshots)
    assert is_published(platform, BEFORE)


async def test_a_delete_that_is_refused_has_changed_nothing(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    platform.on_call(0, refused, DELETE)
    with pytest.raises(QuotaExceeded):
        await Publisher(platform.client, snapshots).delete()
    snapshot = snapshots.load()
    assert snapshot
    assert not snapshot.running


@pytest.mark.parametrize("index", range(1, CALLS))
async def test_a_delete_that_is_refused_keeps_the_snapshot_of_an_interrupted_run(
    platform: FaultyPlatform, snapshots: SnapshotFile, index: int
) -> None:
    platform.publish(BEFORE)
    async with killed(platform, snapshots, index, Held("after")):
        again = SnapshotFile(snapshots.path)
        platform.on_call(0, refused, DELETE)
        with pytest.raises(QuotaExceeded):
            await Publisher(platform.client, again).delete()
        assert loaded(snapshots) == (BEFORE, True)
        await publish(platform, again, WANTED)
        await roll_back(platform, again)
        assert is_published(platform, BEFORE)


async def test_a_delete_whose_answers_are_lost_keeps_its_way_back(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    publisher = Publisher(platform.client, snapshots)
    platform.always[DELETE] = html_after
    with pytest.raises(ApiAnswerUnreadable):
        await publisher.delete()
    platform.always.clear()
    await publisher.delete()  # nothing is published by now
    await roll_back(platform, snapshots)
    assert is_published(platform, BEFORE)


# The snapshot's file


async def test_the_snapshot_tells_when_it_was_taken(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    publisher = Publisher(platform.client, snapshots, clock=ManualClock(1735700000.0))
    await publisher.apply(await publisher.plan(WANTED))
    snapshot = snapshots.load()
    assert snapshot
    assert snapshot.taken_at == "2025-01-01T02:53:20+00:00"


async def test_without_a_way_back_nothing_is_published(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    snapshots.path.mkdir(parents=True)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)
    with pytest.raises(PublishingError, match="cannot be read"):
        await publisher.apply(plan)
    with pytest.raises(PublishingError, match="cannot be read"):
        await publisher.delete()
    assert platform.changes() == []
    assert is_published(platform, BEFORE)


@pytest.mark.parametrize("fails", [False, True])
async def test_a_snapshot_that_cannot_be_closed_does_not_hide_what_happened(
    platform: FaultyPlatform, snapshots: SnapshotFile, fails: bool
) -> None:
    platform.publish(BEFORE)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(WANTED)

    async def spoil(request: web.Request, handler: Handler) -> web.StreamResponse:
        snapshots.path.write_text("{")
        if fails:
            raise Refusal(REFUSED)
        return await handler(request)

    platform.on_call(CALLS - 1, spoil)
    with pytest.raises(PublishingError, match="cannot be read") as raised:
        await publisher.apply(plan)
    assert ("published again" in str(raised.value)) == fails
    assert is_published(platform, BEFORE if fails else WANTED)


# Calls at the same time


class Gate:
    """Holds all calls of a path until it is opened, and keeps how many were under way at most."""

    def __init__(self) -> None:
        self.waiting = 0
        self.most = 0
        self._open = asyncio.Event()
        self._changed = asyncio.Condition()

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        async with self._changed:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
            self._changed.notify_all()
        await self._open.wait()
        self.waiting -= 1
        return await handler(request)

    async def holds(self, count: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self.waiting >= count)

    def open(self) -> None:
        self._open.set()


@pytest.mark.parametrize("path", [ADD, REMOVE])
async def test_calls_whose_order_does_not_matter_run_at_the_same_time_within_bounds(
    platform: FaultyPlatform, snapshots: SnapshotFile, path: str
) -> None:
    several = MenuSet(menu("默认"), *(only("甲", str(tag)) for tag in range(100, 130)))
    nothing = MenuSet(menu("默认"))
    platform.publish(nothing if path == ADD else several)
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(several if path == ADD else nothing)
    gate = platform.always[path] = Gate()
    run = asyncio.create_task(publisher.apply(plan))
    await gate.holds(CONCURRENCY)
    for _ in range(5):  # whoever was sent with the first ones has arrived before these return
        await platform.client.menus.get()
    assert gate.waiting == CONCURRENCY
    gate.open()
    await run
    assert gate.most == CONCURRENCY
    assert len(platform.changes()) == 30


async def test_calls_whose_order_matters_run_one_after_the_other(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    under_way: list[MatchRule] = []
    arrived: list[str] = []

    async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
        raw = (await request.json())["matchrule"]
        rule = MatchRule(**raw)
        arrived.append(str(rule))
        assert not any(shares_users(rule, other) for other in under_way), (rule, under_way)
        under_way.append(rule)
        await asyncio.gather(*(platform.client.menus.get() for _ in range(3)))
        under_way.remove(rule)
        return await handler(request)

    platform.always[ADD] = watch
    wanted = MenuSet(
        menu("默认"),
        *(only("总", "", number) for number in "123"),
        *(only("特", tag, number) for tag in TAGS for number in "123"),
    )
    await publish(platform, snapshots, wanted)
    assert is_published(platform, wanted)
    assert sorted(arrived[:3]) == ["android", "ios", "others"]


def shares_users(one: MatchRule, other: MatchRule) -> bool:
    return all(
        not (mine and theirs) or mine == theirs
        for mine, theirs in (
            (one.tag_id, other.tag_id),
            (one.client_platform_type, other.client_platform_type),
        )
    )


async def test_after_a_failure_the_calls_under_way_are_waited_for(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    """What became of a call that is abandoned nobody would know, so it could not be undone."""
    platform.publish(BEFORE)
    several = [only("新", str(tag)) for tag in range(200, 204)]
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(BEFORE.menu, *BEFORE.conditional, *several))
    gate = platform.always[ADD] = Gate()
    platform.on_call(0, refused, ADD)
    run = asyncio.create_task(publisher.apply(plan))
    await gate.holds(3)
    await platform.client.menus.get()
    assert REMOVE not in platform.calls()
    gate.open()
    with pytest.raises(PublishingError, match="published again"):
        await run
    assert is_published(platform, BEFORE)
    assert platform.changes() == [ADD] * 4 + [REMOVE] * 3


async def test_after_a_failure_the_calls_that_wait_for_their_turn_are_not_made(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    platform.publish(BEFORE)
    several = [only("新", str(tag)) for tag in range(200, 230)]
    publisher = Publisher(platform.client, snapshots)
    plan = await publisher.plan(MenuSet(BEFORE.menu, *BEFORE.conditional, *several))
    gate = platform.always[ADD] = Gate()
    platform.on_call(0, refused, ADD)
    run = asyncio.create_task(publisher.apply(plan))
    await gate.holds(CONCURRENCY - 1)
    for _ in range(5):  # whoever took the place of the refused call has arrived before these return
        await platform.client.menus.get()
    gate.open()
    with pytest.raises(PublishingError, match="published again"):
        await run
    assert platform.changes() == [ADD] * CONCURRENCY + [REMOVE] * (CONCURRENCY - 1)
    assert is_published(platform, BEFORE)


async def test_domains_that_need_room_are_exchanged(
    platform: FaultyPlatform, snapshots: SnapshotFile
) -> None:
    def linking(*domains: str) -> MenuSet:
        links = (Menu(ViewButton(one, f"https://{one}.example/")) for one in domains)
        several = zip(links, TAGS, strict=True)
        return MenuSet(
            menu("默认"), *(ConditionalMenu(one, MatchRule(tag_id=tag)) for one, tag in several)
        )

    platform.publish(linking("a", "b", "c"))
    await publish(platform, snapshots, linking("d", "e", "f"))
    assert is_published(platform, linking("d", "e", "f"))


async def test_a_path_that_cannot_be_written_is_told_before_anything_is_done(
    platform: FaultyPlatform, tmp_path: Path
) -> None:
    platform.publish(BEFORE)
    (tmp_path / "file").write_text("")
    publisher = Publisher(platform.client, SnapshotFile(tmp_path / "file" / "snapshot.json"))
    plan = await publisher.plan(WANTED)
    with pytest.raises(PublishingError, match="cannot be"):
        await publisher.apply(plan)
    assert platform.changes() == []

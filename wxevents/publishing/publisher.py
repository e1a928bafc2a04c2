"""Carrying out a plan: in order, with a way back, and never a blind repeat."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from wxevents.client import Client
from wxevents.clock import Clock, SystemClock
from wxevents.errors import ApiError, CallFailed, PublishingError, WxeventsError
from wxevents.menu import ConditionalMenu, MenuSet, require_valid
from wxevents.menu.limits import DAILY_CONDITIONAL_ADDS, DAILY_CONDITIONAL_DELETES
from wxevents.publishing.plan import Plan, make_plan
from wxevents.publishing.snapshot import Snapshot, SnapshotFile
from wxevents.publishing.steps import Add, Create, Delete, Step
from wxevents.publishing.tags import tag_names, with_tag_ids

log: Final = logging.getLogger(__name__)

# What the platform's hosts take from one caller at a time without complaint.
CONCURRENCY: Final = 8
# Read back, and what is missing done again: once for what `create` may have dropped, once more for
# an answer that was lost at the end.
ROUNDS: Final = 3
ATTEMPTS: Final = 3  # at a call whose answer is lost
NOT_CONDITIONAL: Final = 65301  # the menu id is unknown: it is deleted already

Progress: TypeAlias = Callable[[Step, int, int], None]
"""Called with each finished step, its number and the number of all."""


class Publisher:
    """Publishes the menus of the account that `client` calls for.

    `snapshots` keeps what was published before. Errors of the API are raised as they are while
    nothing was changed, and as PublishingError once something was.
    """

    def __init__(
        self,
        client: Client,
        snapshots: SnapshotFile,
        *,
        clock: Clock | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._client = client
        self._snapshots = snapshots
        self._clock = clock or SystemClock()
        self._progress = progress
        self._calls = asyncio.Semaphore(CONCURRENCY)

    async def plan(self, wanted: MenuSet) -> Plan:
        """What has to be done. Raises MenuError for what the platform would refuse, a tag that does
        not exist among it."""
        require_valid(wanted)
        resolved = await with_tag_ids(wanted, self._client)
        if resolved is not wanted:
            require_valid(resolved)  # names of tags may stand for the same id
        published = await self._client.menus.get()
        plan = make_plan(published, resolved)
        if published is None:
            return plan.replacing(await self._client.menus.current_selfmenu_info())
        return plan

    async def tag_names(self) -> Mapping[str, str]:
        """The names of the account's tags by id."""
        return await tag_names(self._client)

    async def apply(self, plan: Plan) -> None:
        """Do it, read back and compare. What fails midway is rolled back to what was published
        before; if that is impossible, too, another `apply` goes on from where it stopped."""
        if not plan.steps:
            # Perhaps a run was interrupted behind its last step; a rollback before its first, where
            # this is none.
            self._snapshots.finish(done=plan.rollback)
            return
        require_quota(plan)
        published = await self._client.menus.get()
        if published != plan.before:
            raise PublishingError(
                "what is published was changed since the plan was made, so nothing was done; plan "
                "again"
            )
        snapshot = self._snapshots.begin(
            published, plan.after, self._clock.time(), rollback=plan.rollback
        )
        try:
            # The same menus may have got other ids since.
            await self._reach(make_plan(published, plan.after), self._progress)
        except Exception as error:  # also that of `progress`: half of a menu is worse than none
            raise await self._rolled_back(plan, snapshot, error) from error
        self._snapshots.finish(done=True)

    async def delete(self) -> None:
        """Delete all menus; `plan_rollback` knows the way back."""
        snapshot = self._snapshots.begin(await self._client.menus.get(), None, self._clock.time())
        try:
            await self._client.menus.delete()
        except CallFailed as error:
            # A run that was interrupted before is still to be finished, or rolled back.
            if not (error.outcome_unknown or snapshot.resumed):
                self._snapshots.finish(done=False)
            raise
        self._snapshots.finish(done=True)

    async def plan_rollback(self) -> Plan:
        """The way back to what was published before the last change. Raises PublishingError if
        nothing is known of it."""
        snapshot = self._snapshots.load()
        if snapshot is None:
            raise PublishingError(
                f"there is no {self._snapshots.path}: nothing was published from here, so there is "
                "nothing to return to"
            )
        if snapshot.published is None:
            raise PublishingError(
                f"before the last change, at {snapshot.taken_at}, no menu was published; `wxevents "
                "menu delete` removes all"
            )
        published = await self._client.menus.get()
        plan = make_plan(published, _restorable(snapshot.published, published))
        return dataclasses.replace(plan, rollback=True)

    async def _rolled_back(
        self, plan: Plan, snapshot: Snapshot, error: Exception
    ) -> PublishingError:
        """Undo what was done; gives the error that tells both."""
        log.warning("publishing failed, what was published before is restored: %s", error)
        try:
            done = await self._restore(plan, snapshot.leaving)
        except WxeventsError as second:
            return PublishingError(
                f"{error}\nand what was published before could not be restored: {second}\nWhat is "
                "published now is between the two; run `wxevents menu apply` again to finish, or "
                "`wxevents menu apply --rollback` to return"
            )
        try:
            self._snapshots.finish(done=False)
        except PublishingError as second:
            done = f"{done}\n{second}"
        return PublishingError(f"{error}\n{done}")

    async def _restore(self, plan: Plan, leaving: MenuSet | None) -> str:
        """Publish what was left; gives the sentence that tells what is published now."""
        published = await self._client.menus.get()
        if leaving is None:
            if published is None:
                return "nothing was changed"
            await self._client.menus.delete()
            gone = "; the one made on the platform's website cannot be brought back from here"
            return f"as before, no menu is published through the API{gone if plan.website else ''}"
        target = _restorable(leaving, published)
        # Without `progress`: what fails may be just that.
        reached = await self._reach(make_plan(published, target))
        lost = len(leaving.conditional) - len(reached.conditional)
        also = (
            f", except {lost} menus with retired match fields, which nobody sees and the platform "
            "takes no more"
            if lost
            else ""
        )
        return f"what was published before is published again{also}"

    async def _reach(self, plan: Plan, progress: Progress | None = None) -> MenuSet:
        """Take the steps until what is published is what was planned; gives that."""
        for _ in range(ROUNDS):
            await self._take(plan, progress)
            published = await self._client.menus.get()
            remaining = make_plan(published, _restorable(plan.after, published))
            if not remaining.steps:
                return remaining.after
            log.info("read back: %d steps are still to do", len(remaining.steps))
            plan = remaining
        raise PublishingError(
            "the platform took every call, but reports something else than was published; "
            f"{len(plan.steps)} differences, the first: {_named(plan.steps[0])}"
        )

    async def _take(self, plan: Plan, progress: Progress | None) -> None:
        """Take the steps; those behind a `create` only if it dropped no conditional menu."""
        known = _menu_ids(plan.before)
        done = 0
        failed = False

        async def take(step: Step) -> None:
            nonlocal done, failed
            async with self._calls:
                if failed:
                    return
                try:
                    await self._call(step, known)
                    done += 1
                    if progress:
                        progress(step, done, len(plan.steps))
                except BaseException:
                    failed = True
                    raise

        for wave in plan.waves():
            # Calls under way end before the first failure is raised: nobody would know what became
            # of one that was abandoned.
            results = await asyncio.gather(*map(take, wave), return_exceptions=True)
            for result in results:
                if isinstance(result, BaseException):
                    raise result
            if isinstance(wave[0], Create) and known and not await self._are_there(known):
                log.warning("the platform dropped conditional menus; they are restored")
                return

    async def _are_there(self, menu_ids: set[str]) -> bool:
        return menu_ids <= _menu_ids(await self._client.menus.get())

    async def _call(self, step: Step, known: set[str]) -> None:
        match step:
            case Create():
                await self._client.menus.create(step.menu)
            case Add():
                known.add(await self._add(step.conditional, known))
            case Delete():
                await self._delete(step.conditional)
                known.discard(step.conditional.menu_id)

    async def _add(self, wanted: ConditionalMenu, known: set[str]) -> str:
        """Add a menu; gives its id. A lost answer is settled by reading back."""
        attempts = ATTEMPTS
        while True:
            try:
                return await self._client.menus.add_conditional(wanted)
            except CallFailed as error:
                attempts -= 1
                if not error.outcome_unknown or not attempts:
                    raise
                log.warning("%s; reading back whether it was done", error)
            published = await self._client.menus.get()
            for one in published.conditional if published else ():
                if one.menu_id not in known and one.body() == wanted.body():
                    return one.menu_id

    async def _delete(self, one: ConditionalMenu) -> None:
        """Delete a menu; after a lost answer once more, since it cannot be deleted twice."""
        attempts = ATTEMPTS
        while True:
            try:
                return await self._client.menus.delete_conditional(one.menu_id)
            except CallFailed as error:
                if isinstance(error, ApiError) and error.errcode == NOT_CONDITIONAL:
                    return None
                attempts -= 1
                if not error.outcome_unknown or not attempts:
                    raise


def require_quota(plan: Plan) -> None:
    """Raise PublishingError for a plan of more calls than the platform allows in a day."""
    for kind, allowed, what in (
        (Add, DAILY_CONDITIONAL_ADDS, "added"),
        (Delete, DAILY_CONDITIONAL_DELETES, "deleted"),
    ):
        if plan.count(kind) > allowed:
            raise PublishingError(
                f"{plan.count(kind):,} conditional menus would be {what}, and the platform allows "
                f"{allowed:,} a day; nothing was done: publish it in parts"
            )


def _menu_ids(menus: MenuSet | None) -> set[str]:
    return {one.menu_id for one in menus.conditional} if menus else set()


def _restorable(menus: MenuSet, published: MenuSet | None) -> MenuSet:
    """Without the menus that the platform would not take again, and that nobody sees; those that
    are still published can stay."""
    there = _menu_ids(published)
    return MenuSet(
        menus.menu,
        *(one for one in menus.conditional if not one.match.retired or one.menu_id in there),
    )


def _named(step: Step) -> str:
    match step:
        case Create():
            return "the default menu is another"
        case Add():
            return f"the menu for {step.conditional.match} is missing"
        case Delete():
            return f"there is another menu for {step.conditional.match}"

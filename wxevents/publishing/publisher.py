"""Carrying out a plan: in order, with a way back, and never a blind repeat."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from wxevents.client import Client
from wxevents.clock import Clock, SystemClock
from wxevents.errors import ApiError, CallFailed, PublishingError, WxeventsError
from wxevents.menu import ConditionalMenu, MenuSet, require_valid
from wxevents.publishing.plan import Add, Create, Delete, Plan, Step, make_plan
from wxevents.publishing.snapshot import Snapshot, SnapshotFile
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
        require_valid(resolved)
        return make_plan(await self._client.menus.get(), resolved)

    async def tag_names(self) -> Mapping[str, str]:
        """The names of the account's tags by id."""
        return await tag_names(self._client)

    async def apply(self, plan: Plan) -> None:
        """Do it, read back and compare. What fails midway is rolled back to what was published
        before; if that is impossible, too, another `apply` goes on from where it stopped."""
        if not plan.steps:
            self._snapshots.finish()  # perhaps of a run that was interrupted behind its last step
            return
        published = await self._client.menus.get()
        if published != plan.before:
            raise PublishingError(
                "what is published was changed since the plan was made, so nothing was done; plan "
                "again"
            )
        snapshot = self._snapshots.begin(published, self._clock.time())
        try:
            # The same menus may have got other ids since.
            await self._reach(make_plan(published, plan.after))
        except WxeventsError as error:
            raise await self._rolled_back(snapshot, error) from error
        self._snapshots.finish()

    async def delete(self) -> None:
        """Delete all menus; `plan_rollback` knows the way back."""
        self._snapshots.begin(await self._client.menus.get(), self._clock.time())
        try:
            await self._client.menus.delete()
        except CallFailed as error:
            if not error.outcome_unknown:
                self._snapshots.finish()
            raise
        self._snapshots.finish()

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
                "before the last change no menu was published; `wxevents menu delete` removes all"
            )
        published = await self._client.menus.get()
        return make_plan(published, _restorable(snapshot.published, published))

    async def _rolled_back(self, snapshot: Snapshot, error: WxeventsError) -> PublishingError:
        """Undo what was done; gives the error that tells both."""
        log.warning("publishing failed, what was published before is restored: %s", error)
        try:
            done = await self._restore(snapshot)
        except WxeventsError as second:
            return PublishingError(
                f"{error}\nand what was published before could not be restored: {second}\nWhat is "
                "published now is between the two; run `wxevents menu apply` again to finish, or "
                "`wxevents menu apply --rollback` to return"
            )
        try:
            self._snapshots.finish()
        except PublishingError as second:
            done = f"{done}\n{second}"
        return PublishingError(f"{error}\n{done}")

    async def _restore(self, snapshot: Snapshot) -> str:
        """Publish the snapshot; gives the sentence that tells what is published now."""
        if snapshot.published is None:
            await self._client.menus.delete()
            return "as before, no menu is published"
        published = await self._client.menus.get()
        target = _restorable(snapshot.published, published)
        reached = await self._reach(make_plan(published, target))
        lost = len(snapshot.published.conditional) - len(reached.conditional)
        also = (
            f", except {lost} menus with retired match fields, which nobody sees and the platform "
            "takes no more"
            if lost
            else ""
        )
        return f"what was published before is published again{also}"

    async def _reach(self, plan: Plan) -> MenuSet:
        """Take the steps until what is published is what was planned; gives that."""
        for _ in range(ROUNDS):
            await self._take(plan)
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

    async def _take(self, plan: Plan) -> None:
        known = {one.menu_id for one in plan.before.conditional} if plan.before else set()
        done = 0

        async def take(step: Step) -> None:
            nonlocal done
            async with self._calls:
                await self._call(step, known)
            done += 1
            if self._progress:
                self._progress(step, done, len(plan.steps))

        for wave in plan.waves():
            # All of a wave end before the first failure is raised: nobody would know what became
            # of a step that was abandoned.
            results = await asyncio.gather(*map(take, wave), return_exceptions=True)
            for result in results:
                if isinstance(result, BaseException):
                    raise result

    async def _call(self, step: Step, known: set[str]) -> None:
        match step:
            case Create():
                await self._client.menus.create(step.menu)
            case Add():
                known.add(await self._add(step.conditional, known))
            case Delete():
                await self._delete(step.conditional)

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


def _restorable(menus: MenuSet, published: MenuSet | None) -> MenuSet:
    """Without the menus that the platform would not take again, and that nobody sees; those that
    are still published can stay."""
    there = {one.menu_id for one in published.conditional} if published else set()
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

"""From the menus that are published to those that are wanted: the fewest calls, in an order in
which nobody is without a menu.

Conditional menus cannot be edited, and the newest that matches a user wins. So what is published
stays where it can, new ones are added before old ones are deleted, and the order of two menus
matters only where some user matches both.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from wxevents.menu import (
    ConditionalMenu,
    MatchRule,
    Menu,
    MenuSet,
    SelfMenuInfo,
    link_domains,
)
from wxevents.menu.audiences import rule_of
from wxevents.menu.limits import MAX_DOMAINS
from wxevents.menu.matching import Rule
from wxevents.publishing.steps import Add, Contents, Create, Delete, Step
from wxevents.publishing.watching import Change, Disturbance, watch


@dataclass(frozen=True)
class Plan:
    """What has to be done, and what it changes. Nothing, if `steps` is empty."""

    before: MenuSet | None
    after: MenuSet
    kept: tuple[ConditionalMenu, ...]
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    disturbances: tuple[Disturbance, ...]
    website: SelfMenuInfo | None = None
    """A menu made on the platform's website, which the first publication replaces for good."""
    rollback: bool = False
    """Whether it leads back to what was published before the last change."""

    def replacing(self, info: SelfMenuInfo) -> Plan:
        """The same plan where the website's menu is what users see before it."""
        if not info.button:
            return self
        shown = Menu(*info.button) if info.is_menu_open else None
        changes = tuple(dataclasses.replace(one, before=shown) for one in self.changes)
        return dataclasses.replace(self, website=info, changes=changes)

    def count(self, kind: type[Step]) -> int:
        """How many steps are of this kind."""
        return sum(isinstance(step, kind) for step in self.steps)

    def waves(self) -> list[list[Step]]:
        """The steps in groups that may run at the same time: their order does not matter."""
        waves: list[list[Step]] = []
        taken = _Rules()
        for step in self.steps:
            rule = None if isinstance(step, Create) else rule_of(step.conditional.match)
            joins = waves and rule and type(waves[-1][0]) is type(step) and not taken.overlap(rule)
            if not joins:
                waves.append([])
                taken = _Rules()
            waves[-1].append(step)
            if rule:
                taken.add(rule)
        return waves


class _Rules:
    """Some rules, and whether another one overlaps any of them, in constant time."""

    def __init__(self) -> None:
        self._platforms_of: dict[str, set[str]] = defaultdict(set)
        self._tags_of: dict[str, set[str]] = defaultdict(set)

    def add(self, rule: Rule) -> None:
        if not rule.retired:
            self._platforms_of[rule.tag_id].add(rule.platform)
            self._tags_of[rule.platform].add(rule.tag_id)

    def overlap(self, rule: Rule) -> bool:
        if rule.retired:
            return False
        tags = {rule.tag_id, ""} if rule.tag_id else set(self._platforms_of)
        platforms = {rule.platform, ""} if rule.platform else set(self._tags_of)
        if len(tags) <= len(platforms):
            return any(self._platforms_of[tag] & platforms for tag in tags)
        return any(self._tags_of[platform] & tags for platform in platforms)


def make_plan(published: MenuSet | None, wanted: MenuSet) -> Plan:
    """The plan from what is published (None: no menu at all) to what is wanted.

    Tags of the wanted rules have to be ids by now. Raises nothing: what the platform would refuse
    is found by `wxevents.menu.check`.
    """
    old = list(published.conditional) if published else []
    contents = Contents()
    kept = _kept(old, wanted.conditional, contents)
    kept_old = set(kept.values())
    added = [one for index, one in enumerate(wanted.conditional) if index not in kept]
    removed = [one for index, one in enumerate(old) if index not in kept_old]
    create = published is None or contents.of(published.menu) != contents.of(wanted.menu)

    steps: list[Step] = []
    if create and published is None:
        steps.append(Create(wanted.menu))  # without a default menu no other can be
    early = _with_room(steps, [old[index] for index in kept_old], removed, added)
    if create and published is not None:
        # Between adding and deleting: whoever changes between a conditional menu and the default
        # one sees the old default menu before, and the new one after.
        steps.append(Create(wanted.menu))
    # The oldest first: whoever matches several sees the newest, until only the new menus are left.
    steps += [Delete(one) for one in removed if id(one) not in early]
    changes, disturbances = watch(published, wanted, steps, contents)
    return Plan(
        published,
        wanted,
        tuple(old[index] for index in sorted(kept_old)),
        tuple(steps),
        tuple(changes),
        tuple(disturbances),
    )


def _kept(
    old: Sequence[ConditionalMenu], wanted: Sequence[ConditionalMenu], contents: Contents
) -> dict[int, int]:
    """Which published menu serves as which wanted one, by index: as many as can be.

    A wanted menu can stay only if every older one that shares users with it stays as well, and was
    published before it: all others become newer than it.
    """
    stock: dict[tuple[MatchRule, str], list[int]] = defaultdict(list)
    for index, one in enumerate(old):
        stock[one.match, contents.of(one.menu)].append(index)
    kept: dict[int, int] = {}
    positions = _Positions()
    for index, one in enumerate(wanted):
        rule = rule_of(one.match)
        candidates = stock[one.match, contents.of(one.menu)]
        after = positions.latest(rule)
        position = next((number for number in candidates if number > after), None)
        if position is not None:
            candidates.remove(position)
            kept[index] = position
        positions.add(rule, _NEW if position is None else position)
    return kept


_NEW: Final = 1 << 60


class _Positions:
    """The latest position of any rule that overlaps a given one, in constant time."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, str], int] = {}
        self._of_tag: dict[str, int] = {}
        self._of_platform: dict[str, int] = {}

    def add(self, rule: Rule, position: int) -> None:
        if rule.retired:
            return
        for table, key in (
            (self._exact, (rule.tag_id, rule.platform)),
            (self._of_tag, rule.tag_id),
            (self._of_platform, rule.platform),
        ):
            known: dict[object, int] = table  # type: ignore[assignment]  # keys of either kind
            known[key] = max(known.get(key, -1), position)

    def latest(self, rule: Rule) -> int:
        tag, platform = rule.tag_id, rule.platform
        if rule.retired:
            return -1
        if tag and platform:
            keys = ((tag, platform), (tag, ""), ("", platform), ("", ""))
            return max(self._exact.get(key, -1) for key in keys)
        if tag:
            return max(self._of_tag.get(tag, -1), self._of_tag.get("", -1))
        return max(self._of_platform.get(platform, -1), self._of_platform.get("", -1))


def _with_room(
    steps: list[Step],
    kept: Iterable[ConditionalMenu],
    removed: Sequence[ConditionalMenu],
    added: Sequence[ConditionalMenu],
) -> set[int]:
    """Append the additions, each behind the deletions that it needs so that the links of all
    conditional menus stay within three domains; gives the ids of the deleted objects."""
    present: dict[str, list[ConditionalMenu]] = defaultdict(list)
    for one in (*kept, *removed):
        for domain in link_domains(one.menu):
            present[domain].append(one)
    staying = {domain for one in (*kept, *added) for domain in link_domains(one.menu)}
    leaving = {id(one) for one in removed}
    early: set[int] = set()
    for one in added:
        needed = set(link_domains(one.menu))
        while len(needed | set(present)) > MAX_DOMAINS:
            foreign = [
                domain
                for domain in present
                if domain not in staying and all(id(menu) in leaving for menu in present[domain])
            ]
            if not foreign:
                break  # more than three domains are wanted: the check says so
            blocking = min(foreign, key=lambda domain: len(present[domain]))
            for menu in list(present[blocking]):
                steps.append(Delete(menu, makes_room=True))
                early.add(id(menu))
                for domain in link_domains(menu.menu):
                    present[domain].remove(menu)
                    if not present[domain]:
                        del present[domain]
        for domain in needed:
            present[domain].append(one)
        steps.append(Add(one))
    return early

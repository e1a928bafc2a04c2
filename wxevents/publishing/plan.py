"""From the menus that are published to those that are wanted: the fewest calls, in an order in
which nobody is without a menu, and who sees what meanwhile.

Conditional menus cannot be edited, and the newest that matches a user wins. So what is published
stays where it can, new ones are added before old ones are deleted, and the order of two menus
matters only where some user matches both.
"""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from wxevents.menu import (
    ConditionalMenu,
    MatchRule,
    Menu,
    MenuSet,
    SelfMenuInfo,
    link_domains,
)
from wxevents.menu.audiences import Audience, Chooser, audiences, rule_of
from wxevents.menu.limits import MAX_DOMAINS
from wxevents.menu.matching import Rule


@dataclass(frozen=True)
class Create:
    """Replace the default menu."""

    menu: Menu


@dataclass(frozen=True)
class Add:
    """Add a conditional menu, which overrides all others from then on."""

    conditional: ConditionalMenu


@dataclass(frozen=True)
class Delete:
    """Delete a published conditional menu. `makes_room`: early, so that the links of all stay
    within three domains."""

    conditional: ConditionalMenu
    makes_room: bool = False


Step: TypeAlias = Create | Add | Delete


@dataclass(frozen=True)
class Change:
    """What an audience sees before and after."""

    audience: Audience
    before: Menu | None
    after: Menu


@dataclass(frozen=True)
class Disturbance:
    """An audience that sees neither its old nor its new menu after some of the steps: which one it
    sees first, and after how many steps."""

    audience: Audience
    sees: Menu | None
    steps: int


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
    contents = _Contents()
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
    changes, disturbances = _watch(published, wanted, steps, contents)
    return Plan(
        published,
        wanted,
        tuple(old[index] for index in sorted(kept_old)),
        tuple(steps),
        tuple(changes),
        tuple(disturbances),
    )


class _Contents:
    """Menus as text, equal for equal menus; each is written down once. Replies do not count: they
    are not published."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def of(self, menu: Menu | None) -> str:
        """The menu as text, nothing for none."""
        if menu is None:
            return ""
        if id(menu) not in self._known:
            self._known[id(menu)] = json.dumps(menu.body(), sort_keys=True)
        return self._known[id(menu)]


def _kept(
    old: Sequence[ConditionalMenu], wanted: Sequence[ConditionalMenu], contents: _Contents
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


class _World:
    """Who sees what while the steps are taken."""

    def __init__(self, published: MenuSet | None) -> None:
        self.default: Menu | None = published.menu if published else None
        self._menus: dict[int, ConditionalMenu] = {}
        self._numbers: dict[int, int] = {}
        self._chooser = Chooser()
        for one in published.conditional if published else ():
            self.add(one)

    def add(self, one: ConditionalMenu) -> None:
        number = len(self._numbers)
        self._numbers[id(one)] = number
        self._menus[number] = one
        self._chooser.add(number, rule_of(one.match))

    def remove(self, one: ConditionalMenu) -> None:
        self._chooser.remove(self._numbers[id(one)], rule_of(one.match))

    def seen_by(self, audience: Audience) -> Menu | None:
        number = self._chooser.seen_by(audience)
        return self.default if number is None else self._menus[number].menu


def _watch(
    published: MenuSet | None, wanted: MenuSet, steps: Sequence[Step], contents: _Contents
) -> tuple[list[Change], list[Disturbance]]:
    """What the steps change, and who sees something else in between."""
    everyone = audiences(
        rule_of(one.match)
        for one in (*(published.conditional if published else ()), *wanted.conditional)
    )
    world, goal = _World(published), _World(wanted)
    before = {audience: world.seen_by(audience) for audience in everyone}
    after = {audience: goal.seen_by(audience) for audience in everyone}
    allowed = {one: {contents.of(before[one]), contents.of(after[one])} for one in everyone}
    by_tag, by_platform = _grouped(everyone)
    if published is None:  # whoever had no menu may see the default one until he has his own
        for audience in everyone:
            allowed[audience].add(contents.of(wanted.menu))
    disturbed: dict[Audience, Disturbance] = {}
    for number, step in enumerate(steps, 1):
        concerned: Iterable[Audience] = everyone
        match step:
            case Create():
                world.default = step.menu
            case Add(conditional):
                world.add(conditional)
                concerned = _matching(rule_of(conditional.match), by_tag, by_platform)
            case Delete(conditional):
                world.remove(conditional)
                concerned = _matching(rule_of(conditional.match), by_tag, by_platform)
        for audience in concerned:
            if audience in disturbed:
                continue
            seen = world.seen_by(audience)
            if contents.of(seen) not in allowed[audience]:
                disturbed[audience] = Disturbance(audience, seen, number)
    changes = [
        Change(one, before[one], menu)
        for one in everyone
        if (menu := after[one]) and contents.of(before[one]) != contents.of(menu)
    ]
    return changes, list(disturbed.values())


def _grouped(
    everyone: Iterable[Audience],
) -> tuple[Mapping[str, list[Audience]], Mapping[str, list[Audience]]]:
    by_tag: dict[str, list[Audience]] = defaultdict(list)
    by_platform: dict[str, list[Audience]] = defaultdict(list)
    for one in everyone:
        by_tag[one.tag_id].append(one)
        by_platform[one.platform].append(one)
    return by_tag, by_platform


def _matching(
    rule: Rule,
    by_tag: Mapping[str, list[Audience]],
    by_platform: Mapping[str, list[Audience]],
) -> list[Audience]:
    if rule.retired:
        return []
    group = by_tag[rule.tag_id] if rule.tag_id else by_platform[rule.platform]
    return [one for one in group if rule.matches(one.tag_id, one.platform)]

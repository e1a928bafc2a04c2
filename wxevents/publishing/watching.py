"""Who sees what while steps are taken, one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wxevents.menu import ConditionalMenu, Menu, MenuSet
from wxevents.menu.audiences import Audience, Chooser, audiences, rule_of
from wxevents.menu.matching import Rule
from wxevents.publishing.steps import Add, Contents, Create, Delete, Step


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


def watch(
    published: MenuSet | None, wanted: MenuSet, steps: Sequence[Step], contents: Contents
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

"""Who sees which menu: the platform's matching rules over whole sets of menus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from wxevents.menu.limits import PLATFORMS
from wxevents.menu.matching import Rule
from wxevents.menu.menus import MatchRule

NO_TAG = ""


class Audience(NamedTuple):
    """Users whose last applied tag is `tag_id` (NO_TAG: none, or one that no rule names) and who
    use `platform` ("1" iOS, "2" Android, "3" others)."""

    tag_id: str
    platform: str

    def named(self, tags: Mapping[str, str] = {}) -> str:
        """The audience in words; `tags` gives names to ids."""
        who = f"tag {tags.get(self.tag_id, self.tag_id)}" if self.tag_id else "no such tag"
        return f"{who}, {PLATFORMS[self.platform]}"


def rule_of(match: MatchRule) -> Rule:
    """What of a match rule the platform compares. A tag that only has a name is its own id."""
    tag = match.tag_id or (f"tag:{match.tag}" if match.tag else "")
    return Rule(tag, match.client_platform_type, bool(match.retired))


def audiences(rules: Iterable[Rule]) -> list[Audience]:
    """Every group of users that any of the rules tells apart."""
    tags = dict.fromkeys([NO_TAG, *(rule.tag_id for rule in rules)])
    return [Audience(tag, platform) for tag in tags for platform in PLATFORMS]


class Chooser:
    """Which menu each audience sees while menus come and go, in constant time for each question.

    Menus are known by a number that grows with every publication: the largest that matches wins.
    They are added in that order, so the largest of a list is its last.
    """

    def __init__(self, rules: Mapping[int, Rule] = {}) -> None:
        self._present: dict[tuple[str, str], list[int]] = {}
        for number, rule in rules.items():
            self.add(number, rule)

    def add(self, number: int, rule: Rule) -> None:
        if not rule.retired:
            self._present.setdefault((rule.tag_id, rule.platform), []).append(number)

    def remove(self, number: int, rule: Rule) -> None:
        if not rule.retired:
            self._present[rule.tag_id, rule.platform].remove(number)

    def seen_by(self, audience: Audience) -> int | None:
        """The number of the menu, None for the default one."""
        tag, platform = audience
        candidates = [
            numbers[-1]
            for key in {(tag, platform), (tag, ""), ("", platform), ("", "")}
            if (numbers := self._present.get(key))
        ]
        return max(candidates, default=None)


def covering(rules: Sequence[MatchRule]) -> dict[int, list[int]]:
    """For each rule, oldest first, whose users all see a newer menu: which newer ones these are."""
    read = [rule_of(one) for one in rules]
    # What no rule restricts, or what never matches, is another finding's matter.
    judged = {
        i: one for i, one in enumerate(read) if not one.retired and (one.tag_id or one.platform)
    }
    chooser = Chooser(judged)
    newer: dict[int, set[int]] = {index: set() for index in judged}
    seen: set[int] = set()
    by_users: dict[tuple[str, str], list[int]] = {}
    for index, rule in judged.items():
        by_users.setdefault((rule.tag_id, rule.platform), []).append(index)
    for audience in audiences(judged.values()):
        top = chooser.seen_by(audience)
        if top is None:
            continue
        seen.add(top)
        tag, platform = audience
        for key in {(tag, platform), (tag, ""), ("", platform)}:
            for index in by_users.get(key, ()):
                newer[index].add(top)
    return {index: sorted(newer[index]) for index in judged if index not in seen}

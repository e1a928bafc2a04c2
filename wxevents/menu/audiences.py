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


def covering(rules: Sequence[MatchRule]) -> dict[int, int]:
    """For each rule that nobody can match, oldest first, a newer one that takes all its users."""
    newest: dict[tuple[str, str], int] = {}
    covered: dict[int, int] = {}
    for index in reversed(range(len(rules))):
        rule = rule_of(rules[index])
        if rule.retired or not (rule.tag_id or rule.platform):
            continue  # other findings say so
        for key in ((rule.tag_id, rule.platform), (rule.tag_id, ""), ("", rule.platform)):
            if key in newest:
                covered[index] = newest[key]
                break
        newest.setdefault((rule.tag_id, rule.platform), index)
    return dict(sorted(covered.items()))

"""The rule by which conditional menus match, over plain values."""

from __future__ import annotations

import pytest

from wxevents.menu.matching import Rule, newest_match

IOS, ANDROID = "1", "2"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(), True),
        (Rule(tag_id="100"), True),
        (Rule(tag_id="101"), False),
        (Rule(platform=ANDROID), True),
        (Rule(platform=IOS), False),
        (Rule(tag_id="100", platform=ANDROID), True),
        (Rule(tag_id="100", platform=IOS), False),
        (Rule(tag_id="101", platform=ANDROID), False),
        (Rule(retired=True), False),
        (Rule(tag_id="100", platform=ANDROID, retired=True), False),
    ],
)
def test_a_rule_matches_when_all_of_its_filled_in_fields_do(rule: Rule, expected: bool) -> None:
    assert rule.matches("100", ANDROID) is expected


def test_a_user_without_tags_matches_no_rule_about_one() -> None:
    assert not Rule(tag_id="100").matches("", IOS)
    assert Rule(platform=IOS).matches("", IOS)


def test_the_newest_rule_that_matches_decides() -> None:
    rules = [Rule(tag_id="100"), Rule(platform=IOS), Rule(tag_id="100", retired=True)]
    assert newest_match(rules, "100", IOS) == 1
    assert newest_match(rules, "100", ANDROID) == 0
    assert newest_match(rules, "", ANDROID) is None
    assert newest_match([], "100", IOS) is None

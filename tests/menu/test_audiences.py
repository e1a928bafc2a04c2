"""Who sees which menu, over whole sets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wxevents import MatchRule
from wxevents.menu.audiences import NO_TAG, Audience, Chooser, audiences, covering, rule_of
from wxevents.menu.matching import Rule, newest_match

plain_rules = st.builds(
    Rule, st.sampled_from(["", "1", "2", "3"]), st.sampled_from(["", "1", "2", "3"]), st.booleans()
)
match_rules = st.builds(
    MatchRule,
    tag_id=st.sampled_from(["", "1", "2"]),
    client_platform_type=st.sampled_from(["", "1", "2", "3"]),
    sex=st.sampled_from(["", "", "", "1"]),
)


def test_every_group_that_a_rule_tells_apart_is_an_audience() -> None:
    assert audiences([Rule("7"), Rule("", "2"), Rule("7", "1")]) == [
        Audience(tag, platform) for tag in (NO_TAG, "7") for platform in "123"
    ]


def test_an_audience_is_named() -> None:
    assert Audience("7", "1").named() == "tag 7, ios"
    assert Audience("7", "2").named({"7": "VIP"}) == "tag VIP, android"
    assert Audience(NO_TAG, "3").named({"7": "VIP"}) == "no such tag, others"


def test_a_tag_that_has_only_a_name_is_told_apart_by_it() -> None:
    assert rule_of(MatchRule(tag="VIP")) == Rule("tag:VIP")
    assert rule_of(MatchRule(tag="VIP", tag_id="7")) == Rule("7")
    assert rule_of(MatchRule(client_platform_type="ios", sex="1")) == Rule("", "1", True)


@given(st.lists(plain_rules, max_size=8))
def test_the_chooser_agrees_with_the_platform_s_rule(rules: list[Rule]) -> None:
    chooser = Chooser(dict(enumerate(rules)))
    for audience in audiences(rules):
        assert chooser.seen_by(audience) == newest_match(rules, audience.tag_id, audience.platform)


@given(st.lists(plain_rules, max_size=8), st.data())
def test_the_chooser_still_agrees_while_menus_come_and_go(
    rules: list[Rule], data: st.DataObject
) -> None:
    chooser = Chooser()
    present: dict[int, Rule] = {}
    for number, rule in enumerate(rules):
        chooser.add(number, rule)
        present[number] = rule
        if data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(sorted(present)))
            chooser.remove(gone, present.pop(gone))
        numbers = list(present)
        for audience in audiences(rules):
            first = newest_match(list(present.values()), audience.tag_id, audience.platform)
            assert chooser.seen_by(audience) == (None if first is None else numbers[first])


@given(st.lists(match_rules, max_size=8))
def test_a_covered_rule_is_one_whose_users_all_see_newer_menus(matches: list[MatchRule]) -> None:
    rules = [rule_of(match) for match in matches]
    # Rules without condition, or with a retired one, are refused for that.
    judged = [index for index, rule in enumerate(rules) if not rule.retired and rule != Rule()]
    kept = [rules[index] for index in judged]
    seen: dict[int, set[int]] = {index: set() for index in judged}
    for audience in audiences(kept):
        first = newest_match(kept, audience.tag_id, audience.platform)
        for index in judged:
            if rules[index].matches(audience.tag_id, audience.platform):
                assert first is not None
                seen[index].add(judged[first])
    assert covering(matches) == {
        index: sorted(newer) for index, newer in seen.items() if index not in newer
    }

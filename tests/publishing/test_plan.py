"""Plans against a platform that is nothing but a list: it appends, deletes, and shows the newest
match."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.publishing.platform import menu, only
from wxevents.menu import ClickButton, ConditionalMenu, MatchRule, Menu, MenuSet, ViewButton
from wxevents.menu.audiences import Audience
from wxevents.publishing import Add, Create, Delete, Step, make_plan

sampled = settings(deadline=None, database=None)

PLATFORMS = ("1", "2", "3")
TAGS = ("", "101", "102")
AUDIENCES = [Audience(tag, platform) for tag in (*TAGS, "999") for platform in PLATFORMS]
DOMAINS = ("a.example", "b.example", "c.example", "d.example", "e.example")

RULES = [
    MatchRule(tag_id=tag, client_platform_type=platform)
    for tag in TAGS
    for platform in ("", *PLATFORMS[:2])
    if tag or platform
]
RETIRED = [
    MatchRule(tag_id="101", sex="1"),
    MatchRule(country="中国", client_platform_type="1"),
    MatchRule(language="zh_CN"),
]
PLAIN_MENUS = [Menu(ClickButton(name, name)) for name in "XYZ"]
LINKING_MENUS = [
    *(Menu(ViewButton(domain, f"https://{domain}/")) for domain in DOMAINS),
    Menu(ViewButton("a", f"https://{DOMAINS[0]}/"), ViewButton("b", f"https://{DOMAINS[1]}/")),
]


def conditionals(
    menus: Sequence[Menu], rules: Sequence[MatchRule]
) -> st.SearchStrategy[ConditionalMenu]:
    return st.builds(ConditionalMenu, st.sampled_from(menus), st.sampled_from(rules))


def menu_sets(
    menus: Sequence[Menu], rules: Sequence[MatchRule], most: int
) -> st.SearchStrategy[MenuSet]:
    listed = st.lists(conditionals(menus, rules), max_size=most)
    return st.builds(
        lambda default, several: MenuSet(default, *several), st.sampled_from(PLAIN_MENUS), listed
    )


def published_sets(
    menus: Sequence[Menu] = PLAIN_MENUS, rules: Sequence[MatchRule] = RULES, most: int = 6
) -> st.SearchStrategy[MenuSet]:
    """The same with ids, as the platform reports them."""
    return menu_sets(menus, rules, most).map(with_ids)


def with_ids(menus: MenuSet) -> MenuSet:
    listed = enumerate(menus.conditional)
    return MenuSet(
        menus.menu,
        *(ConditionalMenu(one.menu, one.match, menu_id=f"old{number}") for number, one in listed),
    )


PUBLISHED = st.none() | published_sets(rules=[*RULES, *RETIRED])
WANTED_SETS = menu_sets(PLAIN_MENUS, RULES, 6)
LINKING_PUBLISHED = published_sets(LINKING_MENUS)
LINKING_WANTED = menu_sets(LINKING_MENUS, RULES, 6)


@dataclass
class Stored:
    id: str
    rule: MatchRule
    menu: Menu


class Simulation:
    """The platform as its pages describe it."""

    def __init__(self, published: MenuSet | None) -> None:
        self.default = published.menu if published else None
        conditional = published.conditional if published else ()
        self.stored = [Stored(one.menu_id, one.match, one.menu) for one in conditional]
        self._ids = itertools.count()

    def take(self, step: Step) -> None:
        match step:
            case Create(default):
                self.default = default
            case Add(one):
                assert self.default, "a conditional menu without a default one"
                self.stored.append(Stored(f"new{next(self._ids)}", one.match, one.menu))
            case Delete(one):
                there = [stored.id for stored in self.stored]
                assert there.count(one.menu_id) == 1, "what is not there cannot be deleted"
                del self.stored[there.index(one.menu_id)]

    def seen_by(self, audience: Audience) -> Menu | None:
        for one in reversed(self.stored):
            if is_for(one.rule, audience):
                return one.menu
        return self.default

    def views(self) -> dict[Audience, Menu | None]:
        return {audience: self.seen_by(audience) for audience in AUDIENCES}

    def domains(self) -> int:
        return count_domains(one.menu for one in self.stored)


def is_for(rule: MatchRule, audience: Audience) -> bool:
    return (
        not (rule.sex or rule.country or rule.province or rule.city or rule.language)
        and rule.tag_id in ("", audience.tag_id)
        and rule.client_platform_type in ("", audience.platform)
    )


def count_domains(menus: Iterable[Menu]) -> int:
    links = {
        button.url.split("/")[2]
        for one in menus
        for button in one.button
        if isinstance(button, ViewButton)
    }
    return len(links)


def overlap(one: MatchRule, other: MatchRule) -> bool:
    return any(is_for(one, audience) and is_for(other, audience) for audience in AUDIENCES)


def told_apart(published: MenuSet | None, wanted: MenuSet) -> set[Audience]:
    """All audiences but those whose tag no rule names: they see what those without a tag see."""
    both = (*(published.conditional if published else ()), *wanted.conditional)
    tags = {"", *(one.match.tag_id for one in both)}
    return {one for one in AUDIENCES if one.tag_id in tags}


def moments(published: MenuSet | None, steps: Iterable[Step]) -> Iterator[Simulation]:
    """The platform after each step; the same object each time."""
    simulation = Simulation(published)
    for step in steps:
        simulation.take(step)
        yield simulation


def result(published: MenuSet | None, steps: Iterable[Step]) -> Simulation:
    simulation = Simulation(published)
    for step in steps:
        simulation.take(step)
    return simulation


def reported(simulation: Simulation) -> MenuSet:
    """What menu/get would answer."""
    assert simulation.default
    return MenuSet(
        simulation.default,
        *(ConditionalMenu(one.menu, one.rule, menu_id=one.id) for one in simulation.stored),
    )


def fewest_steps(published: MenuSet | None, wanted: MenuSet) -> int:
    """By trying all ways to let published menus serve as wanted ones."""
    old = published.conditional if published else ()
    new = wanted.conditional
    create = published is None or published.menu != wanted.menu
    best = len(old) + len(new)
    choices = [
        [None, *(index for index, one in enumerate(old) if one == wanted_one)] for wanted_one in new
    ]
    for chosen in itertools.product(*choices):
        kept = [index for index in chosen if index is not None]
        if len(set(kept)) < len(kept):
            continue
        # What is added follows what is kept, in the order in which it is wanted.
        places = [
            len(old) + number if index is None else index for number, index in enumerate(chosen)
        ]
        if all(
            places[older] < places[newer]
            for older, newer in itertools.combinations(range(len(new)), 2)
            if overlap(new[older].match, new[newer].match)
        ):
            best = min(best, len(old) + len(new) - 2 * len(kept))
    return best + create


@sampled
@given(PUBLISHED, WANTED_SETS)
def test_after_all_steps_every_audience_sees_what_is_wanted(
    published: MenuSet | None, wanted: MenuSet
) -> None:
    plan = make_plan(published, wanted)
    assert result(published, plan.steps).views() == Simulation(wanted).views()


@sampled
@given(PUBLISHED, WANTED_SETS)
def test_after_all_steps_just_the_wanted_menus_are_published(
    published: MenuSet | None, wanted: MenuSet
) -> None:
    stored = result(published, make_plan(published, wanted).steps).stored
    left = [ConditionalMenu(one.menu, one.rule) for one in stored]
    assert sorted(map(repr, left)) == sorted(map(repr, wanted.conditional))


@sampled
@given(PUBLISHED, WANTED_SETS)
def test_a_second_plan_is_empty(published: MenuSet | None, wanted: MenuSet) -> None:
    done = result(published, make_plan(published, wanted).steps)
    again = make_plan(reported(done), wanted)
    assert (again.steps, again.changes, again.disturbances) == ((), (), ())
    assert len(again.kept) == len(wanted.conditional)


@sampled
@given(st.none() | published_sets(most=5), menu_sets(PLAIN_MENUS[:2], RULES, 5))
def test_no_plan_keeps_the_order_with_fewer_steps(
    published: MenuSet | None, wanted: MenuSet
) -> None:
    assert len(make_plan(published, wanted).steps) == fewest_steps(published, wanted)


@sampled
@given(st.data(), WANTED_SETS)
def test_no_plan_for_a_changed_set_keeps_the_order_with_fewer_steps(
    data: st.DataObject, wanted: MenuSet
) -> None:
    """Two sets drawn for themselves have little in common."""
    menus = data.draw(st.permutations(wanted.conditional))
    menus = menus[data.draw(st.integers(0, 2)) :]
    menus.insert(data.draw(st.integers(0, len(menus))), data.draw(conditionals(PLAIN_MENUS, RULES)))
    published = with_ids(MenuSet(wanted.menu, *menus))
    assert len(make_plan(published, wanted).steps) == fewest_steps(published, wanted)


@sampled
@given(PUBLISHED | LINKING_PUBLISHED, WANTED_SETS | LINKING_WANTED)
def test_who_sees_neither_his_old_nor_his_new_menu_is_named(
    published: MenuSet | None, wanted: MenuSet
) -> None:
    plan = make_plan(published, wanted)
    before, after = Simulation(published).views(), Simulation(wanted).views()
    wrong: dict[Audience, tuple[Menu | None, int]] = {}
    for number, moment in enumerate(moments(published, plan.steps), 1):
        for audience, seen in moment.views().items():
            allowed = [before[audience], after[audience]]
            if published is None:
                allowed.append(wanted.menu)
            if seen not in allowed and audience in told_apart(published, wanted):
                wrong.setdefault(audience, (seen, number))
    assert {one.audience: (one.sees, one.steps) for one in plan.disturbances} == wrong


@sampled
@given(PUBLISHED | LINKING_PUBLISHED, WANTED_SETS | LINKING_WANTED)
def test_changes_tell_what_every_audience_sees_before_and_after(
    published: MenuSet | None, wanted: MenuSet
) -> None:
    plan = make_plan(published, wanted)
    before, after = Simulation(published).views(), Simulation(wanted).views()
    assert {one.audience: (one.before, one.after) for one in plan.changes} == {
        audience: (before[audience], after[audience])
        for audience in told_apart(published, wanted)
        if before[audience] != after[audience]
    }


@sampled
@given(published_sets(LINKING_MENUS, [*RULES, *RETIRED]), LINKING_WANTED)
def test_nobody_who_has_a_menu_is_ever_without_one(published: MenuSet, wanted: MenuSet) -> None:
    plan = make_plan(published, wanted)
    for moment in moments(published, plan.steps):
        assert None not in moment.views().values()


@sampled
@given(st.data(), PUBLISHED | LINKING_PUBLISHED, WANTED_SETS | LINKING_WANTED)
def test_the_order_within_a_wave_does_not_matter(
    data: st.DataObject, published: MenuSet | None, wanted: MenuSet
) -> None:
    plan = make_plan(published, wanted)
    waves = plan.waves()
    assert [step for wave in waves for step in wave] == list(plan.steps)
    assert all(waves)
    shuffled = [step for wave in waves for step in data.draw(st.permutations(wave))]
    done = result(published, shuffled)
    assert done.views() == Simulation(wanted).views()
    assert make_plan(reported(done), wanted).steps == ()
    before, after = Simulation(published).views(), Simulation(wanted).views()
    disturbed = {one.audience for one in plan.disturbances}
    for moment in moments(published, shuffled):
        views = moment.views()
        for audience in told_apart(published, wanted) - disturbed:
            if published:
                assert views[audience] in (before[audience], after[audience])


@sampled
@given(PUBLISHED | LINKING_PUBLISHED, WANTED_SETS | LINKING_WANTED)
def test_no_wave_holds_steps_for_the_same_users_or_of_different_kinds(
    published: MenuSet | None, wanted: MenuSet
) -> None:
    for wave in make_plan(published, wanted).waves():
        assert len({type(step) for step in wave}) == 1
        rules = [step.conditional.match for step in wave if not isinstance(step, Create)]
        assert not any(overlap(*pair) for pair in itertools.combinations(rules, 2))
        assert len(rules) == len(wave) or len(wave) == 1


@sampled
@given(st.data(), published_sets(LINKING_MENUS, [*RULES, *RETIRED]), LINKING_WANTED)
def test_the_links_stay_within_three_domains_all_the_way(
    data: st.DataObject, published: MenuSet, wanted: MenuSet
) -> None:
    assume(count_domains(one.menu for one in published.conditional) <= 3)
    assume(count_domains(one.menu for one in wanted.conditional) <= 3)
    plan = make_plan(published, wanted)
    shuffled = [step for wave in plan.waves() for step in data.draw(st.permutations(wave))]
    for steps in (plan.steps, shuffled):
        for moment in moments(published, steps):
            assert moment.domains() <= 3


@sampled
@given(LINKING_PUBLISHED, LINKING_WANTED)
def test_nothing_goes_early_where_there_is_room(published: MenuSet, wanted: MenuSet) -> None:
    menus = [one.menu for one in (*published.conditional, *wanted.conditional)]
    assume(count_domains(menus) <= 3)
    kinds = [type(step) for step in make_plan(published, wanted).steps]
    assert kinds == sorted(kinds, key=[Add, Create, Delete].index)
    assert not any(
        isinstance(step, Delete) and step.makes_room for step in make_plan(published, wanted).steps
    )


def link(domain: str, tag_id: str) -> ConditionalMenu:
    return ConditionalMenu(
        Menu(ViewButton(domain, f"https://{domain}.example/")), MatchRule(tag_id=tag_id)
    )


def test_what_has_to_make_room_goes_first_and_who_loses_it_is_named() -> None:
    published = with_ids(MenuSet(menu("D"), link("a", "1"), link("b", "2"), link("c", "3")))
    wanted = MenuSet(menu("D"), link("d", "1"), link("b", "2"), link("c", "3"))
    plan = make_plan(published, wanted)
    assert plan.steps == (
        Delete(published.conditional[0], makes_room=True),
        Add(wanted.conditional[0]),
    )
    assert [(one.audience.tag_id, one.sees, one.steps) for one in plan.disturbances] == [
        ("1", published.menu, 1)
    ] * 3


def test_more_than_three_wanted_domains_are_left_to_the_check() -> None:
    wanted = MenuSet(menu("D"), *(link(name, str(number)) for number, name in enumerate("abcd")))
    plan = make_plan(None, wanted)
    assert [type(step) for step in plan.steps] == [Create, Add, Add, Add, Add]


def test_the_first_publication_begins_with_the_default_menu() -> None:
    wanted = MenuSet(menu("D"), only("X", "101"))
    plan = make_plan(None, wanted)
    assert plan.steps == (Create(wanted.menu), Add(wanted.conditional[0]))
    assert plan.disturbances == ()
    assert all(one.before is None for one in plan.changes)
    assert plan.kept == ()


def test_steps_are_counted_by_kind() -> None:
    published = with_ids(MenuSet(menu("D"), only("X", "101"), only("Y", "102")))
    plan = make_plan(published, MenuSet(menu("E"), only("Z", "101")))
    assert (plan.count(Create), plan.count(Add), plan.count(Delete)) == (1, 1, 2)


def test_an_audience_that_changes_to_the_default_menu_never_sees_the_old_one() -> None:
    published = with_ids(MenuSet(menu("D"), only("X", "101")))
    plan = make_plan(published, MenuSet(menu("E")))
    assert [type(step) for step in plan.steps] == [Create, Delete]
    assert plan.disturbances == ()


def test_whoever_matches_several_menus_that_go_sees_the_newest_to_the_end() -> None:
    published = with_ids(MenuSet(menu("D"), only("X", "101"), only("Y", "", "1")))
    plan = make_plan(published, MenuSet(menu("D")))
    assert plan.steps == tuple(map(Delete, published.conditional))
    assert plan.disturbances == ()


def test_two_menus_that_share_users_and_change_places_are_made_anew_from_the_older_on() -> None:
    general, special = only("X", "101"), only("Y", "101", "1")
    published = with_ids(MenuSet(menu("D"), special, general))
    plan = make_plan(published, MenuSet(menu("D"), general, special))
    assert plan.steps == (Add(special), Delete(published.conditional[0]))


def test_two_menus_that_share_nobody_may_change_places_for_nothing() -> None:
    published = with_ids(MenuSet(menu("D"), only("X", "101"), only("Y", "102")))
    wanted = MenuSet(menu("D"), *reversed(published.conditional))
    assert make_plan(published, wanted).steps == ()


@pytest.mark.parametrize("rule", RETIRED, ids=str)
def test_menus_with_retired_fields_are_removed_and_nobody_sees_them(rule: MatchRule) -> None:
    published = with_ids(MenuSet(menu("D"), ConditionalMenu(menu("旧"), rule)))
    plan = make_plan(published, MenuSet(menu("D")))
    assert plan.steps == (Delete(published.conditional[0]),)
    assert (plan.changes, plan.disturbances) == ((), ())


def test_a_menu_with_a_retired_field_is_kept_where_it_is_wanted_again() -> None:
    """That is how a failed publication is undone: such a menu cannot be published again."""
    old = MenuSet(menu("D"), only("X", "101"), ConditionalMenu(menu("旧"), RETIRED[0]))
    assert make_plan(with_ids(old), old).steps == ()


def test_a_menu_with_a_retired_field_does_not_keep_others_from_staying() -> None:
    retired = ConditionalMenu(menu("旧"), RETIRED[0])
    published = with_ids(MenuSet(menu("D"), only("X", "101")))
    plan = make_plan(published, MenuSet(menu("D"), retired, only("X", "101")))
    assert plan.steps == (Add(retired),)


def test_tags_that_only_have_names_are_told_apart() -> None:
    vip = ConditionalMenu(menu("X"), MatchRule(tag="VIP"))
    gold = ConditionalMenu(menu("X"), MatchRule(tag="金卡"))
    assert make_plan(MenuSet(menu("D"), vip), MenuSet(menu("D"), gold)).count(Add) == 1

"""`python -m tests.benchmarks.menus`: time to check and to plan a default menu and 500 conditional
ones, besides the network."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Final

from tests.benchmarks.report import print_rows, print_target
from wxevents.menu import (
    ClickButton,
    ConditionalMenu,
    MatchRule,
    Menu,
    MenuSet,
    SubMenu,
    ViewButton,
    check,
)
from wxevents.publishing import make_plan

CONDITIONAL: Final = 500
MOST_MILLISECONDS: Final = 500.0

Rules = list[MatchRule]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.menus", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    rows = [[f"{CONDITIONAL} conditional menus", "check ms", "plan ms", "both", "steps"]]
    slowest = 0.0
    for name, (published, wanted) in _shapes().items():
        rounds = [_measure(published, wanted) for _ in range(options.rounds)]
        checking, planning = (median(times) for times in zip(*rounds, strict=True))
        steps = len(make_plan(published, wanted).steps)
        figures = [f"{one:.1f}" for one in (checking, planning, checking + planning)]
        rows.append([name, *figures, str(steps)])
        slowest = max(slowest, checking + planning)
    print_rows(rows)
    print_target("milliseconds of the slowest", slowest, at_most=MOST_MILLISECONDS)


def _measure(published: MenuSet | None, wanted: MenuSet) -> tuple[float, float]:
    started = perf_counter()
    check(wanted)
    checked = perf_counter()
    make_plan(published, wanted)
    planned = perf_counter()
    return (checked - started) * 1e3, (planned - checked) * 1e3


def _shapes() -> Mapping[str, tuple[MenuSet | None, MenuSet]]:
    """What is published, and what is wanted."""
    tags = [MatchRule(tag_id=str(number)) for number in range(CONDITIONAL)]
    platforms = [
        MatchRule(tag_id=str(number // 3), client_platform_type=str(number % 3 + 1))
        for number in range(CONDITIONAL)
    ]
    nested = [
        MatchRule(tag_id=str(number // 2), client_platform_type="1" if number % 2 else "")
        for number in range(CONDITIONAL)
    ]
    general = [
        *(MatchRule(client_platform_type=platform) for platform in "123"),
        *platforms[: CONDITIONAL - 3],
    ]
    shapes: dict[str, tuple[MenuSet | None, MenuSet]] = {
        "nothing is published": (None, _menus(tags)),
        "all stays": (_menus(platforms), _menus(platforms)),
        "the default changes": (_menus(tags), _menus(tags, default="new")),
        "every other changes": (_menus(tags), _menus(tags, lambda number: number % 2)),
        "all change": (_menus(platforms), _menus(platforms, lambda number: 1)),
        "a general one goes, under all": (_menus(general[1:]), _menus(general)),
        "pairs change places": (_menus(_swapped(nested)), _menus(nested)),
        "backwards": (_menus(tags[::-1]), _menus(tags)),
        "all links to other domains": (
            _menus(tags, domains=("a", "b", "c")),
            _menus(tags, domains=("d", "e", "f")),
        ),
    }
    return shapes


def _swapped(rules: Rules) -> Rules:
    return [rules[number ^ 1] for number in range(len(rules))]


def _menus(
    rules: Rules,
    version: Callable[[int], int] = lambda number: 0,
    *,
    default: str = "old",
    domains: tuple[str, ...] = ("a", "b", "c"),
) -> MenuSet:
    """Each menu with all the buttons that there can be."""
    conditional = [
        ConditionalMenu(
            _menu(f"{rule.tag_id}-{version(number)}", domains[number % len(domains)]),
            rule,
            menu_id=str(number),
        )
        for number, rule in enumerate(rules)
    ]
    return MenuSet(_menu(default, domains[0]), *conditional)


def _menu(key: str, domain: str) -> Menu:
    link = ViewButton("官网", f"https://{domain}.example/{key}")
    clicks = [ClickButton(f"按钮{number}", f"{key}.{number}") for number in range(4)]
    return Menu(*(SubMenu(name, *clicks, link) for name in ("一", "二", "三")))


if __name__ == "__main__":
    main()

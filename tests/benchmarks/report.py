# ruff: noqa: T201 - what a benchmark has to say goes to the terminal
"""The results as a table, and beside them what they should be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final, Literal, NamedTuple

from tests.benchmarks.account import Mode
from tests.benchmarks.comparison import Measured

BASES: Final = ("bare", "wechatpy", "co-wechat")


class Target(NamedTuple):
    """`name` should do at least so many times what `base` does."""

    name: str
    base: str
    least: float


TARGETS: Final[Mapping[Mode, Sequence[Target]]] = {
    "plain": (
        Target("wxevents", "bare", 0.50),
        Target("wxevents", "wechatpy", 1.25),
        # "The same" as far as this can be told on a machine with other things to do.
        Target("wxevents-10000", "wxevents", 0.95),
    ),
    "safe": (
        Target("wxevents", "bare", 0.37),
        Target("wxevents", "wechatpy", 1.6),
        Target("wxevents-10000", "wxevents", 0.95),
    ),
}


def print_table(mode: Mode, results: Mapping[str, Measured]) -> None:
    """A line for each contender: requests a second, ratios, and who was busy meanwhile.

    A server well below 100 % CPU was kept from running, or waited for a generator that was: its
    requests/s are too low then, and those for each second of its CPU time tell more.
    """
    bases = [base for base in BASES if base in results]
    ratio_titles = [f"× {base}" for base in bases]
    rows = [[f"{mode} mode", "requests/s", *ratio_titles, "CPU", "per CPU s", "generator"]]
    for name, measured in results.items():
        rows.append(
            [
                name,
                _spread(measured.per_second, "{:,.0f}"),
                *(_spread(ratios(results, name, base), "{:.2f}") for base in bases),
                f"{median(measured.server_cpu):.0%}" if measured.server_cpu else "?",
                f"{median(measured.per_cpu_second):,.0f}" if measured.per_cpu_second else "?",
                f"{median(measured.generator_cpu):.0%}",
            ]
        )
    print_rows(rows)
    print(f"All {sum(one.answers for one in results.values()):,} answers were checked.")


def print_targets(mode: Mode, results: Mapping[str, Measured]) -> None:
    """Every target whose two parties were measured."""
    for name, base, least in TARGETS[mode]:
        if name in results and base in results:
            ratio = median(ratios(results, name, base))
            by_cpu = ratios(results, name, base, "per_cpu_second")
            aside = f" ({median(by_cpu):.2f} by CPU time)" if by_cpu else ""
            print_target(f"{mode}: {name} / {base}{aside}", ratio, at_least=least)


def print_target(what: str, figure: float, *, at_least: float = 0.0, at_most: float = 0.0) -> None:
    met = figure >= at_least if at_least else figure <= at_most
    sign, bound = ("≥", at_least) if at_least else ("≤", at_most)
    print(f"  {what}: {figure:.2f}, target {sign} {bound:.2f}: {'met' if met else 'NOT MET'}")


def ratios(
    results: Mapping[str, Measured],
    name: str,
    base: str,
    figure: Literal["per_second", "per_cpu_second"] = "per_second",
) -> list[float]:
    """Round by round, so that both had the same machine."""
    pairs = zip(getattr(results[name], figure), getattr(results[base], figure), strict=True)
    return [ours / theirs for ours, theirs in pairs]


def print_rows(rows: Sequence[Sequence[str]]) -> None:
    """In columns: the first to the left, all others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row[1:], widths[1:], strict=True)
        print("  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in cells)]))


def _spread(figures: Sequence[float], form: str) -> str:
    """Median, least and most."""
    middle, least, most = (
        form.format(one) for one in (median(figures), min(figures), max(figures))
    )
    return f"{middle} ({least}–{most})"

"""Plans for the eye and for programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from wxevents.cli.printing import visible
from wxevents.menu import Button, ConditionalMenu, Menu, SelfMenuInfo, SubMenu
from wxevents.menu.audiences import NO_TAG, Audience
from wxevents.menu.buttons import button_body
from wxevents.menu.limits import (
    DAILY_CONDITIONAL_ADDS,
    DAILY_CONDITIONAL_DELETES,
    DAILY_CREATES,
    PLATFORMS,
)
from wxevents.publishing import Add, Change, Create, Delete, Disturbance, Plan, Step

_MOST_AUDIENCES: Final = 30


def print_plan(plan: Plan, tags: Mapping[str, str], console: Console) -> None:
    """The plan as a tree: what comes, goes and changes, and what each audience sees."""
    if not plan.steps:
        console.print("nothing to do: what is published is what is wanted")
        return
    if plan.website:
        console.print(_coloured(_website_warning(plan.website), "yellow"), highlight=False)
    tree = Tree("menus", hide_root=True)
    for step in plan.steps:
        match step:
            case Create():
                before = plan.before.menu if plan.before else None
                title = "~ default menu, changed" if before else "+ default menu"
                branch = tree.add(_coloured(title, "yellow" if before else "green"))
                _add_changes(branch, before, step.menu)
            case Add():
                branch = tree.add(_coloured(f"+ for {whom(step.conditional, tags)}", "green"))
                _add_changes(branch, None, step.conditional.menu)
            case Delete():
                why = ", first, to stay within three domains" if step.makes_room else ""
                gone = ", which nobody sees" if step.conditional.match.retired else ""
                title = f"- for {whom(step.conditional, tags)}{gone}{why}"
                branch = tree.add(_coloured(title, "red"))
                _add_changes(branch, step.conditional.menu, None)
    if plan.kept:
        tree.add(f"  {len(plan.kept)} conditional menus stay")
    console.print(tree)
    _print_audiences(plan.changes, tags, console)
    _print_disturbances(plan.disturbances, tags, console)
    console.print(quota(plan), highlight=False)


def _website_warning(info: SelfMenuInfo) -> str:
    seen = summary(Menu(*info.button))
    off = "" if info.is_menu_open else ", which is switched off (is_menu_open: 0)"
    return (
        f"WARNING: this replaces the menu made on the platform's website, {seen}{off}. The API "
        "cannot bring it back; `wxevents menu import` takes it over first."
    )


def quota(plan: Plan) -> str:
    """What the plan takes of the day's allowance."""
    return (
        f"calls: {plan.count(Create)} of {DAILY_CREATES:,} creations a day, {plan.count(Add)} of "
        f"{DAILY_CONDITIONAL_ADDS:,} conditional menus added, {plan.count(Delete)} of "
        f"{DAILY_CONDITIONAL_DELETES:,} deleted"
    )


def step_line(step: Step, tags: Mapping[str, str] = {}) -> str:
    """A step in one line."""
    match step:
        case Create():
            return "default menu published"
        case Add():
            return f"added: menu for {whom(step.conditional, tags)}"
        case Delete():
            return f"deleted: menu for {whom(step.conditional, tags)}"


def plan_as_json(plan: Plan, tags: Mapping[str, str]) -> dict[str, Any]:
    """The plan as plain values."""
    return {
        "steps": [_step_as_json(step) for step in plan.steps],
        "replaces_website_menu": plan.website is not None,
        "kept": [one.menu_id for one in plan.kept],
        "audiences": [
            {
                "audience": change.audience.named(tags),
                "before": change.before.body() if change.before else None,
                "after": change.after.body(),
            }
            for change in plan.changes
        ],
        "disturbed": [
            {
                "audience": one.audience.named(tags),
                "sees": one.sees.body() if one.sees else None,
                "after_steps": one.steps,
            }
            for one in plan.disturbances
        ],
    }


def _step_as_json(step: Step) -> dict[str, Any]:
    match step:
        case Create():
            return {"call": "create", **step.menu.body()}
        case Add():
            return {"call": "addconditional", **step.conditional.body()}
        case Delete():
            return {
                "call": "delconditional",
                "menuid": step.conditional.menu_id,
                "makes_room": step.makes_room,
                **step.conditional.body(),
            }


def _print_audiences(changes: Sequence[Change], tags: Mapping[str, str], console: Console) -> None:
    if not changes:
        return
    lines = _by_audience(
        [(one.audience, _change(one)) for one in changes],
        tags,
    )
    _print_some(Tree("who sees what"), lines, console)


def _print_disturbances(
    disturbances: Sequence[Disturbance], tags: Mapping[str, str], console: Console
) -> None:
    if not disturbances:
        return
    lines = _by_audience(
        [
            (
                one.audience,
                f"{summary(one.sees) if one.sees else 'no menu'}, from step {one.steps} on",
            )
            for one in disturbances
        ],
        tags,
    )
    _print_some(Tree(_coloured("sees another menu meanwhile", "yellow")), lines, console)


def _change(change: Change) -> str:
    before = summary(change.before) if change.before else "no menu"
    after = summary(change.after)
    return f"{before} → {after}" if before != after else f"{after}, changed inside"


def _by_audience(facts: Sequence[tuple[Audience, str]], tags: Mapping[str, str]) -> Sequence[str]:
    """A line for each audience; one line where all platforms, or all users, share a fact."""
    platforms: dict[tuple[str, str], list[Audience]] = defaultdict(list)
    for audience, fact in facts:
        platforms[audience.tag_id, fact].append(audience)
    lines = []
    for (tag_id, fact), group in platforms.items():
        who = f"tag {tags.get(tag_id, tag_id)}" if tag_id else "everyone without such a tag"
        if len(group) < len(PLATFORMS):
            who += f", {' and '.join(PLATFORMS[one.platform] for one in group)}"
        lines.append(f"{who}: {fact}")
    if {tag_id for tag_id, _ in platforms} == {NO_TAG}:
        return [line.replace("everyone without such a tag", "everyone") for line in lines]
    return lines


def _print_some(tree: Tree, lines: Sequence[str], console: Console) -> None:
    for line in lines[:_MOST_AUDIENCES]:
        tree.add(escape(line))
    if len(lines) > _MOST_AUDIENCES:
        tree.add(f"and {len(lines) - _MOST_AUDIENCES} more (--json lists them)")
    console.print(tree, highlight=False)


def summary(menu: Menu) -> str:
    """The names on a menu's bar."""
    return visible(f"[{' | '.join(one.name for one in menu.button)}]")


def whom(one: ConditionalMenu, tags: Mapping[str, str]) -> str:
    """Whom a conditional menu is for, its tag by name as well."""
    name = tags.get(one.match.tag_id)
    return f"{one.match} ({name})" if name else str(one.match)


def _add_changes(tree: Tree, before: Menu | None, after: Menu | None) -> None:
    _add_buttons(tree, before.button if before else (), after.button if after else ())


def _add_buttons(
    tree: Tree, before: Sequence[Button | SubMenu], after: Sequence[Button | SubMenu]
) -> None:
    """The buttons of both, equal ones plain, others with their sign and colour."""
    old, new = [_line(one) for one in before], [_line(one) for one in after]
    for operation, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            for was, is_ in zip(before[i:j], after[k:m], strict=True):
                branch = tree.add(escape(f"  {_line(is_)}"))
                _add_buttons(branch, _children(was), _children(is_))
            continue
        for gone in before[i:j]:
            branch = tree.add(_coloured(f"- {_line(gone)}", "red"))
            _add_buttons(branch, _children(gone), ())
        for come in after[k:m]:
            branch = tree.add(_coloured(f"+ {_line(come)}", "green"))
            _add_buttons(branch, (), _children(come))


def _children(button: Button | SubMenu) -> Sequence[Button | SubMenu]:
    return button.sub_button if isinstance(button, SubMenu) else ()


def _line(button: Button | SubMenu) -> str:
    if isinstance(button, SubMenu):
        return visible(button.name)
    body = button_body(button)
    rest = ", ".join(str(value) for name, value in body.items() if name not in ("type", "name"))
    return visible(f"{button.name}: {body['type']} {rest}")


def _coloured(text: str, colour: str) -> str:
    return f"[{colour}]{escape(text)}[/{colour}]"

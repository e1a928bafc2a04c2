"""Tags by name: what files say, and what the platform knows by number."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping

from wxevents.client import Client
from wxevents.errors import MenuError
from wxevents.menu import ConditionalMenu, Finding, MenuSet


async def tag_names(client: Client) -> Mapping[str, str]:
    """The names of the account's tags by id."""
    return {str(tag.id): tag.name for tag in await client.tags.list()}


async def with_tag_ids(menus: MenuSet, client: Client) -> MenuSet:
    """The menus with every tag's name replaced by its id; no call where none is named.

    Raises MenuError for tags that do not exist, and for names that several have.
    """
    if not any(one.match.tag for one in menus.conditional):
        return menus
    ids: dict[str, list[str]] = {}
    for tag_id, name in (await tag_names(client)).items():
        ids.setdefault(name, []).append(tag_id)
    findings: list[Finding] = []
    resolved = []
    for index, one in enumerate(menus.conditional):
        name = one.match.tag
        if not name:
            resolved.append(one)
            continue
        found = ids.get(name, [])
        if len(found) != 1:
            findings.append(
                Finding(
                    f"conditionalmenu[{index}].matchrule.tag",
                    f"{len(found) or 'no'} tags are called {name!r}{_cure(name, found, ids)}",
                    place=one.match.origin.of("tag"),
                )
            )
            continue
        match = dataclasses.replace(one.match, tag="", tag_id=found[0])
        resolved.append(ConditionalMenu(one.menu, match, menu_id=one.menu_id, origin=one.origin))
    if findings:
        raise MenuError(findings)
    return MenuSet(menus.menu, *resolved)


def _cure(name: str, found: list[str], ids: Mapping[str, list[str]]) -> str:
    if found:
        return f"; give one of their numbers as tag_id: {', '.join(found)}"
    near = difflib.get_close_matches(name, ids, 1, 0.5)
    if near:
        return f"; there is {near[0]!r}"
    there_are = ", ".join(map(repr, list(ids)[:10])) or "none at all"
    return f"; the account's tags: {there_are}; client.tags.create({name!r}) makes one"

"""`wxevents menu match`: which menu a user sees, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, NamedTuple

import typer

from wxevents.cli.account import api_settings
from wxevents.cli.menu.show import summary, whom
from wxevents.cli.menu.source import File, Source, call, load
from wxevents.cli.options import FAILED, WRONG_USE, fail
from wxevents.cli.printing import Json, print_json
from wxevents.client import Client
from wxevents.menu import ConditionalMenu, Menu, MenuSet
from wxevents.menu.audiences import rule_of
from wxevents.menu.limits import PLATFORMS
from wxevents.menu.menus import PLATFORM_NUMBERS
from wxevents.publishing import tag_names, with_tag_ids


class _Found(NamedTuple):
    """What was asked, what the local rules say for each platform, and what the platform says."""

    menus: MenuSet
    tag_id: str
    tags: Mapping[str, str]
    tried: Menu | None
    was_tried: bool


def match(
    file: File = None,
    *,
    openid: Annotated[str, typer.Option(help="A follower, by OpenID.")] = "",
    tag: Annotated[str, typer.Option(help="The tag applied last, by name or id.")] = "",
    platform: Annotated[str, typer.Option(help="ios, android or others.")] = "",
    as_json: Json = False,
    options: Mapping[str, Any],
) -> None:
    """Say which menu a user sees and why, by the documented rules and, with --openid, by the
    platform's own trymatch; of what is published, or of a FILE."""
    if openid and tag:
        fail("give --openid or --tag, not both")
    number = PLATFORM_NUMBERS.get(platform.lower(), platform)
    if number and number not in PLATFORMS:
        fail(f"--platform {platform}: there are {', '.join(PLATFORM_NUMBERS)}", WRONG_USE)
    source = load(file, options) if file else None
    settings = source.settings if source else api_settings(options)
    found = call(settings, lambda client: _resolve(client, source, openid, tag))
    if found is None:
        fail("no menu is published", FAILED)
    answers = [_explain(found, one) for one in ([number] if number else PLATFORMS)]
    if as_json:
        tried = found.tried.body() if found.tried else None
        trymatch: dict[str, Any] = {"trymatch": tried} if found.was_tried else {}
        print_json({"local": [answer.as_json() for answer in answers], **trymatch})
    else:
        _print(found, answers)


async def _resolve(client: Client, source: Source | None, openid: str, tag: str) -> _Found | None:
    """What the rules are applied to, None where nothing is published; a tag that there is not ends
    the command."""
    menus = await with_tag_ids(source.menus, client) if source else await client.menus.get()
    if menus is None:
        return None
    tags = await tag_names(client)
    tag_id = next((number for number, name in tags.items() if tag in (name, number)), tag)
    if tag_id and not tag_id.isdecimal():  # menus may still be for a tag that was deleted
        known = f"there are {', '.join(tags.values())}" if tags else "the account has no tags"
        fail(f"no tag is called {tag!r}; {known}", FAILED)
    if openid:
        # The platform lists a user's tags in the order in which they were applied.
        applied = (await client.users.info(openid)).tagid_list
        tag_id = str(applied[-1]) if applied else ""
    was_tried = bool(openid and not source)
    tried = await client.menus.try_match(openid) if was_tried else None
    return _Found(menus, tag_id, tags, tried, was_tried)


class _Answer(NamedTuple):
    platform: str
    menu: Menu
    menu_id: str
    why: Sequence[str]

    def __str__(self) -> str:
        number = f" (menu {self.menu_id})" if self.menu_id else ""
        lines = [f"{PLATFORMS[self.platform]}: {summary(self.menu)}{number}"]
        return "\n".join([*lines, *(f"  {reason}" for reason in self.why)])

    def as_json(self) -> dict[str, Any]:
        return {
            "platform": PLATFORMS[self.platform],
            "menuid": self.menu_id or None,
            "why": list(self.why),
            **self.menu.body(),
        }


def _print(found: _Found, answers: Sequence[_Answer]) -> None:
    for answer in answers:
        typer.echo(answer)
    if found.was_tried:
        seen = summary(found.tried) if found.tried else "no menu"
        typer.echo(f"the platform's trymatch: {seen}")
        if found.tried and all(found.tried.body() != one.menu.body() for one in answers):
            typer.echo("  which is none of these: the last applied tag may be another")


_MOST_REASONS: Final = 20


def _explain(found: _Found, platform: str) -> _Answer:
    why: list[str] = []
    for one in reversed(found.menus.conditional):
        if rule_of(one.match).matches(found.tag_id, platform):
            why.append(f"for {whom(one, found.tags)}: matches, the newest that does")
            return _Answer(platform, one.menu, one.menu_id, why[-_MOST_REASONS:])
        why.append(f"for {whom(one, found.tags)}: {_reason(one, found.tag_id)}")
    why.append("the default menu, since no conditional menu matches")
    return _Answer(platform, found.menus.menu, "", why[-_MOST_REASONS:])


def _reason(one: ConditionalMenu, tag_id: str) -> str:
    if one.match.retired:
        return "never, it uses retired conditions"
    if one.match.tag_id not in ("", tag_id):
        return f"not the tag, which is {tag_id}" if tag_id else "not the tag, there is none"
    return "not the platform"

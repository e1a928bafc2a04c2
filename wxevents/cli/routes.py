"""`wxevents routes`: what answers what."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

from wxevents.bot import Bot
from wxevents.cli.account import development_settings
from wxevents.cli.options import console
from wxevents.cli.printing import Json, print_json
from wxevents.discovery import load_bot
from wxevents.events import ClickEvent
from wxevents.routing import Prefix, Regex, Route


def routes(
    *,
    as_json: Json = False,
    options: Mapping[str, object],
) -> None:
    """List what every handler is registered for; of those that match, the first answers."""
    bot = load_bot(development_settings(options))
    rows = [_row(route) for route in sorted(bot.assemble().routes, key=_precedence)]
    if as_json:
        print_json(rows)
        return
    table = Table(box=None, header_style="bold")
    for title in ("takes", "handler", "where"):
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(row["takes"], row["handler"].rpartition(".")[2], row["place"])
    console().print(table)


def click_keys(bot: Bot) -> list[str]:
    """The exact keys of the click buttons that the bot answers, in their order."""
    keys = [route.matcher for route in bot.assemble().routes if route.event is ClickEvent]
    return [key for key in keys if isinstance(key, str)]


def _precedence(route: Route) -> tuple[int, str, int, int]:
    """Events in the order of their names, for each the most specific route first. Sorting is
    stable, so regexes stay in the order in which they are registered."""
    level = ("step", "key", "class", "fallback").index(route.level)
    if isinstance(route.event, str):  # a name comes before the classes
        return level, "", -1_000, 0
    if route.level == "class":  # a class before those it derives from
        return level, "", -len(route.event.__mro__), 0
    match route.matcher:
        case str():
            rank = 0, 0
        case Prefix(text):
            rank = 1, -len(text)
        case Regex():
            rank = 2, 0
        case _:
            rank = 3, 0
    return level, route.event.__name__, *rank


def _row(route: Route) -> dict[str, str]:
    handler = "(the menu's reply)" if route.declared else route.name.partition(" ")[0]
    return {"takes": repr(route), "handler": handler, "place": route.place}

"""Where a menu command gets its menu and its account from."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypeAlias, TypeVar

import typer

from wxevents.cli.account import (
    ACCOUNT_FILE,
    api_settings,
    is_invented,
    offline_settings,
    page_of_dev,
    require_credentials,
)
from wxevents.cli.options import FAILED, fail
from wxevents.client import Client
from wxevents.discovery import load_bot
from wxevents.errors import ApiUnreachable, CallFailed, MenuError, PublishingError, TokenError
from wxevents.menu import Finding, MenuSet
from wxevents.menu import check as check_limits
from wxevents.pairing import compare, pair, reply_router
from wxevents.publishing import Publisher, SnapshotFile, tag_names
from wxevents.publishing.publisher import Progress
from wxevents.routing import Route
from wxevents.settings import Settings

T = TypeVar("T")

File: TypeAlias = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE]",
        help="A menu file (.yaml, .toml, .json) instead of the menu of the handlers package.",
        show_default=False,
    ),
]


class Source(NamedTuple):
    """Menus with the routes that answer them; `routes` is None where there are none to compare
    with."""

    settings: Settings
    menus: MenuSet
    routes: tuple[Route, ...] | None

    def findings(self) -> list[Finding]:
        """Everything that does not fit."""
        found = check_limits(self.menus)
        return found if self.routes is None else [*found, *compare(self.menus, self.routes)]


def load(file: Path | None, options: Mapping[str, Any]) -> Source:
    """The menus of the file, or of the handlers package, paired with the routes of the package.

    Findings in the file end the command with exit code 1.
    """
    try:
        return read(file, options)
    except MenuError as error:
        fail(str(error), FAILED)


def _for_nobody(settings: Settings) -> Settings:
    """The settings with credentials, so that handlers may take a Client, though none is used."""
    missing = {name: "none" for name in ("app_id", "app_secret") if not getattr(settings, name)}
    return settings.model_copy(update=missing)


def read(file: Path | None, options: Mapping[str, Any], *, offline: bool = False) -> Source:
    """The same, with the findings in the file as MenuError. `offline`: no account is needed, so
    none is invented."""
    settings = _for_nobody(offline_settings(options)) if offline else api_settings(options)
    menus = MenuSet.from_file(file) if file else None
    replies = reply_router(menus).routes if menus else []
    if menus and not _package_is_there(settings):
        return Source(settings, menus, None)
    bot = load_bot(settings)
    if menus is None:
        if bot.menu is None:
            fail(
                f"{settings.handlers} has no menu; write `menu = Menu(…)` in a module of it, or "
                "give a FILE"
            )
        return Source(settings, bot.menu, bot.assemble().routes)
    # The file stands in for the menu of the package, and its replies for the replies there.
    own = [route for route in bot.assemble().routes if not route.declared]
    routes = (*own, *replies)
    return Source(settings, pair(menus, routes), routes)


def _package_is_there(settings: Settings) -> bool:
    """A file can be checked and published without a bot; only its keys are not compared then. A
    package that was named has to be there."""
    default = Settings.model_fields["handlers"].default
    return settings.handlers != default or Path(default).is_dir() or Path(f"{default}.py").is_file()


def _invented_hint() -> str:
    page = page_of_dev()
    started = (
        f"`wxevents dev` runs in this folder: set WXEVENTS_API_BASE={page}"
        if page
        else "Start `wxevents dev` or `wxevents emulate` in this folder, in another terminal, and "
        "set WXEVENTS_API_BASE to the address that it shows"
    )
    return (
        f"\nWhat {ACCOUNT_FILE} holds is invented. {started}; or configure an account: "
        "WXEVENTS_APP_ID and WXEVENTS_APP_SECRET"
    )


def call(settings: Settings, work: Callable[[Client], Awaitable[T]]) -> T:
    """Run `work` with a client of the account; what fails becomes a sentence and exit code 1."""
    require_credentials(settings)
    default = Settings.model_fields["api_base"].default
    if is_invented(settings) and settings.api_base == default:
        fail(f"no account is configured.{_invented_hint()}", FAILED)

    async def run() -> T:
        async with Client(settings) as client:
            return await work(client)

    try:
        return asyncio.run(run())
    except (CallFailed, MenuError, PublishingError) as error:
        invented = is_invented(settings) and isinstance(error, TokenError | ApiUnreachable)
        hint = _invented_hint() if invented else ""
        fail(f"{error}{hint}", FAILED)


def publisher(client: Client, settings: Settings, progress: Progress | None = None) -> Publisher:
    """The publisher of the account, with its snapshot below `.wxevents/`."""
    # An emulator that plays the same account has other menus.
    host = re.sub(r"[^\w.-]", "_", settings.api_base.partition("://")[2])
    path = Path(".wxevents") / f"menu-{settings.app_id}-{host}.json"
    return Publisher(client, SnapshotFile(path), progress=progress)


async def named_tags(client: Client, *menus: MenuSet | None) -> Mapping[str, str]:
    """The names of tags by id; no call where none of the menus is for a tag."""
    if any(one.match.tag_id for known in menus if known for one in known.conditional):
        return await tag_names(client)
    return {}


def warn_of(findings: Sequence[Finding]) -> None:
    """Say what `menu check` would, in front of a plan."""
    for finding in findings:
        typer.echo(f"warning: {finding}", err=True)

"""Where an inbox command gets its inbox and its entries from."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from wxevents.cli.account import is_invented, store_settings
from wxevents.cli.options import FAILED, fail
from wxevents.cli.printing import visible
from wxevents.clock import SystemClock
from wxevents.errors import StoreError
from wxevents.settings import Settings
from wxevents.store import Entry, Inbox, open_store

T = TypeVar("T")

_MOST_NAMED: Final = 10


def call(settings: Settings, work: Callable[[Inbox], Awaitable[T]]) -> T:
    """Run `work` with the inbox of the account; a store that fails becomes a sentence and exit
    code 1."""
    store = open_store(settings.store, settings.account, SystemClock())
    if not store.is_lasting:
        fail(
            "WXEVENTS_STORE is memory://, which nobody but its server can look into; with a store "
            "that lasts, sqlite:// or redis://, these commands work"
        )

    async def run() -> T:
        async with store.inbox() as inbox:
            return await work(inbox)

    try:
        return asyncio.run(run())
    except StoreError as error:
        fail(str(error), FAILED)


def read(options: Mapping[str, Any]) -> tuple[Settings, Sequence[Entry]]:
    """The settings, and all that the inbox holds, the oldest first."""
    settings = store_settings(options)
    return settings, call(settings, lambda inbox: inbox.entries())


def empty(settings: Settings) -> str:
    """The sentence on an inbox without entries; whose it is explains most surprises."""
    invented = ", the account invented for development" if is_invented(settings) else ""
    return f"the inbox of {settings.account}{invented} is empty"


def find(entries: Sequence[Entry], part: str, settings: Settings) -> Entry:
    """The entry with this identity, or with this part of one; anything but one ends the command."""
    found = [entry for entry in entries if entry.identity == part]
    found = found or [entry for entry in entries if part in entry.identity]
    if not entries:
        fail(empty(settings), FAILED)
    if len(found) != 1:
        fail(_not_one(part, [entry.identity for entry in found]), FAILED)
    return found[0]


def _not_one(part: str, identities: Sequence[str]) -> str:
    if not identities:
        return f"no entry has {part!r} in its identity; `wxevents inbox list --all` shows them all"
    named = [f"  {visible(identity)}" for identity in identities[:_MOST_NAMED]]
    if len(identities) > _MOST_NAMED:
        named.append(f"  and {len(identities) - _MOST_NAMED} more")
    head = f"{len(identities)} entries have {part!r} in their identity, give more of it:"
    return "\n".join((head, *named))

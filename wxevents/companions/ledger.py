"""The messages of each user that belong to events, as all processes of the account see them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from wxevents.clock import Clock, sleep
from wxevents.companions.gathering import UserMessages
from wxevents.errors import StoreError
from wxevents.store import Store, leased, let_go

log: Final = logging.getLogger(__name__)

T = TypeVar("T")

# Seconds between two attempts of what the store could not do.
_PAUSE: Final = 1.0


def completed(event: str) -> str:
    """The name that is settled once an event has all its messages."""
    return f"joined:{event}:complete"


def answered(event: str) -> str:
    """The name that is settled with the answer to the last message of an event, or with "" once
    that will be late."""
    return f"joined:{event}:answer"


def taken(message: str) -> str:
    """The name that is settled once an event has taken a message that came before it."""
    return f"joined:{message}:taken"


def _never() -> bool:
    return False


class Ledger:
    """Every change is on disk before it is told. What is decided is decided here; names that are
    settled only wake who waits."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def change(
        self,
        openid: str,
        change: Callable[[UserMessages], T],
        over: Callable[[], bool] = _never,
    ) -> T:
        """Make a change to what is known of a user, and give what it gives. It is tried, from the
        beginning, until the store can do it; once it is `over`, StoreError is raised."""
        while True:
            try:
                return await self._change(openid, change)
            except StoreError as error:
                if over():
                    raise
                log.error("messages that belong to events wait for the store: %s", error)  # noqa: TRY400
            await sleep(_PAUSE, self.clock)

    async def _change(self, openid: str, change: Callable[[UserMessages], T]) -> T:
        name = f"companions:{openid}"
        async with leased(self.store, name) as lease:
            before = await self.store.get(name)
            messages = UserMessages.from_json(before) if before else UserMessages()
            messages.forget(self.clock.time())
            result = change(messages)
            after = messages.to_json()
            if after != (before or _NOTHING):
                await self.store.put(name, after, messages.kept_for(), holding=lease)
        return result

    async def wake(self, name: str, answer: str = "") -> None:
        """Give those who wait for the name this answer."""
        try:
            await self.store.settle(name, answer)
        except StoreError as error:  # they look at the ledger when their time is over
            log.warning("%s is not told: %s", name, error)

    async def told(self, name: str, limit: Coroutine[Any, Any, None]) -> str | None:
        """The answer that the name is woken with; None once `limit` is done."""
        waiting = asyncio.ensure_future(self.wait(name))
        limited = asyncio.ensure_future(limit)
        try:
            await asyncio.wait((waiting, limited), return_when=asyncio.FIRST_COMPLETED)
            return waiting.result() if waiting.done() else None
        finally:
            waiting.cancel()
            limited.cancel()
            await asyncio.wait((waiting, limited))

    async def wait(self, name: str) -> str:
        """Wait for the answer that the name is woken with. Who waits holds the name, unless another
        one does: only so there is something to wait for."""
        mine = False
        try:
            while True:
                try:
                    claim = await self.store.claim(name)
                    mine = mine or claim.mine
                    answer = claim.answer
                    if answer is None:
                        answer = await self.store.wait(name)
                except StoreError as error:
                    log.error("%s waits for the store: %s", name, error)  # noqa: TRY400
                    await sleep(_PAUSE, self.clock)
                else:
                    if answer is not None:
                        return answer
        except asyncio.CancelledError:
            if mine:  # or it would be held for as long as this process lives
                await let_go(self.store, name)
            raise


_NOTHING: Final = UserMessages().to_json()

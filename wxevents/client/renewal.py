"""Keeping an access token fresh: one refresh at a time, however many callers wait for it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Final

from wxevents.clock import Clock
from wxevents.errors import WxeventsError

log: Final = logging.getLogger(__name__)

# Protocol: within 5 minutes of its end the platform gives a new token, and both are valid.
OVERLAP: Final = 300.0
# After a refresh that failed, or that gave a token about to end, the next one waits so long.
PAUSE: Final = 10.0


@dataclass(frozen=True)
class AccessToken:
    """An access token and the seconds that it lives from the moment it was asked for."""

    token: str = field(repr=False)
    expires_in: float


class Renewal:
    """The token of one account within one process.

    A subclass says how one is fetched. The refresh is a task of its own, so a caller who is
    cancelled takes nothing from the others. From the overlap on callers still get the old token
    while the new one is fetched; they wait only when there is none that the platform takes.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._token = ""
        self._ends = self._due = clock.monotonic()
        self._refresh: asyncio.Task[None] | None = None
        self._replaces = ""

    async def get(self) -> str:
        """A token that lives. Raises CallFailed if there is none and none can be fetched."""
        now = self._clock.monotonic()
        if now >= self._due and self._refresh is None:
            self._start("")
        if self._refresh and (now >= self._ends or self._replaces):
            await self._join(self._refresh)
        return self._token

    async def renewed_after(self, failed: str) -> str:
        """A token to use after the platform refused `failed`: what somebody else renewed in the
        meantime, or the outcome of one refresh. It may be `failed` again."""
        if self._refresh and self._replaces != failed:
            await self._join(self._refresh)
        if self._token == failed:
            await self._join(self._refresh or self._start(failed))
        return self._token

    async def close(self) -> None:
        """End a refresh that is under way."""
        if self._refresh:
            self._refresh.cancel()
            await asyncio.wait((self._refresh,))

    async def fetch(self, failed: str) -> AccessToken:
        """A new token; `failed` is the token that the platform refused, "" in the usual case."""
        raise NotImplementedError

    def _start(self, failed: str) -> asyncio.Task[None]:
        self._replaces = failed
        self._refresh = asyncio.create_task(self._renew(failed), name="refresh of a token")
        self._refresh.add_done_callback(self._finished)
        return self._refresh

    async def _renew(self, failed: str) -> None:
        asked = self._clock.monotonic()
        fetched = await self.fetch(failed)
        self._token = fetched.token
        self._ends = asked + fetched.expires_in
        self._due = asked + max(fetched.expires_in - OVERLAP, min(PAUSE, fetched.expires_in))

    def _finished(self, refresh: asyncio.Task[None]) -> None:
        self._refresh = None
        if refresh.cancelled() or not (error := refresh.exception()):
            return
        now = self._clock.monotonic()
        remaining = self._ends - now
        if remaining > 0:  # nobody waits, or those who do get the error
            self._due = now + PAUSE
            # Only our own errors are known to hold no secret.
            reason = error if isinstance(error, WxeventsError) else type(error).__name__
            log.warning(
                "the access token could not be refreshed, the old one lives %d s more: %s",
                remaining,
                reason,
            )

    async def _join(self, refresh: asyncio.Task[None]) -> None:
        """Wait for the refresh without being able to cancel it; raises what it raised."""
        await asyncio.wait((refresh,))
        await asyncio.sleep(0)  # its callback comes first
        if refresh.cancelled():  # which is not this caller's cancellation
            raise RuntimeError("the client was closed while a token was fetched")
        refresh.result()

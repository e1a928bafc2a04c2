"""Access tokens of one account (protocol: access token): given out, replaced, judged."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from wxevents.clock import Clock
from wxevents.emulator.refusals import Refusal
from wxevents.emulator.state.quotas import CHINA

LIFE: Final = 7200
"""Seconds that a token is valid."""

OVERLAP: Final = 300
"""Seconds that a replaced token stays valid, and that the stable one is renewed before its end."""

FORCED_PER_DAY: Final = 20
FORCED_APART: Final = 30
"""Seconds between two forced refreshes; one that comes earlier is ignored."""

LENGTH: Final = 512
"""Characters: what the platform advises to make room for."""

_WELL_FORMED: Final = re.compile(r"\d+_[\w-]{100,}", re.ASCII)


@dataclass
class _Token:
    text: str
    expires: float
    replaced: float | None = None


class Tokens:
    """The tokens of one account. Plain and stable ones do not touch each other."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, _Token] = {}
        self._plain: _Token | None = None
        self._stable: _Token | None = None
        self._forced_at = float("-inf")
        self._forced_on = ""
        self._forced = 0

    def plain(self) -> dict[str, object]:
        """Always a new token; the previous one is valid for 5 more minutes."""
        if self._plain:
            self._plain.replaced = self._clock.monotonic() + OVERLAP
        self._plain = self._issue()
        return self._answer(self._plain)

    def stable(self, *, force_refresh: bool = False) -> dict[str, object]:
        """The same token while it is valid; in its last 5 minutes a new one, and the old one lives
        on to its end.

        A forced refresh kills the old one at once. It is ignored within 30 s of the one before and
        from the 21st of a day on.
        """
        now = self._clock.monotonic()
        if force_refresh and self._may_force(now):
            if self._stable:
                self._stable.replaced = now
            self._stable = self._issue()
        elif self._stable is None or now >= self._stable.expires - OVERLAP:
            self._stable = self._issue()
        return self._answer(self._stable)

    def judge(self, query: Mapping[str, str]) -> None:
        """Raise the Refusal of a call whose token is missing (41001), malformed (40014), unknown or
        replaced (40001), or expired (42001)."""
        text = query.get("access_token", "")
        if not text:
            raise Refusal(41001)
        if not _WELL_FORMED.fullmatch(text):
            raise Refusal(40014)
        token = self._issued.get(text)
        now = self._clock.monotonic()
        if token is None or (token.replaced is not None and now >= token.replaced):
            raise Refusal(40001)
        if now >= token.expires:
            raise Refusal(42001)

    def revoke(self) -> None:
        """Make every token invalid (40001), as resetting the AppSecret does."""
        self._issued.clear()
        self._plain = self._stable = None

    def expire(self) -> None:
        """Let every token that was given out have expired (42001)."""
        now = self._clock.monotonic()
        for token in self._issued.values():
            token.expires = min(token.expires, now)

    def valid(self) -> str:
        """A token for a call of the emulator's own."""
        return str(self.stable()["access_token"])

    def _issue(self) -> _Token:
        head = f"{len(self._issued) + 1}_"
        text = head + secrets.token_urlsafe(LENGTH)[: LENGTH - len(head)]
        token = _Token(text, self._clock.monotonic() + LIFE)
        self._issued[text] = token
        return token

    def _answer(self, token: _Token) -> dict[str, object]:
        remaining = int(token.expires - self._clock.monotonic())
        return {"access_token": token.text, "expires_in": remaining}

    def _may_force(self, now: float) -> bool:
        today = f"{datetime.fromtimestamp(self._clock.time(), CHINA):%Y-%m-%d}"
        if today != self._forced_on:
            self._forced_on, self._forced = today, 0
        if now - self._forced_at < FORCED_APART or self._forced >= FORCED_PER_DAY:
            return False
        self._forced_at = now
        self._forced += 1
        return True

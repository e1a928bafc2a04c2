"""An access token that several processes share, by way of their store."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

from wxevents.client.renewal import OVERLAP, AccessToken, log
from wxevents.client.tokens import StableToken
from wxevents.errors import StoreError
from wxevents.store import Store, leased

_NAME: Final = "access_token"
# Longer than a fetch takes with all its repetitions.
_PATIENCE: Final = 120.0


class SharedToken(StableToken):
    """The account's stable token, fetched by one process and used by all.

    Who needs another one holds a lease, and looks again inside it whether somebody has fetched one
    meanwhile; one who has lost the lease writes nothing. So each token that the platform refuses is
    replaced once, and never by an older one. Without its store a process fetches for itself: the
    platform gives the same token to all who ask.
    """

    def __init__(self, app_id: str, app_secret: str, store: Store, **options: Any) -> None:
        super().__init__(app_id, app_secret, **options)
        self._store = store

    async def fetch(self, failed: str) -> AccessToken:
        try:
            async with asyncio.timeout(_PATIENCE), leased(self._store, _NAME) as lease:
                known = await self._known(failed)
                if known:
                    return known
                fresh = await super().fetch(failed)
                await self._share(fresh, lease)
                return fresh
        except (StoreError, TimeoutError) as error:
            # Also where a process hangs that fetches one: the platform gives all the same token.
            log.warning("the access token is not shared now: %s", str(error) or "no answer")
            return await super().fetch(failed)

    async def _known(self, failed: str) -> AccessToken | None:
        """What another process has fetched, if it is another one than failed and lives on."""
        text = await self._store.get(_NAME)
        if text is None:
            return None
        shared = json.loads(text)
        remaining = shared["ends"] - self._clock.time()
        usable = shared["token"] != failed and remaining > OVERLAP
        return AccessToken(shared["token"], remaining) if usable else None

    async def _share(self, fresh: AccessToken, lease: str) -> None:
        value = json.dumps({"token": fresh.token, "ends": self._clock.time() + fresh.expires_in})
        await self._store.put(_NAME, value, fresh.expires_in, holding=lease)

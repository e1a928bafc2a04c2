"""The thread that tells Redis that this process lives, and what it still works at.

Not the event loop: a handler may block that for longer than a lease, without losing what it holds.
"""

from __future__ import annotations

import asyncio
import logging
import math
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic
from typing import Final

from redis.exceptions import RedisError

from wxevents.store.redis_address import Address, sentinels_of
from wxevents.store.redis_link import explained
from wxevents.store.redis_scripts import BEAT

log: Final = logging.getLogger(__name__)

_AT_ONCE: Final = 1_000


class Heart:
    """Beats three times a lease, over a connection of its own.

    `keys` are those of the processes and of the stream, `messages` the ids that this process works
    at, `holds` the keys that end after `holds_last` seconds unless they are renewed.
    """

    def __init__(
        self,
        address: Address,
        me: str,
        lease: float,
        keys: Sequence[str],
        messages: Callable[[], Sequence[str]],
        holds: Callable[[], Sequence[str]],
        holds_last: float,
    ) -> None:
        self._address = address
        self._me = me
        self._lease = lease
        self._keys = keys
        self._messages = messages
        self._holds = holds
        self._holds_last = holds_last
        self._stopping = threading.Event()
        self._beaten = -math.inf
        self._revived = -math.inf

    async def start(self) -> None:
        """Beat once, and go on. Raises StoreError."""
        self._client = self._address.blocking_client()
        self._script = self._client.register_script(BEAT)
        try:
            await asyncio.to_thread(self._beat)
        except (RedisError, OSError) as error:
            raise explained(self._address, error) from error
        self._revived = -math.inf
        # A daemon: a store that nobody closes must not keep its process from ending.
        self._thread = threading.Thread(target=self._work, name="wxevents-heart", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        self._stopping.set()
        await asyncio.to_thread(self._thread.join)

    @property
    def is_steady(self) -> bool:
        """Whether the others had time to beat as well, after Redis could not be reached: until then
        nobody can tell who lives."""
        now = monotonic()
        return now < self._beaten + self._lease and now > self._revived + self._lease / 2

    def _work(self) -> None:
        pause = self._lease / 3
        well = True
        while not self._stopping.wait(pause):
            try:
                self._beat()
            except (RedisError, OSError) as error:
                if well:
                    log.warning("%s", explained(self._address, error))
                well, pause = False, self._lease / 20
            except Exception:  # whoever stops beating loses everything that he holds
                log.exception("the leases on %s were not renewed", self._address.shown)
                well, pause = False, self._lease / 20
            else:
                if not well:
                    log.info("%s can be reached again", self._address.shown)
                well, pause = True, self._lease / 3
        with suppress(RedisError, OSError):
            for client in (self._client, *sentinels_of(self._client)):
                client.connection_pool.disconnect()

    def _beat(self) -> None:
        messages = self._messages()
        lease = round(self._lease * 1000)
        for start in range(0, max(1, len(messages)), _AT_ONCE):
            some = messages[start : start + _AT_ONCE]
            self._script(keys=self._keys, args=[self._me, lease, *some])
        with self._client.pipeline(transaction=False) as renewal:
            for key in self._holds():
                renewal.pexpire(key, round(self._holds_last * 1000))
            renewal.execute()
        now = monotonic()
        if now > self._beaten + self._lease:
            self._revived = now
        self._beaten = now

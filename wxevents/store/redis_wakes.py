"""Waking who waits for a name: one subscription for the whole process."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from wxevents.store.redis_link import end

log: Final = logging.getLogger(__name__)


class Wakes:
    """Wakes by what is published on a channel: a name, or "" for all of them.

    What is published while the connection is lost is not seen, so that all are woken after that. A
    connection that says nothing is asked for a sign of life every `pause` seconds.
    """

    def __init__(self, client: Redis, channel: str, pause: float) -> None:
        self._client = client
        self._channel = channel
        self._pause = pause
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._listening = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        if self._listening:
            await end(self._listening)

    @contextmanager
    def waiting(self, name: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever something may have happened to that name."""
        event = asyncio.Event()
        self._waiting[name].add(event)
        try:
            yield event
        finally:
            self._waiting[name].discard(event)
            if not self._waiting[name]:
                del self._waiting[name]

    def wake(self, name: str) -> None:
        for waiting in (self._waiting.get(name, ()),) if name else self._waiting.values():
            for event in waiting:
                event.set()

    async def _listen(self) -> None:
        while True:
            try:
                await self._subscribe()
            except (RedisError, OSError, RuntimeError) as error:  # the last by uvloop, see Link
                log.debug("the subscription is lost: %s", error)
                await asyncio.sleep(self._pause / 10)

    async def _subscribe(self) -> None:
        async with self._client.pubsub() as subscription:
            await subscription.subscribe(self._channel)
            asked = False
            while True:
                message: dict[str, Any] | None = await subscription.get_message(timeout=self._pause)
                if message is None:
                    if asked:
                        return  # half of the connection is gone; begin anew
                    await subscription.ping()
                elif message["type"] == "subscribe":
                    self.wake("")
                elif message["type"] == "message":
                    self.wake(message["data"])
                asked = message is None

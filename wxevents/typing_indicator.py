"""The typing indicator (正在输入) while a handler takes its time; it never delays the answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Final, Self, TypeVar

from wxevents.client import Client
from wxevents.clock import Clock, sleep
from wxevents.errors import CallFailed

log: Final = logging.getLogger(__name__)

T = TypeVar("T")

# A handler that is done by then needs none, and one that yields often makes no call for each.
_FIRST_AFTER: Final = 0.5
# Protocol: shown for 15 s, and refused while it is shown (45081); counted from the answer to the
# call, so that the platform's 15 s are over.
_AGAIN_AFTER: Final = 15.2


class TypingIndicator:
    """Shown to one user from `start` to `end`; within `with`, as well. What ended stays so.

    Without a `client` nothing is shown. The platform shows it for at most 30 s after what the user
    did (45080); that, and every other failure, ends it quietly.
    """

    def __init__(self, client: Client | None, openid: str, clock: Clock) -> None:
        self._client = client
        self._openid = openid
        self._clock = clock
        self._ended = False
        self._showing: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._client and not self._ended and self._showing is None:
            self._showing = asyncio.create_task(self._show(self._client), name="typing indicator")

    def end(self) -> None:
        self._ended = True
        if self._showing:
            self._showing.cancel()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.end()

    async def _show(self, client: Client) -> None:
        await sleep(_FIRST_AFTER, self._clock)
        try:
            while True:
                await client.messages.typing(self._openid)
                await sleep(_AGAIN_AFTER, self._clock)
        except CallFailed as error:
            log.debug("nobody is shown typing any more: %s", error)
        except Exception:
            log.exception("the typing indicator failed; the answer follows all the same")


async def while_awaited(
    answers: AsyncIterator[T], indicator: Callable[[], TypingIndicator]
) -> AsyncIterator[T]:
    """The answers, with an indicator shown while each of them is waited for."""
    while True:
        with indicator():
            try:
                answer = await anext(answers)
            except StopAsyncIteration:
                return
        yield answer

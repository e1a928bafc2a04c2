"""The messages' side: each finds the event that it belongs to, and the last one gets the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from wxevents.companions.gathering import EARLY_FOR, Arrived, Gathering, UserMessages, read
from wxevents.companions.ledger import Ledger, answered, completed, taken
from wxevents.events import ImageMessage, LocationMessage
from wxevents.routing import LatePolicy, Placeholder
from wxevents.runs import COMMIT_LIMIT, DELIVERIES_END, Run

T = TypeVar("T")

# What the ledger gets to write down that a message is answered without waiting any longer.
_MARGIN: Final = COMMIT_LIMIT


class MessageRun:
    """The run of one message that may belong to an event."""

    def __init__(self, ledger: Ledger, run: Run, message: ImageMessage | LocationMessage) -> None:
        self._ledger = ledger
        self._clock = ledger.clock
        self._run = run
        self._message = message
        self._openid = message.openid
        self._identity = run.push.identity

    async def join(self) -> bool:
        """Answer the message if it belongs to an event; False if it belongs to none.

        All but the last are answered with nothing, at once. The last one gets the answer of the
        event's handler if that is in time. Raises StoreError once it is too late for either.
        """
        push = self._run.push
        # Until it is written down where it belongs, the message may not be acknowledged.
        policy, push.policy = push.policy, "redelivery"
        gathering = await self._gathering()
        if gathering is None:
            push.policy = policy
            return False
        push.handler = gathering.handler or None
        answer = ""
        if gathering.is_last(self._identity):
            try:
                answer = await self._answer(gathering, read(gathering.policy), policy)
            except asyncio.CancelledError:  # by the shutdown
                await self._run.settle(await self._give_up(gathering.identity) or "")
                raise
        await self._run.settle(answer)
        return True

    async def _gathering(self) -> Gathering | None:
        """What the message has joined; None if its event has not come after two seconds."""
        identity = self._identity
        waited = self._clock.monotonic() - self._run.first_seen
        arrived = Arrived(
            identity,
            "image" if isinstance(self._message, ImageMessage) else "location",
            self._message.raw,
            self._clock.time() - waited,
        )
        gathering = await self._change(lambda messages: messages.join(arrived))
        if gathering is None:
            if waited < EARLY_FOR:
                await self._ledger.told(taken(identity), self._run.wait(EARLY_FOR - waited))
            gathering = await self._change(lambda messages: messages.leave(identity))
        if gathering and gathering.full:
            await self._ledger.wake(completed(gathering.identity))
        return gathering

    async def _answer(self, gathering: Gathering, own: LatePolicy | None, usual: LatePolicy) -> str:
        """What the last message gets: the answer of the event's handler, or what stands for it if
        that is late. `own` is the policy of that handler."""
        event, policy = gathering.identity, own or usual
        if gathering.answer is not None:
            return gathering.answer
        if not gathering.late:
            patience, answer = self._patience(own, usual), None
            if patience > 0:
                answer = await self._ledger.told(answered(event), self._run.wait(patience))
            if answer is None:
                answer = await self._give_up(event)
            if answer is not None:
                return answer
        if isinstance(policy, Placeholder):
            return self._run.job.placeholder(policy.text)
        return ""

    async def _give_up(self, event: str) -> str | None:
        """Wait no longer for the event's answer, which is given if it is there after all."""
        answer = await self._change(lambda messages: messages.give_up(event))
        if answer is None:
            await self._ledger.wake(answered(event))
        return answer

    def _patience(self, own: LatePolicy | None, usual: LatePolicy) -> float:
        """Seconds that the last message waits for its answer."""
        if (own or usual) == "redelivery":
            # The window answers the last delivery.
            return DELIVERIES_END - (self._clock.monotonic() - self._run.first_seen)
        seconds = self._run.push.remaining - _MARGIN
        if isinstance(own, Placeholder):
            seconds = min(seconds, own.after)
        return seconds

    async def _change(self, change: Callable[[UserMessages], T]) -> T:
        return await self._ledger.change(self._openid, change, lambda: self._run.is_over)

"""What is left of a push that was acknowledged: its handler goes on, or runs again in another
process, and what it says is sent later."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from wxevents.clock import Clock
from wxevents.errors import LeaseLost, PushRefused
from wxevents.events import Event, parse
from wxevents.handling import Handling, is_shutdown, shown, trace
from wxevents.observe import PushTrace, Result, current_push
from wxevents.outbox import LateAnswer, described
from wxevents.replies import Reply, TextReply
from wxevents.routing import Push
from wxevents.store import Entry
from wxevents.typing_indicator import while_awaited

log: Final = logging.getLogger(__name__)

# Rounds of the event loop in which a delivery that was given its answer has written its response.
_ROUNDS_OF_A_RESPONSE: Final = 20


class Unfinished:
    """A push that is in the inbox and has more to say."""

    def __init__(
        self,
        handling: Handling,
        event: Event,
        push: Push,
        late: LateAnswer,
        started: float | None = None,
    ) -> None:
        self._handling = handling
        self._event = event
        self._push = push
        self._late = late
        self._started = handling.clock.monotonic() if started is None else started
        self._in_time = started is not None and late.entry.answers > 0

    async def finish(self, reply: Reply | None, error: BaseException | None) -> None:
        """The handler has given its first answer, or failed."""
        await self._guarded(self._finish(reply, error))

    async def go_on(self) -> None:
        """What was waiting is sent; the handler runs again unless it had said everything."""
        await self._guarded(self._go_on())

    async def _finish(self, reply: Reply | None, error: BaseException | None) -> None:
        if error is not None:
            await self._late.fail(described(error), self._apology())
        else:
            await self._say(reply)

    async def _go_on(self) -> None:
        await self._late.resume()
        entry = self._late.entry
        if entry.answered:
            return
        limit = self._handling.settings.max_runs
        if entry.run - entry.stops > limit:
            await self._late.fail(
                f"its process ended {limit} times before {entry.handler or 'its handler'} was done",
                self._apology(),
            )
            return
        self._event = await self._late.event(self._push)
        with self._handling.typing(self._event):
            reply = await self._handling.dispatcher.dispatch(self._event, self._push)
        await self._say(reply)

    async def _say(self, first: Reply | None) -> None:
        """Send what the handler says, but for answers that are accounted for."""
        done = self._late.entry.answers
        if self._push.answers is None and not done:
            await self._late.send(self._shown(first), last=True)
            return
        if self._in_time:
            # The first answer goes its own way, as the response to a delivery: let that leave the
            # process before what follows it, or the user reads the second answer first.
            for _ in range(_ROUNDS_OF_A_RESPONSE):
                await asyncio.sleep(0)
        number = 0
        async for reply in self._answers(first):
            number += 1
            if number > done:
                await self._late.send(self._shown(reply), last=False)
        await self._late.end()

    async def _answers(self, first: Reply | None) -> AsyncIterator[Reply | None]:
        yield first
        further = self._handling.dispatcher.further(self._event, self._push)
        async for reply in while_awaited(further, lambda: self._handling.typing(self._event)):
            yield reply

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """Close or release the entry however the work ends."""
        push, late = self._push, self._late
        # Who was given his first answer in time was answered, whatever follows.
        result: Result = "answered" if self._in_time else "late"
        try:
            await work
        except LeaseLost:
            log.warning("%s: another process has taken it over", push.handler or push.identity)
            self._handling.tell(self._event, push, "failed", self._started, "taken_over")
            return
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if is_shutdown(error):
                log.warning("%s is left to another process", push.handler or push.identity)
                await late.release()
                raise
            log.exception("%s failed on %s", push.handler or "the bot", self._event.name)
            result = "failed"
            await self._fail(error)
        finally:
            if push.answers is not None:
                await push.answers.aclose()
        if late.entry.state == "dead":
            result = "failed"
        told = "" if late.in_time else late.entry.result
        self._handling.tell(self._event, push, late.in_time or result, self._started, told)

    async def _fail(self, error: BaseException) -> None:
        """The apology; if that fails as well, at least the entry is closed."""
        try:
            await self._late.fail(described(error), self._apology())
        except LeaseLost:
            log.warning("%s: another process has taken it over", self._push.identity)
        except Exception:
            log.exception("%s gets no apology", self._push.identity)
            await self._late.bury(described(error))

    def _shown(self, reply: Reply | None) -> Reply | None:
        return shown(reply, self._event, self._push)

    def _apology(self) -> Reply | None:
        text = self._handling.settings.apology
        return TextReply(text) if text and self._event.answerable else None


async def resume(handling: Handling, entry: Entry) -> None:
    """Go on with a push that another process left behind; to be run in a task of its own."""
    try:
        event = parse(dict(entry.fields))
    except PushRefused as error:  # whoever kept it could read it: another version
        log.error("%s cannot be read any more: %s", entry.identity, error)  # noqa: TRY400
        await LateAnswer(handling.outbox, entry, Event.model_construct()).bury(str(error))
        return
    joined = handling.companions and handling.companions.resumed(entry, event)
    late = joined or LateAnswer(handling.outbox, entry, event)
    push = Push(entry.identity, handling.clock, 0.0, run=entry.run)
    push.handler, push.late = entry.handler or None, True
    current_push.set(_Resumed(event, push, entry.received, handling.clock))
    await Unfinished(handling, event, push, late).go_on()


@dataclass(frozen=True)
class _Resumed:
    """A push that goes on, for the log."""

    event: Event
    push: Push
    received: float
    clock: Clock

    def trace(self) -> PushTrace:
        return trace(self.event, self.push, self.clock.time() - self.received)

"""Delivering pushes to the bot as the platform does: five seconds each, several times, and then an
outage (protocol: timing and retries)."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final, Self

import aiohttp

from wxevents.clock import sleep
from wxevents.emulator.records import Alarm, Delivery, PushOutcome, PushRecord
from wxevents.emulator.shown import push_json
from wxevents.emulator.state.account import Account
from wxevents.errors import AnswerError
from wxevents.exchange import Request, Response
from wxevents.pushes import ANSWER_TIMEOUT, Platform
from wxevents.pushes.posting import post
from wxevents.settings import Settings

CONNECT_TIMEOUT: Final = 3.0
"""Seconds; the alarm page has 5 s in its table and 3 s in its prose."""

PAUSE: Final = 60.0
"""Seconds for which the platform pushes nothing after many failures (MarkFail)."""


class Webhook:
    """The bot's URL, and the way there. Deliver within `async with webhook:`."""

    def __init__(self, account: Account, settings: Settings, url: str | None) -> None:
        self.url = url
        self.settings = settings
        self.keep_alive = False
        """Whether connections are used again, which is faster; a bot that is being replaced would
        answer on those that it still has."""
        self.platform = Platform(settings)
        self._account = account
        self._session: aiohttp.ClientSession | None = None
        self._failures: deque[float] = deque()
        self._paused_until = float("-inf")

    async def __aenter__(self) -> Self:
        # Without limits: who presses a thousand buttons a second must not queue here.
        connector = aiohttp.TCPConnector(limit=0, force_close=not self.keep_alive)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT)
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        return self

    async def __aexit__(self, *exception: object) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    async def deliver(self, push: PushRecord) -> None:
        """Deliver until it is answered, or was delivered often enough; the record tells how it
        ended."""
        now = self._account.clock.monotonic()
        push.outcome, push.alarm = "waiting", None
        self.tell(push)
        if self.url is None or self._session is None:
            push.outcome = "unconfigured"
        elif now < self._paused_until:
            push.outcome, push.alarm = "paused", "mark_fail"
        else:
            push.outcome = await self._deliver(push)
            if push.outcome == "outage":
                self._count_failure()
        self.tell(push)

    async def _deliver(self, push: PushRecord) -> PushOutcome:
        for attempt in range(1, self._account.switches.deliveries + 1):
            copies = 2 if self._account.faults.duplicate else 1
            attempts = [self._attempt(push, attempt) for _ in range(copies)]
            deliveries = await asyncio.gather(*attempts)
            if any(one.accepted for one in deliveries):
                push.answer = next((one.answer for one in deliveries if one.answer), None)
                return "answered" if push.answer else "empty"
            push.alarm = deliveries[0].alarm
            answered = deliveries[0].response
            if answered and answered.status == 200:
                break  # an illegal answer is an answer: it is not asked for again (inferred)
        return "outage"

    async def _attempt(self, push: PushRecord, attempt: int) -> Delivery:
        clock = self._account.clock
        started = clock.steady()
        request = self.platform.delivery(push.fields, int(clock.wall()))
        delivery = Delivery(attempt, started - push.started, request)
        push.deliveries.append(delivery)
        self.tell(push)
        try:
            delivery.response = await self._within(ANSWER_TIMEOUT, request)
            answer = self.platform.judge(delivery.response, push.fields)
        except aiohttp.ConnectionTimeoutError:
            delivery.verdict = f"no connection within {CONNECT_TIMEOUT:.0f} s"
            delivery.alarm = "connect_timeout"
        except TimeoutError:
            delivery.verdict = f"no answer within {ANSWER_TIMEOUT:.0f} s: the connection is dropped"
            delivery.alarm = "response_timeout"
        except AnswerError as error:
            delivery.verdict, delivery.alarm = str(error), "illegal_response"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            delivery.verdict, delivery.alarm = _no_exchange(error)
        else:
            delivery.accepted = True
            delivery.verdict = "accepted" if answer else "accepted: an empty answer"
            delivery.answer = answer
        delivery.seconds = clock.steady() - started
        self.tell(push)
        return delivery

    async def _within(self, seconds: float, request: Request) -> Response:
        """The bot's answer; raises TimeoutError when the platform would have dropped the
        connection."""
        exchange = asyncio.ensure_future(self._exchange(request))
        timer = self._account.clock.call_later(seconds, exchange.cancel)
        try:
            return await exchange
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task and task.cancelling():
                raise
            raise TimeoutError from None
        finally:
            timer.cancel()
            exchange.cancel()

    async def _exchange(self, request: Request) -> Response:
        assert self._session
        assert self.url
        faults = self._account.faults
        if faults.delay:
            await sleep(faults.delay, self._account.clock)
        response = await post(self._session, self.url, request, self.settings.data_format)
        if faults.lose_answers:
            await asyncio.get_running_loop().create_future()  # until the platform gives up
        return response

    def tell(self, push: PushRecord) -> None:
        """Let the pages see how it stands."""
        self._account.feed.tell(
            lambda: {"push": push_json(push, self.platform, self.url)}, alters=False
        )

    def _count_failure(self) -> None:
        now = self._account.clock.monotonic()
        self._failures.append(now)
        while self._failures[0] < now - PAUSE:
            self._failures.popleft()
        limit = self._account.switches.pause_after
        if limit and len(self._failures) >= limit:
            self._failures.clear()
            self._paused_until = now + PAUSE


def _no_exchange(error: Exception) -> tuple[str, Alarm]:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"the name of the host is not known: {error.host}", "dns"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection: {error.os_error.strerror or error}", "connect_timeout"
    return f"the connection broke: {error or type(error).__name__}", "illegal_response"

"""The bot: settings, routers and middlewares put together, and the way of one push through them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from typing import Any, Final, Self, TypeVar

from wxevents.client import Client
from wxevents.clock import Clock, SystemClock
from wxevents.envelope import Envelope
from wxevents.errors import MalformedPush, PushRefused, RegistrationError, UntrustedPush
from wxevents.events import build_models, identity, parse
from wxevents.exchange import Request, Response
from wxevents.handling import NO_CLIENT, Handling
from wxevents.menu import Finding, Menu, MenuSet, check
from wxevents.observe import NO_METER, Meter, Observer
from wxevents.outbox import Outbox
from wxevents.pairing import compare, pair, reply_router
from wxevents.push_job import PushJob
from wxevents.recovery import Recovery
from wxevents.refusal_log import RefusalLog
from wxevents.routing import Dispatcher, LatePolicy, Middleware, Placeholder, Provided, Router
from wxevents.sessions import Sessions
from wxevents.settings import Settings
from wxevents.store import MeteredStore, Store, open_store
from wxevents.timeout_budget import TimeoutBudget
from wxevents.unfinished import resume
from wxevents.watchdog import Watchdog
from wxevents.window import Window

log: Final = logging.getLogger(__name__)

T = TypeVar("T")

# All refusals of a kind look alike: which check failed is nobody's business but the owner's.
_REFUSALS: Final = {
    UntrustedPush.status: Response(UntrustedPush.status, "text/plain", b"forbidden"),
    MalformedPush.status: Response(MalformedPush.status, "text/plain", b"bad request"),
}


class Bot:
    """A webhook for one account.

        bot = Bot(Settings.load(), routers=[router], middlewares=[timing])

    `routers` are asked as one; `menu` is what their keys belong to, and its click buttons may
    bring replies of their own; of `middlewares` the first is outermost; each of `observers` is
    called with the Outcome of every push; `client` calls the platform, by default for the account
    of the settings; `store` keeps what has to outlive the process, by default the one that the
    settings name; `meter` counts what happens, by default for `/metrics` where the settings have a
    port for that. Serve it with `serve(bot)`, mount it with
    `attach(app, bot, path="/wechat")`, or call `handle` from any other framework within
    `async with bot:`. Registrations that do not fit raise RegistrationError when it starts.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        routers: Sequence[Router] = (),
        menu: Menu | MenuSet | None = None,
        middlewares: Sequence[Middleware] = (),
        observers: Sequence[Observer] = (),
        client: Client | None = None,
        store: Store | None = None,
        clock: Clock | None = None,
        meter: Meter | None = None,
    ) -> None:
        self.settings = settings
        self._routers = tuple(routers)
        self._menu = MenuSet(menu) if isinstance(menu, Menu) else menu
        self._middlewares = tuple(middlewares)
        self._observers = list(observers)
        self.clock = clock or SystemClock()
        self.meter = meter = _meter(settings) if meter is None else meter
        store = store or open_store(settings.store, settings.account, self.clock)
        self.store: Store = store if meter is NO_METER else MeteredStore(store, meter)
        self._provided = Provided()
        self._provided.add(Settings, settings)
        self.client = client or _client(settings, self.store, self.clock, meter)
        if self.client:
            self._provided.add(Client, self.client)
        else:
            self._provided.explain(Client, NO_CLIENT)
        self._resources: list[tuple[type[Any], Callable[[], AbstractAsyncContextManager[Any]]]] = []
        self._envelope = Envelope(settings, self.clock)
        self._refusals = RefusalLog(self.clock)
        timeouts = TimeoutBudget(self.store, self.clock, settings.max_timeouts)
        self._window = Window(self.store, self.clock, settings.deadline, timeouts, meter)
        self._running = AsyncExitStack()
        self.is_running = False
        self._dispatcher: Dispatcher | None = None
        self._handling: Handling | None = None

    def provide(self, value: object, *, kind: type | None = None) -> None:
        """Let handlers take `value` by annotating a parameter with its class, or with `kind`."""
        self._require_not_assembled("provide")
        self._provided.add(kind or type(value), value)

    def resource(
        self, kind: type[T], factory: Callable[[], AbstractAsyncContextManager[T]]
    ) -> None:
        """Let handlers take a value that is opened when the bot starts and closed when it stops.

        bot.resource(Pool, open_pool)     # @asynccontextmanager async def open_pool(): …
        """
        self._require_not_assembled("resource")
        self._provided.announce(kind)
        self._resources.append((kind, factory))

    def observe(self, observer: Observer) -> None:
        """Call `observer` with the Outcome of every push from now on."""
        self._observers.append(observer)

    def assemble(self) -> Dispatcher:
        """Put the handlers together and check them; done once, at the latest by the first push.
        Raises RegistrationError."""
        if self._dispatcher is None:
            routers = list(self._routers)
            if self._menu:
                routers.append(reply_router(self._menu))
            dispatcher = Dispatcher(
                routers,
                self._middlewares,
                self._provided,
                Sessions(self.store, self.clock, self.settings.session_lifetime),
            )
            if self._menu:
                self._menu = pair(self._menu, dispatcher.routes)
            self._dispatcher = dispatcher
        return self._dispatcher

    @property
    def menu(self) -> MenuSet | None:
        """The menus of the bot, every handler in them replaced by its key; None without menus."""
        self.assemble()
        return self._menu

    def check_menu(self) -> list[Finding]:
        """What the platform would refuse in the menus, and what does not fit between them and the
        handlers; empty without menus. See `wxevents menu check`."""
        menus, routes = self.menu, self.assemble().routes
        return [*check(menus), *compare(menus, routes)] if menus else []

    async def __aenter__(self) -> Self:
        dispatcher = self.assemble()
        for finding in self.check_menu():
            log.warning("menu: %s", finding)
        build_models()
        settings = self.settings
        async with AsyncExitStack() as starting:
            store = await starting.enter_async_context(self.store)
            if self.client:
                await starting.enter_async_context(self.client)
            for kind, factory in self._resources:
                self._provided.open(kind, await starting.enter_async_context(factory()))
                starting.callback(self._provided.close, kind)
            if settings.blocked_after:
                watchdog = Watchdog(settings.blocked_after, dispatcher.handler_running)
                starting.enter_context(watchdog)
            recovery = Recovery(store, self.clock, partial(resume, self._handling_all()))
            starting.push_async_callback(self._drain, recovery)
            starting.push_async_callback(recovery.stop)
            await recovery.start()
            for weakness in await store.weaknesses():
                log.warning("store: %s", weakness)
            self._running = starting.pop_all()
        self.is_running = True
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Wait for running handlers, at most `shutdown_timeout` seconds, then close all. What was
        acknowledged and is not answered is left to the next process."""
        self.is_running = False
        await self._running.aclose()

    async def _drain(self, recovery: Recovery) -> None:
        """Let what runs finish, or leave it to the next process."""
        timeout = self.settings.shutdown_timeout
        await asyncio.gather(self._window.close(timeout), recovery.close(timeout))

    async def handle(self, request: Request) -> Response:
        """Answer one HTTP request to the webhook's path.

        Never raises: what is not proven to come from the platform gets 403, what cannot be read
        400, and everything else 200 with the sealed answer, which may take up to 6 s.
        """
        try:
            if request.method == "GET":
                return self._envelope.verify(request)
            if request.method != "POST":
                raise UntrustedPush(f"the platform never sends {request.method[:20]!r}")
            fields, cipher = self._envelope.open(request)
            event = parse(fields)
        except PushRefused as refused:
            return self.refuse(refused)
        arrived = self.clock.monotonic()
        job = PushJob(self._handling or self._handling_all(), event)
        answer = await self._window.answer(identity(event, self.settings.account), job)
        self.meter.delivered(self.clock.monotonic() - arrived)
        return self._envelope.seal(answer, cipher)

    def refuse(self, refused: PushRefused) -> Response:
        """Log the reason for the owner, and give the answer that tells the caller nothing."""
        self.meter.refused(refused.status)
        self._refusals.tell(refused)
        return _REFUSALS[refused.status]

    def _handling_all(self) -> Handling:
        """How pushes are handled from now on."""

        def redeliver() -> None:
            if handling.can_answer_later:
                handling.policy, handling.can_answer_later = "redelivery", False
                log.error(
                    "the account may send no customer-service messages (48001): late answers wait "
                    "for the platform's next delivery from now on; set WXEVENTS_LATE=redelivery"
                )

        handling = Handling(
            self.assemble(),
            self._envelope,
            Outbox(self.store, self.client, self.clock, redeliver),
            settings=self.settings,
            client=self.client,
            clock=self.clock,
            observers=self._observers,
            meter=self.meter,
        )
        if self.client is not None:
            handling.policy, handling.can_answer_later = _policy(self.settings), True
        self._handling = handling
        return handling

    def _require_not_assembled(self, method: str) -> None:
        if self._dispatcher is not None:
            raise RegistrationError(
                f"bot.{method}(…) comes too late: call it before the bot starts"
            )


def _client(settings: Settings, store: Store, clock: Clock, meter: Meter) -> Client | None:
    """A client for the account; None where only the webhook is configured."""
    if not (settings.app_id and settings.app_secret):
        return None
    return Client(settings, store=store, clock=clock, meter=meter)


def _meter(settings: Settings) -> Meter:
    """What counts, where the settings want to have it counted and the library is there."""
    if settings.metrics_port is None:
        return NO_METER
    try:
        # Imported where it is used: an extra, and 30 ms.
        from wxevents.metrics import PrometheusMeter
    except ModuleNotFoundError:
        log.warning("nothing is counted for /metrics: pip install 'wxevents[metrics]'")
        return NO_METER
    return PrometheusMeter()


def _policy(settings: Settings) -> LatePolicy:
    return Placeholder(settings.placeholder) if settings.late == "placeholder" else settings.late

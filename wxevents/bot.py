"""The bot: settings, routers and middlewares put together, and the way of one push through them."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final, Self, TypeVar, cast

from wxevents.client import Client
from wxevents.clock import Clock, SystemClock
from wxevents.envelope import Envelope
from wxevents.errors import MalformedPush, PushRefused, RegistrationError, ReplyError, UntrustedPush
from wxevents.events import Event, build_models, identity, parse
from wxevents.exchange import Request, Response
from wxevents.menu import Finding, Menu, MenuSet, check
from wxevents.observe import Observer, Outcome, Result
from wxevents.pairing import compare, pair, replying
from wxevents.replies import MediaKind, Reply, TextReply, answer_fields
from wxevents.routing import Dispatcher, Middleware, Provided, Push, Router
from wxevents.settings import Settings
from wxevents.watchdog import Watchdog
from wxevents.window import Window

log: Final = logging.getLogger(__name__)

T = TypeVar("T")

# All refusals of a kind look alike: which check failed is nobody's business but the owner's.
_REFUSALS: Final = {
    UntrustedPush.status: Response(UntrustedPush.status, "text/plain", b"forbidden"),
    MalformedPush.status: Response(MalformedPush.status, "text/plain", b"bad request"),
}

_NO_CLIENT: Final = "calls to the platform need WXEVENTS_APP_ID and WXEVENTS_APP_SECRET"


class Bot:
    """A webhook for one account.

        bot = Bot(Settings.load(), routers=[router], middlewares=[timing])

    `routers` are asked as one; `menu` is what their keys belong to, and its click buttons may
    bring replies of their own; of `middlewares` the first is outermost; each of `observers` is
    called with the Outcome of every push; `client` calls the platform, by default for the account
    of the settings. Serve it with `serve(bot)`, mount it with
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
        clock: Clock | None = None,
    ) -> None:
        self.settings = settings
        self._routers = tuple(routers)
        self._menu = MenuSet(menu) if isinstance(menu, Menu) else menu
        self._middlewares = tuple(middlewares)
        self._observers = list(observers)
        self.clock = clock or SystemClock()
        self._provided = Provided()
        self._provided.add(Settings, settings)
        self.client = client or _client(settings, self.clock)
        if self.client:
            self._provided.add(Client, self.client)
        else:
            self._provided.explain(Client, _NO_CLIENT)
        self._resources: list[tuple[type[Any], Callable[[], AbstractAsyncContextManager[Any]]]] = []
        self._envelope = Envelope(settings, self.clock)
        self._window = Window(self.clock, settings.deadline)
        self._running = AsyncExitStack()
        self._dispatcher: Dispatcher | None = None

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
                routers.append(replying(self._menu))
            dispatcher = Dispatcher(routers, self._middlewares, self._provided)
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
        async with AsyncExitStack() as starting:
            if self.client:
                await starting.enter_async_context(self.client)
            for kind, factory in self._resources:
                self._provided.open(kind, await starting.enter_async_context(factory()))
                starting.callback(self._provided.close, kind)
            if self.settings.blocked_after:
                watchdog = Watchdog(self.settings.blocked_after, dispatcher.handler_running)
                starting.enter_context(watchdog)
            starting.push_async_callback(self._window.close, self.settings.shutdown_timeout)
            self._running = starting.pop_all()
        return self

    async def __aexit__(self, *exception: object) -> None:
        """Wait for running handlers, at most `shutdown_timeout` seconds, then close all."""
        await self._running.aclose()

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
        apology = partial(self._apology, event)
        answer = await self._window.answer(
            identity(event, self.settings.app_id), partial(self._run, event, apology), apology
        )
        return self._envelope.seal(answer, cipher)

    def refuse(self, refused: PushRefused) -> Response:
        """Log the reason for the owner, and give the answer that tells the caller nothing."""
        log.warning("refused a request: %s", refused)
        return _REFUSALS[refused.status]

    async def _run(self, event: Event, apology: Callable[[], str], push: Push) -> str:
        """One run of the handler: the answer as it will be sent, the apology if it failed."""
        started = self.clock.monotonic()
        result: Result
        try:
            reply = await self.assemble().dispatch(event, push)
            answer = await self._rendered(reply, event, push)
            result = "late" if push.late else "answered" if answer else "silent"
        except asyncio.CancelledError:
            # By shutdown, or by itself, say by awaiting what was cancelled.
            log.warning("%s was cancelled on %s", push.handler or "the bot", event.name)
            self._tell(event, push, "failed", self.clock.monotonic() - started)
            raise
        except KeyboardInterrupt:
            raise
        except BaseException:
            # SystemExit too: one handler's exit must not end the server with all other pushes.
            log.exception("%s failed on %s", push.handler or "the bot", event.name)
            answer, result = apology(), "failed"
        self._tell(event, push, result, self.clock.monotonic() - started)
        return answer

    async def _rendered(self, reply: Reply | None, event: Event, push: Push) -> str:
        if reply is None:
            return ""
        if not event.answerable:
            log.warning(
                "%s answered %s, which the platform does not show; return None",
                push.handler,
                event.name,
            )
            return ""
        if reply.media:
            reply = await self._with_media_id(reply, *reply.media)
        return self._envelope.render(answer_fields(reply, event, int(self.clock.time())))

    async def _with_media_id(self, reply: Reply, field: str, kind: MediaKind) -> Reply:
        """The reply with a local file replaced by the id that it has at the platform."""
        media = getattr(reply, field)
        if not isinstance(media, Path):
            return reply
        if self.client is None:
            raise ReplyError(f"{media} cannot be uploaded: {_NO_CLIENT}")
        media_id = await self.client.media.media_id_of(media, kind)
        changed: Any = dataclasses.replace(reply, **{field: media_id})  # type: ignore[type-var]
        return cast(Reply, changed)

    def _apology(self, event: Event) -> str:
        """What the user reads when his push fails or is late; "" where nothing may be answered."""
        if not (self.settings.apology and event.answerable):
            return ""
        apology = TextReply(self.settings.apology)
        return self._envelope.render(answer_fields(apology, event, int(self.clock.time())))

    def _tell(self, event: Event, push: Push, result: Result, seconds: float) -> None:
        if not self._observers:
            return
        outcome = Outcome(
            identity=push.identity,
            event=event.name,
            key=event.routing_key,
            handler=push.handler,
            result=result,
            attempts=push.attempt,
            seconds=seconds,
        )
        for observer in self._observers:
            try:
                observer(outcome)
            except Exception:
                log.exception("the observer %r failed; the push is answered all the same", observer)

    def _require_not_assembled(self, method: str) -> None:
        if self._dispatcher is not None:
            raise RegistrationError(
                f"bot.{method}(…) comes too late: call it before the bot starts"
            )


def _client(settings: Settings, clock: Clock) -> Client | None:
    """A client for the account; None where only the webhook is configured."""
    if not (settings.app_id and settings.app_secret):
        return None
    return Client(settings, clock=clock)

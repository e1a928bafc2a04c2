"""Finding and calling the handler of a push. Frozen: put together once, then only called."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from types import CodeType
from typing import TypeAlias

from wxevents.errors import RegistrationError
from wxevents.events import Event
from wxevents.replies import Answer, Reply, as_reply
from wxevents.routing.calling import BoundRoute, HandlerCaller
from wxevents.routing.functions import code_of, name_of, require_async
from wxevents.routing.injection import Call, CaptureMismatch, Handler, Provided, Scope, bind
from wxevents.routing.joining import refuse_equal
from wxevents.routing.matchers import NO_CAPTURES, captured_names
from wxevents.routing.push import Push
from wxevents.routing.router import Route, Router
from wxevents.routing.session import SessionKeeper, SessionKinds
from wxevents.routing.table import UNKNOWN, RouteTable
from wxevents.routing.unhandled import UnhandledReport

CallNext: TypeAlias = Callable[[Event], Awaitable[Reply | None]]
"""What a middleware calls to go on; gives the answer, None for none."""

Middleware: TypeAlias = Callable[[Event, CallNext], Awaitable[Answer]]
"""`async def timing(event, call_next)`: sees the event and the answer, may change both."""


class Dispatcher:
    """All handlers of a bot.

    Building it checks everything that can be known before the first push: equal matchers, the
    parameters of every handler, middlewares that cannot be awaited. Raises RegistrationError.
    """

    def __init__(
        self,
        routers: Iterable[Router],
        middlewares: Sequence[Middleware] = (),
        provided: Provided | None = None,
        sessions: SessionKeeper | None = None,
    ) -> None:
        self._provided = provided or Provided()
        self._kinds = SessionKinds()
        self._table = RouteTable()
        self._errors: dict[type[Exception], tuple[str, Call]] = {}
        self._unhandled = UnhandledReport()

        walked = [router for outer in routers for router in outer.walk()]
        self.routes = tuple(route for router in walked for route in router.routes)
        conversations = [one for router in walked for one in router.conversations]
        self._caller = HandlerCaller(conversations, sessions)
        _check_repeats(walked, self.routes)
        refuse_equal(self.routes)
        for route in self.routes:
            self._add(route)
        for router in walked:
            self._add_error_handlers(router.error_handlers)
        self._chain = self._fold(middlewares)
        functions: list[Callable[..., object]] = [route.handler for route in self.routes]
        functions += [handler for router in walked for _, handler in router.error_handlers]
        functions += middlewares
        self._names = {code_of(function): name_of(function) for function in functions}

    async def dispatch(self, event: Event, push: Push) -> Reply | None:
        """Run middlewares and handler, and give the answer. An exception for which no
        `@router.error` is registered goes on to the caller."""
        try:
            return await self._chain(event, push)
        except Exception as error:
            found = self._error_handled(error)
            if found is None:
                raise
            return await self._answer_to(error, found, event, push)

    async def further(self, event: Event, push: Push) -> AsyncIterator[Reply | None]:
        """What the handler that took the push says behind its first answer. Middlewares have seen
        the first one, and do not see these."""
        answers, name = push.answers, push.handler or ""
        if answers is None:
            return
        try:
            async for answer in answers:
                yield as_reply(answer, event, name, late=True)
        except Exception as error:
            found = self._error_handled(error)
            if found is None:
                raise
            yield await self._answer_to(error, found, event, push)
        finally:
            await answers.aclose()

    def _error_handled(self, error: Exception) -> type[Exception] | None:
        """The closest class of the exception that has a handler."""
        return next((kind for kind in type(error).__mro__ if kind in self._errors), None)

    async def _answer_to(
        self, error: Exception, found: type[Exception], event: Event, push: Push
    ) -> Reply | None:
        name, call = self._errors[found]
        answer = await call(Scope(event, push, NO_CAPTURES, error))
        reply = as_reply(answer, event, name, late=push.late)
        push.handler = name
        return reply

    def handler_running(self, code: CodeType) -> str | None:
        """Name and place of the handler or middleware that this code belongs to."""
        return self._names.get(code)

    def _add(self, route: Route) -> None:
        captures = captured_names(route.matcher)
        call = bind(
            route.handler,
            event_types=(route.event,) if isinstance(route.event, type) else UNKNOWN,
            captures=captures,
            provided=self._provided,
            sessions=self._kinds,
        )
        bound = BoundRoute.of(route, captures, call)
        if route.step:
            self._caller.add_step(bound)
        else:
            self._table.add(bound)

    def _add_error_handlers(self, error_handlers: list[tuple[type[Exception], Handler]]) -> None:
        for kind, handler in error_handlers:
            call = bind(handler, event_types=(Event,), provided=self._provided, error_type=kind)
            if kind in self._errors:
                raise RegistrationError(
                    f"two handlers for the error {kind.__name__}: "
                    f"{self._errors[kind][0]} and {name_of(handler)}; remove one"
                )
            self._errors[kind] = (name_of(handler), call)

    def _fold(
        self, middlewares: Sequence[Middleware]
    ) -> Callable[[Event, Push], Awaitable[Reply | None]]:
        """The middlewares around the look-up, the first outermost."""
        chain: Callable[[Event, Push], Awaitable[Reply | None]] = self._call_handler
        for middleware in reversed(middlewares):
            require_async(middleware, "middleware", once=True)
            chain = _layer(middleware, chain)
        return chain

    async def _call_handler(self, event: Event, push: Push) -> Reply | None:
        if type(event) in self._caller.in_dialogues:
            handled, reply = await self._caller.call_in_dialogue(event, push)
            if handled:
                return reply
        key = event.routing_key
        bound = self._table.exact(event, key)
        if bound:
            if not bound.usual:
                return await self._caller.call(bound, Scope(event, push))
            # What `call` does, without all that a usual handler does not need: nearly all taps.
            push.handler = bound.name
            answer = await bound.call(Scope(event, push))
            return as_reply(answer, event, bound.name, late=push.late)
        for bound, captures in self._table.others(event, key):
            try:
                converted = bound.convert(captures)
            except CaptureMismatch:
                continue  # what the matcher captured is not what the handler takes: next matcher
            return await self._caller.call(bound, Scope(event, push, converted))
        self._unhandled.tell(event)
        return None


def _layer(
    middleware: Middleware, inner: Callable[[Event, Push], Awaitable[Reply | None]]
) -> Callable[[Event, Push], Awaitable[Reply | None]]:
    name = name_of(middleware)

    async def layer(event: Event, push: Push) -> Reply | None:
        answer = await middleware(event, lambda changed: inner(changed, push))
        return as_reply(answer, event, name, late=push.late)

    return layer


def _check_repeats(routers: Sequence[Router], routes: Sequence[Route]) -> None:
    """Refuse routers taken twice and matchers that are equal, with both places."""
    if len({id(router) for router in routers}) != len(routers):
        raise RegistrationError("a router is included twice")
    first: dict[object, Route] = {}
    for route in routes:
        known = first.setdefault((route.event, route.matcher, route.level, route.step), route)
        if known is not route:
            raise RegistrationError(
                f"two handlers for {route!r}: {known.name} and {route.name}; "
                f"{'remove one' if route.matcher is None else 'change one of the keys'}"
            )

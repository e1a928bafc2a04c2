"""Finding and calling the handler of a push. Frozen: put together once, then only called."""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Sequence,
)
from types import CodeType
from typing import Any, Final, NamedTuple, TypeAlias

from wxevents.errors import RegistrationError
from wxevents.events import Event, UnknownEvent, UnknownMessage
from wxevents.replies import Answer, Reply, as_reply
from wxevents.routing.dialogues import Dialogues
from wxevents.routing.functions import code_of, name_of, require_async, yields
from wxevents.routing.injection import (
    Call,
    CaptureMismatch,
    Convert,
    Handler,
    Provided,
    Scope,
    bind,
    converter,
    takes_session,
)
from wxevents.routing.joining import refuse_equal
from wxevents.routing.lateness import LatePolicy, late_policy_of
from wxevents.routing.matchers import NO_CAPTURES, Captures, Prefix, Regex, captured_names
from wxevents.routing.push import Push
from wxevents.routing.router import Route, Router
from wxevents.routing.session import SessionKeeper, SessionKinds
from wxevents.routing.unhandled import UnhandledReport

CallNext: TypeAlias = Callable[[Event], Awaitable[Reply | None]]
"""What a middleware calls to go on; gives the answer, None for none."""

Middleware: TypeAlias = Callable[[Event, CallNext], Awaitable[Answer]]
"""`async def timing(event, call_next)`: sees the event and the answer, may change both."""


_UNKNOWN: Final = (UnknownEvent, UnknownMessage)


class _Bound(NamedTuple):
    """A route with its handler in the one shape; `usual` if the handler returns one answer, which
    is treated as the bot treats all."""

    route: Route
    name: str
    call: Call
    convert: Convert
    usual: bool
    policy: LatePolicy | None
    yields: bool
    session: bool


class _Table:
    """The keyed routes of one event class, by what a look-up costs."""

    def __init__(self) -> None:
        self.exact: dict[str | None, _Bound] = {}
        self._prefixes: dict[int, dict[str, tuple[Prefix, _Bound]]] = {}  # longest first
        self._regexes: list[tuple[Regex, _Bound]] = []
        self._any: _Bound | None = None

    def add(self, bound: _Bound) -> None:
        matcher = bound.route.matcher
        if matcher is None:
            self._any = bound
        elif isinstance(matcher, str):
            self.exact[matcher] = bound
        elif isinstance(matcher, Prefix):
            length = len(matcher.text)
            self._prefixes.setdefault(length, {})[matcher.text] = matcher, bound
            self._prefixes = dict(sorted(self._prefixes.items(), reverse=True))
        else:
            self._regexes.append((matcher, bound))

    def candidates(self, key: str | None) -> Iterator[tuple[_Bound, Captures]]:
        """Every route that matches the key, behind the exact one, the most specific first."""
        if key is not None:
            for length, routes in self._prefixes.items():
                if key[:length] in routes:
                    prefix, bound = routes[key[:length]]
                    yield bound, {prefix.capture: key[length:]}
            for regex, bound in self._regexes:
                captures = regex.match(key)
                if captures is not None:
                    yield bound, captures
        if self._any:
            yield self._any, NO_CAPTURES


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
        self._sessions = sessions
        self._provided = provided or Provided()
        self._kinds = SessionKinds()
        self._tables: dict[type[Event], _Table] = {}
        self._by_class: dict[type[Event] | str, _Bound] = {}
        self._errors: dict[type[Exception], tuple[str, Call]] = {}
        self._fallback: _Bound | None = None
        self._unhandled = UnhandledReport()

        walked = [router for outer in routers for router in outer.walk()]
        self.routes = tuple(route for router in walked for route in router.routes)
        self._dialogues: Dialogues[_Bound] = Dialogues(
            conversation for router in walked for conversation in router.conversations
        )
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
            event_types=(route.event,) if isinstance(route.event, type) else _UNKNOWN,
            captures=captures,
            provided=self._provided,
            sessions=self._kinds,
        )
        convert = converter(route.handler, captures)
        policy, several = late_policy_of(route.handler), yields(route.handler)
        session = takes_session(route.handler)
        usual = not (policy or several or session)
        bound = _Bound(route, route.name, call, convert, usual, policy, several, session)
        if route.step and isinstance(route.event, type):
            self._dialogues.add(route.step, route.event, bound)
        elif route.level == "fallback":
            self._fallback = bound
        elif route.level == "class" or isinstance(route.event, str):
            self._by_class[route.event] = bound
        else:
            self._tables.setdefault(route.event, _Table()).add(bound)

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
        if type(event) in self._dialogues.events:
            handled, reply = await self._in_dialogue(event, push)
            if handled:
                return reply
        table = self._tables.get(type(event))
        key = event.routing_key
        if table and key in table.exact:  # nearly all taps end here
            bound = table.exact[key]
            if bound.usual:
                push.handler = bound.name
                answer = await bound.call(Scope(event, push))
                return as_reply(answer, event, bound.name, late=push.late)
            return await self._called(bound, Scope(event, push))
        for bound, captures in self._candidates(event, table, key):
            try:
                converted = bound.convert(captures)
            except CaptureMismatch:
                continue  # what the matcher captured is not what the handler takes: next matcher
            return await self._called(bound, Scope(event, push, converted))
        self._unhandled.tell(event)
        return None

    async def _called(self, bound: _Bound, scope: Scope) -> Reply | None:
        """The answer of a handler, the first one if it yields. Raises _StepChanged before the
        handler runs, with the push as it was."""
        event, push = scope.event, scope.push
        answers: Any = self._with_session(bound, scope) if bound.session else bound.call(scope)
        # Noted now: it may wait for the session until it is late.
        before = push.handler, push.policy
        push.handler = bound.name
        if bound.policy:
            push.use(bound.policy)
        try:
            if bound.yields:
                answer = await anext(answers, None)
                push.answers = answers
            elif bound.session:
                answer = await anext(answers)
                await answers.aclose()
            else:
                answer = await answers
        except _StepChanged:
            push.handler = before[0]
            push.use(before[1])
            raise
        return as_reply(answer, event, bound.name, late=push.late)

    async def _with_session(self, bound: _Bound, scope: Scope) -> AsyncGenerator[Answer, None]:
        """The answers of a handler that takes the user's session, which is written down before each
        of them goes out."""
        event, push = scope.event, scope.push
        assert self._sessions
        async with self._sessions.opened(event.openid, push.identity) as state:
            if bound.route.step and state.step != bound.route.step:
                raise _StepChanged
            if state.step and bound.route.step:
                state.timeout = self._dialogues.timeout_of(state.step)
            running = bound.call(scope._replace(session=state))
            if bound.yields:
                async for answer in running:
                    await state.save()
                    yield answer
                await state.save()
            else:
                answer = await running
                await state.save()
                yield answer

    async def _in_dialogue(self, event: Event, push: Push) -> tuple[bool, Reply | None]:
        """Whether the user is in a dialogue that the event belongs to, and the answer then."""
        assert self._sessions
        while step := await self._sessions.step_of(event.openid):
            words = self._dialogues.cancelled_by(step, event)
            if words is not None:
                async with self._sessions.opened(event.openid, push.identity) as state:
                    state.step = None
                    await state.save()
                return True, as_reply(words, event, repr(step))
            bound = self._dialogues.handler_of(step, event)
            if bound is None:
                break
            try:
                return True, await self._called(bound, Scope(event, push))
            except _StepChanged:
                continue  # by another push of this user, meanwhile
        return False, None

    def _candidates(
        self, event: Event, table: _Table | None, key: str | None
    ) -> Iterator[tuple[_Bound, Captures]]:
        """Every other route that takes the event, the most specific first."""
        if table:
            yield from table.candidates(key)
        if isinstance(event, _UNKNOWN):
            named = self._by_class.get(event.name.lower())
            if named:
                yield named, NO_CAPTURES
        for kind in type(event).__mro__:
            bound = self._by_class.get(kind)
            if bound:
                yield bound, NO_CAPTURES
        if self._fallback:
            yield self._fallback, NO_CAPTURES


class _StepChanged(Exception):
    """The user is at another step than he was."""


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

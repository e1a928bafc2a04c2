"""Calling the handler of a route, with the session of the user and within a dialogue."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Iterable
from typing import Any, NamedTuple

from wxevents.events import Event
from wxevents.replies import Answer, Reply, as_reply
from wxevents.routing.conversation import Conversation
from wxevents.routing.dialogues import Dialogues
from wxevents.routing.functions import yields
from wxevents.routing.injection import Call, Convert, Scope, converter, takes_session
from wxevents.routing.lateness import LatePolicy, late_policy_of
from wxevents.routing.push import Push
from wxevents.routing.router import Route
from wxevents.routing.session import SessionKeeper


class BoundRoute(NamedTuple):
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

    @classmethod
    def of(cls, route: Route, captures: Collection[str], call: Call) -> BoundRoute:
        """`call` is the route's handler with all its parameters supplied, `captures` what its
        matcher captures."""
        convert = converter(route.handler, captures)
        policy, several = late_policy_of(route.handler), yields(route.handler)
        session = takes_session(route.handler)
        usual = not (policy or several or session)
        return cls(route, route.name, call, convert, usual, policy, several, session)


class HandlerCaller:
    """Calls handlers, and knows who takes what a user says in the middle of a dialogue."""

    def __init__(
        self, conversations: Iterable[Conversation], sessions: SessionKeeper | None
    ) -> None:
        self._dialogues: Dialogues[BoundRoute] = Dialogues(conversations)
        self._sessions = sessions
        self.in_dialogues = self._dialogues.events
        """The classes of events that may belong to a dialogue."""

    def add_step(self, bound: BoundRoute) -> None:
        assert bound.route.step
        assert isinstance(bound.route.event, type)
        self._dialogues.add(bound.route.step, bound.route.event, bound)

    async def call(self, bound: BoundRoute, scope: Scope) -> Reply | None:
        """The answer of a handler, the first one if it yields. That of a dialogue's step raises
        StepChanged, with the push as it was, if the user is not at it any more."""
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
        except StepChanged:
            push.handler = before[0]
            push.use(before[1])
            raise
        return as_reply(answer, event, bound.name, late=push.late)

    async def call_in_dialogue(self, event: Event, push: Push) -> tuple[bool, Reply | None]:
        """Whether the user is in a dialogue that the event belongs to, and the answer then."""
        assert self._sessions
        while step := await self._sessions.step_of(event.openid):
            words = self._dialogues.cancelled_by(step, event)
            if words is not None:
                push.handler = f"the cancel word of {step.conversation}"
                async with self._sessions.opened(event.openid, push.identity) as state:
                    state.step = None
                    await state.save()
                return True, as_reply(words, event, push.handler)
            bound = self._dialogues.handler_of(step, event)
            if bound is None:
                break
            try:
                return True, await self.call(bound, Scope(event, push))
            except StepChanged:
                continue  # by another push of this user, meanwhile
        return False, None

    async def _with_session(self, bound: BoundRoute, scope: Scope) -> AsyncGenerator[Answer, None]:
        """The answers of a handler that takes the user's session, which is written down before each
        of them goes out."""
        event, push = scope.event, scope.push
        assert self._sessions
        async with self._sessions.opened(event.openid, push.identity) as state:
            if bound.route.step and state.step != bound.route.step:
                raise StepChanged
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


class StepChanged(Exception):
    """The user is at another step than he was; the handler did not run."""

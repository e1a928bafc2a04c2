"""What a bot remembers of a user from one push to the next."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, Protocol, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError
from typing_extensions import TypeVar  # with a default, which Python has from 3.13 on

from wxevents.routing.conversation import Conversation, Step

D = TypeVar("D", default=dict[str, Any])


class SessionState(Protocol):
    """The session of one user while a handler has it: the data of every kind, and the step."""

    step: Step | None
    timeout: float
    """Seconds until the step is over."""

    def data(self, kind: str) -> Any:
        """What was kept of that kind, None if there is nothing."""
        ...

    def keep(self, kind: str, written: Callable[[], Any]) -> None:
        """Let `written` give what is to be kept of that kind, when the handler is done."""
        ...

    def forget(self) -> None:
        """Keep nothing."""
        ...

    async def save(self) -> None:
        """Write it down, if it was changed. Raises StoreError."""
        ...


class SessionKeeper(Protocol):
    """Where sessions are kept."""

    def opened(self, openid: str, identity: str) -> AbstractAsyncContextManager[SessionState]:
        """The session of a user, for one handler at a time, in whatever process. If the push with
        that identity runs again, it finds what its first run found."""
        ...

    async def step_of(self, openid: str) -> Step | None:
        """Where the user is in a dialogue."""
        ...


class Session(Generic[D]):
    """A user's session; a handler takes it by annotation, `Session` with a dict in `data`, or
    `Session[Order]` with an Order: a pydantic model or a dataclass, made without arguments.

        async def order(event: ClickEvent, session: Session[Order]) -> str:
            session.data.dish = "面"

    Handlers of one user that take it run one at a time, in all processes together. What a handler
    changes is kept when it is done, before its answer goes out, and not at all if it fails. One
    that yields keeps the session until it is done, also while its messages are being sent. It is
    kept for WXEVENTS_SESSION_LIFETIME seconds after the last change.
    """

    data: D

    def __init__(self, state: SessionState, data: D) -> None:
        self._state = state
        self.data = data

    @property
    def step(self) -> str | None:
        """The step of the dialogue that the user is in, None if he is in none."""
        return self._state.step.name if self._state.step else None

    def go(self, conversation: Conversation, step: str) -> None:
        """Let the handler of that step have what the user says next. Raises ValueError if there is
        none."""
        self._state.step = conversation.step(step)
        self._state.timeout = conversation.timeout

    def end(self) -> None:
        """End the dialogue: what the user says next goes to the usual handlers. `data` is kept."""
        self._state.step = None

    def clear(self) -> None:
        """Forget everything of this user, and end the dialogue."""
        self._state.forget()


class SessionKind:
    """What the annotation `Session[…]` says. Raises TypeError for what cannot be kept in one."""

    def __init__(self, annotation: Any) -> None:
        arguments = get_args(annotation)
        self._type: Any = arguments[0] if arguments else dict[str, Any]
        self.name = getattr(get_origin(self._type) or self._type, "__qualname__", str(self._type))
        try:
            self._adapter: TypeAdapter[Any] = TypeAdapter(self._type)
            self._new()
        except (PydanticSchemaGenerationError, PydanticUserError, ValidationError) as error:
            raise TypeError(
                f"{self.name} cannot be kept in a session: it must be a pydantic model, a "
                f"dataclass or a dict, and be made without arguments ({type(error).__name__})"
            ) from error

    def view(self, state: SessionState) -> Session[Any]:
        """The user's session, with data of this kind."""
        session: Session[Any] = Session(state, self._read(state.data(self.name)))
        state.keep(
            self.name, lambda: self._adapter.dump_python(session.data, mode="json", warnings=False)
        )
        return session

    def _read(self, kept: Any) -> Any:
        if kept is None:
            return self._new()
        try:
            return self._adapter.validate_python(kept)
        except ValidationError:  # of an earlier version of the bot
            return self._new()

    def _new(self) -> Any:
        return self._adapter.validate_python({})


def is_session(annotation: Any) -> bool:
    """Whether a parameter with this annotation takes a session."""
    return annotation is Session or get_origin(annotation) is Session

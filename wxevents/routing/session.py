"""What a bot remembers of a user from one push to the next."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Generic, Protocol, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError
from typing_extensions import TypeVar  # with a default, which Python has from 3.13 on

from wxevents.errors import RegistrationError
from wxevents.routing.conversation import Conversation, Step
from wxevents.routing.functions import shown_place

log: Final = logging.getLogger(__name__)

D = TypeVar("D", default=dict[str, Any])


class SessionState(Protocol):
    """The session of one user while a handler has it: the data of every kind, and the step."""

    step: Step | None
    timeout: float
    """Seconds until the step is over."""

    def data(self, kind: str) -> Any:
        """What was kept of that kind, None if there is nothing."""
        ...

    def keep(self, kind: str, written: Callable[[], Any], renew: Callable[[], None]) -> None:
        """Let `written` give what is to be kept of that kind, None for nothing, when the handler
        is done; `renew` is called when everything is forgotten before."""
        ...

    def forget(self) -> None:
        """Keep nothing of what there is."""
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
        """Forget everything of this user, and end the dialogue. `data` is a new value then, which
        is kept as the old one was."""
        self._state.forget()


class SessionKinds:
    """The kinds of data in the sessions of a bot. Each is kept under the name of its class."""

    def __init__(self) -> None:
        self._kinds: dict[str, SessionKind] = {}

    def of(self, annotation: Any) -> SessionKind:
        """What the annotation `Session[…]` says. Raises TypeError for what cannot be kept in one,
        RegistrationError for a class that is called as another one."""
        arguments = get_args(annotation)
        kind = SessionKind(arguments[0] if arguments else dict[str, Any])
        known = self._kinds.setdefault(kind.name, kind)
        if known.model is not kind.model:
            raise RegistrationError(
                f"two session classes are called {kind.name}: {_place(known.model)} and "
                f"{_place(kind.model)}; rename one"
            )
        return known if known.type == kind.type else kind


class SessionKind:
    """Data of one type. Raises TypeError for what cannot be kept in a session."""

    def __init__(self, type_: Any) -> None:
        self.type = type_
        self.model = get_origin(type_) or type_
        self.name: str = getattr(self.model, "__qualname__", str(type_))
        self._told = False
        try:
            self._adapter: TypeAdapter[Any] = TypeAdapter(type_)
            self._new()
        except (PydanticSchemaGenerationError, PydanticUserError, ValidationError) as error:
            raise TypeError(
                f"{self.name} cannot be kept in a session: it must be a pydantic model, a "
                f"dataclass or a dict, and be made without arguments ({type(error).__name__})"
            ) from error

    def view(self, state: SessionState) -> Session[Any]:
        """The user's session, with data of this kind."""
        session: Session[Any] = Session(state, self._read(state.data(self.name)))
        nothing: Any = None  # what is not worth keeping: a value that is as it was made

        def written() -> Any:
            content = self._written(session.data)
            return None if content == nothing else content

        def renew() -> None:
            nonlocal nothing
            session.data = self._new()
            nothing = self._written(session.data)

        state.keep(self.name, written, renew)
        return session

    def _read(self, kept: Any) -> Any:
        if kept is None:
            return self._new()
        try:
            return self._adapter.validate_python(kept, by_name=True)
        except ValidationError as error:  # of an earlier version of the bot
            self._tell(error)
            return self._new()

    def _written(self, data: Any) -> Any:
        # Under the names of the fields: an alias may be one for reading alone.
        return self._adapter.dump_python(data, mode="json", by_alias=False, warnings=False)

    def _new(self) -> Any:
        return self._adapter.validate_python({})

    def _tell(self, error: ValidationError) -> None:
        """Log once what does not fit: the fields, without what a user said in them."""
        if self._told:
            return
        self._told = True
        model: Any = self.model
        fields: Any = getattr(model, "model_fields", getattr(model, "__dataclass_fields__", ()))
        places = (one["loc"][0] for one in error.errors() if one["loc"])
        unfit = dict.fromkeys(str(place) for place in places if place in fields)
        log.warning(
            "sessions hold data that is no %s any more, and begin anew: %s",
            self.name,
            ", ".join(unfit) or "it has another structure",
        )


def _place(model: Any) -> str:
    """File and line of a class; its module where there is no source."""
    try:
        path, line = inspect.getsourcefile(model), inspect.getsourcelines(model)[1]
    except (OSError, TypeError):
        return str(model.__module__)
    return shown_place(path or model.__module__, line)


def is_session(annotation: Any) -> bool:
    """Whether a parameter with this annotation takes a session."""
    return annotation is Session or get_origin(annotation) is Session

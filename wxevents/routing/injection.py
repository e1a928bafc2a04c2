"""Handlers take what they annotate: their signature is read once, when the bot is put together."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, Final, NamedTuple, TypeAlias, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError

from wxevents.errors import RegistrationError
from wxevents.events import Event
from wxevents.replies import Answer
from wxevents.routing.functions import name_of, without_partials
from wxevents.routing.matchers import NO_CAPTURES, Captures
from wxevents.routing.push import Push
from wxevents.routing.session import SessionKinds, SessionState, is_session

Handler: TypeAlias = Callable[..., Awaitable[Answer]] | Callable[..., AsyncIterator[Answer]]


class Scope(NamedTuple):
    """All that one call can take its arguments from; `captures` converted."""

    event: Event
    push: Push
    captures: Mapping[str, Any] = NO_CAPTURES
    error: Exception | None = None
    session: SessionState | None = None


Call: TypeAlias = Callable[[Scope], Any]
"""The one shape that every handler is brought into; gives what is awaited for its answer, or an
asynchronous generator of its answers."""

Convert: TypeAlias = Callable[[Captures], Mapping[str, Any]]
"""Gives captured texts the types that the handler annotates. Raises CaptureMismatch."""

Source: TypeAlias = Callable[[Scope], Any]
"""Where one argument comes from."""


class CaptureMismatch(Exception):
    """A captured text does not convert to the type that the handler annotates: no match."""


class Provided:
    """The values that handlers may take by type, beside the event and its Push."""

    def __init__(self) -> None:
        self._values: dict[type, object] = {}
        self._announced: set[type] = set()
        self._reasons: dict[object, str] = {}

    def explain(self, kind: type, reason: str) -> None:
        """Why handlers cannot take that type, which they might expect."""
        self._reasons[kind] = reason

    def reason(self, kind: object) -> str | None:
        return self._reasons.get(kind)

    def add(self, kind: type, value: object) -> None:
        """A value that is there from now on."""
        self.announce(kind)
        self.open(kind, value)

    def announce(self, kind: type) -> None:
        """A value that will be there while the bot runs."""
        if kind in self._announced:
            raise RegistrationError(f"{kind.__name__} is provided twice; remove one")
        self._announced.add(kind)

    def open(self, kind: type, value: object) -> None:
        self._values[kind] = value

    def close(self, kind: type) -> None:
        del self._values[kind]

    def __contains__(self, kind: object) -> bool:
        return kind in self._announced

    def get(self, kind: type) -> object:
        if kind not in self._values:
            raise RegistrationError(
                f"{kind.__name__} is open only while the bot runs: within `async with bot:`"
            )
        return self._values[kind]


class _Parameter(NamedTuple):
    name: str
    annotation: Any
    default: Any


def takes_session(handler: Handler) -> bool:
    """Whether the handler annotates a parameter as Session."""
    return any(is_session(parameter.annotation) for parameter in _parameters(handler))


def bind(
    handler: Handler,
    *,
    event_types: tuple[type[Event], ...],
    captures: Collection[str] = (),
    provided: Provided,
    sessions: SessionKinds | None = None,
    error_type: type[Exception] | None = None,
) -> Call:
    """Bring a handler into the one shape, or raise RegistrationError if a parameter of it cannot
    be supplied. `event_types` are the classes of which the event may be; without `sessions` it
    takes none."""
    sources: list[tuple[str, Source]] = []
    for parameter in _parameters(handler):
        source = _source(handler, parameter, event_types, captures, provided, sessions, error_type)
        if source is not None:
            sources.append((parameter.name, source))
    if not sources:
        return lambda scope: handler()
    if [source for _, source in sources] == [_the_event] and _takes_it_first(handler):
        return lambda scope: handler(scope.event)  # nearly all handlers; spares the keywords
    return lambda scope: handler(**{name: source(scope) for name, source in sources})


def converter(handler: Handler, captures: Collection[str]) -> Convert:
    """What makes of captured texts the values that a handler takes, without calling it. Raises
    RegistrationError for a type that no text becomes."""
    conversions = {
        parameter.name: _conversion(handler, parameter)
        for parameter in _parameters(handler)
        if parameter.name in captures and not _is_event(parameter.annotation)
    }
    if not conversions:
        return lambda captured: captured
    return lambda captured: {name: convert(captured[name]) for name, convert in conversions.items()}


def _takes_it_first(handler: Handler) -> bool:
    first = next(iter(inspect.signature(handler).parameters.values()))
    kinds = _classes(_hints(handler).get(first.name))
    return bool(kinds) and issubclass(kinds[0], Event) and first.kind is not first.KEYWORD_ONLY


def _the_event(scope: Scope) -> Event:
    return scope.event


def _the_push(scope: Scope) -> Push:
    return scope.push


def _the_error(scope: Scope) -> Exception | None:
    return scope.error


def _parameters(handler: Handler) -> list[_Parameter]:
    hints = _hints(handler)
    parameters = []
    for parameter in inspect.signature(handler).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise RegistrationError(
                f"{name_of(handler)}: *{parameter.name} cannot be supplied; name each parameter"
            )
        if parameter.kind is parameter.POSITIONAL_ONLY:
            raise RegistrationError(
                f"{name_of(handler)}: {parameter.name} is positional-only; remove the `/`"
            )
        annotation = hints.get(parameter.name, parameter.annotation)
        parameters.append(_Parameter(parameter.name, annotation, parameter.default))
    return parameters


def _hints(handler: Handler) -> dict[str, Any]:
    """The annotations of the parameters, resolved; that of the return value is nobody's need."""
    function = _annotated(handler)
    try:
        wanted = {name: hint for name, hint in function.__annotations__.items() if name != "return"}
        return get_type_hints(
            SimpleNamespace(__annotations__=wanted), globalns=inspect.unwrap(function).__globals__
        )
    except NameError as error:
        raise RegistrationError(
            f"{name_of(handler)}: the annotation {error.name} cannot be resolved; import it at run "
            "time, not under `if TYPE_CHECKING:`, since handlers are called by their annotations"
        ) from error
    except (AttributeError, SyntaxError, TypeError) as error:
        raise RegistrationError(
            f"{name_of(handler)}: an annotation cannot be resolved: {error}"
        ) from error


def _annotated(handler: Handler) -> Any:
    function = without_partials(handler)
    return function if hasattr(function, "__code__") else type(function).__call__


def _source(
    handler: Handler,
    parameter: _Parameter,
    event_types: tuple[type[Event], ...],
    captures: Collection[str],
    provided: Provided,
    sessions: SessionKinds | None,
    error_type: type[Exception] | None,
) -> Source | None:
    """Where the argument comes from; None leaves the parameter to its default."""
    name, annotation, default = parameter
    kinds = _classes(annotation)
    if _is_event(annotation):
        if any(issubclass(event_type, kinds) for event_type in event_types):
            return _the_event
        raise RegistrationError(
            f"{name_of(handler)}: {name} is annotated {_shown(annotation)}, but this route gets "
            f"{' or '.join(event_type.__name__ for event_type in event_types)}"
        )
    if name in captures:
        return lambda scope: scope.captures[name]
    if annotation is Push:
        return _the_push
    if is_session(annotation):
        return _session(handler, annotation, sessions)
    if error_type and kinds and any(issubclass(error_type, kind) for kind in kinds):
        return _the_error
    if len(kinds) == 1 and kinds[0] in provided:
        kind = kinds[0]
        return lambda scope: provided.get(kind)
    if default is not inspect.Parameter.empty:
        return None
    reason = provided.reason(kinds[0]) if len(kinds) == 1 else None
    why = reason or _unsupplied(parameter, captures)
    raise RegistrationError(f"{name_of(handler)}: {why}")


def _unsupplied(parameter: _Parameter, captures: Collection[str]) -> str:
    known = f"; its matcher captures {', '.join(sorted(captures))}" if captures else ""
    if parameter.annotation is inspect.Parameter.empty:
        return (
            f"nobody can supply the parameter {parameter.name}, which has no annotation; annotate "
            f"it with the event's class, Push, Settings or a type given with bot.provide{known}"
        )
    return (
        f"nobody can supply {parameter.name}: {_shown(parameter.annotation)}; give the bot one "
        f"with bot.provide(…), or a default{known}"
    )


_EMPTY: Final = inspect.Parameter.empty


def _session(handler: Handler, annotation: Any, sessions: SessionKinds | None) -> Source:
    if sessions is None:
        raise RegistrationError(
            f"{name_of(handler)}: a handler of errors takes no Session, since what the failed one "
            "changed in it is not kept"
        )
    try:
        kind = sessions.of(annotation)
    except TypeError as error:
        raise RegistrationError(f"{name_of(handler)}: {error}") from error

    def view(scope: Scope) -> Any:
        assert scope.session
        return kind.view(scope.session)

    return view


def _conversion(handler: Handler, parameter: _Parameter) -> Callable[[str | None], Any]:
    name, annotation, default = parameter
    try:
        adapt = TypeAdapter(Any if annotation is _EMPTY else annotation).validate_python
    except (PydanticSchemaGenerationError, PydanticUserError) as error:
        raise RegistrationError(
            f"{name_of(handler)}: a captured text cannot become {_shown(annotation)}"
        ) from error

    def convert(text: str | None) -> Any:
        # None for an optional group that took no part in the match.
        if text is None and default is not _EMPTY:
            return default
        try:
            return adapt(text)
        except ValidationError as error:
            raise CaptureMismatch(f"{name}={text!r}") from error

    return convert


def _is_event(annotation: Any) -> bool:
    kinds = _classes(annotation)
    return bool(kinds) and all(issubclass(kind, Event) for kind in kinds)


def _classes(annotation: Any) -> tuple[type, ...]:
    """The classes of an annotation or of a union, None left out; () for anything else."""
    members: tuple[Any, ...] = (annotation,)
    if get_origin(annotation) in (Union, UnionType):
        members = tuple(one for one in get_args(annotation) if one is not NoneType)
    return members if all(isinstance(member, type) for member in members) else ()


def _shown(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)

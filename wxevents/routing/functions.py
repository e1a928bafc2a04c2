"""What is known of a handler before it is called: its name and place, and whether it waits."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

from wxevents.errors import RegistrationError


def without_partials(handler: Callable[..., object]) -> Any:
    """What a functools.partial, or a pile of them, calls in the end."""
    function: Any = handler
    while isinstance(function, functools.partial):
        function = function.func
    return function


def code_of(handler: Callable[..., object]) -> CodeType:
    """The code that runs when the handler is called, through partials and callable objects."""
    function: Any = inspect.unwrap(handler)
    while isinstance(function, functools.partial):
        function = inspect.unwrap(function.func)
    if not hasattr(function, "__code__"):
        function = inspect.unwrap(type(function).__call__)
    code: CodeType = function.__code__
    return code


def place_of(handler: Callable[..., object]) -> str:
    """`handlers/menu.py:12`, as editors and terminals open it."""
    code = code_of(handler)
    return shown_place(code.co_filename, code.co_firstlineno)


def shown_place(file: str, line: int) -> str:
    """A line of a file, the path from here where that is shorter."""
    path = Path(file)
    if path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return f"{path.as_posix()}:{line}"


def name_of(handler: Callable[..., object]) -> str:
    """`handlers.menu.today_music (handlers/menu.py:12)`."""
    function = without_partials(handler)
    named = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}.{named.__qualname__} ({place_of(handler)})"


def yields(handler: Callable[..., object]) -> bool:
    """Whether a handler answers more than once: it is an asynchronous generator."""
    function = without_partials(handler)
    candidates = (function, getattr(function, "__call__", None))  # noqa: B004 - the method itself
    return any(inspect.isasyncgenfunction(one) for one in candidates)


def require_async(handler: Callable[..., object], what: str, *, once: bool = False) -> None:
    """Refuse what cannot be awaited, at the line that registers it; with `once` also what yields
    several answers."""
    if isinstance(handler, type):
        raise RegistrationError(
            f"{handler.__module__}.{handler.__qualname__} is a class; register an object of it"
        )
    if not callable(handler):
        raise RegistrationError(f"{what}: {handler!r} is no function that could handle anything")
    function = without_partials(handler)
    candidates = (function, getattr(function, "__call__", None))  # noqa: B004 - the method itself
    if any(inspect.iscoroutinefunction(one) for one in candidates):
        return
    if yields(handler):
        if not once:
            return
        raise RegistrationError(
            f"{name_of(handler)} is an async generator; return one answer instead of yielding"
        )
    raise RegistrationError(
        f"{name_of(handler)} is a plain function; write `async def`, so that a handler that "
        "waits does not keep all others waiting"
    )

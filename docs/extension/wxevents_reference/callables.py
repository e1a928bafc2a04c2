"""Functions, methods and classes as a caller writes them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from inspect import Parameter
from typing import Any, Final

from wxevents_reference.markdown import block, docstring, value
from wxevents_reference.phrases import Phrases

_WIDTH: Final = 100
_STARS: Final[dict[object, str]] = {Parameter.VAR_POSITIONAL: "*", Parameter.VAR_KEYWORD: "**"}


def parameters(method: Callable[..., Any]) -> list[str]:
    """What stands in the brackets of a call of this method."""
    return _written(list(inspect.signature(method).parameters.values())[1:])


def constructor(kind: type) -> str:
    """How one is made, as a block."""
    return block("text", call(kind.__name__, parameters(vars(kind)["__init__"])))


def describe_function(
    function: Callable[..., Any], section: str, phrases: Phrases
) -> Iterator[str]:
    """Its call, with what it does."""
    name, signature = function.__name__, inspect.signature(function)
    given, gives = _written(signature.parameters.values()), _type(signature.return_annotation)
    shown = name
    if inspect.isasyncgenfunction(inspect.unwrap(function)):  # a context manager was made of it
        shown, gives = f"async with {name}", re.sub(r"^AsyncIterator\[(.*)\]$", r"\1", gives)
    yield block("text", call(shown, given, gives))
    yield phrases(section, name, docstring(function))


def _written(those: Iterable[Parameter]) -> list[str]:
    written: list[str] = []
    named = False
    for one in those:
        if one.kind is Parameter.KEYWORD_ONLY and not named:
            written.append("*")
        named = one.kind in (Parameter.KEYWORD_ONLY, Parameter.VAR_POSITIONAL)
        written.append(_parameter(one))
    return written


def call(receiver: str, arguments: Sequence[str], gives: str = "") -> str:
    """On one line, or on several where it would be long."""
    behind = f" -> {gives}" if gives else ""
    line = f"{receiver}({', '.join(arguments)}){behind}"
    if len(line) <= _WIDTH:
        return line
    lines = "".join(f"    {one},\n" for one in arguments)
    return f"{receiver}(\n{lines}){behind}"


def public_properties(kind: type) -> dict[str, str]:
    """The properties that a class brings itself, with what they are."""
    return {
        name: " ".join((member.__doc__ or "").split())
        for name, member in vars(kind).items()
        if isinstance(member, property) and not name.startswith("_")
    }


def describe_methods(kind: type, receiver: str, section: str, phrases: Phrases) -> Iterator[str]:
    """A call of each public method on `receiver`, with what it does; without those that have to be
    there for a protocol, and say nothing."""
    for name, method in vars(kind).items():
        if inspect.isfunction(method) and not name.startswith("_") and method.__doc__:
            waits = "await " if inspect.iscoroutinefunction(method) else ""
            gives = _type(inspect.signature(method).return_annotation)
            yield block("text", call(f"{waits}{receiver}.{name}", parameters(method), gives))
            yield phrases(section, f"{kind.__name__}.{name}", docstring(method))


def _parameter(one: Parameter) -> str:
    default = "" if one.default is Parameter.empty else f" = {value(one.default)}"
    return f"{_STARS.get(one.kind, '')}{one.name}: {_type(one.annotation)}{default}"


def _type(annotation: Any) -> str:
    """As it is written in the code."""
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")

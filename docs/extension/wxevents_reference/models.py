"""The fields of a model of pushes, as tables."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from wxevents.events.structure import Structure
from wxevents_reference.markdown import code, table
from wxevents_reference.phrases import Phrases

Model: TypeAlias = type[BaseModel]


class Attribute(NamedTuple):
    """A field or a property, with the class that brings it."""

    name: str
    element: str
    kind: str
    meaning: str
    home: Model


def attributes(model: Model, without: Iterable[Model] = ()) -> Iterator[Attribute]:
    """Fields, then properties, other than those of the classes `without`."""
    known = {name for other in without for name in (*other.model_fields, *_properties(other))}
    for name, field in model.model_fields.items():
        if name not in known:
            yield Attribute(
                name, _element(field), _kind(field), field.description or "", _home(model, name)
            )
    for name, getter in _properties(model).items():
        if name not in known:
            kind = _spelled(typing.get_type_hints(getter).get("return", Any))
            meaning = " ".join((getter.__doc__ or "").split())
            yield Attribute(name, "", kind, meaning, _home(model, name))


def attribute_table(model: Model, phrases: Phrases, without: Iterable[Model] = ()) -> str:
    head = [phrases.label(one) for one in ("Attribute", "Element", "Type", "Meaning")]
    rows: list[Sequence[str]] = []
    for one in attributes(model, without):
        meaning = phrases("events", f"{one.home.__name__}.{one.name}", one.meaning)
        rows.append((code(one.name), code(one.element), code(one.kind), meaning))
    filled = [column for column in range(len(head)) if any(row[column] for row in rows)]
    return table([head[one] for one in filled], [[row[one] for one in filled] for row in rows])


def structures(models: Iterable[Model]) -> list[type[Structure]]:
    """What the fields of the models hold, in the order in which it is met."""
    found: dict[type[Structure], None] = {}

    def look(model: Model) -> None:
        for field in model.model_fields.values():
            for inner in _classes(field.annotation):
                if issubclass(inner, Structure) and inner not in found:
                    found[inner] = None
                    look(inner)

    for model in models:
        look(model)
    return list(found)


def _classes(annotation: Any) -> Iterator[type]:
    if inspect.isclass(annotation):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _classes(inner)


def _properties(model: Model) -> dict[str, Any]:
    """The public properties of a class of this project, in the order of their definition."""
    found: dict[str, Any] = {}
    for home in reversed(model.__mro__):
        if home.__module__.startswith("wxevents."):
            for name, value in list(vars(home).items()):
                getter = getattr(value, "fget", None) or getattr(value, "func", None)
                if getter and not name.startswith(("_", "model_")):
                    found[name] = getter
    return found


def _home(model: Model, name: str) -> Model:
    """The class that defines it."""
    for one in model.__mro__:
        if name in vars(one) or name in vars(one).get("__annotations__", {}):
            return one
    return model


def _element(field: FieldInfo) -> str:
    return field.serialization_alias or field.alias or ""


def _kind(field: FieldInfo) -> str:
    return _spelled(field.annotation)


def _spelled(annotation: Any) -> str:
    """The type as it is written in code."""
    if inspect.isclass(annotation) and not typing.get_args(annotation):
        return "None" if annotation is type(None) else annotation.__name__
    text = re.sub(r"\b(?:\w+\.)+(\w+)", r"\1", str(annotation))
    return re.sub(r"^Optional\[(.*)\]$", r"\1 | None", text)

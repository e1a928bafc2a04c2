"""Every setting: variable, meaning, type, default."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from wxevents.settings import PREFIX, Settings
from wxevents_reference.markdown import code, heading, page
from wxevents_reference.phrases import Phrases


def describe_settings(phrases: Phrases) -> str:
    return page(part for name in Settings.model_fields for part in _section(name, phrases))


def _section(name: str, phrases: Phrases) -> Iterator[str]:
    field = Settings.model_fields[name]
    meaning = phrases("settings", name, field.description or "")
    assert meaning, f"the setting {name} has no description"
    yield heading(2, code(PREFIX + name.upper()))
    yield _sentence(meaning, field)
    facts = {
        "Type": shown_type(field),
        "Default": _default(field, phrases),
        "In wxevents.toml": code(name),
    }
    yield " · ".join(phrases.fact(what, value) for what, value in facts.items())


def _sentence(meaning: str, field: FieldInfo) -> str:
    """With a capital, unless it begins with a value of the setting."""
    first = re.split(r"[\s,;:]", meaning, maxsplit=1)[0]
    is_value = f"`{first}`" in shown_type(field)
    return meaning if is_value else f"{meaning[0].upper()}{meaning[1:]}"


def _default(field: FieldInfo, phrases: Phrases) -> str:
    if field.is_required():
        return phrases.label("required")
    default = field.default
    if default in ("", None):
        return phrases.label("none")
    if isinstance(default, bool):
        return code(str(default).lower())
    return code(f"{default:g}" if isinstance(default, float) and default < 1e5 else default)


def shown_type(field: FieldInfo) -> str:
    """What may be written: `int` ≥ 1, or each of the words."""
    kind, metadata = _without_none(field.annotation), list(field.metadata)
    if get_origin(kind) is Annotated:
        metadata += kind.__metadata__
        kind = kind.__origin__
    if get_origin(kind) is Literal:
        return ", ".join(code(one) for one in get_args(kind))
    bounds = [
        f"{sign} {bound:g}"
        for constraint in _flat(metadata)
        for attribute, sign in (("gt", ">"), ("ge", "≥"), ("lt", "<"), ("le", "≤"))
        if (bound := getattr(constraint, attribute, None)) is not None
    ]
    name = getattr(kind, "__name__", str(kind))
    return " ".join((code(name), ", ".join(bounds))).strip()


def _flat(metadata: Iterable[Any]) -> Iterator[Any]:
    """The constraints, those of a Field inside an Annotated as well."""
    for one in metadata:
        yield from one.metadata if isinstance(one, FieldInfo) else (one,)


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (types.UnionType, Union):
        others = [one for one in get_args(kind) if one is not types.NoneType]
        return others[0] if len(others) == 1 else kind
    return kind

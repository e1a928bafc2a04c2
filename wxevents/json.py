"""JSON pushes, read as strictly as XML ones and into the same shape."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from wxevents.errors import MalformedPush
from wxevents.xml import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, Fields, clean

_MAX_DIGITS: Final = 20


def parse(data: bytes) -> Fields:
    """The object in a JSON document; numbers stay numbers.

    Raises MalformedPush for the same faults as `xml.parse`, and for any name given twice.
    """
    if len(data) > MAX_BYTES:
        raise MalformedPush(f"the body is larger than {MAX_BYTES} bytes")
    try:
        fields = _decoder.decode(data.decode())
    except RecursionError as error:
        raise MalformedPush(f"the JSON is nested deeper than {MAX_DEPTH} levels") from error
    except UnicodeDecodeError as error:
        raise MalformedPush("the JSON is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise MalformedPush(f"the JSON is not well-formed: {error}") from error
    if not isinstance(fields, dict):
        raise MalformedPush("the JSON is not an object")
    checked: Fields = _checked(fields, [MAX_ELEMENTS], 0)
    return checked


def render(fields: Mapping[str, Any]) -> str:
    """Raw UTF-8, never `\\u` escapes: the platform shows those literally."""
    return json.dumps(_cleaned(fields), ensure_ascii=False, separators=(",", ":"))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _cleaned(one) for name, one in value.items()}
    return value


def _unique(pairs: list[tuple[str, Any]]) -> Fields:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise MalformedPush("the JSON gives a name twice in one object")
    return fields


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise MalformedPush(f"the JSON has a number of {len(digits)} digits")
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedPush(f"the JSON has the number {name}")


_decoder = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_integer, parse_constant=_refuse_constant
)


def _checked(value: Any, budget: list[int], depth: int) -> Any:
    """`value` within the bounds of depth and count, its text without what no answer could carry."""
    if depth > MAX_DEPTH:
        raise MalformedPush(f"the JSON is nested deeper than {MAX_DEPTH} levels")
    budget[0] -= 1
    if budget[0] < 0:
        raise MalformedPush(f"the JSON has more than {MAX_ELEMENTS} values")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_checked(one, budget, depth + 1) for one in value]
    if isinstance(value, dict):
        return _unique([(clean(name), _checked(value[name], budget, depth + 1)) for name in value])
    return "" if value is None else value  # what XML would write as an empty element

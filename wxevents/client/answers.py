"""The platform's answers: JSON whatever the Content-Type says, error codes, typed values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from wxevents.client.codes import api_error
from wxevents.client.transport import Answer, Call
from wxevents.errors import ApiAnswerUnreadable

T = TypeVar("T")

# For the dataclasses that answers become. The platform adds fields at will, and gives the same id
# now as a number, now as text.
TYPED: Final = ConfigDict(
    extra="ignore", coerce_numbers_to_str=True, hide_input_in_errors=True, defer_build=True
)

# The platform puts raw control characters into strings.
_decoder: Final = json.JSONDecoder(strict=False)


def read_json(call: Call, answer: Answer, secrets: Iterable[str] = ()) -> dict[str, Any]:
    """The object in the answer. Raises ApiError for an error code, without the `secrets` that its
    text may repeat, and ApiAnswerUnreadable for what is no JSON object."""
    data = decode(answer.body)
    if isinstance(data, str):
        raise ApiAnswerUnreadable(
            str(call), f"{call}: {data} ({len(answer.body):,} bytes, {answer.content_type})"
        )
    raise_for_code(call, data, secrets)
    return data


def raise_for_code(call: Call, data: Mapping[str, Any], secrets: Iterable[str] = ()) -> None:
    """Raise the ApiError that the answer tells of, if any. Successes may omit `errcode`."""
    number = _code(data.get("errcode", 0))
    if number is None:
        raise ApiAnswerUnreadable(str(call), f"{call}: errcode is no number")
    if number == 0:
        return
    errmsg = str(data.get("errmsg", ""))
    for secret in secrets:
        if secret:
            errmsg = errmsg.replace(secret, "***")
    raise api_error(str(call), number, errmsg)


def _code(value: object) -> int | None:
    """An errcode, which some servers write as text; None for what is none."""
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9:
        return value
    return None


def decode(body: bytes) -> dict[str, Any] | str:
    """The JSON object, or the sentence that tells why there is none."""
    try:
        text = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return "the answer is not UTF-8"
    if not text:
        return "the answer is empty"
    if text.startswith("<"):
        return "the answer is HTML or XML, not JSON; a proxy or another server may have spoken"
    try:
        data = _decoder.decode(text)
    except (ValueError, RecursionError):  # ValueError also for integers of over 4,300 digits
        return "the answer is no well-formed JSON, perhaps cut off"
    return data if isinstance(data, dict) else "the answer is JSON, but no object"


def encode(data: object) -> bytes:
    """Raw UTF-8: the platform takes `\\u` escapes for illegal characters, or shows them."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def typed(wanted: type[T], call: str, data: object) -> T:
    """`data` as that dataclass, list or the like. Raises ApiAnswerUnreadable, which names the
    fields that do not fit, and none of their values."""
    shape: Any = wanted
    try:
        value: T = _adapter(shape).validate_python(data)
    except ValidationError as error:
        faults = [
            ".".join(map(str, fault["loc"])) + ": " + fault["msg"]
            for fault in error.errors(include_url=False, include_input=False, include_context=False)
        ]
    else:
        return value
    raise ApiAnswerUnreadable(call, f"{call}: the answer has another shape: {'; '.join(faults)}")


@cache
def _adapter(wanted: Any) -> TypeAdapter[Any]:
    return TypeAdapter(wanted)

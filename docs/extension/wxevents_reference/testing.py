"""What tests of a bot use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from typing import Final

from wxevents.testing import (
    Done,
    EmulatedUser,
    EmulatorClient,
    ManualClock,
    Phone,
    emulated,
    invented_settings,
)
from wxevents_reference.callables import (
    constructor,
    describe_function,
    describe_methods,
    public_properties,
)
from wxevents_reference.markdown import code, docstring, heading, page, table
from wxevents_reference.phrases import Phrases
from wxevents_reference.replies import field_table

NAMES: Final[Mapping[type, str]] = {
    Phone: "phone",
    EmulatorClient: "emulator",
    EmulatedUser: "user",
    Done: "done",
    ManualClock: "clock",
}
"""The classes of the page, and what one of them is called there."""


def describe_testing(phrases: Phrases) -> str:
    return page(part for kind, name in NAMES.items() for part in _section(kind, name, phrases))


def describe_testing_functions(phrases: Phrases) -> str:
    functions = (invented_settings, emulated)
    return page(part for one in functions for part in describe_function(one, "testing", phrases))


def _section(kind: type, name: str, phrases: Phrases) -> Iterator[str]:
    yield heading(2, kind.__name__)
    if kind is not EmulatedUser and kind is not Done:  # these are given
        yield constructor(kind)
    yield phrases("testing", kind.__name__, docstring(kind, examples=False))
    if is_dataclass(kind):
        yield field_table(kind, phrases)
    rows = [
        (code(f"{name}.{attribute}"), phrases("testing", f"{kind.__name__}.{attribute}", meaning))
        for attribute, meaning in public_properties(kind).items()
    ]
    yield table([phrases.label("Attribute"), phrases.label("Meaning")], rows)
    yield from describe_methods(kind, name, "testing", phrases)

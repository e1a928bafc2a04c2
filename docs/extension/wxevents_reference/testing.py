"""What tests of a bot use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from wxevents.testing import Done, EmulatedUser, EmulatorClient, ManualClock, Phone
from wxevents_reference.callables import call, describe_methods, parameters, public_properties
from wxevents_reference.markdown import block, code, docstring, heading, page, table
from wxevents_reference.phrases import Phrases

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


def _section(kind: type, name: str, phrases: Phrases) -> Iterator[str]:
    yield heading(2, kind.__name__)
    yield block("text", call(kind.__name__, parameters(vars(kind)["__init__"])))
    yield phrases("testing", kind.__name__, docstring(kind, examples=False))
    rows = [
        (code(f"{name}.{attribute}"), phrases("testing", f"{kind.__name__}.{attribute}", meaning))
        for attribute, meaning in public_properties(kind).items()
    ]
    yield table([phrases.label("Attribute"), phrases.label("Meaning")], rows)
    yield from describe_methods(kind, name, "testing", phrases)

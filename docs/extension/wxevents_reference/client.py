"""Every call of the client, and what calls take and give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Final

from wxevents import client as module
from wxevents.client import (
    AuthorizerToken,
    ClassicToken,
    Client,
    CloudToken,
    Code,
    FixedToken,
    Retries,
    StableToken,
    Timeouts,
)
from wxevents.settings import Settings
from wxevents_reference.callables import constructor, describe_methods
from wxevents_reference.markdown import docstring, heading, page
from wxevents_reference.phrases import Phrases
from wxevents_reference.replies import field_table

_CONFIGURING: Final = (Retries, Timeouts)
_TOKENS: Final = (StableToken, ClassicToken, FixedToken, CloudToken, AuthorizerToken)


def describe_client(phrases: Phrases) -> str:
    """Its calls, by what they are about."""
    return page(
        part for name, kind in call_groups().items() for part in _group(name, kind, phrases)
    )


def describe_client_types(phrases: Phrases) -> str:
    """The dataclasses that calls take and give."""
    return page(part for kind in client_types() for part in _type(kind, phrases))


def describe_client_parts(phrases: Phrases) -> str:
    """What a client may be given: tokens, and how patient it is."""
    return page(
        part
        for kind in (*_TOKENS, *_CONFIGURING)
        for part in (
            heading(3, kind.__name__),
            constructor(kind) if kind in _TOKENS else "",
            phrases("client", kind.__name__, docstring(kind)),
            "" if kind in _TOKENS else field_table(kind, phrases),
        )
    )


def call_groups() -> dict[str, type]:
    """The class of each public attribute of a client, behind the client itself."""
    members = vars(Client(Settings(app_id="wx", app_secret="s", token="t", mode="plain")))
    groups = {f"client.{name}": type(one) for name, one in members.items() if name[0] != "_"}
    return {"client": Client, **groups}


def client_types() -> list[type]:
    found: list[type] = [vars(module)[name] for name in module.__all__]
    return [one for one in found if is_dataclass(one) and one not in (Code, *_CONFIGURING)]


def _group(name: str, kind: type, phrases: Phrases) -> Iterator[str]:
    yield heading(2, name)
    if kind is Client:
        yield constructor(kind)
    about = docstring(kind, examples=False).removeprefix(f"`{name}`.").strip()
    yield phrases("client", kind.__name__, about)
    yield from describe_methods(kind, name, "client", phrases)


def _type(kind: type, phrases: Phrases) -> Iterator[str]:
    yield heading(3, kind.__name__)
    yield phrases("client", kind.__name__, docstring(kind))
    yield field_table(kind, phrases)

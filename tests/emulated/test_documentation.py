"""docs/emulator.md, held against the code: everything that the page does is documented."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from aiohttp import web

from wxevents.emulator import Behaviour, Emulator
from wxevents.emulator.deeds import DEEDS
from wxevents.emulator.disturbances import Disturbances

TEXT = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text("utf-8")


def routes() -> set[str]:
    """The paths of the control API, parameters in braces."""
    found = set()
    for resource in Emulator().application().router.resources():
        if isinstance(resource, web.PrefixedSubAppResource):
            for inner in resource:
                assert inner.resource
                found.add(inner.resource.canonical)
    return found


def test_every_path_is_documented() -> None:
    assert len(routes()) > 20
    for path in routes() - {"/emulator/users/{openid}/{deed}"}:
        last = path.rpartition("/")[2]
        assert path in TEXT or f"`{last}`" in TEXT, path


@pytest.mark.parametrize("deed", DEEDS)
def test_every_deed_is_documented(deed: str) -> None:
    assert f"| `{deed}` |" in TEXT


@pytest.mark.parametrize("kind", [Behaviour, Disturbances])
def test_every_switch_and_fault_is_documented(kind: type) -> None:
    for field in dataclasses.fields(kind):
        assert f'"{field.name}"' in TEXT

"""reference/emulator.md of both languages, held against the code: everything that the page does is
documented."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from aiohttp import web

from wxevents.emulator import Emulator, Switches
from wxevents.emulator.faults import Faults
from wxevents.emulator.phone.deeds import DEEDS

PAGES = [
    Path(__file__).parents[3] / "docs" / language / "reference" / "emulator.md"
    for language in ("en", "zh")
]


@pytest.fixture(params=PAGES, ids=("en", "zh"))
def text(request: pytest.FixtureRequest) -> str:
    page: Path = request.param
    return page.read_text("utf-8")


def routes() -> set[str]:
    """The paths of the control API, parameters in braces."""
    found = set()
    for resource in Emulator().application().router.resources():
        if isinstance(resource, web.PrefixedSubAppResource):
            for inner in resource:
                assert inner.resource
                found.add(inner.resource.canonical)
    return found


def test_every_path_is_documented(text: str) -> None:
    assert len(routes()) > 20
    for path in routes() - {"/emulator/users/{openid}/{deed}"}:
        last = path.rpartition("/")[2]
        assert path in text or f"`{last}`" in text, path


@pytest.mark.parametrize("deed", DEEDS)
def test_every_deed_is_documented(deed: str, text: str) -> None:
    assert f"| `{deed}` |" in text


@pytest.mark.parametrize("kind", [Switches, Faults])
def test_every_switch_and_fault_is_documented(kind: type, text: str) -> None:
    for field in dataclasses.fields(kind):
        assert f'"{field.name}"' in text

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import Project
from tests.cli.emulated import Commands, Platform
from tests.cli.examined import Doctor


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh folder with a handlers package."""
    return Project(tmp_path)


@pytest.fixture
def platform() -> Iterator[Platform]:
    """The emulated platform, serving."""
    with Platform().serving() as platform:
        yield platform


@pytest.fixture
def wxevents(tmp_path: Path, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """Commands in a fresh folder, for the account of `platform`."""
    for name in list(os.environ):
        if name.startswith("WXEVENTS_"):
            monkeypatch.delenv(name)
    return Commands(tmp_path, platform, monkeypatch)


@pytest.fixture
def doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """`wxevents doctor` for an account in plain mode that calls nobody."""
    return Doctor(tmp_path, monkeypatch)

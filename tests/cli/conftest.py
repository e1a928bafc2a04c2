from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh folder with a handlers package."""
    return Project(tmp_path)

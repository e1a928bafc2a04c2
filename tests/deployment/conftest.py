from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh folder with a handlers package and an account in safe mode."""
    project = Project(tmp_path)
    project.environ |= {
        "WXEVENTS_APP_ID": "wx0123456789abcdef",
        "WXEVENTS_TOKEN": "token",
        "WXEVENTS_ENCODING_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    }
    return project

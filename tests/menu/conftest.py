"""Menu files, and the examples of the platform's pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.menu.writing import Writer


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Writer:
    """Writes menu files into the working directory, so that places begin with their names."""
    monkeypatch.chdir(tmp_path)
    return Writer(tmp_path)

from __future__ import annotations

import sys

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if sys.platform == "win32":
        reason = pytest.mark.skip(reason="no lasting store and no SIGKILL on Windows")
        for item in items:
            if "promises" in item.path.parts:
                item.add_marker(reason)

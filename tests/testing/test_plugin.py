"""The pytest plugin, in projects of its users."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HANDLERS = """
from wxevents import ClickEvent, Router
router = Router()
@router.click("HELLO")
async def hello(event: ClickEvent) -> str:
    return "你好"
"""

# As the README gives it.
CONFIGURATION = """
[tool.pytest.ini_options]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"
"""

TEST = """
import pytest
from wxevents import Bot, Router, TextReply
from wxevents.testing import invented_settings

async def test_the_handlers_package(phone):
    assert await phone.click("HELLO") == TextReply("你好")

class TestAnother:
    @pytest.fixture
    def wxevents_bot(self):
        return Bot(invented_settings(mode="plain"), routers=[Router()])

    async def test_it(self, phone):
        assert await phone.click("HELLO") is None
"""


def run_pytest(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_bot.py").write_text(TEST, "utf-8")
    (folder / "handlers.py").write_text(HANDLERS, "utf-8")
    (folder / "pyproject.toml").write_text(CONFIGURATION, "utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *options],
        cwd=folder,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_phone_fixture_drives_the_handlers_of_a_project(tmp_path: Path) -> None:
    ended = run_pytest(tmp_path)
    assert ended.returncode == 0, ended.stdout
    assert "2 passed" in ended.stdout


def test_a_project_without_async_tests_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "test_sync.py").write_text("def test_it(): pass\n")
    ended = run_pytest(tmp_path, "-p", "no:asyncio", "-p", "no:aiohttp", "test_sync.py")
    assert ended.returncode == 0, ended.stdout

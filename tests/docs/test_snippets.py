"""The Python of every page is typed, and can be imported."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.docs.pages import ENGLISH, TUTORIAL, Block, blocks, pages

WITH_PYTHON = [
    page for page in pages(ENGLISH) if any(block.language == "python" for block in blocks(page))
]


def modules(found: list[Block]) -> Mapping[str, str]:
    """The snippets of a page by the modules that they make."""
    written: dict[str, str] = {}
    for block in found:
        if block.language == "python" and not block.caption:
            name = (block.name or "snippets").replace("-", "_")
            written[name] = f"{written.get(name, '')}\n\n{block.text}"
    return written


def before(page: Path) -> Sequence[Path]:
    """The pages whose files the reader has by then."""
    return TUTORIAL[: TUTORIAL.index(page)] if page in TUTORIAL else ()


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy learns from one page about wxevents serves the others."""
    return tmp_path_factory.mktemp("mypy")


@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda page: str(page.relative_to(ENGLISH)))
def test_what_a_page_shows_is_typed_and_can_be_imported(
    page: Path, cache: Path, tmp_path: Path
) -> None:
    for block in (block for one in (*before(page), page) for block in blocks(one)):
        if block.is_file and block.language == "python":
            file = tmp_path / block.caption
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, "utf-8")
    snippets = modules(blocks(page))
    for name, text in snippets.items():
        (tmp_path / f"{name}.py").write_text(text.lstrip(), "utf-8")

    assert run(tmp_path, "-m", "mypy", "--strict", f"--cache-dir={cache}", ".") == ""
    for name in snippets:
        assert run(tmp_path, "-c", f"import {name}") == ""


def run(folder: Path, *arguments: str) -> str:
    """What Python has to say, "" where it ends well."""
    environ = {name: value for name, value in os.environ.items() if name[:9] != "WXEVENTS_"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environ | {"PYTHONPATH": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr

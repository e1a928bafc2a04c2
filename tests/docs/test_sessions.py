"""Whoever does what the pages say, in their order, sees what they show."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.docs.environment import (
    beside_a_checkout,
    installed,
    ports_of_the_pages,
)
from tests.docs.pages import ENGLISH, TUTORIAL, Block, blocks, pages
from tests.docs.session import session

if sys.platform == "win32":
    pytest.skip("the pages are for a POSIX shell", allow_module_level=True)


def is_run(block: Block) -> bool:
    return block.language == "console" and not block.is_elsewhere


ALONE = [
    page
    for page in pages(ENGLISH)
    if page.parent.name != "tutorial" and any(is_run(block) for block in blocks(page))
]


def test_the_tutorial_from_its_first_command_to_its_last(tmp_path: Path) -> None:
    folder, scratch = tmp_path / "reader", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    with (
        ports_of_the_pages(),
        session(folder, scratch, beside_a_checkout(folder)) as reader,
    ):
        for page in TUTORIAL:
            reader.follow(page)


@pytest.fixture(scope="session")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return installed(tmp_path_factory.mktemp("documentation") / "venv")


@pytest.mark.parametrize("page", ALONE, ids=lambda page: str(page.relative_to(ENGLISH)))
def test_a_page_alone(page: Path, environ: dict[str, str], tmp_path: Path) -> None:
    folder, scratch = tmp_path / "reader", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    with ports_of_the_pages(), session(folder, scratch, environ) as reader:
        reader.follow(page)

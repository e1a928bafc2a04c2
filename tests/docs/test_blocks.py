"""Every code block of every page, in both languages, is read by what reads its language."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.docs.pages import CHINESE, DOCS, ENGLISH, ROOT, Block, Directive, blocks, pages, parts
from tests.docs.readers import READERS
from tests.docs.transcript import Command, steps

PAGES: Final = [ROOT / "README.md", *sorted(DOCS.glob("*.md")), *pages(ENGLISH), *pages(CHINESE)]

# What Sphinx makes of a page, that holds no code.
DIRECTIVES: Final = frozenset(("toctree", "include", "image", "figure"))


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_language_of_a_page_has_a_reader(page: Path) -> None:
    for part in parts(page):
        if isinstance(part, Directive):
            assert part.name in DIRECTIVES, f"{part}: nothing checks the directive {part.name}"
        else:
            language = part.language or "no language"
            assert part.language in READERS, f"{part}: nothing reads {language}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_block_of_a_page_can_be_read(page: Path) -> None:
    faults = [fault for block in blocks(page) if (fault := fault_of(block))]
    assert not faults, "\n\n".join(faults)


def fault_of(block: Block) -> str:
    """Where the block is and what is wrong with it, "" for none."""
    if block.language not in READERS:
        return ""
    try:
        READERS[block.language](block)
    except Exception as error:  # noqa: BLE001 - whatever a parser raises is a fault of the block
        return f"{block}: {error}"
    return ""


def test_what_cannot_be_run_here_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    found = [block for page in pages(ENGLISH) for block in blocks(page) if block.is_elsewhere]
    commands = [step for block in found for step in steps_of(block)]
    with capsys.disabled():
        print(f"\n{len(commands)} commands in {len(found)} blocks are for elsewhere", end=" ")  # noqa: T201
    assert all(block.language in ("console", "sh", "python") for block in found)


def steps_of(block: Block) -> list[Command]:
    everything = steps(block) if block.language == "console" else []
    return [step for step in everything if isinstance(step, Command)]


def test_a_block_of_a_language_without_a_reader_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("````{note}\n```cobol\nSTOP RUN.\n```\n````\n")
    assert [one.language for one in blocks(page)] == ["cobol"]
    assert "cobol" not in READERS

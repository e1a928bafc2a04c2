"""Every code block of every page, in both languages, is read by what reads its language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
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


# Commands that are not run, by page: of the root of a server, of Docker, of programs and accounts
# that are not here. What can be run against the emulated platform is run; a new one belongs here
# only if it cannot. The commands of wxevents among them are run on other pages: `doctor`, `menu`
# and `push --url` in the rehearsal of going-live.md and in tunnel.md.
ELSEWHERE: Final[Mapping[str, int]] = {
    "howto/docker.md": 11,
    "howto/gunicorn.md": 1,
    "howto/monitoring.md": 1,
    "howto/nginx.md": 4,
    "howto/redis.md": 7,
    "howto/systemd.md": 14,
    "howto/testing.md": 1,
    "tutorial/going-live.md": 13,
    "tutorial/test-account.md": 3,
    "tutorial/tunnel.md": 3,
}


def test_only_these_commands_are_not_run() -> None:
    found: Counter[str] = Counter()
    for page in pages(ENGLISH):
        for block in blocks(page):
            if block.is_elsewhere:
                assert block.language == "console", f"{block}: nothing but commands is elsewhere"
                found[page.relative_to(ENGLISH).as_posix()] += len(steps_of(block))
    assert found == ELSEWHERE


def steps_of(block: Block) -> list[Command]:
    everything = steps(block) if block.language == "console" else []
    return [step for step in everything if isinstance(step, Command)]


def test_a_block_of_a_language_without_a_reader_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("````{note}\n```cobol\nSTOP RUN.\n```\n````\n")
    assert [one.language for one in blocks(page)] == ["cobol"]
    assert "cobol" not in READERS

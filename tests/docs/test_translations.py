"""The Chinese pages have the blocks of the English ones: what is run of these holds for both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import CHINESE, DOCS, ENGLISH, ROOT, Block, blocks, pages, parts
from tests.docs.translation import Translation

PAIRS = [(page, CHINESE / page.relative_to(ENGLISH)) for page in pages(ENGLISH)]
PAIRS += [(ROOT / "README.md", DOCS / "README.zh-CN.md")]


@pytest.mark.parametrize(
    ("english", "chinese"), PAIRS, ids=lambda page: str(page.relative_to(ROOT))
)
def test_a_page_and_its_translation_have_the_same_blocks(english: Path, chinese: Path) -> None:
    assert chinese.exists(), f"{english} is not translated"
    assert Translation().first_difference(blocks(english), blocks(chinese)) == ""


@pytest.mark.parametrize(
    ("english", "chinese"), PAIRS, ids=lambda page: str(page.relative_to(ROOT))
)
def test_a_page_and_its_translation_have_the_same_directives(english: Path, chinese: Path) -> None:
    assert chinese.exists(), f"{english} is not translated"

    def made(page: Path) -> list[str]:
        return [one.name for one in parts(page) if not isinstance(one, Block)]

    if english.name == "changelog.md":  # the English one is for the repository as well
        assert (made(english), made(chinese)) == (["include"], [])
    else:
        assert made(english) == made(chinese)


def test_the_changelogs_have_the_same_versions_and_as_many_entries() -> None:
    def outline(page: Path) -> list[str]:
        return re.findall(r"^## [\d.]+|^- ", page.read_text("utf-8"), re.MULTILINE)

    assert outline(DOCS / "changelog.md") == outline(CHINESE / "changelog.md")


def block(language: str, text: str) -> Block:
    return Block(ROOT / "README.md", 1, language, text)


@pytest.mark.parametrize(
    ("language", "english", "chinese"),
    [
        ("python", "x = 1  # one\n", "x = 1  # 一\n"),
        ("python", 'return "It is sunny"\n', 'return "晴天"\n'),
        ("python", 'def f() -> None:\n    """Do it."""\n', 'def f() -> None:\n    """做。"""\n'),
        ("toml", "port = 1  # number\n", "port = 1  # 端口\n"),
        ("toml", "# a number\nport = 1\n", "# 一个\n# 端口\nport = 1\n"),
        ("text", "what a person sees\n", "人看到的\n"),
    ],
)
def test_what_is_for_people_may_differ(language: str, english: str, chinese: str) -> None:
    assert (
        Translation().first_difference([block(language, english)], [block(language, chinese)]) == ""
    )


@pytest.mark.parametrize(
    ("language", "english", "chinese"),
    [
        ("python", 'click("A")\n', 'click("B")\n'),
        ("python", "x = 1\n", "x = 2\n"),
        ("python", "x = 1\n", "x = 1\ny = 2\n"),
        ("toml", "port = 1\n", "port = 2\n"),
        ("console", "$ wxevents run\n", "$ wxevents dev\n"),
    ],
)
def test_everything_else_may_not(language: str, english: str, chinese: str) -> None:
    assert Translation().first_difference([block(language, english)], [block(language, chinese)])


def test_what_is_printed_differs_as_the_texts_do() -> None:
    mine = [block("python", 'return "It is sunny"\n'), block("console", "$ push\nIt is sunny\n")]
    theirs = [block("python", 'return "晴天"\n'), block("console", "$ push\n晴天\n")]
    assert Translation().first_difference(mine, theirs) == ""
    theirs[1] = block("console", "$ push\n雨天\n")
    assert "雨天" in Translation().first_difference(mine, theirs)


def test_a_block_too_many_is_named() -> None:
    one = block("text", "a")
    assert "has no counterpart" in Translation().first_difference([one, one], [one])

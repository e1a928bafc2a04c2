"""What comments in the code cite as protocol is a topic of docs/protocol.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT

# "(protocol: buttons, error codes; the order is inferred)", also over the end of a line. A comment
# that begins with "Protocol:" tells the fact itself, or, in few words, its topic.
_CITATION = re.compile(r"\([Pp]rotocol[:,]?\s([^);]+)")
_LONE = re.compile(r"# Protocol: ([a-z ]{1,40})\.$", re.MULTILINE)


def topics(text: str) -> set[str]:
    """Headings, and what stands bold at the head of a paragraph, up to a bracket or a dash."""
    found = re.findall(r"^#+ (?:\d+\. )?(.+)$|^\*\*(.+?)\*\*", text, re.MULTILINE)
    names = (re.split(r" \(| \[| – |:", heading or bold)[0] for heading, bold in found)
    return {name.strip(" .").lower() for name in names}


def citations(text: str) -> list[str]:
    """The topics that comments name, several in one bracket."""
    text = re.sub(r"\n\s*#?\s*", " ", text)
    found = [*_CITATION.findall(text)]
    return [topic.strip() for one in found for topic in one.split(",")]


def cited(module: Path) -> list[str]:
    text = module.read_text("utf-8")
    return [*citations(text), *_LONE.findall(text)]


MODULES = [module for module in sorted((ROOT / "wxevents").rglob("*.py")) if cited(module)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_every_citation_names_a_topic(module: Path) -> None:
    known = topics((DOCS / "protocol.md").read_text("utf-8"))
    unknown = [topic for topic in cited(module) if topic.lower() not in known]
    assert not unknown, f"docs/protocol.md has {sorted(known)}"


def test_citations_are_found() -> None:
    assert len(MODULES) > 20
    assert citations("# up to a time (protocol:\n    # numbers, error codes; inferred).\n") == [
        "numbers",
        "error codes",
    ]

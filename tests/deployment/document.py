"""docs/deployment.md: its files, to be run as they are but for addresses and paths."""

from __future__ import annotations

import re
from pathlib import Path

_DOCUMENT = Path(__file__).parents[2] / "docs" / "deployment.md"
_BLOCKS: list[tuple[str, str]] = re.findall(
    r"```(\w+)\n(.*?)```", _DOCUMENT.read_text("utf-8"), re.DOTALL
)


def file(language: str, containing: str, changes: dict[str, str] | None = None) -> str:
    """The one file in that language with these words, with other addresses and paths, each of which
    must be there."""
    (content,) = [code for kind, code in _BLOCKS if kind == language and containing in code]
    for old, new in (changes or {}).items():
        assert old in content, old
        content = content.replace(old, new)
    return content

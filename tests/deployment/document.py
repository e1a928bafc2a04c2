"""The how-to guides on deployment: their files, to be run as they are but for addresses and
paths."""

from __future__ import annotations

from tests.docs.pages import ENGLISH, blocks

_BLOCKS = [
    block
    for guide in ("workers", "systemd", "nginx", "gunicorn")
    for block in blocks(ENGLISH / "howto" / f"{guide}.md")
]


def file(language: str, containing: str, changes: dict[str, str] | None = None) -> str:
    """The one file in that language with these words, with other addresses and paths, each of which
    must be there."""
    (content,) = [
        block.text for block in _BLOCKS if block.language == language and containing in block.text
    ]
    for old, new in (changes or {}).items():
        assert old in content, old
        content = content.replace(old, new)
    return content

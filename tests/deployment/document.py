"""The how-to guides on deployment: their files, to be run as they are but for addresses and
paths."""

from __future__ import annotations

from tests.docs.pages import ENGLISH, blocks
from tests.docs.transcript import Command, steps

_BLOCKS = [
    block
    for guide in ("workers", "systemd", "nginx", "gunicorn", "docker")
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


def printed_by(command: str) -> str:
    """What a guide shows of a command's output; tests/docs compares it with what is printed."""
    shown = [step for block in _BLOCKS if block.language == "console" for step in steps(block)]
    (text,) = [
        step.expected or "" for step in shown if isinstance(step, Command) and step.text == command
    ]
    assert "…" not in text
    return text

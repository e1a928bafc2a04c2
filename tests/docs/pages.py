"""The pages as lists of code blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
ENGLISH: Final = DOCS / "en"
CHINESE: Final = DOCS / "zh"

TUTORIAL: Final = tuple(
    ENGLISH / "tutorial" / f"{name}.md"
    for name in (
        "first-bot",
        "first-menu",
        "slow-handler",
        "photos",
        "conversation",
        "test-account",
        "tunnel",
        "going-live",
    )
)
"""Its pages, in the order in which they are read."""

_CODE_DIRECTIVES: Final = ("code-block", "code", "sourcecode")
# What stands inside these is read as if it stood in the page itself.
_CONTAINERS: Final = frozenset(
    [
        "admonition",
        "attention",
        "caution",
        "danger",
        "error",
        "hint",
        "important",
        "note",
        "tip",
        "warning",
        "seealso",
    ]
)
_DIRECTIVE: Final = re.compile(r"\{([\w-]+)\}\s*(.*)")
_OPTION: Final = re.compile(r":([\w-]+):\s*(.*)")


@dataclass(frozen=True)
class Block:
    """A piece of code in a page."""

    page: Path
    line: int
    language: str
    text: str
    caption: str = ""
    name: str = ""
    classes: frozenset[str] = field(default=frozenset())

    @property
    def is_file(self) -> bool:
        """Whether it is a file of the reader's project."""
        return bool(self.caption) and not self.caption.startswith(("/", "~"))

    @property
    def is_elsewhere(self) -> bool:
        return "elsewhere" in self.classes

    @property
    def is_printed(self) -> bool:
        """Whether a server prints it."""
        return self.language == "text" and "printed" in self.classes

    @property
    def exit_code(self) -> int:
        """That of its last command."""
        return next((int(one[5:]) for one in self.classes if one.startswith("exit-")), 0)

    def __str__(self) -> str:
        return place(self.page, self.line)


@dataclass(frozen=True)
class Directive:
    """A part of a page that Sphinx makes: no code."""

    page: Path
    line: int
    name: str
    argument: str

    def __str__(self) -> str:
        return place(self.page, self.line)


def place(page: Path, line: int) -> str:
    """Where that is, as an editor opens it."""
    return f"{page.relative_to(ROOT) if page.is_relative_to(ROOT) else page}:{line}"


def pages(folder: Path) -> list[Path]:
    """All pages below the folder of a language."""
    return sorted(folder.rglob("*.md"))


def parts(page: Path) -> list[Block | Directive]:
    """All code blocks and directives of a page, in their order."""
    return list(_parts(page, page.read_text("utf-8"), 0))


def blocks(page: Path) -> list[Block]:
    return [one for one in parts(page) if isinstance(one, Block)]


def _parts(page: Path, text: str, offset: int) -> Iterator[Block | Directive]:
    markdown = MarkdownIt("commonmark").enable("table").use(colon_fence_plugin)
    for token in markdown.parse(text):
        if token.type == "code_block":
            raise AssertionError(
                f"{page}:{_line(token.map, offset)}: an indented block has no language"
            )
        if token.type not in ("fence", "colon_fence"):
            continue
        line = _line(token.map, offset)
        directive = _DIRECTIVE.match(token.info.strip())
        if not directive:
            yield Block(page, line, token.info.strip(), token.content)
            continue
        name, argument = directive.groups()
        options, content, above = _options(token.content)
        if name == "literalinclude":
            content = (page.parent / argument).read_text("utf-8")
            name, argument = "code-block", options.get("language", "")
        if name in _CODE_DIRECTIVES:
            classes = frozenset(options.get("class", "").split())
            caption, label = options.get("caption", ""), options.get("name", "")
            yield Block(page, line, argument, content, caption, label, classes)
        elif name in _CONTAINERS:
            yield from _parts(page, content, line + above)
        else:
            yield Directive(page, line, name, argument)


def _line(span: list[int] | None, offset: int) -> int:
    assert span is not None
    return span[0] + offset + 1


def _options(content: str) -> tuple[dict[str, str], str, int]:
    """The options at the head of a directive, what is behind them, and how many lines they take."""
    lines = content.splitlines(keepends=True)
    options: dict[str, str] = {}
    taken = 0
    for line in lines:
        option = _OPTION.match(line.strip())
        if not option:
            break
        options[option[1]] = option[2].strip()
        taken += 1
    while options and taken < len(lines) and not lines[taken].strip():
        taken += 1
    return options, "".join(lines[taken:]), taken

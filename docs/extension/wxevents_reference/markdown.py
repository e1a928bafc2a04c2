"""Pieces of Markdown that the generators put together."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, or nothing where it would have no rows."""
    lines = [_row(cells) for cells in rows]
    return "\n".join((_row(head), _row(["---"] * len(head)), *lines)) if lines else ""


def _row(cells: Sequence[str]) -> str:
    escaped = (" ".join(cell.split()).replace("|", r"\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def code(text: object) -> str:
    return f"`{text}`" if str(text) else ""


def value(thing: object) -> str:
    """A value as it is written in code: classes and functions by their names."""
    return str(getattr(thing, "__name__", "") or repr(thing))


def block(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def heading(level: int, title: str) -> str:
    return f"{'#' * level} {title}"


def link(text: str, title: str, page: str = "") -> str:
    """A link to the heading of that title, a name of the code, which Sphinx (myst_heading_anchors)
    and GitHub call by its lower-case letters."""
    return f"[{text}]({page}#{title.lower()})"


def page(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def docstring(thing: object, *, examples: bool = True) -> str:
    """What its docstring says, the examples in it as Python. Nothing for one that is inherited or
    that a dataclass makes of its signature."""
    text = getattr(thing, "__doc__", None) or ""
    if text.startswith(f"{getattr(thing, '__name__', '')}("):
        return ""
    paragraphs = re.split(r"\n\n+", inspect.cleandoc(text))
    return _with_examples([one for one in paragraphs if examples or not _is_code(one)])


def _with_examples(paragraphs: Iterable[str]) -> str:
    """Paragraphs that are code become blocks of Python."""
    parts: list[str] = []
    for paragraph in paragraphs:
        dedented = textwrap.dedent(paragraph)
        if _is_code(paragraph):
            previous = parts[-1] if parts else ""
            if previous.startswith("```python"):
                before = previous.removesuffix("\n```")
                parts[-1] = f"{before}\n\n{dedented}\n```"
            else:
                parts.append(block("python", dedented))
        else:
            parts.append(paragraph)
    return "\n\n".join(parts)


def _is_code(paragraph: str) -> bool:
    return bool(re.match(r"    |@\w|async def |def |[A-Z]\w+\(.*\)$", paragraph))

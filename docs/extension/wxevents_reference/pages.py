"""The pages with generated parts, each between two comments that readers of a page do not see."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from wxevents_reference import GENERATORS
from wxevents_reference.phrases import Phrases

DOCS: Final = Path(__file__).parents[2]
LANGUAGES: Final = ("en", "zh")

_PART: Final = re.compile(
    r"^<!-- (?P<name>wxevents-[\w-]+): .*?^<!-- end of (?P=name) -->$", re.DOTALL | re.MULTILINE
)


def parts(text: str) -> list[str]:
    """The names of the generated parts of a page."""
    return [part["name"] for part in _PART.finditer(text)]


def refreshed(text: str, language: str) -> str:
    """The page with its generated parts as the code has them now."""
    return _PART.sub(lambda part: _written(part["name"], language), text)


def generated_pages() -> list[tuple[Path, str]]:
    """Every page that has generated parts, with its language."""
    return [
        (page, language)
        for language in LANGUAGES
        for page in sorted((DOCS / language / "reference").glob("*.md"))
        if parts(page.read_text("utf-8"))
    ]


def _written(name: str, language: str) -> str:
    opening = f'<!-- {name}: made by "python -m wxevents_reference", do not edit -->'
    return f"{opening}\n\n{GENERATORS[name](Phrases.of(language))}\n\n<!-- end of {name} -->"

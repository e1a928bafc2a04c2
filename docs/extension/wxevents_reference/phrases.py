"""The human text of generated parts: English from the code itself, Chinese from a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

FILE: Final = Path(__file__).parents[2] / "zh" / "phrases.yaml"

TRANSLATED: Final = FILE.with_name("phrases.english.json")
"""The English texts that the file translates, as they were then: see `python -m
wxevents_reference`."""


class Phrases:
    """The texts of one language, by section and name.

    What has no translation is shown in English, and remembered in `missing`.
    """

    def __init__(self, translated: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._translated = translated
        self.missing: dict[str, str] = {}
        """Section and name of what has no translation, with the English text."""
        self.english: dict[str, dict[str, str]] = {}
        """Every text that was asked for, by section and name."""

    @classmethod
    def of(cls, language: str) -> Phrases:
        """Those of a language by its code."""
        return cls(_read(FILE)) if language.startswith("zh") else cls()

    @property
    def is_english(self) -> bool:
        return self._translated is None

    def __call__(self, section: str, name: str, english: str) -> str:
        """The text of that name, which the code has in English. An empty one needs no other."""
        if not english:
            return ""
        self.english.setdefault(section, {})[name] = english
        if self._translated is None:
            return english
        text = self._translated.get(section, {}).get(name, "")
        if not text:
            self.missing[f"{section}: {name}"] = english
        return text or english

    def label(self, english: str) -> str:
        """A word of the page itself: the head of a column and the like."""
        return self("labels", english, english)

    def fact(self, english: str, value: str) -> str:
        """A label with what it is the label of."""
        return f"{self.label(english)}{': ' if self.is_english else '：'}{value}"

    @property
    def left_over(self) -> list[str]:
        """Translations that nothing asked for: what they belonged to is gone."""
        return [
            f"{section}: {name}"
            for section, texts in (self._translated or {}).items()
            for name in texts
            if name not in self.english.get(section, {})
        ]


def _read(file: Path) -> dict[str, dict[str, str]]:
    read = YAML(typ="safe", pure=True).load(file.read_text("utf-8")) or {}
    return {
        section: {str(name): str(text) for name, text in texts.items()}
        for section, texts in read.items()
    }

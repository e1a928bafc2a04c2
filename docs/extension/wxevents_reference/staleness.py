"""Whether the English text of the code is still the one that was translated."""

from __future__ import annotations

import json
from typing import Any

from wxevents_reference import GENERATORS
from wxevents_reference.phrases import TRANSLATED, Phrases


def english() -> dict[str, dict[str, str]]:
    """All texts of the reference, by section and name."""
    phrases = Phrases()
    for generate in GENERATORS.values():
        generate(phrases)
    return phrases.english


def changed() -> list[str]:
    """Section and name of every text that is not as it was when it was translated."""
    translated: dict[str, Any] = {}
    if TRANSLATED.exists():
        translated = json.loads(TRANSLATED.read_text("utf-8"))
    return [
        f"{section}: {name} ({text})"
        for section, texts in english().items()
        for name, text in texts.items()
        if translated.get(section, {}).get(name) != text
    ]

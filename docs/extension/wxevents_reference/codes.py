"""Every error code that the client knows."""

from __future__ import annotations

from wxevents.client.codes import CODES
from wxevents.errors import ApiError
from wxevents_reference.markdown import code, table
from wxevents_reference.phrases import Phrases


def describe_codes(phrases: Phrases) -> str:
    head = [phrases.label(one) for one in ("Code", "Meaning", "Cure", "Exception")]
    rows = []
    for number, known in sorted(CODES.items()):
        meaning = phrases("error_meanings", str(number), known.meaning)
        cure = phrases("error_cures", str(number), known.cure)
        error = "" if known.error is ApiError else code(known.error.__name__)
        rows.append((code(number), meaning, cure, error))
    return table(head, rows)

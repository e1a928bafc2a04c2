"""Say which English texts have changed since they were translated, and take them for translated:

PYTHONPATH=docs/extension python -m wxevents_reference
"""

from __future__ import annotations

import json

from wxevents_reference.phrases import TRANSLATED
from wxevents_reference.staleness import changed, english

if __name__ == "__main__":
    print("\n".join(changed()) or "nothing has changed")  # noqa: T201 - it is what it is for
    written = json.dumps(english(), ensure_ascii=False, indent=1, sort_keys=True)
    TRANSLATED.write_text(f"{written}\n", "utf-8")

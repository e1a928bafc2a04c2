"""Write the generated parts of the pages. Say which English texts have changed since they were
translated, and take them for translated:

PYTHONPATH=docs/extension python -m wxevents_reference
"""

from __future__ import annotations

import json

from wxevents_reference.pages import DOCS, generated_pages, refreshed
from wxevents_reference.phrases import TRANSLATED
from wxevents_reference.staleness import changed, english

if __name__ == "__main__":
    report = changed()
    written = json.dumps(english(), ensure_ascii=False, indent=1, sort_keys=True)
    TRANSLATED.write_text(f"{written}\n", "utf-8")
    for page, language in generated_pages():
        before = page.read_text("utf-8")
        after = refreshed(before, language)
        if after != before:
            page.write_text(after, "utf-8", newline="\n")
            report.append(f"wrote {page.relative_to(DOCS)}")
    print("\n".join(report) or "nothing has changed")  # noqa: T201 - it is what it is for

"""Both languages of the documentation: `sphinx-build -W --keep-going -c docs docs/en OUT/en`, and
`-D language=zh_CN … docs/zh OUT/zh` beside it, so that each page finds its other language."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "extension"))

project = "wxevents"
language = "en"
extensions = ["myst_parser", "file_captions", "two_languages"]
html_theme = "furo"
html_copy_source = False
html_show_copyright = False
html_domain_indices = False
html_use_index = False
templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["wxevents.css"]
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/other_language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4  # what a link of one page to a part of another one names

"""Sphinx builds both languages without a warning, and each page links its counterpart."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import CHINESE, DOCS, ENGLISH, pages


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both languages, side by side as they are served."""
    folder = tmp_path_factory.mktemp("site")
    languages: dict[str, list[str]] = {"en": [], "zh": ["-D", "language=zh_CN"]}
    for name, options in languages.items():
        source, target = str(DOCS / name), str(folder / name)
        strictly = ["-q", "-W", "--keep-going", "-c", str(DOCS)]
        done = subprocess.run(
            [sys.executable, "-m", "sphinx", *strictly, *options, source, target],
            env=os.environ | {"NO_COLOR": "1"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
    return folder


def test_every_page_exists_in_both_languages() -> None:
    english = {page.relative_to(ENGLISH) for page in pages(ENGLISH)}
    chinese = {page.relative_to(CHINESE) for page in pages(CHINESE)}
    assert sorted(map(str, english - chinese)) == [], "these have no Chinese page"
    assert sorted(map(str, chinese - english)) == [], "these have no English page"


def test_every_page_links_its_other_language(built: Path) -> None:
    for folder, other in (("en", "zh-CN"), ("zh", "en")):
        source = ENGLISH if folder == "en" else CHINESE
        for page in pages(source):
            html = built / folder / page.relative_to(source).with_suffix(".html")
            (link,) = re.findall(rf'<a href="([^"]*)" hreflang="{other}"', html.read_text("utf-8"))
            assert (html.parent / link).resolve().is_file(), f"{page}: {link}"


def test_chinese_words_are_found_by_the_search(built: Path) -> None:
    index = (built / "zh" / "searchindex.js").read_text("utf-8")
    called = re.fullmatch(r"Search\.setIndex\((.*)\);?\s*", index, re.DOTALL)
    assert called, index[:100]
    assert "菜单" in json.loads(called[1])["terms"]
    assert "splitQuery" in (built / "zh" / "_static" / "language_data.js").read_text("utf-8")

"""The search of the Chinese pages. Sphinx's own indexes no Chinese word unless jieba is installed;
pairs of neighbouring characters find the same pages without a dictionary."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from sphinx.search import SearchLanguage

_RUN: Final = re.compile(r"[\u3400-\u9fff]+|[A-Za-z0-9_]+")

# The same in the browser, for what the reader types.
_SPLITTER: Final = r"""
var splitQuery = (query) =>
  (query.match(/[\u3400-\u9fff]+|[A-Za-z0-9_]+/g) || []).flatMap((run) =>
    /^[\u3400-\u9fff]{2}/.test(run)
      ? Array.from({ length: run.length - 1 }, (_, at) => run.slice(at, at + 2))
      : [run]
  );
"""


class ChineseSearch(SearchLanguage):
    lang = "zh"
    language_name = "Chinese"
    js_splitter_code = _SPLITTER

    def split(self, text: str) -> list[str]:
        return [term for run in _RUN.findall(text) for term in _terms(run)]

    def stem(self, word: str) -> str:
        return word.lower()

    def word_filter(self, word: str) -> bool:
        return len(word) > 1


def _terms(run: str) -> list[str]:
    if run.isascii() or len(run) == 1:
        return [run]
    return ["".join(pair) for pair in pairwise(run)]

"""One configuration for two languages: what they differ in, and the link from each page to its
counterpart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from chinese_search import ChineseSearch


class Language(NamedTuple):
    """How a language is called in its own words, and the folder that its pages are in."""

    code: str
    name: str
    folder: str
    title: str


ENGLISH: Final = Language("en", "English", "en", "wxevents")
CHINESE: Final = Language("zh-CN", "简体中文", "zh", "wxevents 文档")


def is_chinese(config: Config) -> bool:
    return str(config.language).startswith("zh")


def _set_title(_: Sphinx, config: Config) -> None:
    # The option -D language=… is known only now, behind conf.py.
    config.html_title = (CHINESE if is_chinese(config) else ENGLISH).title


def _link_the_other_language(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _tree: nodes.document
) -> None:
    other = ENGLISH if is_chinese(app.config) else CHINESE
    up = "../" * (pagename.count("/") + 1)
    context["other_language_url"] = f"{up}{other.folder}/{pagename}.html"
    context["other_language_code"] = other.code
    context["other_language_name"] = other.name


# Chinese characters, their punctuation and full-width forms.
_WIDE: Final = re.compile("[\u2e80-\u9fff\uff00-\uffef“”‘’…—]")


def _close_lines(app: Sphinx, tree: nodes.document) -> None:
    """Between Chinese characters a browser would show the end of a line as a space."""
    if not is_chinese(app.config):
        return
    for element in tree.findall(nodes.TextElement):
        kept = [
            child
            for before, child, behind in _with_neighbours(element.children)
            if not (child.astext() == "\n" and _WIDE.match(before[-1:]) and _WIDE.match(behind[:1]))
        ]
        element.children = kept


def _with_neighbours(children: Sequence[nodes.Node]) -> Iterator[tuple[str, nodes.Node, str]]:
    """Every child between the texts on both its sides."""
    texts = ["", *(child.astext() for child in children), ""]
    yield from zip(texts, children, texts[2:], strict=False)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", _set_title)
    app.connect("doctree-read", _close_lines)
    app.connect("html-page-context", _link_the_other_language)
    app.add_search_language(ChineseSearch)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Whether two blocks are the same but for what is written for people."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from typing import Final

from tests.docs.pages import Block

# A comment of the languages that have one with `#`.
_COMMENT: Final = re.compile(r"(^|\s)#.*$", re.MULTILINE)
_WITH_COMMENTS: Final = frozenset(("console", "dockerfile", "ini", "nginx", "sh", "toml", "yaml"))
_LITERAL: Final = frozenset(
    getattr(tokenize, name)
    for name in ("STRING", "FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")
    if hasattr(tokenize, name)
)


class Translation:
    """Holds the blocks of one page against those of its translation.

    Texts that differ in Python are remembered: what is printed later differs in the same way.
    """

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def first_difference(self, english: list[Block], chinese: list[Block]) -> str:
        """ "" where there is none."""
        for one, other in zip(english, chinese, strict=False):
            for what in ("language", "caption", "name", "classes"):
                if getattr(one, what) != getattr(other, what):
                    return f"{one} and {other}: the {what} differs"
            difference = self._difference(one, other)
            if difference:
                return f"{one} and {other}: {difference}"
        if len(english) != len(chinese):
            longer = english if len(english) > len(chinese) else chinese
            return f"{longer[min(len(english), len(chinese))]} has no counterpart"
        return ""

    def _difference(self, one: Block, other: Block) -> str:
        if one.language in ("python", "py"):
            return self._in_python(one.text, other.text)
        mine, theirs = one.text, other.text
        if one.language in _WITH_COMMENTS:
            mine, theirs = _without_comments(mine), _without_comments(theirs)
        if one.language == "text" and not one.is_printed:
            return ""
        for english, chinese in self._texts.items():
            mine = mine.replace(english, chinese)
        return _line_that_differs(mine, theirs)

    def _in_python(self, one: str, other: str) -> str:
        mine, theirs = list(_tokens(one)), list(_tokens(other))
        for (kind, text), (its_kind, its_text) in zip(mine, theirs, strict=False):
            if (kind, text) == (its_kind, its_text):
                continue
            if kind in _LITERAL and its_kind in _LITERAL and _is_for_people(text, its_text):
                self._remember(text, its_text)
                continue
            return f"{text.strip()!r} here, {its_text.strip()!r} there"
        return "" if len(mine) == len(theirs) else "one is longer than the other"

    def _remember(self, english: str, chinese: str) -> None:
        try:
            self._texts[str(ast.literal_eval(english))] = str(ast.literal_eval(chinese))
        except (ValueError, SyntaxError):
            return  # a part of an f-string


def _tokens(code: str) -> Iterator[tuple[int, str]]:
    """What Python sees, without comments and layout."""
    passed_over = (tokenize.COMMENT, tokenize.NL)
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type not in passed_over:
            yield token.type, token.string


def _is_for_people(*texts: str) -> bool:
    """Words, in contrast to keys, names and formats."""
    return any(" " in text or not text.isascii() for text in texts)


def _without_comments(text: str) -> str:
    return "\n".join(filter(str.strip, _COMMENT.sub("", text).splitlines()))


def _line_that_differs(one: str, other: str) -> str:
    mine, theirs = ([line.rstrip() for line in text.splitlines()] for text in (one, other))
    for line, its_line in zip(mine, theirs, strict=False):
        if line != its_line:
            return f"{line!r} here, {its_line!r} there"
    return "" if len(mine) == len(theirs) else "one is longer than the other"

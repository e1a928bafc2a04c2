"""One call of the API, and the order in which it is judged: token, method, permission and quota,
body, JSON; what is left is the endpoint's own (protocol: error codes; the order is inferred)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias, TypeGuard

from wxevents.emulator.refusals import Refusal
from wxevents.emulator.state.account import Account
from wxevents.emulator.state.file_formats import UploadedFile

Json: TypeAlias = Mapping[str, object]

OK: Final[Json] = {"errcode": 0, "errmsg": "ok"}

# Put before a \u escape, to tell it from raw UTF-8 once the JSON is parsed. A noncharacter.
_MARK: Final = "\ufdd0"
# A run of escapes, since a pair of them may be one character; not behind an escaped backslash.
_ESCAPES: Final = re.compile(r"(?<!\\)((?:\\\\)*)((?:\\u[0-9a-fA-F]{4})+)")


class Call(NamedTuple):
    """That somebody called the API."""

    method: str
    path: str


class File(NamedTuple):
    """An answer that is a file."""

    filename: str
    content_type: str
    data: bytes


Answer: TypeAlias = Json | File


class Escaped(str):
    """A text of a request that was not sent as raw UTF-8, but with `\\u` escapes."""

    __slots__ = ()


@dataclass(frozen=True)
class Arguments:
    """What a call brings along."""

    account: Account
    query: Mapping[str, str]
    body: bytes
    files: Mapping[str, UploadedFile] = field(default_factory=dict)
    base: str = ""
    """The URL under which the emulator is called, for links to its files."""
    form: Mapping[str, str] = field(default_factory=dict)
    """The texts of a multipart body."""

    def json(self, not_utf8: int = 47001) -> dict[str, Any]:
        """The object in the body; raises Refusal 44002 for an empty one, 47001 for anything but an
        object, and `not_utf8` for other encodings."""
        if not self.body:
            raise Refusal(44002)
        try:
            text = self.body.decode()
        except UnicodeDecodeError as error:
            raise Refusal(not_utf8) from error
        try:
            value = _unmarked(json.loads(_ESCAPES.sub(rf"\1{_MARK}\2", text)))
        except (ValueError, RecursionError) as error:
            raise Refusal(47001) from error
        if not isinstance(value, dict):
            raise Refusal(47001)
        return value


@dataclass(frozen=True)
class Endpoint:
    """A path, its method ("" for any), and the function that answers it.

    `needs_token` is False for the calls that get one; `menus` says that an account without menus
    may not call it.
    """

    path: str
    method: str
    answer: Callable[[Arguments], Answer]
    needs_token: bool = True
    menus: bool = False

    def handle(self, method: str, arguments: Arguments) -> Answer:
        """The answer, or a raised Refusal."""
        account = arguments.account
        if self.needs_token:
            account.tokens.judge(arguments.query)
        if self.method not in ("", method):
            raise Refusal(43001 if self.method == "GET" else 43002)
        if self.menus and not account.has_menus:
            raise Refusal(48001)
        if refusal := account.refusal(self.path, needs_token=self.needs_token):
            raise refusal
        account.quotas.spend(self.path)
        return self.answer(arguments)


def is_number(value: object) -> TypeGuard[int]:
    """Of JSON: `true` and `false`, which are numbers to Python, are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def _unmarked(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return {str(_text(name)): _unmarked(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_unmarked(item) for item in value]
    return value


def _text(marked: str) -> str:
    text = marked.replace(_MARK, "")
    try:
        text.encode()
    except UnicodeEncodeError as error:  # half of a pair
        raise Refusal(47001) from error
    return Escaped(text) if _MARK in marked else text

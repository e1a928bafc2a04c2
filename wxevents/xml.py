"""XML as the platform writes it: a hardened reader and a CDATA-safe writer.

Nearly every push is flat: elements with text inside one root. One regular expression reads those,
and whatever it does not take as a whole, or has the least doubt about, goes to expat, where one
pass reads and guards (docs/decisions.md has figures; a property test holds the two together).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn, TypeAlias
from xml.parsers.expat import ExpatError, ParserCreate, errors

from wxevents.errors import MalformedPush

MAX_BYTES: Final = 64 * 1024
MAX_ELEMENTS: Final = 1_000
MAX_DEPTH: Final = 16

# An attacker who gets two of these into one push could have one checked and the other obeyed.
SINGLE: Final = frozenset(
    ("ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "MsgId", "Encrypt")
)

Fields: TypeAlias = dict[str, Any]
"""A parsed push: name to text, to nested fields, or to a list of these for a repeated element."""


def parse(data: bytes) -> Fields:
    """The elements inside the root of an XML document.

    Text stays exactly as it was sent, an empty element is "", a repeated one becomes a list,
    attributes are passed over. Raises MalformedPush for more than 64 KiB, anything but UTF-8, a
    DOCTYPE or entity, more than 1,000 elements or 16 levels, and repeats of what SINGLE names.
    """
    if len(data) > MAX_BYTES:
        raise MalformedPush(f"the body is larger than {MAX_BYTES} bytes")
    return _read_flat(data) or _read_any(data)


# What a flat push has no need of: control characters, carriage returns (which a parser turns into
# newlines) and anything that begins with an ampersand.
_NOT_FLAT: Final = bytes((*range(0x09), *range(0x0B, 0x20), ord("&")))
_FLAT_ELEMENT: Final = re.compile(
    r"<([A-Za-z_]\w*+)>(<!\[CDATA\[)?+([^<\]]*+)(?(2)\]\]>)</\1>", re.ASCII
)
_FLAT_ROOT: Final = re.compile(r"<xml>[ \t\n]*+</xml>[ \t\n]*+")


def _read_flat(data: bytes) -> Fields | None:
    """The elements of a flat push, None for every other document."""
    if len(data.translate(None, _NOT_FLAT)) < len(data):
        return None
    if not data.isascii() and b"\xef\xbf" in data:
        return None  # EF BF begins U+FFFE and U+FFFF, which no XML may hold
    try:
        pieces = _FLAT_ELEMENT.split(data.decode())
    except UnicodeDecodeError:
        return None
    # Between the elements stands layout, then of each its name, whether it is CDATA, and its text.
    names = pieces[1::4]
    if len(names) >= MAX_ELEMENTS or not _FLAT_ROOT.fullmatch("".join(pieces[::4])):
        return None
    fields = dict(zip(names, pieces[3::4], strict=True))
    return fields if len(fields) == len(names) else None


def _read_any(data: bytes) -> Fields:
    # expat reads UTF-16 whatever encoding it is told; every markup character of it has a NUL.
    if b"\0" in data:
        raise MalformedPush("the XML is not UTF-8: it contains NUL bytes")

    parents: list[Fields | None] = []
    children: Fields | None = None
    text: list[str] = []
    count = 0

    def start(name: str, attributes: object) -> None:
        nonlocal children, count
        count += 1
        if count > MAX_ELEMENTS:
            raise MalformedPush(f"the XML has more than {MAX_ELEMENTS} elements")
        if len(parents) >= MAX_DEPTH:
            raise MalformedPush(f"the XML is nested deeper than {MAX_DEPTH} levels")
        if text:
            keep_mixed_text()
        parents.append(children)
        children = None

    def end(name: str) -> None:
        nonlocal children
        value: Any
        if children is None:
            value = "".join(text)
            text.clear()
        else:
            if text:
                keep_mixed_text()
            value = children
        children = parents.pop()
        if children is None:
            children = {name: value}
        elif name not in children:
            children[name] = value
        elif name in SINGLE and len(parents) == 1:
            raise MalformedPush(f"the XML has more than one <{name}>")
        elif isinstance(children[name], list):
            children[name].append(value)
        else:
            children[name] = [children[name], value]

    def keep_mixed_text() -> None:
        # White space between elements is layout. Other text beside elements is nothing that the
        # platform sends; it is kept under the name that xmltodict gives it.
        nonlocal children
        mixed = "".join(text).strip()
        text.clear()
        if mixed:
            children = children or {}
            children["#text"] = children.get("#text", "") + mixed

    parser = ParserCreate("utf-8")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.XmlDeclHandler = _check_declaration
    try:
        parser.Parse(data, True)
    except ExpatError as error:
        # A newer expat may know reasons that this Python does not.
        reason = errors.messages.get(error.code, "unknown error")
        raise MalformedPush(
            f"the XML is not well-formed: {reason}, line {error.lineno}, column {error.offset}"
        ) from error
    root: Any = next(iter(children.values())) if children else None
    if not isinstance(root, dict):
        raise MalformedPush("the XML has no elements inside its root")
    return root


def _refuse_doctype(*declaration: object) -> NoReturn:
    raise MalformedPush("the XML has a DOCTYPE, which the platform never sends")


def _check_declaration(version: str, encoding: str | None, standalone: int) -> None:
    if encoding is not None and encoding.lower() not in ("utf-8", "utf8"):
        raise MalformedPush(f"the XML declares the encoding {encoding[:20]!r}, only UTF-8 is read")


# What XML 1.0 cannot carry in any form; one of these makes the platform discard the answer.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """`text` with every character that XML cannot carry replaced by U+FFFD."""
    # Most text is printable, which is quickly seen and leaves nothing to replace.
    return text if text.isprintable() else _UNWRITABLE.sub("\ufffd", text)


def render(fields: Mapping[str, Any]) -> str:
    """`<xml>` around the fields, as the platform writes them: numbers bare, text as CDATA (several
    sections where it holds `]]>`), nested fields nested, a list as repeated elements."""
    return clean(f"<xml>{_elements(fields)}</xml>")


def _elements(fields: Mapping[str, Any]) -> str:
    parts = []
    for name, value in fields.items():
        if isinstance(value, str):
            text = value.replace("]]>", "]]]]><![CDATA[>")  # of an enum's member: its value
            parts.append(f"<{name}><![CDATA[{text}]]></{name}>")
        elif isinstance(value, int | float):
            parts.append(f"<{name}>{value}</{name}>")
        elif isinstance(value, list):
            parts += [_elements({name: one}) for one in value]
        else:
            parts.append(f"<{name}>{_elements(value)}</{name}>")
    return "".join(parts)

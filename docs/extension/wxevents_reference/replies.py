"""Every reply: its fields, its limits, the XML that it becomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Final

from wxevents import replies as module
from wxevents import xml
from wxevents.events import TextMessage, parse
from wxevents.pushes import compose
from wxevents.replies import (
    Article,
    ImageReply,
    MusicReply,
    NewsReply,
    Reply,
    TextReply,
    TransferReply,
    VideoReply,
    VoiceReply,
    answer_fields,
)
from wxevents_reference.events import indented
from wxevents_reference.markdown import block, code, docstring, heading, page, table, value
from wxevents_reference.phrases import Phrases

_SECOND: Final = 1735700101

EXAMPLES: Final[Sequence[Reply]] = (
    TextReply('今日歌曲：<a href="https://music.example/1">《月亮代表我的心》</a>'),
    ImageReply("med-0007"),
    VoiceReply("med-0008"),
    VideoReply("med-0009", "开箱", "一分钟看完"),
    MusicReply(
        "med-0010",
        "月亮代表我的心",
        "邓丽君",
        "https://music.example/1.mp3",
        "https://music.example/1-hq.mp3",
    ),
    NewsReply(
        [Article("春季特卖", "只有两天", "https://shop.example/1.jpg", "https://shop.example/sale")]
    ),
    TransferReply("anna@shopdemo"),
)


def describe_replies(phrases: Phrases) -> str:
    assert {type(one) for one in EXAMPLES} == set(reply_classes()), "a reply has no example"
    return page(part for example in EXAMPLES for part in _section(example, phrases))


def reply_classes() -> list[type[Reply]]:
    return [one for one in Reply.__subclasses__() if one.__module__ == module.__name__]


def rendered(reply: Reply) -> str:
    """The answer to a text message, before it is sealed."""
    event = parse(compose("text", create_time=_SECOND - 1, msg_id=1))
    assert isinstance(event, TextMessage)
    return indented(xml.render(answer_fields(reply, event, _SECOND)))


def _section(example: Reply, phrases: Phrases) -> Iterator[str]:
    kind = type(example)
    yield heading(2, kind.__name__)
    yield phrases("replies", kind.__name__, docstring(kind))
    yield field_table(kind, phrases)
    if isinstance(example, NewsReply):
        yield heading(3, "Article")
        yield phrases("replies", "Article", docstring(Article))
        yield field_table(Article, phrases)
    yield block("xml", rendered(example))


def field_table(kind: type, phrases: Phrases, hidden: Sequence[str] = ()) -> str:
    """Name, type and default of the fields of a dataclass."""
    assert is_dataclass(kind)
    head = [phrases.label(one) for one in ("Field", "Type", "Default")]
    rows = [
        (code(one.name), code(one.type), _default(one.default, phrases))
        for one in fields(kind)
        if one.name not in hidden
    ]
    return table(head, rows)


def _default(default: Any, phrases: Phrases) -> str:
    return phrases.label("required") if default is MISSING else code(value(default))

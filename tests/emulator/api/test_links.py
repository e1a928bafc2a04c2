"""What a phone makes of the markup in a text of the account."""

from __future__ import annotations

import time
from typing import Any

import pytest

from wxevents.emulator.state.links import segments

SEGMENTS: list[tuple[str, list[dict[str, Any]]]] = [
    ("", []),
    ("你好\nworld", [{"text": "你好\nworld"}]),
    ('<a href="https://a.cn/x">here</a>', [{"text": "here", "href": "https://a.cn/x"}]),
    (
        "See <a href=\"http://a.cn\">one</a>,<a href='https://b.cn'>two</a>!",
        [
            {"text": "See "},
            {"text": "one", "href": "http://a.cn"},
            {"text": ","},
            {"text": "two", "href": "https://b.cn"},
            {"text": "!"},
        ],
    ),
    ('<A  HREF = "HTTPS://a.cn" >x</A >', [{"text": "x", "href": "HTTPS://a.cn"}]),
    (
        '<a class="k" href="https://a.cn/?b=1&amp;c=&quot;2&quot;">1 < 2 & 3</a>',
        [{"text": "1 < 2 & 3", "href": 'https://a.cn/?b=1&c="2"'}],
    ),
    ('<a href="https://a.cn" href="https://b.cn">x</a>', [{"text": "x", "href": "https://a.cn"}]),
    (
        '<a href="weixin://bizmsgmenu?msgmenucontent=订单 1+1%21&msgmenuid=7">ask</a>',
        [{"text": "ask", "say": "订单 1+1!", "menu_id": "7"}],
    ),
    (
        '<a href="weixin://bizmsgmenu?msgmenuid=7&amp;msgmenucontent=hi">ask</a>',
        [{"text": "ask", "say": "hi", "menu_id": "7"}],
    ),
    (
        '<a href="weixin://bizmsgmenu?msgmenucontent=hi">ask</a>',
        [{"text": "ask", "say": "hi", "menu_id": ""}],
    ),
    (
        "<a data-miniprogram-path='pages/a' href='https://a.cn' data-miniprogram-appid='wx1'>x</a>",
        [
            {
                "text": "x",
                "miniprogram": {"appid": "wx1", "path": "pages/a"},
                "href": "https://a.cn",
            }
        ],
    ),
    (
        '<a data-miniprogram-appid="wx1">x</a>',
        [{"text": "x", "miniprogram": {"appid": "wx1", "path": ""}, "href": ""}],
    ),
]


@pytest.mark.parametrize(("text", "expected"), SEGMENTS)
def test_links_become_segments(text: str, expected: list[dict[str, Any]]) -> None:
    assert segments(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" JaVaScRiPt:alert(1)">x</a>',
        '<a href="&#106;avascript:alert(1)">x</a>',
        '<a href="data:text/html,https://a.cn">x</a>',
        '<a href="//a.cn">x</a>',
        '<a href="https:">x</a>',
        '<a href="https://">x</a>',
        '<a href="https:///a">x</a>',
        '<a href="tel:110">x</a>',
        '<a href="weixin://dl/business">x</a>',
        '<a href="weixin://bizmsgmenu?msgmenuid=7">x</a>',
        '<a href="javascript:alert(1)" data-miniprogram-appid="wx1">x</a>',
        '<a href="">x</a>',
        "<a>x</a>",
        "<a href=https://a.cn>x</a>",
        '<a href="https://a.cn>x</a>',
        "<a href=\"https://a.cn'>x</a>",
        '<a href="https://a.cn">x',
        '<a href="https://a.cn">x</b>',
        '<a href="https://a.cn"></a>',
        '<a href="https://a.cn" onclick>x</a>',
        '<a onclick="x()">y</a>',
        '<abbr href="https://a.cn">x</abbr>',
        "<script>alert(1)</script>",
        '<img src="https://a.cn/x" onerror="alert(1)">',
        "1 < 2 & 3 > 2 &lt;a&gt;",
    ],
)
def test_everything_else_is_text_as_it_is_written(text: str) -> None:
    assert segments(text) == [{"text": text}]


def test_a_broken_link_does_not_swallow_the_next() -> None:
    good = '<a href="https://a.cn">x</a>'
    assert segments('<a href="https://b.cn">' + good) == [
        {"text": '<a href="https://b.cn">'},
        {"text": "x", "href": "https://a.cn"},
    ]
    assert segments('<a href="tel:1">y</a>' + good)[1] == {"text": "x", "href": "https://a.cn"}


def test_markup_in_a_label_is_text() -> None:
    assert segments('<a href="https://a.cn"><b>x</b></a>') == [
        {"text": "<b>x</b>", "href": "https://a.cn"}
    ]


def test_a_character_of_too_many_digits_is_left_as_it_is() -> None:
    href = f"https://a.cn/&#{'9' * 5000};"
    assert segments(f'<a href="{href}">x</a>') == [{"text": "x", "href": href}]


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<a",
        "<a ",
        '<a href="',
        "<a href='",
        '<a href="https://a.cn">',
        '<a href="https://a.cn"',
        ' href="x"',
        '<a x="<a y=" z="',
        "<a x='<a y=\" z='",
        '<a href="https://a.cn">x</b>',
        "</a>",
        " ",
        "a",
        "&#9",
        "&",
    ],
)
@pytest.mark.parametrize("start", ["", "<a", "<a x", "<a x=", '<a x="', '<a x="y">', '<a x="y"'])
def test_hostile_texts_take_no_longer_than_others(start: str, piece: str) -> None:
    text = (start + piece * (1 << 16))[: 1 << 16]
    began = time.perf_counter()
    found = segments(text)
    assert time.perf_counter() - began < 0.5  # some milliseconds; quadratic ones need minutes
    assert "".join(one["text"] for one in found) == text

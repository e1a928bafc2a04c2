"""Matchers are values; what one of them takes and captures."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.routing import phone_of, text_of
from wxevents import ClickEvent, Prefix, Regex, Router, TextMessage
from wxevents.routing.matchers import NO_CAPTURES, captured_names


def test_prefixes_are_equal_by_their_text() -> None:
    assert Prefix("order:") == Prefix("order:")
    assert Prefix("order:") == Prefix("order:", capture="number")
    assert Prefix("order:") != Prefix("order")
    assert len({Prefix("order:"), Prefix("order:", capture="number"), Prefix("order")}) == 2


def test_regexes_are_equal_by_pattern_and_flags() -> None:
    assert Regex("a+") == Regex("a+")
    assert Regex("a+") != Regex("a*")
    assert Regex("a+") != Regex("a+", re.IGNORECASE)
    assert Regex("a+", re.IGNORECASE) == Regex("a+", flags=2)
    assert len({Regex("a+"), Regex("a+"), Regex("a+", re.IGNORECASE)}) == 2


def test_a_prefix_is_no_regex_and_no_str() -> None:
    matchers: list[object] = [Prefix("a"), Regex("a"), "a", None]
    assert len(set(matchers)) == 4


def test_matchers_look_as_they_are_typed() -> None:
    assert repr(Prefix("order:")) == "Prefix('order:')"
    assert repr(Regex(r"page:(?P<n>\d+)")) == r"Regex('page:(?P<n>\\d+)')"
    assert repr(Regex("a", re.IGNORECASE)) == "Regex('a', re.IGNORECASE)"


def test_matchers_are_frozen() -> None:
    with pytest.raises(AttributeError, match="cannot assign"):
        setattr(Prefix("a"), "text", "b")  # noqa: B010 - mypy refuses the assignment
    with pytest.raises(AttributeError, match="cannot assign"):
        setattr(Regex("a"), "pattern", "b")  # noqa: B010


def test_an_empty_prefix_is_refused_with_the_cure() -> None:
    with pytest.raises(ValueError, match="leave the matcher out"):
        Prefix("")


@pytest.mark.parametrize("name", ["", "1a", "a b", "a-b", "class", "None"])
def test_a_capture_needs_the_name_of_a_parameter(name: str) -> None:
    with pytest.raises(ValueError, match="parameter"):
        Prefix("a", capture=name)


@pytest.mark.parametrize("pattern", ["(", "[a", "(?P<1>a)", "*"])
def test_a_broken_pattern_is_refused_and_named(pattern: str) -> None:
    with pytest.raises(ValueError, match=re.escape(pattern)):
        Regex(pattern)


def test_a_prefix_captures_the_rest_under_its_name() -> None:
    assert Prefix("a").names == {"rest"}
    assert Prefix("a", "number").names == {"number"}
    assert captured_names(Prefix("a", "number")) == {"number"}


def test_a_regex_captures_its_named_groups_only() -> None:
    assert Regex(r"(a)(?P<b>b)(?P<c>c)?").names == {"b", "c"}
    assert captured_names(Regex("(a)")) == frozenset()


@pytest.mark.parametrize("matcher", ["a", None])
def test_other_matchers_capture_nothing(matcher: str | None) -> None:
    assert captured_names(matcher) == frozenset()
    assert NO_CAPTURES == {}


@pytest.mark.parametrize(
    ("key", "captures"),
    [
        ("page:7", {"number": "7", "tab": None}),
        ("page:7/a", {"number": "7", "tab": "a"}),
        ("page:", None),
        ("page:7x", None),
        ("xpage:7", None),
        ("page:7\n", None),
        ("", None),
    ],
)
def test_a_regex_matches_from_beginning_to_end(
    key: str, captures: dict[str, str | None] | None
) -> None:
    assert Regex(r"page:(?P<number>\d+)(/(?P<tab>\w+))?").match(key) == captures


def test_flags_are_obeyed() -> None:
    assert Regex("yes", re.IGNORECASE).match("YES") == {}
    assert Regex("yes").match("YES") is None


async def test_a_prefix_takes_every_key_that_begins_with_it() -> None:
    router = Router()

    @router.click(Prefix("order:"))
    async def order(event: ClickEvent, rest: str) -> str:
        return f"[{rest}]"

    async with phone_of(router) as phone:
        assert text_of(await phone.click("order:7")) == "[7]"
        assert text_of(await phone.click("order:")) == "[]"
        assert text_of(await phone.click("order:a:b")) == "[a:b]"
        assert await phone.click("order") is None
        assert await phone.click("Order:7") is None
        assert await phone.click("my order:7") is None


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.lists(st.text("ab", min_size=1, max_size=4), unique=True), st.text("ab", max_size=6))
async def test_the_longest_prefix_takes_a_text(prefixes: list[str], text: str) -> None:
    router = Router()
    for prefix in prefixes:
        router.text(Prefix(prefix))(_teller(prefix))
    matching = [prefix for prefix in prefixes if text.startswith(prefix)]
    async with phone_of(router) as phone:
        assert text_of(await phone.say(text)) == max(matching, key=len, default=None)


def _teller(answer: str):  # type: ignore[no-untyped-def]  # the type of a handler is what is told
    async def tell(event: TextMessage) -> str:
        return answer

    return tell

"""Reading JSON pushes as strictly as XML ones, and writing JSON answers."""

from __future__ import annotations

import json as standard
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wxevents import json
from wxevents.errors import MalformedPush
from wxevents.xml import MAX_BYTES, Fields


def read(document: str) -> Fields:
    return json.parse(document.encode())


# What every push looks like


def test_a_push_becomes_its_fields() -> None:
    push = (
        '{"ToUserName": "gh_5a4b3c2d1e0f", "FromUserName": "oWxEv0000demoUser0000000000A",\n'
        ' "CreateTime": 1735700001, "MsgType": "event", "Event": "CLICK", "EventKey": "订单.last"}'
    )
    assert read(push) == {
        "ToUserName": "gh_5a4b3c2d1e0f",
        "FromUserName": "oWxEv0000demoUser0000000000A",
        "CreateTime": 1735700001,
        "MsgType": "event",
        "Event": "CLICK",
        "EventKey": "订单.last",
    }


def test_numbers_structures_and_lists_keep_their_shape() -> None:
    assert read('{"A": {"B": [1, "2", {"C": -3}], "D": 31.25}, "E": true, "F": ""}') == {
        "A": {"B": [1, "2", {"C": -3}], "D": 31.25},
        "E": True,
        "F": "",
    }


def test_null_is_what_an_empty_element_is() -> None:
    assert read('{"A": null, "B": {"C": null}, "L": [null]}') == {
        "A": "",
        "B": {"C": ""},
        "L": [""],
    }


def test_a_message_id_of_64_bits_is_exact() -> None:
    assert read('{"A": 9223372036854775807, "B": -9223372036854775808}') == {
        "A": 2**63 - 1,
        "B": -(2**63),
    }


def test_text_is_kept_exactly() -> None:
    assert read('{"A": "  <b>&amp;\\n\\t\\/\\u4e2d\\ud83d\\ude00]]> "}') == {
        "A": "  <b>&amp;\n\t/中😀]]> "
    }


# Guards


def test_a_body_may_have_64_kib_and_no_more() -> None:
    room = MAX_BYTES - len('{"A":""}')
    assert len(read(f'{{"A":"{"x" * room}"}}')["A"]) == room
    with pytest.raises(MalformedPush, match="larger than 65536 bytes"):
        read(f'{{"A":"{"x" * (room + 1)}"}}')


@pytest.mark.parametrize(
    "data",
    [
        b'{"A":"\xff"}',
        b'{"A":"\xc0\xbc"}',
        b'{"A":"\xed\xa0\x80"}',
        b'{"A":"\xe4\xb8"}',
        '{"A":"中"}'.encode("gbk"),
        '{"A":"1"}'.encode("utf-16"),
    ],
)
def test_what_is_not_utf8_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedPush, match="not UTF-8"):
        json.parse(data)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_document_of_wide_characters_is_refused(encoding: str, mark: str) -> None:
    with pytest.raises(MalformedPush):
        json.parse((mark + '{"A":"1"}').encode(encoding))


@pytest.mark.parametrize(
    "document",
    [
        "",
        " ",
        "success",
        "<xml><A>1</A></xml>",
        "{",
        '{"A"}',
        '{"A":}',
        '{"A":1,}',
        "{'A':1}",
        '{"A":1} junk',
        '{"A":1}{"B":2}',
        '{"A":1}\0',
        '{"A":"\n"}',  # a control character has to be escaped
        '{"A":"\0"}',
        '{"A":"\\x41"}',
        '{"A":"\\u12"}',
        '{"A":01}',
        '{"A":+1}',
        '{"A":.5}',
        '{"A":0x1}',
        '{"A":1} // comment',
        '\ufeff{"A":1}',
    ],
)
def test_what_is_not_well_formed_is_refused(document: str) -> None:
    with pytest.raises(MalformedPush, match="not well-formed"):
        read(document)


@pytest.mark.parametrize("document", ["[]", '[{"A":1}]', '"text"', "1", "-1.5", "true", "null"])
def test_what_is_no_object_is_refused(document: str) -> None:
    with pytest.raises(MalformedPush, match="not an object"):
        read(document)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(MalformedPush, match=f"the number {number}"):
        read(f'{{"A":{number}}}')


@pytest.mark.parametrize("digits", [21, 4_300, 4_301, 60_000])
def test_an_endless_number_is_refused(digits: int) -> None:
    with pytest.raises(MalformedPush, match=f"{digits} digits"):
        read(f'{{"A":{"1" * digits}}}')


@pytest.mark.parametrize(
    "document",
    [
        '{"A":1,"A":1}',
        '{"Encrypt":"a","B":1,"Encrypt":"b"}',
        '{"A":1,"\\u0041":2}',
        '{"L":[{"B":{"C":1,"C":2}}]}',
    ],
)
def test_a_name_given_twice_is_refused(document: str) -> None:
    with pytest.raises(MalformedPush, match="a name twice"):
        read(document)


def test_names_that_differ_only_in_what_is_replaced_are_refused() -> None:
    with pytest.raises(MalformedPush, match="a name twice"):
        read('{"A\\u0000":1,"A\\ufffd":2}')
    with pytest.raises(MalformedPush, match="a name twice"):
        read('{"L":{"\\ud800":1,"\\udfff":2}}')


def test_the_same_name_in_two_objects_is_no_repeat() -> None:
    assert read('{"A":{"A":1},"L":[{"A":2},{"A":3}]}') == {"A": {"A": 1}, "L": [{"A": 2}, {"A": 3}]}


def nested(levels: int, opening: str, closing: str) -> str:
    return f'{{"A":{opening * levels}1{closing * levels}}}'


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"B":', "}"), ('[{"B":', "}]")])
def test_nesting_is_bounded(opening: str, closing: str) -> None:
    levels = opening.count("[") + opening.count("{")
    assert read(nested(14 // levels, opening, closing))
    for times in (17, 200, 60_000 // (len(opening) + len(closing))):
        with pytest.raises(MalformedPush, match="deeper than 16 levels"):
            read(nested(times, opening, closing))


def test_nesting_that_never_ends_is_refused() -> None:
    for opening in ("[", '{"A":'):
        with pytest.raises(MalformedPush):
            read(opening * (60_000 // len(opening)))


def test_the_number_of_values_is_bounded() -> None:
    assert len(read(f'{{"A":[{",".join("1" * 990)}]}}')["A"]) == 990
    with pytest.raises(MalformedPush, match="more than 1000 values"):
        read(f'{{"A":[{",".join("1" * 1_001)}]}}')
    with pytest.raises(MalformedPush, match="more than 1000 values"):
        read("{" + ",".join(f'"{number}":0' for number in range(1_001)) + "}")


@pytest.mark.parametrize("escape", ["\\ud800", "\\udfff", "\\udc00\\ud800", "\\u0000", "\\u001f"])
def test_what_no_answer_could_carry_is_replaced(escape: str) -> None:
    fields = read(f'{{"A":"a{escape}b","L":["{escape}"],"{escape}":1}}')
    read_text = "\ufffd" * escape.count("\\")
    assert fields == {"A": f"a{read_text}b", "L": [read_text], read_text: 1}
    fields["A"].encode()


def test_a_refusal_does_not_repeat_the_text() -> None:
    for document in ('{"A":"private"', '{"A":"private","A":"private"}', '["private"]'):
        with pytest.raises(MalformedPush) as refused:
            read(document)
        assert "private" not in str(refused.value)


def test_a_document_is_read_after_one_that_was_refused() -> None:
    for bad in (b"{", b"\xff", b"[" * 60_000, b'{"A":1,"A":2}', b'{"A":NaN}'):
        with pytest.raises(MalformedPush):
            json.parse(bad)
        assert read('{"A":1}') == {"A": 1}


# Writing


def test_answers_are_raw_text_without_escapes() -> None:
    assert json.render({"A": "订单😀</b>", "B": 1, "C": {"D": [1]}}) == (
        '{"A":"订单😀</b>","B":1,"C":{"D":[1]}}'
    )


@pytest.mark.parametrize("sign", ["\ud800", "\ufffe", "\uffff"])
def test_what_cannot_be_sent_is_replaced(sign: str) -> None:
    assert json.render({"A": f"a{sign}b"}) == '{"A":"a\ufffdb"}'


@pytest.mark.parametrize("sign", ["\0", "\x01", "\x08", "\x0b", "\x0c", "\x1f"])
def test_control_characters_are_replaced_as_in_xml(sign: str) -> None:
    """Escaped as `\\u0001` they would be shown literally."""
    assert json.render({"A": {"B": [f"a{sign}b"]}}) == '{"A":{"B":["a\ufffdb"]}}'


def test_what_looks_like_an_escape_stays_as_it_was_typed() -> None:
    assert read(json.render({"A": "\\u0001 \\b"})) == {"A": "\\u0001 \\b"}


# Any document

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])).filter(
    lambda text: not {"\ufffe", "\uffff"} & set(text)
)
values: st.SearchStrategy[Any] = st.recursive(
    texts
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=15,
)


def depth(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth, inside), default=0) if isinstance(value, list | dict) else 1


@given(fields=st.dictionaries(texts, values, max_size=5).filter(lambda fields: depth(fields) <= 16))
@settings(deadline=None, database=None)
def test_what_was_written_is_read_again_as_by_everyone_else(fields: Fields) -> None:
    written = json.render(fields)
    assert read(written) == fields == standard.loads(written)


@given(data=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
@settings(deadline=None, database=None, max_examples=300)
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    for document in (data, b'{"A":' + data + b"}", b'{"A":"' + data + b'"}'):
        try:
            fields = json.parse(document)
        except MalformedPush:
            continue
        assert isinstance(fields, dict)

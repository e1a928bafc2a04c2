"""Reading and writing the platform's XML: what is refused, what is kept, what is split."""

from __future__ import annotations

import html
from typing import Any

import pytest
import xmltodict
from hypothesis import given, settings
from hypothesis import strategies as st

from wxevents import xml
from wxevents.errors import MalformedPush
from wxevents.xml import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, SINGLE, Fields

PUSH = (
    "<xml><ToUserName><![CDATA[gh_5a4b3c2d1e0f]]></ToUserName>"
    "<FromUserName><![CDATA[oWxEv0000demoUser0000000000A]]></FromUserName>"
    "<CreateTime>1735700001</CreateTime><MsgType><![CDATA[event]]></MsgType>"
    "<Event><![CDATA[CLICK]]></Event><EventKey><![CDATA[订单.last]]></EventKey></xml>"
)


def read(document: str) -> Fields:
    return xml.parse(document.encode())


# What every push looks like


def test_a_push_becomes_its_fields() -> None:
    assert read(PUSH) == {
        "ToUserName": "gh_5a4b3c2d1e0f",
        "FromUserName": "oWxEv0000demoUser0000000000A",
        "CreateTime": "1735700001",
        "MsgType": "event",
        "Event": "CLICK",
        "EventKey": "订单.last",
    }


def test_the_name_of_the_root_does_not_matter() -> None:
    assert read("<anything><A>1</A></anything>") == {"A": "1"}


def test_a_declaration_of_utf8_and_a_byte_order_mark_are_accepted() -> None:
    for declared in ("UTF-8", "utf-8", "Utf8"):
        assert read(f'<?xml version="1.0" encoding="{declared}"?><xml><A>1</A></xml>') == {"A": "1"}
    assert read('<?xml version="1.0"?>\n<xml><A>1</A></xml>\n') == {"A": "1"}
    assert read("\ufeff<xml><A>一</A></xml>") == {"A": "一"}


def test_text_is_kept_exactly() -> None:
    assert read("<xml><A>  two  </A><B>\n\t </B><C><![CDATA[ <b>&amp;]]></C></xml>") == {
        "A": "  two  ",
        "B": "\n\t ",
        "C": " <b>&amp;",
    }


def test_numbers_stay_text() -> None:
    assert read("<xml><A>007</A><B>1e3</B></xml>") == {"A": "007", "B": "1e3"}


@pytest.mark.parametrize("empty", ["<A/>", "<A></A>", "<A><![CDATA[]]></A>", "<A><!-- - --></A>"])
def test_an_empty_element_is_an_empty_text(empty: str) -> None:
    assert read(f"<xml>{empty}</xml>") == {"A": ""}


def test_a_text_in_several_sections_is_one_text() -> None:
    split = "<xml><A>a<![CDATA[b]]]]><![CDATA[>c]]>&lt;&#100;<!-- no -->e<?php no ?>f</A></xml>"
    assert read(split) == {"A": "ab]]>c<def"}


def test_white_space_between_elements_is_layout() -> None:
    assert read("<xml>\n  <A>\n    <B> 1 </B>\n  </A>\r\n\t<C/>\n</xml>\n") == {
        "A": {"B": " 1 "},
        "C": "",
    }


def test_text_beside_elements_is_kept_apart() -> None:
    assert read("<xml> loose <A>1</A> ends </xml>") == {"#text": "looseends", "A": "1"}
    assert read("<xml><A>x<B/></A><C>1</C></xml>") == {"A": {"#text": "x", "B": ""}, "C": "1"}


def test_attributes_are_passed_over() -> None:
    assert read('<xml v="1" xmlns="urn:x"><A id="2">1</A><B c="3"/></xml>') == {"A": "1", "B": ""}


def test_a_prefix_is_part_of_the_name() -> None:
    assert read('<xml xmlns:p="urn:x"><p:A>1</p:A></xml>') == {"p:A": "1"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("&lt;&gt;&amp;&quot;&apos;", "<>&\"'"),
        ("&#65;&#x42;&#x4E2D;&#128512;", "AB中😀"),
        ("&amp;lt;", "&lt;"),
        ("&#13;&#10;&#9;", "\r\n\t"),
    ],
)
def test_predefined_entities_and_character_references_are_text(written: str, meant: str) -> None:
    assert read(f"<xml><A>{written}</A></xml>") == {"A": meant}


# Repeated elements


@pytest.mark.parametrize("name", sorted(SINGLE))
@pytest.mark.parametrize("second", ["<{0}>b</{0}>", "<{0}/>", "<{0}><x>1</x></{0}>"])
def test_an_element_that_decides_may_not_repeat(name: str, second: str) -> None:
    with pytest.raises(MalformedPush, match=f"more than one <{name}>"):
        read(f"<xml><{name}>a</{name}><Other/>{second.format(name)}</xml>")


def test_exactly_these_elements_may_not_repeat() -> None:
    assert frozenset(SINGLE) == {
        "ToUserName",
        "FromUserName",
        "CreateTime",
        "MsgType",
        "Event",
        "EventKey",
        "MsgId",
        "Encrypt",
    }


def test_any_other_repeated_element_becomes_a_list() -> None:
    assert read("<xml><A>1</A><B/><A>2</A><A><C>3</C></A></xml>") == {
        "A": ["1", "2", {"C": "3"}],
        "B": "",
    }


def test_deeper_down_every_element_may_repeat() -> None:
    assert read("<xml><A><MsgId>1</MsgId><MsgId>2</MsgId></A><MsgId>3</MsgId></xml>") == {
        "A": {"MsgId": ["1", "2"]},
        "MsgId": "3",
    }


# Guards


def padded(size: int) -> bytes:
    frame = len("<xml><A></A></xml>")
    return f"<xml><A>{'x' * (size - frame)}</A></xml>".encode()


def test_a_body_may_have_64_kib_and_no_more() -> None:
    assert MAX_BYTES == 65_536
    assert len(xml.parse(padded(65_536))["A"]) > 65_000
    with pytest.raises(MalformedPush, match="larger than 65536 bytes"):
        xml.parse(padded(65_537))


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0" encoding="UTF-16"?>'])
def test_a_document_of_wide_characters_is_refused(
    encoding: str, mark: str, declaration: str
) -> None:
    with pytest.raises(MalformedPush, match="NUL"):
        xml.parse((mark + declaration + PUSH).encode(encoding))


@pytest.mark.parametrize("document", ["<xml><A>a\0b</A></xml>", "\0" + PUSH, PUSH + "\0"])
def test_a_nul_byte_is_refused(document: str) -> None:
    with pytest.raises(MalformedPush, match="NUL"):
        read(document)


@pytest.mark.parametrize(
    "text",
    [
        b"\xff",
        b"\x80",
        b"\xe4\xb8",  # cut short
        b"\xc0\xbc",  # "<" in two bytes
        b"\xe0\x80\xbc",  # "<" in three bytes
        b"\xf0\x80\x80\xbc",  # "<" in four bytes
        b"\xed\xa0\x80",  # a surrogate
        b"\xf4\x90\x80\x80",  # behind the last character
        "中文".encode("gbk"),
        "é".encode("latin-1"),
    ],
)
def test_what_is_not_utf8_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedPush, match="not well-formed"):
        xml.parse(b"<xml><A>" + text + b"</A></xml>")


@pytest.mark.parametrize(
    "encoding", ["GBK", "gb2312", "ISO-8859-1", "us-ascii", "UTF-7", "UTF-16", "x" * 500]
)
def test_another_declared_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(MalformedPush, match="only UTF-8 is read") as refused:
        read(f'<?xml version="1.0" encoding="{encoding}"?>{PUSH}')
    assert len(str(refused.value)) < 100


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE xml>",
        "<!DOCTYPE xml []>",
        '<!DOCTYPE xml SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE xml PUBLIC "-//X//EN" "http://attacker.example/x.dtd">',
        '<!DOCTYPE xml [<!ENTITY a "b">]>',
        '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE xml [<!ENTITY % a SYSTEM "http://attacker.example/"> %a;]>',
        '<!DOCTYPE xml [<!ENTITY % a "b">]>',
        '<!DOCTYPE xml [<!ELEMENT A ANY><!ATTLIST A v CDATA "1">]>',
        '<!DOCTYPE xml [<!NOTATION n SYSTEM "x"><!ENTITY a SYSTEM "x" NDATA n>]>',
    ],
)
@pytest.mark.parametrize("used", ["", "&a;"])
def test_a_doctype_is_refused_whatever_is_in_it(doctype: str, used: str) -> None:
    with pytest.raises(MalformedPush, match="DOCTYPE"):
        read(f"{doctype}<xml><A>{used}</A></xml>")


def test_a_billion_laughs_cost_nothing() -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    with pytest.raises(MalformedPush, match="DOCTYPE"):
        read(f'<!DOCTYPE xml [<!ENTITY l0 "ha">{entities}]><xml><A>&l11;</A></xml>')


@pytest.mark.parametrize("reference", ["&nope;", "&nbsp;", "&a", "&;", "%a;&b;", "&#0;", "&#x1F;"])
def test_a_reference_to_nothing_is_refused(reference: str) -> None:
    with pytest.raises(MalformedPush, match="not well-formed"):
        read(f"<xml><A>{reference}</A></xml>")
    with pytest.raises(MalformedPush, match="not well-formed"):
        read(f"<xml><A v='{reference}<'/></xml>")


def test_a_thousand_elements_are_read_and_no_more() -> None:
    assert MAX_ELEMENTS == 1_000
    assert read(f"<xml>{'<A/>' * 999}</xml>") == {"A": [""] * 999}
    with pytest.raises(MalformedPush, match="more than 1000 elements"):
        read(f"<xml>{'<A/>' * 1000}</xml>")


def test_sixteen_levels_are_read_and_no_more() -> None:
    assert MAX_DEPTH == 16
    fields: Any = read("<xml>" + "<A>" * 15 + "1" + "</A>" * 15 + "</xml>")
    for _ in range(15):
        fields = fields["A"]
    assert fields == "1"
    with pytest.raises(MalformedPush, match="deeper than 16 levels"):
        read("<xml>" + "<A>" * 16 + "</A>" * 16 + "</xml>")


def test_depth_counts_levels_and_not_elements() -> None:
    branch = "<A>" * 15 + "</A>" * 15
    assert len(read(f"<xml>{branch * 20}</xml>")["A"]) == 20


@pytest.mark.parametrize(
    "document",
    [
        "",
        " ",
        "success",
        '{"ToUserName":"gh_5a4b3c2d1e0f"}',
        "<xml>",
        "<xml><A>1</A>",
        "<xml><A>1</B></xml>",
        "<xml><A></xml></A>",
        "<xml><A>]]></A></xml>",
        "<xml><A><![CDATA[</A></xml>",
        "<xml><A v=1>1</A></xml>",
        "<xml><A v='1' v='2'>1</A></xml>",
        "<xml><A>\x01</A></xml>",
        "<xml><A>\x7f</A></xml>\x08",
        "<xml><1>1</1></xml>",
        " <?xml version='1.0'?><xml><A>1</A></xml>",
        "<xml><A>1</A></xml>junk",
        "<xml><A>1</A></xml><xml><A>2</A></xml>",
        "<xml><A>1</A></xml>&amp;",
        "<!ENTITY a 'b'><xml><A>1</A></xml>",
        "<xml><A>\ufffe</A></xml>",
    ],
)
def test_what_is_not_well_formed_is_refused_with_its_place(document: str) -> None:
    with pytest.raises(MalformedPush, match=r"not well-formed: .+line \d+"):
        read(document)


def test_comments_behind_the_root_are_no_junk() -> None:
    assert read("<xml><A>1</A></xml><!-- end --><?end?>\n") == {"A": "1"}


@pytest.mark.parametrize("document", ["<xml/>", "<xml></xml>", "<xml>text</xml>", "<xml> </xml>"])
def test_a_root_without_elements_is_refused(document: str) -> None:
    with pytest.raises(MalformedPush, match="no elements"):
        read(document)


def test_a_refusal_does_not_repeat_the_text() -> None:
    for document in ("<xml><A>private&no;</A></xml>", "<xml><MsgId>private</MsgId><MsgId/></xml>"):
        with pytest.raises(MalformedPush) as refused:
            read(document)
        assert "private" not in str(refused.value)


def test_a_document_is_read_after_one_that_was_refused() -> None:
    for bad in (b"<xml><A>", b"\xff", b"<!DOCTYPE xml><xml><A/></xml>", b"<xml><A>&x;"):
        with pytest.raises(MalformedPush):
            xml.parse(bad)
        assert read(PUSH)["Event"] == "CLICK"


# Writing


def test_text_is_written_as_cdata_and_numbers_bare() -> None:
    assert xml.render({"A": "一<二", "B": 3, "C": ""}) == (
        "<xml><A><![CDATA[一<二]]></A><B>3</B><C><![CDATA[]]></C></xml>"
    )


def test_structures_are_nested_and_lists_repeated() -> None:
    written = xml.render({"A": {"item": [{"B": "1"}, {"B": 2}]}, "C": [], "D": {}})
    assert written == (
        "<xml><A><item><B><![CDATA[1]]></B></item><item><B>2</B></item></A><D></D></xml>"
    )


@pytest.mark.parametrize("text", ["]]>", "]]>]]>", "a]]>b", "]]]]>>", "]]]>", "]]", ">", "]]&gt;"])
def test_the_end_of_a_section_inside_a_text_is_split(text: str) -> None:
    assert read(xml.render({"A": text})) == {"A": text}


def test_the_end_of_a_section_cannot_inject_elements() -> None:
    attack = "]]></Content><MsgType><![CDATA[news]]></MsgType><Content><![CDATA["
    assert read(xml.render({"Content": attack, "MsgType": "text"})) == {
        "Content": attack,
        "MsgType": "text",
    }


@pytest.mark.parametrize(
    "sign", ["\0", "\x01", "\x08", "\x0b", "\x0c", "\x0e", "\x1f", "\ud800", "\ufffe", "\uffff"]
)
def test_what_xml_cannot_carry_is_replaced(sign: str) -> None:
    assert read(xml.render({"A": f"a{sign}b"})) == {"A": "a\ufffdb"}
    assert xml.clean(f"a{sign}b") == "a\ufffdb"


def test_replacing_does_not_end_a_section() -> None:
    assert read(xml.render({"A": "]]\0>"})) == {"A": "]]\ufffd>"}


def test_what_xml_can_carry_is_left_alone() -> None:
    text = "\t\n 中😀\x7f\x85\ud7ff\ue000\ufffd\U0010ffff"
    assert xml.clean(text) == text
    assert read(xml.render({"A": text})) == {"A": text}


# Any document

# Carriage returns are left out: XML reads them as line feeds.
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("]>&<\n\t "),
    max_size=30,
)
names = st.sampled_from(["A", "B", "item", "PicList", "订单", "x-1", "_", "MsgId"])
values: st.SearchStrategy[Any] = st.recursive(
    texts,
    lambda inner: st.dictionaries(
        names, inner | st.lists(inner, min_size=2, max_size=3), min_size=1
    ),
    max_leaves=12,
)
roots = st.dictionaries(names, values, min_size=1, max_size=5)


def depth(value: Any) -> int:
    if isinstance(value, list):
        return max(map(depth, value))
    return 1 + max(map(depth, value.values())) if isinstance(value, dict) else 1


@given(fields=roots.filter(lambda fields: depth(fields) <= MAX_DEPTH))
@settings(deadline=None, database=None)
def test_what_was_written_is_read_again(fields: Fields) -> None:
    assert read(xml.render(fields)) == fields


def section(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


@st.composite
def documents(draw: st.DrawFn, levels: int = 3) -> str:
    """One element with text in every way of writing it, or with elements."""
    name = draw(names)
    attribute = draw(st.sampled_from(["", ' v="1"', " w='&lt;2'"]))
    if levels and draw(st.booleans()):
        children = draw(st.lists(documents(levels - 1), min_size=1, max_size=3))
        comment = draw(st.sampled_from(["", "<!-- c -->", "<?p i?>"]))
        return f"<{name}{attribute}>{comment.join(children)}{comment}</{name}>"
    pieces = st.one_of(
        texts.map(lambda text: html.escape(text).replace("&#x27;", "&apos;")),
        texts.map(section),
        texts.map(lambda text: "".join(f"&#{ord(sign)};" for sign in text[:5])),
        st.sampled_from(["", "<!-- c -->", "<?p i?>", "\r\n", "\r"]),
    )
    return f"<{name}{attribute}>{''.join(draw(st.lists(pieces, max_size=4)))}</{name}>"


def without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_none(one) for name, one in value.items()}
    if isinstance(value, list):
        return [without_none(one) for one in value]
    return "" if value is None else value


@given(inside=st.lists(documents(), min_size=1, max_size=5).map("".join))
@settings(deadline=None, database=None, max_examples=150)
def test_a_document_is_read_as_xmltodict_reads_it(inside: str) -> None:
    document = f"<xml>{inside}</xml>"
    known = xmltodict.parse(document, xml_attribs=False, strip_whitespace=False)["xml"]
    if isinstance(known, dict) and not isinstance(known.get("MsgId"), list):
        assert read(document) == without_none(known)
    else:
        with pytest.raises(MalformedPush, match="more than one <MsgId>"):
            read(document)


@given(data=st.binary(max_size=200) | texts.map(str.encode))
@settings(deadline=None, database=None, max_examples=300)
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    for document in (data, b"<xml>" + data + b"</xml>", b"<xml><A>" + data + b"</A></xml>"):
        try:
            fields = xml.parse(document)
        except MalformedPush:
            continue
        assert isinstance(fields, dict)

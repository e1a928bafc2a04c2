"""Menu files: read alike in YAML, TOML and JSON, and refused with line and column."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.menu.strategies import garbage
from tests.menu.writing import CLICK, Writer
from wxevents import (
    ClickButton,
    ConditionalMenu,
    MatchRule,
    Menu,
    MenuError,
    MenuSet,
    SubMenu,
    ViewButton,
)
from wxevents.menu import check

YAML = """\
# The menu of the shop.
$schema: menu.schema.json
button:
  - {type: click, name: 今日歌曲, key: V1001_TODAY_MUSIC}
  - name: 菜单
    sub_button:
      - type: view
        name: 搜索
        url: http://www.soso.com/
      - type: click
        name: 赞一下我们
        key: "V1001_GOOD"
        reply: 谢谢
conditionalmenu:
  - matchrule:
      tag: VIP
      client_platform_type: ios
    button:
      - {type: view, name: 会员, url: 'https://shop.example/vip'}
"""
TOML = """\
# The menu of the shop.
"$schema" = "menu.schema.json"

[[button]]
type = "click"
name = "今日歌曲"
key = 'V1001_TODAY_MUSIC'

[[button]]
name = "菜单"

[[button.sub_button]] # a link
type = "view"
name = "搜索"
url = "http://www.soso.com/"

[[button.sub_button]]
"type" = "click"
'name' = "\\u8d5e一下我们"
key = \"\"\"
V1001_GOOD\"\"\"
reply = "谢谢"

[[conditionalmenu]]
matchrule.tag = "VIP"
matchrule . client_platform_type = "ios"
button = [
  { type = "view", name = "会员", url = "https://shop.example/vip" }, # the only one
]
"""
JSON = """\
{
\t"$schema": "menu.schema.json",
\t"button": [
\t\t{"type": "click", "name": "\\u4eca日歌曲", "key": "V1001_TODAY_MUSIC"},
\t\t{
\t\t\t"name": "菜单",
\t\t\t"sub_button": [
\t\t\t\t{"type": "view", "name": "搜索", "url": "http:\\/\\/www.soso.com\\/"},
\t\t\t\t{"type": "click", "n\\u0061me": "赞一下我们", "key": "V1001_GOOD", "reply": "谢谢"}
\t\t\t]
\t\t}
\t],
\t"conditionalmenu": [
\t\t{
\t\t\t"matchrule": {"tag": "VIP", "client_platform_type": "ios"},
\t\t\t"button": [{"type": "view", "name": "会员", "url": "https://shop.example/vip"}]
\t\t}
\t]
}
"""
FILES = {"menu.yaml": YAML, "menu.toml": TOML, "menu.json": JSON}
MENUS = MenuSet(
    Menu(
        CLICK,
        SubMenu(
            "菜单",
            ViewButton("搜索", "http://www.soso.com/"),
            ClickButton("赞一下我们", "V1001_GOOD", reply="谢谢"),
        ),
    ),
    ConditionalMenu(
        Menu(ViewButton("会员", "https://shop.example/vip")),
        MatchRule(tag="VIP", client_platform_type="ios"),
    ),
)
EVERY = pytest.mark.parametrize("name", FILES)
MINIMAL = {
    "menu.yaml": "button:\n  - {type: click, name: a, key: k}\n",
    "menu.toml": '[[button]]\ntype = "click"\nname = "a"\nkey = "k"\n',
    "menu.json": '{"button": [{"type": "click", "name": "a", "key": "k"}]}\n',
}


@EVERY
def test_a_file_has_menus(name: str, write: Writer) -> None:
    assert write.menus(name, FILES[name]) == MENUS


@EVERY
@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_of_other_systems_are_line_ends(name: str, ending: str, write: Writer) -> None:
    text = FILES[name].replace("\n", ending)
    menus = write.menus(name, text)
    assert menus == MENUS
    assert menus.menu.button[1].origin == write.menus(name, FILES[name]).menu.button[1].origin


@EVERY
def test_a_byte_order_mark_is_no_part_of_the_file(name: str, write: Writer) -> None:
    menus = write.menus(name, b"\xef\xbb\xbf" + FILES[name].encode())
    assert menus == MENUS
    assert menus.menu.button[0].origin == write.menus(name, FILES[name]).menu.button[0].origin


def test_the_suffix_may_be_in_capitals_or_short(write: Writer) -> None:
    assert write.menus("MENU.YML", YAML) == write.menus("menu.Yaml", YAML) == MENUS


def test_a_file_is_named_by_text_or_path(write: Writer) -> None:
    path = write("menu.yaml", YAML)
    assert MenuSet.from_file(str(path)) == MenuSet.from_file(path)


def test_a_single_menu_is_read_as_one(write: Writer) -> None:
    menu = Menu.from_file(write("menu.toml", MINIMAL["menu.toml"]))
    assert menu == Menu(ClickButton("a", "k"))
    assert menu.origin.whole == "menu.toml:1:1"


def test_conditional_menus_are_more_than_a_single_menu(write: Writer) -> None:
    path = write("menu.yaml", YAML)
    with pytest.raises(MenuError) as refused:
        Menu.from_file(path)
    assert str(refused.value) == (
        "menu.yaml:15:5: conditionalmenu: the file has conditional menus; read it with "
        "MenuSet.from_file"
    )


def test_no_conditional_menus_may_be_written_down(write: Writer) -> None:
    text = MINIMAL["menu.yaml"] + "conditionalmenu:\n"
    assert Menu.from_file(write("menu.yaml", text)) == Menu(ClickButton("a", "k"))


def test_ruamel_is_imported_for_yaml_files_only(write: Writer) -> None:
    path = write("menu.toml", TOML)
    program = (
        "import sys; from wxevents import MenuSet; "
        f"MenuSet.from_file({path.as_posix()!r}); print('ruamel.yaml' in sys.modules)"
    )
    python = [sys.executable, "-c", program]
    done = subprocess.run(python, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# Places

PLACES = {
    "menu.yaml": {
        "": "1:1",
        "button[0]": "4:5",
        "button[0].name": "4:19",
        "button[0].key": "4:31",
        "button[1]": "5:5",
        "button[1].sub_button": "6:5",
        "button[1].sub_button[0]": "7:9",
        "button[1].sub_button[0].url": "9:9",
        "button[1].sub_button[1].reply": "13:9",
        "conditionalmenu[0]": "15:5",
        "conditionalmenu[0].matchrule": "15:5",
        "conditionalmenu[0].matchrule.tag": "16:7",
        "conditionalmenu[0].button[0].name": "19:22",
    },
    "menu.toml": {
        "": "1:1",
        "button[0]": "4:1",
        "button[0].name": "6:1",
        "button[0].key": "7:1",
        "button[1]": "9:1",
        "button[1].sub_button": "12:1",
        "button[1].sub_button[0]": "12:1",
        "button[1].sub_button[0].url": "15:1",
        "button[1].sub_button[1].name": "19:1",
        "button[1].sub_button[1].reply": "22:1",
        "conditionalmenu[0]": "24:1",
        "conditionalmenu[0].matchrule": "25:1",
        "conditionalmenu[0].matchrule.tag": "25:1",
        "conditionalmenu[0].matchrule.client_platform_type": "26:1",
        "conditionalmenu[0].button[0].name": "28:20",
    },
    "menu.json": {
        "": "1:1",
        "button[0]": "4:3",
        "button[0].name": "4:21",
        "button[0].key": "4:42",
        "button[1]": "5:3",
        "button[1].sub_button": "7:4",
        "button[1].sub_button[0]": "8:5",
        "button[1].sub_button[0].url": "8:36",
        "button[1].sub_button[1].name": "9:23",
        "button[1].sub_button[1].reply": "9:66",
        "conditionalmenu[0]": "14:3",
        "conditionalmenu[0].matchrule": "15:4",
        "conditionalmenu[0].matchrule.tag": "15:18",
        "conditionalmenu[0].button[0].name": "16:32",
    },
}


@EVERY
def test_every_field_knows_its_line_and_column(name: str, write: Writer) -> None:
    menus = write.menus(name, FILES[name])
    found = {"": menus.menu.origin.whole}
    conditional = menus.conditional[0]
    origins = {path: leaf.origin for path, leaf in menus.menu.leaves()}
    origins["button[1]"] = menus.menu.button[1].origin
    origins["conditionalmenu[0]"] = conditional.origin
    origins["conditionalmenu[0].button[0]"] = conditional.menu.button[0].origin
    origins["conditionalmenu[0].matchrule"] = conditional.match.origin
    for path, origin in origins.items():
        found[path] = origin.whole
        found |= {f"{path}.{field}": place for field, place in (origin.fields or {}).items()}
    expected = {path: f"{name}:{place}" for path, place in PLACES[name].items()}
    assert {path: found[path] for path in expected} == expected


@EVERY
def test_a_limit_is_found_where_it_is_written(name: str, write: Writer) -> None:
    menus = write.menus(name, FILES[name].replace("V1001_GOOD", "k" * 129))
    (finding,) = check(menus)
    place = {"menu.yaml": "12:9", "menu.toml": "20:1", "menu.json": "9:45"}[name]
    assert str(finding) == (
        f"{name}:{place}: button[1].sub_button[1].key: 129 bytes, at most 128 (40026)"
    )


@EVERY
def test_a_missing_field_is_found_where_the_button_is(name: str, write: Writer) -> None:
    key = {"menu.yaml": ", key: k", "menu.toml": 'key = "k"\n', "menu.json": ', "key": "k"'}[name]
    menus = write.menus(name, MINIMAL[name].replace(key, ""))
    (finding,) = check(menus)
    place = {"menu.yaml": "2:5", "menu.toml": "1:1", "menu.json": "1:13"}[name]
    assert str(finding) == f"{name}:{place}: button[0].key: is missing (40019)"


# Text that other readers take for something else


def test_yaml_text_stays_text(write: Writer) -> None:
    words = ["on", "off", "yes", "no", "y", "n", "12:30", "1.2.3", "<<", "=", "0o8", "菜 单"]
    for word in words:
        text = f"button:\n  - {{type: click, name: {word}, key: {word}}}\n"
        assert write.menus("menu.yaml", text) == MenuSet(Menu(ClickButton(word, word)))


def test_yaml_that_is_text_by_its_tag_is_text(write: Writer) -> None:
    text = "button:\n  - !!map {type: click, name: !!str 12, key: k}\n"
    assert write.menus("menu.yaml", text) == MenuSet(Menu(ClickButton("12", "k")))


@pytest.mark.parametrize("number", ["012", "0x1F", "0o17", "1_000", "+1", "1.5", "1e3", ".nan"])
def test_a_yaml_number_that_reads_otherwise_is_refused(number: str, write: Writer) -> None:
    text = f"button:\n  - {{type: click, name: a, key: {number}}}\n"
    assert write.refusal("menu.yaml", text) == (
        f"menu.yaml:2:33: button[0].key: {number} reads as a number; put it in quotes"
    )


@pytest.mark.parametrize("date", ["2024-01-01", "2024-01-01T00:00:00Z"])
def test_a_yaml_date_is_refused(date: str, write: Writer) -> None:
    text = f"button:\n  - {{type: click, name: {date}, key: k}}\n"
    assert write.refusal("menu.yaml", text) == (
        f"menu.yaml:2:25: button[0].name: {date} reads as a date; put it in quotes"
    )


def test_a_plain_number_is_a_key_but_no_name(write: Writer) -> None:
    for name, text in MINIMAL.items():
        quoted = '"k"' if name != "menu.yaml" else " k}"
        number = "12" if name != "menu.yaml" else " 12}"
        assert write.menus(name, text.replace(quoted, number)) == MenuSet(
            Menu(ClickButton("a", "12"))
        )
    assert write.refusal("menu.yaml", "button: [{type: click, name: 12, key: k}]") == (
        "menu.yaml:1:24: button[0].name: 12 (int) where text is due; put it in quotes"
    )


WRONG_TYPES = {
    "menu.yaml": [("true", "True (bool)"), ("[a]", "a list"), ("{a: b}", "a mapping")],
    "menu.toml": [
        ("true", "True (bool)"),
        ("1.5", "1.5 (float)"),
        ("nan", "nan (float)"),
        ("2024-01-01", "2024-01-01 (date)"),
        ("12:30:00", "12:30:00 (time)"),
        ("2024-01-01 12:30:00", "2024-01-01 12:30:00 (datetime)"),
        ("['a', 'b']", "a list"),
        ("{ a = 'b' }", "a mapping"),
        ("0x" + "f" * 5000, "a huge number"),
    ],
    "menu.json": [
        ("true", "True (bool)"),
        ("NaN", "nan (float)"),
        ("-Infinity", "-inf (float)"),
        ("1e400", "inf (float)"),
        ('["a"]', "a list"),
        ('{"a": 1}', "a mapping"),
        ("9" * 4000, "a huge number"),
    ],
}


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [(name, value, shown) for name, pairs in WRONG_TYPES.items() for value, shown in pairs],
)
def test_a_wrong_type_is_found(name: str, value: str, shown: str, write: Writer) -> None:
    text = MINIMAL[name].replace("name: a" if name == "menu.yaml" else '"a"', value)
    text = text.replace(f"click, {value}", f"click, name: {value}")
    place = {"menu.yaml": "2:19", "menu.toml": "3:1", "menu.json": "1:31"}[name]
    assert write.refusal(name, text) == (
        f"{name}:{place}: button[0].name: {shown} where text is due; put it in quotes"
    )


def test_null_is_a_missing_field(write: Writer) -> None:
    menus = write.menus("menu.yaml", "button:\n  - {type: click, name: null, key: ~}\n")
    assert [one.message for one in check(menus)] == ["is missing", "is missing"]


def test_a_key_of_thousands_of_digits_is_refused(write: Writer) -> None:
    text = MINIMAL["menu.toml"].replace('"k"', "0x" + "f" * 5000)
    assert write.refusal("menu.toml", text) == (
        "menu.toml:4:1: button[0].key: a huge number where text is due; put it in quotes"
    )


# Slips of the pen

TYPES = (
    "click, view, miniprogram, scancode_push, scancode_waitmsg, pic_sysphoto, pic_photo_or_album, "
    "pic_weixin, location_select, media_id, view_limited, article_id, article_view_limited"
)


def test_all_slips_are_found_at_once(write: Writer) -> None:
    text = """\
buttons: []
button:
  - {type: clock, name: a, key: k}
  - {type: click, name: a, key: k, Key: k, url: x}
  - {name: a}
  - {type: click, name: a, sub_button: [{type: click, name: b, key: k}]}
  - name: 菜单
    sub_button:
      - {name: a, sub_button: [{type: click, name: b, key: k}]}
      - [a]
      - text
      - {type: 5, name: a}
  - null
conditionalmenu:
  - {button: []}
  - {matchrule: {vip: yes}, button: {}}
  - {matchrule: [VIP], button: [], menu: {}}
"""
    assert [str(one) for one in write.findings("menu.yaml", text)] == [
        "menu.yaml:1:1: buttons: there is no field 'buttons' here; there are $schema, button, "
        "conditionalmenu, menu, menuid",
        f"menu.yaml:3:6: button[0].type: there is no type 'clock' (str); there are {TYPES} (40017)",
        "menu.yaml:4:36: button[1].Key: there is no field 'Key' here; there are key, name, reply, "
        "sub_button, type",
        "menu.yaml:4:44: button[1].url: there is no field 'url' here; there are key, name, reply, "
        "sub_button, type",
        f"menu.yaml:5:5: button[2]: a button without type or sub_button; the types are {TYPES} "
        "(40017)",
        "menu.yaml:6:6: button[3].type: a button has either a type or a sub_button, not both",
        "menu.yaml:9:19: button[4].sub_button[0].sub_button: a sub-menu inside a sub-menu; there "
        "are two levels (40022)",
        "menu.yaml:10:9: button[4].sub_button[1]: a list where fields are due",
        "menu.yaml:11:9: button[4].sub_button[2]: 'text' (str) where fields are due",
        "menu.yaml:12:10: button[4].sub_button[3].type: there is no type 5 (int); there are "
        f"{TYPES} (40017)",
        "menu.yaml:13:5: button[5]: nothing where fields are due",
        "menu.yaml:15:5: conditionalmenu[0].matchrule: a conditional menu without `matchrule`: "
        "whom is it for? (65304)",
        "menu.yaml:16:29: conditionalmenu[1].button: a mapping where a list is due",
        "menu.yaml:16:18: conditionalmenu[1].matchrule.vip: there is no field 'vip' here; there "
        "are city, client_platform_type, country, group_id, language, province, sex, tag, tag_id",
        "menu.yaml:17:36: conditionalmenu[2].menu: there is no field 'menu' here; there are "
        "button, matchrule, menuid",
        "menu.yaml:17:6: conditionalmenu[2].matchrule: a list where fields are due",
    ]


def test_a_file_has_its_menu_once(write: Writer) -> None:
    assert write.refusal("menu.json", '{"button": [], "menu": {"button": []}}') == (
        "menu.json:1:16: menu: the default menu is in `menu` and in `button`; remove one"
    )
    assert write.refusal("menu.json", '{"menu": {"button": [], "buttons": []}}') == (
        "menu.json:1:25: menu.buttons: there is no field 'buttons' here; there are button, menuid"
    )
    assert write.refusal("menu.toml", "menu = []") == (
        "menu.toml:1:1: menu: a list where fields are due"
    )


@EVERY
def test_a_field_that_is_no_word_is_named_in_quotes(name: str, write: Writer) -> None:
    key = '"\\u001b[2J.x"'
    field = {
        "menu.yaml": f", {key}: 1}}",
        "menu.toml": f"{key} = 1\n",
        "menu.json": f", {key}: 1}}",
    }
    text = MINIMAL[name].replace("}", field[name], 1) if name != "menu.toml" else MINIMAL[name]
    text += field[name] if name == "menu.toml" else ""
    refusal = write.refusal(name, text)
    assert r"button[0]['\x1b[2J.x']: there is no field '\x1b[2J.x' here" in refusal
    place = {"menu.yaml": "2:36", "menu.toml": "5:1", "menu.json": "1:56"}[name]
    assert refusal.startswith(f"{name}:{place}: ")
    assert refusal.isprintable()


def test_a_field_that_no_terminal_could_show_is_named_all_the_same(write: Writer) -> None:
    findings = write.findings("menu.json", '{"\\ud800": 1, "button": []}')
    "\n".join(map(str, findings)).encode()


@EVERY
def test_a_repeated_key_is_refused_with_its_place(name: str, write: Writer) -> None:
    field = {"menu.yaml": "{name: b, ", "menu.toml": 'name = "b"\n', "menu.json": '{"name": "b", '}
    text = (
        MINIMAL[name] + field[name]
        if name == "menu.toml"
        else MINIMAL[name].replace("{type" if name == "menu.yaml" else '{"type', field[name] + "|")
    )
    text = text.replace("|", "type" if name == "menu.yaml" else '"type')
    (finding,) = write.findings(name, text)
    assert "the key is there twice" in str(finding)
    place = {"menu.yaml": "2:28", "menu.toml": "5:11", "menu.json": "1:44"}[name]
    assert finding.place == f"{name}:{place}"


def test_all_repeated_keys_are_named(write: Writer) -> None:
    json_text = '{"button": [], "button": [{"a": 1, "\\u0061": 2}]}'
    assert [str(one) for one in write.findings("menu.json", json_text)] == [
        "menu.json:1:16: button: the key is there twice",
        "menu.json:1:36: button[0].a: the key is there twice",
    ]
    yaml_text = "button: [{a: 1, 'a': 2}]\nbutton: []\n"
    assert [str(one) for one in write.findings("menu.yaml", yaml_text)] == [
        "menu.yaml:1:17: button[0].a: the key is there twice",
        "menu.yaml:2:1: button: the key is there twice",
    ]
    assert write.refusal("menu.toml", "[menu]\n[menu]\n").startswith("menu.toml:2:")


# YAML's own


def test_an_alias_stands_for_what_it_repeats(write: Writer) -> None:
    text = """\
button: &buttons
  - &first {type: click, name: a, key: k}
  - *first
conditionalmenu:
  - {matchrule: {tag: VIP}, button: *buttons}
"""
    menus = write.menus("menu.yaml", text)
    assert menus.conditional[0].menu == menus.menu == Menu(*[ClickButton("a", "k")] * 2)
    assert menus.conditional[0].menu.button[1].origin.of("key") == "menu.yaml:2:35"


def test_an_anchor_may_be_used_again(write: Writer) -> None:
    text = "button: [{type: &a click, name: &a b, key: *a}]"
    assert write.menus("menu.yaml", text) == MenuSet(Menu(ClickButton("b", "b")))


def test_merge_keys_are_refused(write: Writer) -> None:
    text = "button:\n  - &a {type: click, name: a, key: k}\n  - <<: *a\n    name: b\n"
    assert write.refusal("menu.yaml", text) == (
        "menu.yaml:3:5: button[1]['<<']: YAML 1.2 merges nothing; repeat the fields, or share all"
    )


LAUGHS = "a0: &a0 [lol]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (LAUGHS, "1:10"),
        ("button: &a [*a]", "1:9"),
        ("button: &a {b: *a}", "1:9"),
        ("button: &a [[*a]]", "1:"),
    ],
)
def test_aliases_without_end_are_refused(text: str, place: str, write: Writer) -> None:
    refusal = write.refusal("menu.yaml", text)
    assert refusal.startswith(f"menu.yaml:{place}")
    assert refusal.endswith("aliases that go on and on")


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("button: *nope", "1:9: not valid YAML: found undefined alias 'nope'"),
        ("button:\n\t- a", "2:1: not valid YAML: a tab; YAML indents with spaces"),
        ("button:\n  - a: b\n\t  c: d", "3:1: not valid YAML: a tab; YAML indents with spaces"),
        (
            "button: []\n---\nbutton: []",
            "2:1: not valid YAML: a second document; a menu file has one",
        ),
        ("button: [", "1:10: not valid YAML: expected the node content, but found '<stream end>'"),
        ("button: @a", "1:9: not valid YAML: found character '@' that cannot start any token"),
        ("button:\n  - a: b: c", "2:9: not valid YAML: mapping values are not allowed here"),
        ("button: \x07", "1:9: not valid YAML: the character '\\x07'"),
        ("a: b\nbutton: a\x00", "2:10: not valid YAML: the character '\\x00'"),
        ("%YAML 3.7\n---\nbutton: []", "1:1: not valid YAML: found incompatible YAML document"),
        ('a: b\nc: "\\U99999999"', "2:5: not valid YAML: an escape beyond Unicode"),
        ('a: "\\U00110000"', "1:5: not valid YAML: an escape beyond Unicode"),
        (
            "button: !!python/object:os.x {}",
            "1:9: button: the tag !!python/object:os.x; a menu has",
        ),
        ("button: !shop [1]", "1:9: button: the tag !shop; a menu has none"),
        ("button: !!binary aGVsbG8=", "1:9: button: the tag !!binary; a menu has none"),
        ("button: !!set {a, b}", "1:9: button: the tag !!set; a menu has none"),
        ("!!omap [button: b]", "1:1: the tag !!omap; a menu has none"),
        ("[1, 2]: x", "1:1: a key is text"),
        ("{a: b}: x", "1:1: a key is text"),
        ("button: " + "[" * 50 + "]" * 50, "1:40: nested too deeply to be a menu"),
        ("button: " + "[" * 5000, "1:40: nested too deeply to be a menu"),
    ],
)
def test_yaml_that_is_no_menu_is_refused(text: str, refusal: str, write: Writer) -> None:
    assert write.refusal("menu.yaml", text).startswith(f"menu.yaml:{refusal}")


def test_no_tag_runs_anything(write: Writer, tmp_path: Path) -> None:
    text = "button: !!python/object/apply:os.mkdir [made]"
    assert "a menu has none" in write.refusal("menu.yaml", text)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("key", ["1", "null", "true", "1.5", "2024-01-01"])
def test_a_key_that_is_no_text_is_an_unknown_field(key: str, write: Writer) -> None:
    (finding, _) = write.findings("menu.yaml", f"{key}: x")
    assert finding.place == "menu.yaml:1:1"
    assert f"there is no field {key!r} here" in finding.message


def test_yaml_1_1_is_read_as_it_says(write: Writer) -> None:
    text = "%YAML 1.1\n---\nbutton:\n  - {type: click, name: on, key: k}\n"
    assert "True (bool) where text is due" in write.refusal("menu.yaml", text)


# TOML's and JSON's own


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("button =", "1:9: not valid TOML: no value; text is put in quotes"),
        ("\n\nbutton = [\n\n", "3:11: not valid TOML: no value; text is put in quotes"),
        ("button = on", "1:10: not valid TOML: no value; text is put in quotes"),
        ("button = 012", "1:11: not valid TOML: Expected newline or end of document"),
        ("button = 'a\n'", "1:12: not valid TOML: "),
        ("{}", "1:1: not valid TOML: "),
    ],
)
def test_text_that_is_no_toml_is_refused(text: str, refusal: str, write: Writer) -> None:
    assert write.refusal("menu.toml", text).startswith(f"menu.toml:{refusal}")


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "1:1: not valid JSON: Expecting value"),
        (
            '{"button": [],\n"a"}',
            "2:4: not valid JSON: Expecting ':' delimiter",
        ),
        (
            "{'button': []}",
            "1:2: not valid JSON: Expecting property name enclosed in double quotes",
        ),
        ('{"button": []} x', "1:16: not valid JSON: Extra data"),
        ('{\n "button": "a\tb"}', "2:14: not valid JSON: Invalid control character"),
        ("// menu\n{}", "1:1: not valid JSON: Expecting value"),
    ],
)
def test_text_that_is_no_json_is_refused(text: str, refusal: str, write: Writer) -> None:
    assert write.refusal("menu.json", text) == f"menu.json:{refusal}"


@pytest.mark.parametrize("name", ["menu.toml", "menu.json"])
def test_an_endless_number_is_refused(name: str, write: Writer) -> None:
    text = f"a = {'9' * 5000}" if name == "menu.toml" else f'{{"a": {"9" * 5000}}}'
    assert write.refusal(name, text) == (
        f"{name}: a number of thousands of digits, which no menu has"
    )


@pytest.mark.parametrize("name", ["menu.toml", "menu.json"])
def test_endless_nesting_is_refused(name: str, write: Writer) -> None:
    nested = "[" * 100_000 + "]" * 100_000
    text = f"a = {nested}" if name == "menu.toml" else nested
    assert write.refusal(name, text) == f"{name}: nested too deeply to be a menu"


# Files that are none


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("menu.yaml", "", "nothing"),
        ("menu.yaml", "# soon\n", "nothing"),
        ("menu.yaml", "null", "nothing"),
        ("menu.yaml", "hello", "'hello' (str)"),
        ("menu.yaml", "- a", "a list"),
        ("menu.yaml", "x" * 100_000, f"'{'x' * 79}… (str)"),
        ("menu.json", "null", "nothing"),
        ("menu.json", "5", "5 (int)"),
        ("menu.json", '"x"', "'x' (str)"),
        ("menu.json", "[]", "a list"),
    ],
)
def test_a_file_without_fields_is_no_menu(name: str, text: str, shown: str, write: Writer) -> None:
    assert write.refusal(name, text) == (
        f"{name}:1:1: {shown} where fields are due; a menu begins with `button` and the list of "
        "its buttons"
    )


def test_an_empty_toml_file_has_no_menu(write: Writer) -> None:
    assert write.refusal("menu.toml", "") == (
        "menu.toml:1:1: button: the menu has no `button`, which lists its buttons (40016)"
    )


@EVERY
def test_bytes_that_are_no_utf_8_are_refused(name: str, write: Writer) -> None:
    text = b"# \xe8\x8f\x9c\n\n# \xb2\xcb\n"
    assert write.refusal(name, text) == (f"{name}:3:3: the byte 0xb2 is no UTF-8 text; save it so")
    assert write.refusal(name, MINIMAL[name].encode("utf-16")) == (
        f"{name}:1:1: the byte 0xff is no UTF-8 text; save it so"
    )


def test_a_huge_file_is_not_read(write: Writer) -> None:
    path = write("menu.yaml", b"#" * (4 * 1024 * 1024 + 1))
    with pytest.raises(MenuError, match=r"^menu\.yaml: larger than 2,097,152 bytes$"):
        MenuSet.from_file(path)


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("nowhere.yaml", "nowhere.yaml: cannot be read: No such file or directory"),
        ("folder.json", "folder.json: cannot be read: Is a directory"),
        ("folder.json/menu.ini", "folder.json/menu.ini: a menu file ends in one of .yaml, .yml,"),
        ("menu", "menu: a menu file ends in one of .yaml, .yml, .toml, .json"),
        ("a\x00b.yaml", "a\x00b.yaml: cannot be read: embedded null byte"),
    ],
)
def test_a_file_that_is_not_there_is_named(name: str, refusal: str, write: Writer) -> None:
    Path("folder.json").mkdir()
    with pytest.raises(MenuError) as refused:
        MenuSet.from_file(name)
    assert str(refused.value).startswith(refusal)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_not_waited_for(write: Writer) -> None:
    os.mkfifo("menu.yaml")
    with pytest.raises(MenuError, match=r"^menu\.yaml: is no regular file$"):
        MenuSet.from_file("menu.yaml")


# Anything at all


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(garbage)
def test_any_json_is_a_menu_or_a_menu_error(write: Writer, data: object) -> None:
    path = write("menu.json", json.dumps(data))
    findings: Iterable[object]
    try:
        findings = check(MenuSet.from_file(path))
    except MenuError as error:
        findings = error.findings
    assert all(str(one).startswith("menu.json:") for one in findings)

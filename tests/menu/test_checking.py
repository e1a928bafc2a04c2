"""What the platform would refuse, found in bytes of UTF-8, all of it at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.menu.writing import CLICK, here
from wxevents import (
    ArticleIdButton,
    ArticleViewLimitedButton,
    Button,
    ClickButton,
    ConditionalMenu,
    LocationSelectButton,
    MatchRule,
    MediaIdButton,
    Menu,
    MenuError,
    MenuSet,
    MiniProgramButton,
    ScancodePushButton,
    SubMenu,
    ViewButton,
    ViewLimitedButton,
)
from wxevents.menu import Finding, KeyButton, WebsiteButton, check, link_domains, require_valid

LINK = "https://shop.example/"


def found(*buttons: Any) -> list[tuple[str, str, int | None]]:
    """The errors in a menu, without their places."""
    return [
        (one.path, one.message, one.code) for one in check(Menu(*buttons)) if one.level == "error"
    ]


def warned(*buttons: Any) -> list[tuple[str, str]]:
    return [(one.path, one.message) for one in check(Menu(*buttons)) if one.level == "warning"]


def below(*children: Any) -> SubMenu:
    return SubMenu("菜单", *children)


def text_of(size: int, character: str) -> str:
    """Text of so many bytes, as much of it as possible in the character."""
    count, rest = divmod(size, len(character.encode()))
    return character * count + "a" * rest


CHARACTERS = pytest.mark.parametrize("character", ["a", "é", "菜", "😀"])


# Limits, each just below, at and just above


@CHARACTERS
@pytest.mark.parametrize("size", [15, 16])
def test_a_name_may_have_16_bytes(size: int, character: str) -> None:
    assert found(ClickButton(text_of(size, character), "k")) == []


@CHARACTERS
def test_a_name_of_17_bytes_is_too_long(character: str) -> None:
    assert found(CLICK, ClickButton(text_of(17, character), "k")) == [
        ("button[1].name", "17 bytes, at most 16", 40018)
    ]


@CHARACTERS
def test_the_name_of_a_sub_menu_has_16_bytes_as_well(character: str) -> None:
    assert found(SubMenu(text_of(16, character), CLICK)) == []
    assert found(SubMenu(text_of(17, character), CLICK)) == [
        ("button[0].name", "17 bytes, at most 16", 40018)
    ]


@CHARACTERS
@pytest.mark.parametrize("size", [59, 60])
def test_a_child_s_name_may_have_60_bytes(size: int, character: str) -> None:
    assert found(below(ClickButton(text_of(size, character), "k"))) == []


@CHARACTERS
def test_a_child_s_name_of_61_bytes_is_too_long(character: str) -> None:
    assert found(below(CLICK, ClickButton(text_of(61, character), "k"))) == [
        ("button[0].sub_button[1].name", "61 bytes, at most 60", 40025)
    ]


@CHARACTERS
def test_a_child_s_name_over_40_bytes_is_a_warning(character: str) -> None:
    disputed = (
        "button[0].sub_button[0].name",
        "41 bytes; one page of the platform allows 60, another 40",
    )
    assert disputed in warned(below(ClickButton(text_of(41, character), "k")))
    of_40 = warned(below(ClickButton(text_of(40, character), "k")))
    assert not any("another 40" in message for _, message in of_40)


KEYED: list[type[KeyButton]] = [ClickButton, ScancodePushButton, LocationSelectButton]


@CHARACTERS
@pytest.mark.parametrize("kind", KEYED)
def test_a_key_has_at_most_128_bytes(kind: type[KeyButton], character: str) -> None:
    for size in (127, 128):
        assert found(kind("扫码", text_of(size, character))) == []
    assert found(kind("扫码", text_of(129, character))) == [
        ("button[0].key", "129 bytes, at most 128", 40019)
    ]
    assert found(below(kind("扫码", text_of(129, character)))) == [
        ("button[0].sub_button[0].key", "129 bytes, at most 128", 40026)
    ]


@CHARACTERS
def test_a_link_has_at_most_1024_bytes(character: str) -> None:
    for size in (1023, 1024):
        assert found(ViewButton("店", LINK + text_of(size - len(LINK), character))) == []
    url = LINK + text_of(1025 - len(LINK), character)
    assert found(ViewButton("店", url)) == [("button[0].url", "1025 bytes, at most 1024", 40020)]
    assert found(below(MiniProgramButton("店", url, "wx1", "pages/index"))) == [
        ("button[0].sub_button[0].url", "1025 bytes, at most 1024", 40027)
    ]


@pytest.mark.parametrize(("count", "fits"), [(0, False), (1, True), (3, True), (4, False)])
def test_a_menu_has_one_to_three_buttons(count: int, fits: bool) -> None:
    fault = ("button", f"{count} buttons, 1 to 3 are allowed", 40016)
    assert found(*[CLICK] * count) == ([] if fits else [fault])


@pytest.mark.parametrize(("count", "fits"), [(0, False), (1, True), (5, True), (6, False)])
def test_a_sub_menu_has_one_to_five_buttons(count: int, fits: bool) -> None:
    fault = ("button[0].sub_button", f"{count} buttons, 1 to 5 are allowed", 40023)
    assert found(below(*[CLICK] * count)) == ([] if fits else [fault])


# What is only shown otherwise


@pytest.mark.parametrize("name", ["今日歌曲", "abcdefgh", "今日abcd"])
def test_four_chinese_characters_are_shown_of_a_button(name: str) -> None:
    assert warned(ClickButton(name, "k")) == []


@pytest.mark.parametrize("name", ["今日歌曲哦", "abcdefghi", "今日歌曲!", "ＡＢＣＤＥ"])
def test_a_longer_name_is_shown_cut_off(name: str) -> None:
    ((path, message),) = warned(ClickButton(name, "k"))
    assert path == "button[0].name"
    assert message.startswith(f"{name!r} is shown cut off: phones show 4 Chinese characters")


def test_seven_chinese_characters_are_shown_of_a_child() -> None:
    assert warned(below(ClickButton("一二三四五六七", "k"))) == []
    ((path, message),) = warned(below(ClickButton("一二三四五六七八", "k")))
    assert path == "button[0].sub_button[0].name"
    assert "phones show 7 Chinese characters" in message


def test_warnings_do_not_stop_a_menu() -> None:
    menu = Menu(ClickButton("今日歌曲哦", "k"))
    assert [one.level for one in check(menu)] == ["warning"]
    require_valid(menu)


# Texts


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\n", None])
def test_a_missing_text_is_found(text: Any) -> None:
    assert found(ClickButton(text, text)) == [
        ("button[0].name", "is missing", 40018),
        ("button[0].key", "is missing", 40019),
    ]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\n", "\t", "\x1b", "\x7f", "\x85"])
def test_a_control_character_is_found(character: str) -> None:
    text = f"a{character}b"
    fault = f"{text!r} has a control character"
    assert found(ClickButton(text, text)) == [
        ("button[0].name", fault, 40033),
        ("button[0].key", fault, 40033),
    ]


@pytest.mark.parametrize("surrogate", ["\ud83d", "\ud83d\ude00"])
def test_a_lone_surrogate_is_found(surrogate: str) -> None:
    fault = f"{surrogate!r} is no valid Unicode (a lone surrogate)"
    (name, key) = check(Menu(ClickButton(surrogate, surrogate)))
    assert (name.message, name.code) == (fault, 65318)
    assert (key.message, key.code) == (fault, 65318)
    str(name).encode()


MISSING: list[tuple[Button, list[tuple[str, int | None]]]] = [
    (ViewButton("店", ""), [("url", 40020)]),
    (MiniProgramButton("店", "", "", ""), [("url", 40020), ("appid", None), ("pagepath", None)]),
    (MediaIdButton("图", ""), [("media_id", 40117)]),
    (ViewLimitedButton("图", ""), [("media_id", 40117)]),
    (ArticleIdButton("文", ""), [("article_id", 53600)]),
    (ArticleViewLimitedButton("文", ""), [("article_id", 53600)]),
]
OF_CHILDREN = {40020: 40027, 40117: 40118}


@pytest.mark.parametrize(("button", "fields"), MISSING, ids=lambda one: type(one).__name__)
def test_what_a_button_needs_is_missed(
    button: Button, fields: list[tuple[str, int | None]]
) -> None:
    assert found(button) == [(f"button[0].{name}", "is missing", code) for name, code in fields]
    assert found(below(button)) == [
        (f"button[0].sub_button[0].{name}", "is missing", OF_CHILDREN.get(code or 0, code))
        for name, code in fields
    ]


@pytest.mark.parametrize(
    "url",
    [
        "http://x",
        "HTTPS://SHOP.EXAMPLE/",
        "https://例子.cn/",
        "http://[::1]:8080/",
        "https://shop.example/a b",
        "https://shop.example:443/?a=1#b",
    ],
)
def test_a_link_is_http_or_https(url: str) -> None:
    assert found(ViewButton("店", url)) == []


@pytest.mark.parametrize(
    "url",
    [
        "shop.example",
        "//shop.example",
        "ftp://shop.example",
        "javascript:alert(1)",
        "http://",
        "https:///path",
        "https://?a",
        "http://[/",
        "http://a b/",
        " https://shop.example",
        "https://shop.example:99999/",
        "mailto:a@shop.example",
    ],
)
def test_anything_else_is_no_link(url: str) -> None:
    assert found(ViewButton("店", url)) == [
        ("button[0].url", f"{url!r} is no http:// or https:// link", 65317)
    ]


def test_view_limited_is_pointed_to_article_view_limited() -> None:
    ((path, message),) = warned(ViewLimitedButton("文", "MEDIA_ID2"))
    assert path == "button[0].type"
    assert "use article_view_limited with its article_id" in message


async def handler() -> None: ...


def test_a_handler_stands_for_its_key() -> None:
    assert check(Menu(ClickButton("今日歌曲", handler))) == []


def test_a_menu_with_handlers_for_keys_cannot_be_published() -> None:
    menu = Menu(SubMenu("菜单", ClickButton("今日歌曲", handler)))
    vip = ConditionalMenu(menu, MatchRule(tag="VIP"))
    unpaired: list[tuple[Menu | ConditionalMenu | MenuSet, str]] = [
        (menu, ""),
        (vip, ""),
        (MenuSet(Menu(CLICK), vip), "conditionalmenu[0]."),
    ]
    for menus, path in unpaired:
        with pytest.raises(MenuError) as refused:
            require_valid(menus)
        (finding,) = refused.value.findings
        assert f" {path}button[0].sub_button[0].key: a handler, whose key is" in str(finding)


# Wrong types, which only a program can give


MENU = Menu(CLICK)
VIP = MatchRule(tag="VIP")
STRANGE: list[tuple[Callable[[], Any], str, str]] = [
    (lambda: Menu(ClickButton(5, "k")), "button[0].name", "5 (int) where text is due"),  # type: ignore[arg-type]
    (
        lambda: Menu(ClickButton(10**5000, "k")),  # type: ignore[arg-type]
        "button[0].name",
        "a huge number where text is due",
    ),
    (
        lambda: Menu(ViewButton("店", b"http://x/")),  # type: ignore[arg-type]
        "button[0].url",
        "b'http://x/' (bytes) where text is due",
    ),
    (
        lambda: ConditionalMenu(Menu(ViewButton("店", 5)), VIP),  # type: ignore[arg-type]
        "button[0].url",
        "5 (int) where text is due",
    ),
    (
        lambda: Menu(MediaIdButton("图", 5)),  # type: ignore[arg-type]
        "button[0].media_id",
        "5 (int) where text is due",
    ),
    (lambda: Menu("click"), "button[0]", "'click' (str) where a button is due"),  # type: ignore[arg-type]
    (lambda: Menu([CLICK]), "button[0]", "a list where a button is due"),  # type: ignore[arg-type]
    (lambda: Menu({"type": "click"}), "button[0]", "a mapping where a button is due"),  # type: ignore[arg-type]
    (lambda: Menu(None), "button[0]", "nothing where a button is due"),  # type: ignore[arg-type]
    (lambda: Menu(Menu(CLICK)), "button[0]", "where a button is due"),  # type: ignore[arg-type]
    (
        lambda: Menu(SubMenu("菜单", SubMenu("菜单", CLICK))),  # type: ignore[arg-type]
        "button[0].sub_button[0]",
        "where a button of a sub-menu is due",
    ),
    (lambda: Menu(SubMenu("菜单", "x")), "button[0].sub_button[0]", "'x' (str) where a button"),  # type: ignore[arg-type]
    (lambda: Menu(SubMenu(CLICK, CLICK)), "button[0].name", "(ClickButton) where text is due"),  # type: ignore[arg-type]
    (lambda: Menu(Button("x")), "button[0]", "(Button) where a button of some type is due"),
    (lambda: Menu(KeyButton("x", "k")), "button[0]", "where a button of some type is due"),
    (lambda: ConditionalMenu(CLICK, VIP), "menu", "(ClickButton) where a Menu is due"),  # type: ignore[arg-type]
    (lambda: ConditionalMenu(MENU, {"tag": "VIP"}), "matchrule", "where a MatchRule is due"),  # type: ignore[arg-type]
    (lambda: ConditionalMenu(MENU, MatchRule(tag=5)), "matchrule.tag", "5 (int) where text"),  # type: ignore[arg-type]
    (
        lambda: ConditionalMenu(MENU, MatchRule(tag_id="VIP")),
        "matchrule.tag_id",
        "'VIP' is no number; a tag's name goes into `tag`",
    ),
    (
        lambda: ConditionalMenu(MENU, MatchRule(tag_id="１２")),
        "matchrule.tag_id",
        "'１２' is no number",
    ),
    (
        lambda: ConditionalMenu(MENU, MatchRule(client_platform_type="symbian")),
        "matchrule.client_platform_type",
        "'symbian'; there are ios (1), android (2) and others (3)",
    ),
    (lambda: MenuSet(None), "menu", "nothing where a Menu is due"),  # type: ignore[arg-type]
    (lambda: MenuSet(MENU, MENU), "conditionalmenu[0]", "where a ConditionalMenu is due"),  # type: ignore[arg-type]
    (
        lambda: MenuSet(MENU, ConditionalMenu(MenuSet(MENU), VIP)),  # type: ignore[arg-type]
        "conditionalmenu[0].menu",
        "where a Menu is due",
    ),
    (
        lambda: MenuSet(MENU, ConditionalMenu(MENU, None)),  # type: ignore[arg-type]
        "conditionalmenu[0].matchrule",
        "nothing where a MatchRule is due",
    ),
    (lambda: "menu", "", "'menu' (str) where a Menu, ConditionalMenu or MenuSet is due"),
    (lambda: None, "", "nothing where a Menu, ConditionalMenu or MenuSet is due"),
]


@pytest.mark.parametrize(("make", "path", "message"), STRANGE)
def test_a_wrong_type_is_one_finding(make: Callable[[], Any], path: str, message: str) -> None:
    (finding,) = check(make())
    assert finding.path == path
    assert message in finding.message
    with pytest.raises(MenuError):
        require_valid(make())


def test_a_wrong_type_is_shown_in_a_few_words() -> None:
    (finding,) = check(Menu("x" * 10_000))  # type: ignore[arg-type]
    assert len(finding.message) < 140


def test_a_button_of_one_s_own_class_is_a_button() -> None:
    class ShopButton(ClickButton): ...

    assert check(Menu(ShopButton("店", "shop"))) == []


# Match rules


def rule_faults(**conditions: Any) -> list[tuple[str, int | None]]:
    menu = ConditionalMenu(MENU, MatchRule(**conditions))
    assert check(MenuSet(MENU, menu)) == [
        Finding(f"conditionalmenu[0].{one.path}", one.message, one.level, one.place, one.code)
        for one in check(menu)
    ]
    return [(one.path, one.code) for one in check(menu)]


def test_a_rule_without_condition_is_refused() -> None:
    assert rule_faults() == [("matchrule", 65304)]
    assert rule_faults(tag="", sex="", language="") == [("matchrule", 65304)]


@pytest.mark.parametrize(
    "conditions",
    [{"tag": "VIP"}, {"tag_id": "0"}, {"client_platform_type": "ios"}, {"tag_id": "2", "sex": ""}],
)
def test_one_condition_is_enough(conditions: dict[str, str]) -> None:
    assert rule_faults(**conditions) == []


@pytest.mark.parametrize("name", ["sex", "country", "province", "city", "language"])
def test_a_retired_condition_is_refused_before_anything_else(name: str) -> None:
    assert rule_faults(**{name: "1"}) == [(f"matchrule.{name}", 65320)]
    assert rule_faults(**{name: "1", "tag_id": "x"}) == [
        (f"matchrule.{name}", 65320),
        ("matchrule.tag_id", 45159),
    ]


def test_a_tag_has_a_name_or_an_id() -> None:
    assert rule_faults(tag="VIP", tag_id="100") == [("matchrule.tag", None)]


# Domains


def links(*urls: str) -> ConditionalMenu:
    buttons = [ViewButton("店", url) for url in urls]
    menus = [SubMenu("菜单", *buttons[start : start + 5]) for start in range(0, len(buttons), 5)]
    return ConditionalMenu(Menu(*menus), MatchRule(tag=urls[0]))


def domain_findings(*menus: ConditionalMenu) -> list[Finding]:
    return [one for one in check(MenuSet(MENU, *menus)) if one.code == 65316]


def test_all_conditional_menus_together_link_to_three_domains() -> None:
    three = ["https://a.example/1", "http://B.example:8080/2", "https://c.example/3"]
    menus = [links(*three), links("https://A.example/4"), links("http://b.example/5")]
    assert domain_findings(*menus) == []


def test_a_fourth_domain_is_refused_with_the_buttons_of_each() -> None:
    first = links("https://a.example/1", "https://b.example/2", "https://a.example/3")
    second = links("https://c.example/4")
    third = links(*["https://d.example/"] * 5)
    (finding,) = domain_findings(first, second, third)
    assert finding.path == "conditionalmenu"
    assert finding.place == third.origin.whole
    assert finding.message == (
        "links to 4 domains, at most 3 over all conditional menus: "
        "a.example: conditionalmenu[0].button[0].sub_button[0], "
        "conditionalmenu[0].button[0].sub_button[2]; "
        "b.example: conditionalmenu[0].button[0].sub_button[1]; "
        "c.example: conditionalmenu[1].button[0].sub_button[0]; "
        "d.example: conditionalmenu[2].button[0].sub_button[0], "
        "conditionalmenu[2].button[0].sub_button[1], "
        "conditionalmenu[2].button[0].sub_button[2] and 2 more"
    )


def test_one_conditional_menu_may_break_the_limit_alone() -> None:
    four = links(*[f"https://{one}.example/" for one in "abcd"])
    (finding,) = check(four)
    assert finding.code == 65316
    assert "a.example: button[0].sub_button[0]; b.example" in finding.message


def test_the_default_menu_may_link_anywhere() -> None:
    default = links(*[f"https://{one}.example/" for one in "abcdef"]).menu
    assert check(MenuSet(default, links("https://g.example/"))) == []


def test_mini_programs_link_as_well_and_other_buttons_do_not() -> None:
    menu = Menu(
        MiniProgramButton("店", "https://a.example/", "wx1", "pages/index"),
        SubMenu("菜单", ViewButton("店", "https://b.example/"), ViewButton("店", "nowhere"), CLICK),
    )
    assert link_domains(menu) == {
        "a.example": ["button[0]"],
        "b.example": ["button[1].sub_button[0]"],
    }


# Menus that nobody sees


def covered(*rules: MatchRule) -> list[tuple[str, str]]:
    menus = MenuSet(MENU, *(ConditionalMenu(MENU, rule) for rule in rules))
    return [(one.path, one.message) for one in check(menus)]


def test_a_menu_behind_a_newer_one_for_the_same_users_is_found() -> None:
    ((path, message),) = covered(VIP, MatchRule(tag="VIP"))
    assert path == "conditionalmenu[0]"
    assert message == (
        "nobody sees it: everyone whom it is for (tag VIP) sees a newer one, conditionalmenu[1] "
        "(tag VIP); put it behind, or remove it"
    )


def test_a_narrower_menu_behind_a_wider_one_is_found() -> None:
    ios = MatchRule(client_platform_type="ios")
    vip_on_ios = MatchRule(tag="VIP", client_platform_type="ios")
    assert [path for path, _ in covered(vip_on_ios, ios)] == ["conditionalmenu[0]"]
    assert covered(ios, vip_on_ios) == []


# All at once


def test_all_findings_come_at_once_in_the_order_of_the_buttons() -> None:
    menus = MenuSet(
        Menu(
            ClickButton("今日歌曲今日歌曲", ""),
            SubMenu("", *[ViewButton("x", "")] * 6),
            WebsiteButton("文字", kind="text", value="x"),
            ClickButton("x", "x"),
        ),
        ConditionalMenu(Menu(), MatchRule(sex="1")),
    )
    with pytest.raises(MenuError) as refused:
        require_valid(menus)
    findings = [(one.path, one.code) for one in refused.value.findings if isinstance(one, Finding)]
    assert findings == [
        ("button", 40016),
        ("button[0].name", 40018),
        ("button[0].key", 40019),
        ("button[1].name", 40018),
        ("button[1].sub_button", 40023),
        *((f"button[1].sub_button[{index}].url", 40027) for index in range(6)),
        ("button[2]", 40017),
        ("conditionalmenu[0].button", 40016),
        ("conditionalmenu[0].matchrule.sex", 65320),
    ]
    assert len(str(refused.value).splitlines()) == len(findings)


def test_a_finding_reads_place_path_numbers_and_code() -> None:
    menu, line = Menu(SubMenu("菜单", ClickButton("名" * 21, "k"))), here()
    (finding,) = check(menu)
    assert str(finding) == (f"{line}: button[0].sub_button[0].name: 63 bytes, at most 60 (40025)")
    assert finding.as_json() == {
        "level": "error",
        "place": line,
        "path": "button[0].sub_button[0].name",
        "message": "63 bytes, at most 60",
        "code": 40025,
    }


def test_a_finding_without_place_path_or_code_is_its_message() -> None:
    assert str(Finding("", "nothing is right")) == "nothing is right"


def test_a_menu_behind_several_newer_ones_that_share_its_users_is_found() -> None:
    platforms = (
        MatchRule(tag="VIP", client_platform_type=one) for one in ("ios", "android", "others")
    )
    ((path, message),) = covered(VIP, *platforms)
    assert path == "conditionalmenu[0]"
    assert message.count("conditionalmenu[") == 3


def test_a_handler_is_no_key_for_the_platform() -> None:
    async def handler() -> None: ...

    menu = Menu(ClickButton("赞", handler))
    assert check(menu) == []
    with pytest.raises(MenuError, match=r"button\[0\]\.key: a handler, .*publish `bot\.menu`"):
        require_valid(menu)

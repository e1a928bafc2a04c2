"""Menus held against routes: what a bot refuses, what it answers, and what the check finds."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from wxevents import (
    Bot,
    ClickButton,
    ClickEvent,
    ConditionalMenu,
    Event,
    ImageReply,
    LocationSelectButton,
    MatchRule,
    Menu,
    MenuEvent,
    MenuSet,
    PicSysphotoButton,
    PicSysphotoEvent,
    PicturesEvent,
    Prefix,
    Regex,
    Router,
    ScancodePushButton,
    ScancodePushEvent,
    SubMenu,
    TextReply,
    ViewButton,
    ViewEvent,
)
from wxevents.errors import MenuError, RegistrationError
from wxevents.menu import Button, Finding
from wxevents.pairing import compare
from wxevents.replies import Reply
from wxevents.testing import Phone, invented_settings

HERE = "tests/test_pairing.py"


async def tapped(event: ClickEvent) -> str:
    return "tapped"


async def scanned(event: ScancodePushEvent) -> str:
    return "scanned"


async def anything(event: Event) -> str:
    return "anything"


def place(handler: object) -> str:
    """Where a function of this file is written down: at its decorator, if it has one."""
    return f"{HERE}:{handler.__code__.co_firstlineno}"  # type: ignore[attr-defined]


def bot_of(router: Router, *buttons: Button | SubMenu) -> Bot:
    return Bot(invented_settings(), routers=[router], menu=Menu(*buttons))


def refusal(bot: Bot) -> str:
    with pytest.raises(RegistrationError) as caught:
        bot.assemble()
    return str(caught.value)


def findings(router: Router, *buttons: Button | SubMenu) -> list[Finding]:
    return compare(MenuSet(Menu(*buttons)), router.routes)


def messages(router: Router, *buttons: Button | SubMenu) -> list[str]:
    return [finding.message for finding in findings(router, *buttons)]


# Buttons that name their handler


def test_a_button_that_names_a_handler_gets_the_key_of_its_route() -> None:
    router = Router()
    router.click("TAPPED")(tapped)
    router.scancode_push("SCANNED")(scanned)
    click = ClickButton("点", tapped)
    paired = bot_of(router, click, SubMenu("更多", ScancodePushButton("扫", scanned))).menu
    assert paired == MenuSet(
        Menu(ClickButton("点", "TAPPED"), SubMenu("更多", ScancodePushButton("扫", "SCANNED")))
    )
    assert paired.menu.button[0].origin == click.origin


def test_a_method_and_a_partial_are_handlers_like_any_other() -> None:
    class Shop:
        async def opened(self, event: ClickEvent) -> None: ...

    shop, partial, router = Shop(), functools.partial(tapped), Router()
    router.click("OPENED")(shop.opened)
    router.click("PARTIAL")(partial)
    paired = bot_of(router, ClickButton("店", shop.opened), ClickButton("半", partial)).menu
    assert paired == MenuSet(Menu(ClickButton("店", "OPENED"), ClickButton("半", "PARTIAL")))


def test_a_handler_in_a_conditional_menu_is_paired_and_the_rule_stays() -> None:
    router = Router()
    router.click("TAPPED")(tapped)
    rule = MatchRule(tag="VIP", client_platform_type="ios")
    menus = MenuSet(
        Menu(ClickButton("点", "TAPPED")), ConditionalMenu(Menu(ClickButton("贵", tapped)), rule)
    )
    paired = Bot(invented_settings(), routers=[router], menu=menus).menu
    assert paired
    assert paired.conditional == (ConditionalMenu(Menu(ClickButton("贵", "TAPPED")), rule),)


def test_of_several_routes_the_exact_one_of_the_buttons_own_type_gives_the_key() -> None:
    router = Router()
    router.click(Prefix("t:"))(anything)
    router.scancode_push("SCANNED")(anything)
    router.click("TAPPED")(anything)
    paired = bot_of(router, ClickButton("点", anything)).menu
    assert paired == MenuSet(Menu(ClickButton("点", "TAPPED")))


def test_a_handler_that_no_router_has_is_refused_with_both_places() -> None:
    button = ClickButton("点", tapped)
    assert refusal(bot_of(Router(), button)) == (
        f"the button '点' ({button.origin.whole}) names the handler tests.test_pairing.tapped "
        f"({place(tapped)}), which no router of the bot has; register it with "
        '@router.click("A_KEY")'
    )
    assert re.fullmatch(rf"{HERE}:\d+", button.origin.whole)


def test_what_is_no_handler_at_all_is_refused_with_the_buttons_place() -> None:
    button = ClickButton("点", print)  # type: ignore[arg-type]
    assert f"'点' ({button.origin.whole}) names the handler <built-in" in refusal(
        bot_of(Router(), button)
    )


@pytest.mark.parametrize("matcher", [Prefix("t:"), Regex("t.*"), None])
def test_a_handler_without_an_exact_key_is_refused_with_both_places(
    matcher: Prefix | Regex | None,
) -> None:
    router = Router()
    router.click(matcher)(tapped)
    button = ClickButton("点", tapped)
    refused = refusal(bot_of(router, button))
    shown = "" if matcher is None else repr(matcher)
    assert f"registered as click({shown}), not for one key of click" in refused
    assert refused.endswith("; give the button the key itself")
    assert button.origin.whole in refused
    assert place(tapped) in refused


def test_a_handler_of_two_keys_is_refused_with_both_keys() -> None:
    router = Router()
    router.click("ONE")(tapped)
    router.click("TWO")(tapped)
    refused = refusal(bot_of(router, ClickButton("点", tapped)))
    assert (
        "click('ONE'), click('TWO'), not for one key of click; give the button the key" in refused
    )
    assert place(tapped) in refused


def test_a_handler_of_another_type_is_refused_with_both_places() -> None:
    router = Router()
    router.click("TAPPED")(anything)
    button = ScancodePushButton("扫", anything)
    refused = refusal(bot_of(router, button))
    assert "click('TAPPED'), not for one key of scancode_push" in refused
    assert '@router.scancode_push("A_KEY")' in refused
    assert button.origin.whole in refused
    assert place(anything) in refused


@pytest.mark.parametrize("event", [ClickEvent, MenuEvent])
def test_a_handler_of_a_class_of_events_has_no_key_to_give(event: type[Event]) -> None:
    router = Router()
    router.on(event)(anything)
    refused = refusal(bot_of(router, ClickButton("点", anything)))
    assert f"registered as on({event.__name__}), not for one key of click" in refused


# Buttons that bring their reply


async def test_a_button_with_a_reply_answers_without_a_handler() -> None:
    async with bot_of(Router(), ClickButton("赞", "GOOD", reply="谢谢！")) as bot:
        assert await Phone(bot).click("GOOD") == TextReply("谢谢！")


async def test_replies_of_conditional_menus_answer_too() -> None:
    rule = MatchRule(client_platform_type="ios")
    menus = MenuSet(
        Menu(ClickButton("赞", "GOOD", reply="谢谢！")),
        ConditionalMenu(
            Menu(SubMenu("图", ClickButton("看", "PICTURE", reply=ImageReply("media-1")))), rule
        ),
    )
    phone = Phone(Bot(invented_settings(), menu=menus))
    assert await phone.click("PICTURE") == ImageReply("media-1")
    assert await phone.click("GOOD") == TextReply("谢谢！")


@pytest.mark.parametrize("suffix", [".yaml", ".toml", ".json"])
async def test_replies_of_a_file_answer_at_run_time(tmp_path: Path, suffix: str) -> None:
    texts = {
        ".yaml": "button:\n  - {type: click, name: 赞, key: GOOD, reply: 谢谢！}\n",
        ".toml": '[[button]]\ntype = "click"\nname = "赞"\nkey = "GOOD"\nreply = "谢谢！"\n',
        ".json": '{"button": [{"type":"click","name":"赞","key":"GOOD","reply":"谢谢！"}]}',
    }
    path = tmp_path / f"menu{suffix}"
    path.write_text(texts[suffix], "utf-8")
    bot = Bot(invented_settings(), menu=Menu.from_file(path))
    assert bot.check_menu() == []
    assert await Phone(bot).click("GOOD") == TextReply("谢谢！")


def test_a_reply_beside_a_handler_is_refused_with_both_places() -> None:
    router = Router()
    router.click("GOOD")(tapped)
    button = ClickButton("赞", "GOOD", reply="谢谢！")
    refused = refusal(bot_of(router, button))
    assert "two handlers for click('GOOD')" in refused
    assert f"the menu's reply ({button.origin.whole})" in refused
    assert f"tests.test_pairing.tapped ({place(tapped)})" in refused


def test_a_reply_of_a_file_beside_a_handler_is_refused_with_the_line_in_the_file(
    tmp_path: Path,
) -> None:
    path = tmp_path / "menu.yaml"
    path.write_text(
        "button:\n  - type: click\n    name: 赞\n    key: GOOD\n    reply: 谢谢！\n", "utf-8"
    )
    router = Router()
    router.click("GOOD")(tapped)
    refused = refusal(Bot(invented_settings(), routers=[router], menu=Menu.from_file(path)))
    assert f"({path.as_posix()}:5:5)" in refused
    assert f"({place(tapped)})" in refused


def test_a_reply_beside_a_prefix_is_the_more_specific_one() -> None:
    router = Router()
    router.click(Prefix("GO"))(tapped)
    bot = bot_of(router, ClickButton("赞", "GOOD", reply="谢谢！"), ClickButton("去", "GOAL"))
    assert bot.check_menu() == []


def test_a_handler_and_a_reply_in_one_button_are_refused() -> None:
    router = Router()
    router.click("TAPPED")(tapped)
    button = ClickButton("点", tapped, reply="谢谢！")
    assert refusal(bot_of(router, button)) == (
        f"the button '点' ({button.origin.whole}) has a handler and a reply; remove one"
    )


def test_two_different_replies_for_one_key_are_refused_with_both_places() -> None:
    first = ClickButton("赞", "GOOD", reply="谢谢！")
    second = ClickButton("好", "GOOD", reply="不客气")
    assert first.origin != second.origin
    assert refusal(bot_of(Router(), first, SubMenu("更多", second))) == (
        f"two replies for the key 'GOOD': {first.origin.whole} and {second.origin.whole}; "
        "remove one"
    )


async def test_equal_replies_of_two_buttons_are_one() -> None:
    bot = bot_of(
        Router(),
        ClickButton("赞", "GOOD", reply=TextReply("谢谢！")),
        ClickButton("好", "GOOD", reply=TextReply("谢谢！")),
    )
    assert len(bot.assemble().routes) == 1
    assert await Phone(bot).click("GOOD") == TextReply("谢谢！")


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        ("长" * 683, "the text has 2,049 bytes, at most 2,048 reach the user"),
        (ImageReply(""), "ImageReply: media_id is empty"),
        (5, "returned int"),
    ],
)
def test_a_reply_that_the_user_would_not_see_is_refused_with_its_place(
    reply: str | Reply, fault: str
) -> None:
    button = ClickButton("赞", "GOOD", reply=reply)
    refused = refusal(bot_of(Router(), button))
    assert refused.startswith(f"the reply of the button '赞' ({button.origin.whole})")
    assert fault in refused


# What the check finds: keys without a handler


def test_a_menu_that_fits_its_handlers_has_no_findings() -> None:
    router = Router()
    router.click("TAPPED")(tapped)
    router.scancode_push(Prefix("scan:"))(scanned)
    router.pic_sysphoto(Regex(r"pic:\d+"))(anything)
    router.view("https://example.com/a")(anything)
    assert (
        findings(
            router,
            ClickButton("点", "TAPPED"),
            SubMenu("更多", ScancodePushButton("扫", "scan:1"), PicSysphotoButton("拍", "pic:12")),
            ViewButton("看", "https://example.com/a"),
        )
        == []
    )


def test_a_key_without_a_handler_is_told_with_the_button_and_what_to_write() -> None:
    button = ClickButton("点", "LONELY")
    assert findings(Router(), SubMenu("更多", button)) == [
        Finding(
            "button[0].sub_button[0].key",
            "no handler takes click 'LONELY'; write one with @router.click('LONELY')",
            place=button.origin.whole,
        )
    ]


def test_a_key_that_is_nearly_a_handlers_points_to_it() -> None:
    router = Router()
    router.click("V1001_TODAY_MUSIC")(tapped)
    first, second = messages(router, ClickButton("点", "V1001_TODAY_MUSIK"))
    assert first == (
        "no handler takes click 'V1001_TODAY_MUSIK'; "
        f"is it 'V1001_TODAY_MUSIC', as at {place(tapped)}?"
    )
    assert second == (
        "click('V1001_TODAY_MUSIC'): no click button of the menu has it; "
        "a click button has 'V1001_TODAY_MUSIK'"
    )


def test_a_key_on_two_buttons_is_told_once() -> None:
    told = messages(Router(), ClickButton("点", "LONELY"), ClickButton("按", "LONELY"))
    assert told == ["no handler takes click 'LONELY'; write one with @router.click('LONELY')"]


def test_a_key_that_only_a_handler_of_another_type_takes_says_which() -> None:
    router = Router()
    router.click("CODE")(tapped)
    button = ScancodePushButton("扫", "CODE")
    assert findings(router, button)[0] == Finding(
        "button[0].key",
        f"no handler takes scancode_push 'CODE'; click('CODE') at {place(tapped)} takes the key, "
        "but not from a scancode_push button: register it with @router.scancode_push('CODE')",
        place=button.origin.whole,
    )


def test_any_key_of_another_type_is_no_hint_that_it_was_meant() -> None:
    router = Router()
    router.click()(tapped)
    told = messages(router, ScancodePushButton("扫", "CODE"))
    assert told == [
        "no handler takes scancode_push 'CODE'; write one with @router.scancode_push('CODE')"
    ]


@pytest.mark.parametrize(
    ("matcher", "fits"),
    [
        (None, True),
        ("order:7", True),
        ("order:", False),
        (Prefix("order:"), True),
        (Prefix("page:"), False),
        (Regex(r"order:\d"), True),
        (Regex("order"), False),
    ],
)
def test_every_kind_of_matcher_takes_the_keys_that_it_takes_at_run_time(
    matcher: str | Prefix | Regex | None, fits: bool
) -> None:
    router = Router()
    router.click(matcher)(tapped)
    told = [one for one in messages(router, ClickButton("单", "order:7")) if "no handler" in one]
    assert (told == []) == fits


@pytest.mark.parametrize(
    ("event", "fits"),
    [
        (PicSysphotoEvent, True),
        (PicturesEvent, True),
        (MenuEvent, True),
        (Event, True),
        ("PIC_SYSPHOTO", True),
        (ClickEvent, False),
        ("something_new", False),
    ],
)
def test_a_handler_of_a_class_of_events_takes_every_key_of_them(
    event: type[Event] | str, fits: bool
) -> None:
    router = Router()
    router.on(event)(anything)
    assert (findings(router, PicSysphotoButton("拍", "PICTURE")) == []) == fits


def test_a_fallback_is_no_handler_of_a_key() -> None:
    router = Router()
    router.fallback()(anything)
    assert len(findings(router, ClickButton("点", "LONELY"))) == 1


def test_an_empty_key_is_left_to_the_check_of_the_limits() -> None:
    buttons = ClickButton("点", ""), ScancodePushButton("扫", "")
    assert findings(Router(), *buttons) == []
    told = bot_of(Router(), *buttons).check_menu()
    assert [one.path for one in told] == ["button[0].key", "button[1].key"]


def test_buttons_that_push_no_key_need_no_handler() -> None:
    assert findings(Router(), ViewButton("看", "https://example.com/a")) == []


# What the check finds: one key on buttons of different types


def test_one_key_on_buttons_of_different_types_is_told_with_both_paths() -> None:
    router = Router()
    router.on(MenuEvent)(anything)
    click, scan = ClickButton("点", "SAME"), ScancodePushButton("扫", "SAME")
    assert findings(router, click, SubMenu("更多", scan)) == [
        Finding(
            "button[1].sub_button[0].key",
            "'SAME' is the key of a click button (button[0]) and of a scancode_push button; give "
            "them different keys",
            place=scan.origin.whole,
        )
    ]


def test_one_key_on_buttons_of_one_type_is_fine() -> None:
    router = Router()
    router.click("SAME")(tapped)
    assert findings(router, ClickButton("点", "SAME"), ClickButton("按", "SAME")) == []


# What the check finds: handlers without a button


def test_a_handler_whose_key_no_menu_has_is_told_at_its_line() -> None:
    router = Router()
    router.click("GONE")(tapped)
    router.location_select(Prefix("place:"))(anything)
    assert findings(router, LocationSelectButton("位", "town:1"))[1:] == [
        Finding("", "click('GONE'): no click button of the menu has it", "warning", place(tapped)),
        Finding(
            "",
            "location_select(Prefix('place:')): no location_select button of the menu has it",
            "warning",
            place(anything),
        ),
    ]


def test_a_handler_of_a_link_that_no_view_button_has_is_told() -> None:
    router = Router()
    router.view("https://example.com/a")(anything)
    router.view(Prefix("https://example.com/"))(anything)
    told = messages(router, ViewButton("看", "https://example.com/b"))
    assert told == [
        "view('https://example.com/a'): no view button of the menu has it; "
        "a view button has 'https://example.com/b'"
    ]


def test_handlers_of_any_key_of_classes_and_of_other_pushes_need_no_button() -> None:
    router = Router()
    router.click()(tapped)
    router.view()(anything)
    router.on(ViewEvent)(anything)
    router.on("tomorrow")(anything)
    router.fallback()(anything)
    router.text("帮助")(anything)
    router.subscribe("till07")(anything)
    assert findings(router, ViewButton("看", "https://example.com/a")) == []


# What the check finds: replies and handlers, when the menu is of a file


def test_a_reply_and_a_handler_for_one_key_are_told_where_no_bot_refuses_them() -> None:
    router = Router()
    router.click("GOOD")(tapped)
    button = ClickButton("赞", "GOOD", reply="谢谢！")
    assert findings(router, button) == [
        Finding(
            "button[0].reply",
            f"click('GOOD') at {place(tapped)} answers 'GOOD' as well; remove one",
            place=button.origin.whole,
        )
    ]


# Conditional menus, places


def test_findings_in_conditional_menus_have_their_paths() -> None:
    router = Router()
    router.click("TAPPED")(tapped)
    rule = MatchRule(client_platform_type="ios")
    menus = MenuSet(
        Menu(ClickButton("点", "TAPPED")),
        ConditionalMenu(Menu(ClickButton("点", "TAPPED")), rule),
        ConditionalMenu(Menu(SubMenu("更多", ScancodePushButton("扫", "TAPPED"))), rule),
    )
    told = compare(menus, router.routes)
    assert [one.path for one in told] == ["conditionalmenu[1].button[0].sub_button[0].key"] * 2
    assert "not from a scancode_push button" in told[0].message
    assert "a click button (button[0])" in told[1].message


def test_a_handler_whose_key_only_a_conditional_menu_has_is_in_use() -> None:
    router = Router()
    router.click("TAPPED")(tapped)
    menus = MenuSet(
        Menu(ViewButton("看", "https://example.com/a")),
        ConditionalMenu(Menu(ClickButton("点", "TAPPED")), MatchRule(tag_id="100")),
    )
    assert compare(menus, router.routes) == []


def test_a_finding_in_a_file_has_the_line_and_column_of_the_key(tmp_path: Path) -> None:
    path = tmp_path / "menu.yaml"
    path.write_text(
        "button:\n  - name: 更多\n    sub_button:\n      - type: click\n        name: 点\n"
        "        key: LONELY\n",
        "utf-8",
    )
    (finding,) = compare(MenuSet.from_file(path), ())
    assert finding.place == f"{path.as_posix()}:6:9"
    assert finding.path == "button[0].sub_button[0].key"


def test_a_finding_in_python_has_the_line_of_the_button() -> None:
    lines = Path(__file__).read_text("utf-8").splitlines()
    (finding,) = findings(
        Router(),
        ClickButton("点", "ON_THIS_LINE"),
    )
    line = next(number for number, text in enumerate(lines, 1) if '"ON_THIS_LINE"' in text)
    assert finding.place == f"{HERE}:{line}"


# A bot's check


def test_a_bots_check_tells_limits_and_handlers_together() -> None:
    router = Router()
    router.click("GONE")(tapped)
    told = bot_of(router, ClickButton("一二三四五六", "LONELY")).check_menu()
    assert [(one.path, one.level, one.code) for one in told] == [
        ("button[0].name", "error", 40018),
        ("button[0].key", "error", None),
        ("", "warning", None),
    ]


def test_a_bot_without_a_menu_has_nothing_to_check() -> None:
    router = Router()
    router.click("TAPPED")(tapped)
    bot = Bot(invented_settings(), routers=[router])
    assert (bot.menu, bot.check_menu()) == (None, [])


def test_conditional_menus_in_a_file_are_not_lost_by_reading_one_menu(tmp_path: Path) -> None:
    path = tmp_path / "menus.yaml"
    path.write_text(
        "button:\n  - {type: click, name: 点, key: A}\nconditionalmenu:\n"
        "  - matchrule: {tag_id: 100}\n    button:\n      - {type: click, name: 点, key: A}\n",
        "utf-8",
    )
    with pytest.raises(MenuError, match=r"MenuSet\.from_file"):
        Menu.from_file(path)
    bot = Bot(invented_settings(), menu=MenuSet.from_file(path))
    assert bot.menu
    assert len(bot.menu.conditional) == 1

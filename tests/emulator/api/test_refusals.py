"""Every error code that the emulator knows: brought about where that can be, ordered elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import pytest
from aiohttp import ClientSession

from tests.emulator.api.caller import CLICK, VIEW, Caller, Json, error
from wxevents.emulator import Account, Emulator, Refusal, StoredMenu
from wxevents.emulator.refusals import PRINTED, TEXTS
from wxevents.testing import ManualClock

RULE: Json = {"tag_id": "2"}


def nothing(account: Account) -> None:
    """The account as it is: a default menu, one follower "oFan" and one who left, "oGone"."""


@dataclass(frozen=True)
class Case:
    """A call, the fault it shows, and what has to be so before."""

    code: int
    path: str
    body: object = None
    query: tuple[tuple[str, str], ...] = ()
    method: str = "POST"
    given: Callable[[Account], object] = nothing

    def __str__(self) -> str:
        return f"{self.code} {self.path}"


def strict(account: Account) -> None:
    account.switches = replace(account.switches, strict=True)


def kind(name: Any) -> Callable[[Account], None]:
    def change(account: Account) -> None:
        account.kind = name

    return change


def has(**state: Any) -> Callable[[Account], None]:
    def change(account: Account) -> None:
        for name, value in state.items():
            setattr(account, name, value)

    return change


def has_material(kind: Literal["news", "image"]) -> Callable[[Account], None]:
    def change(account: Account) -> None:
        account.media.keep(kind, media_id="M1", permanent=True)

    return change


def quota(path: str) -> Callable[[Account], None]:
    def use_up(account: Account) -> None:
        account.quotas.daily[path] = 0

    return use_up


def clear_ten_times(account: Account) -> None:
    for _ in range(10):
        account.quotas.clear()


def many_tags(account: Account) -> None:
    for number in range(100):
        account.new_tag(f"tag {number}")


def many_tags_on_a_user(account: Account) -> None:
    for number in range(20):
        account.tag("oFan", f"tag {number}")


def many_fans(account: Account) -> None:
    for number in range(100_001):
        account.tag(account.follow(f"o{number}").openid, 100 if number else "VIP")


def create(code: int, *buttons: object, given: Callable[[Account], object] = nothing) -> Case:
    return Case(code, "menu/create", {"button": list(buttons)}, given=given)


def child(code: int, *buttons: object, given: Callable[[Account], object] = nothing) -> Case:
    return create(code, {"name": "菜单", "sub_button": list(buttons)}, given=given)


def add(code: int, *buttons: Json, given: Callable[[Account], object] = nothing) -> Case:
    body = {"button": list(buttons), "matchrule": RULE}
    return Case(code, "menu/addconditional", body, given=given)


def rule(code: int, matchrule: object, given: Callable[[Account], object] = nothing) -> Case:
    body = {"button": [CLICK], "matchrule": matchrule}
    return Case(code, "menu/addconditional", body, given=given)


def members(code: int, openids: object, tag: object = 100) -> Case:
    body = {"openid_list": openids, "tagid": tag}

    def some_tag(account: Account) -> None:
        account.new_tag("VIP")

    return Case(code, "tags/members/batchtagging", body, given=some_tag)


MINI = {
    "type": "miniprogram",
    "name": "wxa",
    "url": "http://mp.weixin.qq.com",
    "appid": "wx286b93c14bbf93aa",
    "pagepath": "pages/lunar/index",
}
MEDIA = {"type": "media_id", "name": "图片", "media_id": "M1"}
LIMITED = {"type": "view_limited", "name": "图文", "media_id": "M1"}
ARTICLE = {"type": "article_id", "name": "文章", "article_id": "A1"}
ESCAPED = rb'{"button":[{"type":"click","name":"\u4eca\u65e5","key":"K"}]}'
GBK = '{"button":[{"type":"click","name":"今日","key":"K"}]}'.encode("gbk")

CASES = [
    # Method, body, JSON.
    Case(43001, "menu/get", {}),
    Case(43001, "menu/delete", {}),
    Case(43001, "get_current_selfmenu_info", {}),
    Case(43002, "menu/create", method="GET"),
    Case(43002, "menu/trymatch", method="PUT"),
    Case(40066, "menu/no_such_call", {}),
    Case(44002, "menu/create"),
    Case(44002, "menu/trymatch"),
    Case(47001, "menu/create", b"button=[]"),
    Case(47001, "menu/create", b"[]"),
    Case(47001, "menu/create", b"[" * 100_000),
    Case(47001, "menu/create", b'{"button":[{"type":"click","name":"x","key":"\\ud83d"}]}'),
    Case(47001, "menu/create", "\ufeff{}".encode()),
    Case(47001, "tags/create", '{"tag":{"name":"会员"}}'.encode("gbk")),
    Case(65318, "menu/create", GBK),
    Case(65318, "menu/addconditional", GBK),
    # Permission and quota.
    Case(48001, "menu/create", {}, given=kind("unverified_subscription")),
    Case(48001, "menu/get", method="GET", given=kind("unverified_subscription")),
    Case(48001, "menu/addconditional", {}, given=kind("unverified_subscription")),
    rule(65306, RULE, given=kind("unverified_service")),
    Case(65306, "menu/trymatch", {"user_id": "oFan"}, given=kind("unverified_service")),
    Case(65306, "menu/delconditional", {"menuid": "1"}, given=kind("unverified_service")),
    Case(45009, "menu/create", {}, given=quota("/cgi-bin/menu/create")),
    # Counts.
    Case(40016, "menu/create", {}),
    Case(40016, "menu/create", {"menu": {"button": [CLICK]}}),
    Case(40016, "menu/create", {"button": {"0": CLICK}}),
    create(40016),
    create(40016, CLICK, CLICK, CLICK, CLICK),
    child(40023, *[CLICK] * 6),
    create(40023, {"name": "菜单", "sub_button": []}),
    create(40023, {"name": "菜单", "sub_button": {"list": [CLICK]}}),
    create(40023, CLICK | {"sub_button": "none"}),
    child(40022, {"name": "三级", "sub_button": [CLICK]}),
    Case(65307, "menu/addconditional", {"matchrule": RULE}),
    add(65307),
    add(40016, CLICK, CLICK, CLICK, CLICK),
    # Types.
    create(40017, {"name": "x", "key": "K"}),
    create(40017, {"type": "text", "name": "x", "value": "9-18"}),
    create(40017, {"type": ["click"], "name": "x", "key": "K"}),
    create(40017, "click"),
    create(40017, {"type": "click", "name": "菜单", "sub_button": [CLICK]}),
    child(40024, {"name": "x", "key": "K"}),
    child(40024, {"type": "CLICK", "name": "x", "key": "K"}),
    child(40024, None),
    add(65308, {"name": "x", "key": "K"}),
    add(65308, {"name": "菜单", "sub_button": [{"name": "x", "key": "K"}]}),
    add(40017, CLICK | {"type": "tap"}),
    create(40119, MINI, given=has(barred_types={"miniprogram"})),
    child(40120, MINI, given=has(barred_types={"miniprogram"})),
    # Lengths, in bytes of UTF-8.
    create(40018, CLICK | {"name": "x" * 17}),
    create(40018, CLICK | {"name": "今日歌曲六个"}),
    create(40018, CLICK | {"name": ""}),
    create(40018, {"type": "click", "key": "K"}),
    create(40018, {"name": "x" * 17, "sub_button": [CLICK]}),
    create(40018, CLICK | {"name": 7}),
    child(40025, CLICK | {"name": "x" * 61}),
    child(40025, CLICK | {"name": "歌" * 21}),
    child(40025, CLICK | {"name": None}),
    create(40019, CLICK | {"key": "k" * 129}),
    create(40019, CLICK | {"key": "键" * 43}),
    create(40019, CLICK | {"key": ""}),
    create(40019, {"type": "location_select", "name": "x"}),
    child(40026, CLICK | {"key": "k" * 129}),
    child(40026, {"type": "scancode_push", "name": "x"}),
    create(40020, VIEW | {"url": "http://a.cn/" + "u" * 1013}),
    create(40020, {"type": "view", "name": "x"}),
    create(40020, {**MINI, "url": ""}),
    child(40027, VIEW | {"url": "http://a.cn/" + "u" * 1013}),
    child(40027, {"type": "view", "name": "x"}),
    create(40055, VIEW | {"url": "www.soso.com"}),
    create(40055, VIEW | {"url": "ftp://www.soso.com/"}),
    create(40055, VIEW | {"url": "http://"}),
    create(40055, VIEW | {"url": "http://[::1"}),
    child(40054, VIEW | {"url": "javascript:alert(1)"}),
    add(65317, VIEW | {"url": "www.soso.com"}),
    create(40117, MEDIA | {"media_id": ""}),
    child(40118, {"type": "view_limited", "name": "x"}),
    create(40013, {**MINI, "appid": ""}),
    create(40097, {**MINI, "pagepath": ""}),
    create(53600, {"type": "article_view_limited", "name": "x"}),
    Case(40033, "menu/create", ESCAPED),
    Case(40033, "menu/create", ESCAPED.replace(rb"\u4eca\u65e5", rb"a\nb")),
    Case(40033, "menu/create", ESCAPED.replace(rb"\u4eca\u65e5", b"\\\\" + rb"\u4eca")),
    # What buttons refer to.
    create(40007, MEDIA, given=has_material("news")),
    child(40007, LIMITED, given=has_material("news")),
    create(40121, LIMITED, given=has_material("image")),
    create(40007, MEDIA, given=strict),
    create(53600, ARTICLE, given=strict),
    child(85005, MINI, given=strict),
    # Match rules.
    rule(65320, {"sex": "1"}),
    rule(65320, {"tag_id": "2", "city": "广州"}),  # before 65311: no province
    rule(65320, {"language": "zh_CN", "tag_id": ""}),
    rule(65304, None),
    rule(65304, {}),
    rule(65304, []),
    rule(65304, {"tag_id": "", "client_platform_type": ""}),
    rule(65304, {"colour": "red"}),
    rule(45159, {"tag_id": "VIP"}),
    rule(45159, {"tag_id": "9" * 5000}),
    rule(45159, {"group_id": "4"}, given=strict),
    rule(40097, {"client_platform_type": "4"}),
    rule(65303, RULE, given=has(default_menu=None)),
    rule(65305, RULE, given=has(max_conditional_menus=0)),
    add(
        65316,
        {"name": "a", "sub_button": [{**MINI, "url": f"http://{host}.cn"} for host in "abcd"]},
    ),
    # Other menu calls.
    Case(46003, "menu/get", method="GET", given=has(default_menu=None)),
    Case(65301, "menu/delconditional", {"menuid": "1"}),
    Case(65301, "menu/delconditional", {}),
    Case(65302, "menu/trymatch", {"user_id": "oNobody"}),
    Case(65302, "menu/trymatch", {"user_id": ["oFan"]}),
    Case(65315, "menu/trymatch", {"user_id": "oGone"}),
    Case(65303, "menu/trymatch", {"user_id": "oFan"}, given=has(default_menu=None)),
    # Tags and users.
    Case(47001, "tags/create", {"name": "VIP"}),
    Case(45157, "tags/create", {"tag": {"name": ""}}),
    Case(45157, "tags/create", {"tag": {"name": "星标组"}}),
    Case(45157, "tags/create", {"tag": {}}),
    Case(45158, "tags/create", {"tag": {"name": "会" * 11}}),
    Case(45056, "tags/create", {"tag": {"name": "one more"}}, given=many_tags),
    Case(45058, "tags/update", {"tag": {"id": 2, "name": "x"}}),
    Case(45058, "tags/delete", {"tag": {"id": 0}}),
    Case(45159, "tags/delete", {"tag": {"id": 100}}),
    Case(45159, "tags/update", {"tag": {"id": "9" * 5000, "name": "x"}}),
    Case(45057, "tags/delete", {"tag": {"id": 100}}, given=many_fans),
    Case(45159, "user/tag/get", {"tagid": 100}),
    members(40032, []),
    members(40032, "oFan"),
    members(40032, ["oFan"] * 51),
    members(40003, ["oFan", ""]),
    members(40003, [1]),
    members(49003, ["oFan", "oOfAnotherAccount"]),
    members(49003, ["oGone"]),
    members(45159, ["oFan"], tag=101),
    Case(
        45059,
        "tags/members/batchtagging",
        {"openid_list": ["oFan"], "tagid": 2},
        given=many_tags_on_a_user,
    ),
    Case(49003, "tags/getidlist", {"openid": "oNobody"}),
    Case(40003, "user/info", method="GET"),
    Case(40003, "user/info", method="GET", query=(("openid", "oNobody"),)),
    Case(40003, "user/get", method="GET", query=(("next_openid", "oNobody"),)),
    # The rest.
    Case(40202, "callback/check", {"check_operator": "CAP"}),
    Case(40203, "callback/check", {"action": "dns", "check_operator": "AT&T"}),
    Case(40013, "clear_quota", {"appid": "wx000"}),
    Case(48006, "clear_quota", {"appid": "wx0123456789abcdef"}, given=clear_ten_times),
    Case(40125, "clear_quota/v2", {"appid": "wx0123456789abcdef", "appsecret": "guessed"}),
]

# Proven beside the tokens and quotas that they are about.
PROVEN_ELSEWHERE = {40001, 40002, 40014, 41001, 41002, 41004, 42001, 45011}
# Proven in test_messages.py, test_media.py and test_qrcodes.py.
PROVEN_ELSEWHERE |= {40004, 40005, 40008, 40052, 40053, 40200, 41005, 43004, 44001, 44004}
PROVEN_ELSEWHERE |= {45001, 45002, 45008, 45015, 45047, 45072, 45080, 45081}
# What lies with the platform's administration, or its mood, and is only ever ordered.
ORDERED = {
    -1,
    40015,
    40021,
    40028,
    40029,
    40056,
    40057,
    40164,
    40243,
    43003,
    45010,
    45064,
    46002,
    46004,
    48002,
    48004,
    50002,
    61003,
    61004,
    61007,
    61014,
    61016,
    61023,
    65309,
    65310,
    65311,
    65312,
    65313,
    65314,
    65319,
    89503,
}


@pytest.fixture
def account(emulator: Emulator) -> Account:
    account = emulator.account
    account.seed_default([CLICK])
    account.follow("oFan")
    account.follow("oGone")
    account.unfollow("oGone")
    return account


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_faulty_call_gets_its_code_and_changes_nothing(
    case: Case, account: Account, caller: Caller
) -> None:
    await caller.a_token()
    case.given(account)
    before = snapshot(account)
    body = case.body
    data = b"" if body is None else body if isinstance(body, bytes) else encoded(body)
    answer = await caller.call(case.method, case.path, data, dict(case.query))
    assert error(answer) == case.code
    assert snapshot(account) == before


def snapshot(account: Account) -> tuple[object, ...]:
    tags = {user.openid: tuple(user.tags) for user in account.users.values()}
    names = {tag.id: tag.name for tag in account.tags.values()}
    return account.default_menu, tuple(account.conditional_menus), tags, names


def encoded(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def test_the_table_proves_every_code_that_the_emulator_knows() -> None:
    proven = {case.code for case in CASES} | PROVEN_ELSEWHERE | ORDERED
    assert proven == TEXTS.keys() | PRINTED.keys()
    assert not TEXTS.keys() & PRINTED.keys()


async def test_a_text_is_english_lower_case_and_ends_in_a_request_id(caller: Caller) -> None:
    answer = await caller.post("menu/delconditional", {"menuid": "1"})
    request_id = r"[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}"
    assert re.fullmatch(rf"menu with this menuid not exist rid: {request_id}", answer["errmsg"])


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (40018, "invalid button name size"),
        (53600, "Article ID 无效"),
        (65320, "match rule violates privacy"),
    ],
)
async def test_the_texts_that_the_pages_print_are_literal(
    caller: Caller, code: int, text: str
) -> None:
    caller.account.refuse("/cgi-bin/tags/get", code)
    assert await caller.get("tags/get") == {"errcode": code, "errmsg": text}


@pytest.mark.parametrize("code", sorted(ORDERED))
async def test_what_nobody_can_bring_about_is_ordered_for_the_next_call(
    caller: Caller, code: int
) -> None:
    caller.account.refuse("/cgi-bin/menu/create", code)
    assert error(await caller.create()) == code
    assert error(await caller.create()) == 0


async def test_an_address_that_is_not_listed_is_named(caller: Caller) -> None:
    caller.account.refuse("/cgi-bin/stable_token", 40164)
    answer = await caller.stable_token()
    assert str(answer["errmsg"]).startswith("invalid ip 203.0.113.9 ")


async def test_ordered_faults_come_in_their_order_and_to_their_path_only(caller: Caller) -> None:
    caller.account.refuse("/cgi-bin/token", -1, 40164)
    assert error(await caller.plain_token()) == -1
    assert "access_token" in await caller.stable_token()
    assert error(await caller.plain_token()) == 40164
    assert "access_token" in await caller.plain_token()


def test_a_code_that_the_platform_does_not_have_cannot_be_ordered(emulator: Emulator) -> None:
    with pytest.raises(ValueError, match="knows no error code 12345"):
        emulator.account.refuse("/cgi-bin/token", 12345)
    with pytest.raises(ValueError, match="knows no error code 0"):
        Refusal(0)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"button": [{"type": "tap"}, {}, {}, {}]}, 40016),
        ({"button": [{"name": "x" * 17, "sub_button": [CLICK] * 6}]}, 40023),
        ({"button": [CLICK | {"name": "x" * 17}, {"type": "tap", "name": "x"}]}, 40017),
        ({"button": [CLICK | {"name": "x" * 17}], "matchrule": {"sex": "1"}}, 40018),
        ({"button": [CLICK], "matchrule": {"sex": "1"}}, 65320),
    ],
)
async def test_counts_come_before_types_before_lengths_before_the_match_rule(
    caller: Caller, body: Json, code: int
) -> None:
    assert await caller.code("POST", "menu/addconditional", body) == code


async def test_the_token_comes_before_the_method_and_that_before_permission_and_body(
    clock: ManualClock,
) -> None:
    emulator = Emulator(kind="unverified_subscription", clock=clock)
    async with emulator.serve() as url, ClientSession() as session:
        caller = Caller(session, url, emulator)
        assert error(await caller.bare("GET", "menu/create")) == 41001
        assert error(await caller.call("GET", "menu/create")) == 43002
        assert error(await caller.call("POST", "menu/create")) == 48001
        emulator.account.kind = "verified_subscription"
        assert error(await caller.call("POST", "menu/create")) == 44002


def test_a_stored_menu_without_a_rule_matches_everybody() -> None:
    assert StoredMenu("1", [CLICK]).rule.matches("100", "2")

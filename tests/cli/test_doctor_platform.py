"""`wxevents doctor` at the platform: what the emulated one answers becomes a line with its cure."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from tests.cli.emulated import Platform
from tests.cli.examined import Doctor
from tests.store.redis_server import free_port
from wxevents.emulator import Refusal

STABLE_TOKEN = "/cgi-bin/stable_token"
CHECK = "/cgi-bin/callback/check"
TYPING = "/cgi-bin/message/custom/typing"
MENU = """
from wxevents import ClickButton, Menu
menu = Menu(ClickButton("你好", "HELLO"))
"""


@pytest.fixture
def calling(doctor: Doctor, platform: Platform) -> Doctor:
    """The doctor of an account whose platform is `platform`."""
    introduce(doctor, platform)
    return doctor


def introduce(doctor: Doctor, platform: Platform) -> None:
    doctor.environ |= platform.environ
    platform.secrets |= doctor.secrets
    doctor.secrets = platform.secrets  # which grows by the tokens that are used


def test_a_sound_account_is_good(calling: Doctor) -> None:
    found = calling()
    assert found.code == 0
    for check in ("clock", "access_token", "ip_whitelist", "customer_service", "webhook.network"):
        assert found.state(check) == "good"


def test_it_changes_nothing_and_takes_no_token_from_running_servers(
    calling: Doctor, platform: Platform
) -> None:
    account = platform.account
    token = account.tokens.stable()["access_token"]
    calling()
    assert account.tokens.stable()["access_token"] == token
    assert platform.changing_calls == [
        "getcallbackip",  # without a token, for the time
        "getcallbackip",
        "message/custom/typing",  # to nobody
        "callback/check",
    ]
    assert not account.users


def test_a_token_that_is_refused_is_never_forced(calling: Doctor, platform: Platform) -> None:
    token = platform.account.tokens.stable()["access_token"]
    platform.account.refuse(TYPING, 40001)
    assert calling().state("customer_service") == "note"
    assert platform.account.tokens.stable()["access_token"] == token


def test_offline_calls_nobody(calling: Doctor, platform: Platform) -> None:
    found = calling("--offline")
    assert not platform.emulator.calls
    for check in ("clock", "access_token", "ip_whitelist", "customer_service", "webhook.network"):
        assert found.all(check) == [("note", "skipped: --offline")]


def test_without_a_secret_the_calls_are_skipped_and_the_clock_is_not(
    calling: Doctor, platform: Platform
) -> None:
    found = calling(WXEVENTS_APP_SECRET=None)
    assert found.code == 0
    assert found.sentence("access_token") == "skipped: WXEVENTS_APP_SECRET is not set"
    assert found.state("customer_service") == "note"
    assert found.state("clock") == "good"
    assert {call.path for call in platform.emulator.calls} == {"/cgi-bin/getcallbackip"}


def test_an_address_that_is_not_listed_is_shown(calling: Doctor, platform: Platform) -> None:
    platform.account.refuse(STABLE_TOKEN, 40164)
    found = calling()
    assert (found.code, found.to_mend()) == (1, ["ip_whitelist"])
    assert "does not let 203.0.113.9 in; enter that address" in found.sentence("ip_whitelist")
    assert "see ip_whitelist" in found.sentence("access_token")
    assert found.sentence("customer_service") == "skipped: there is no access token"


def test_an_address_that_is_to_be_confirmed_has_its_cure(
    calling: Doctor, platform: Platform
) -> None:
    platform.account.refuse(STABLE_TOKEN, 89503)
    found = calling()
    assert found.to_mend() == ["ip_whitelist"]
    assert "administrator" in found.sentence("ip_whitelist")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"WXEVENTS_APP_ID": "wx00000000000000ff"}, "40013"),
        ({"WXEVENTS_APP_SECRET": "0" * 32}, "40125"),
    ],
)
def test_wrong_credentials_have_to_be_mended(
    calling: Doctor, wrong: dict[str, str], code: str
) -> None:
    found = calling(**wrong)
    assert (found.code, found.to_mend()) == (1, ["access_token"])
    assert f" {code}, " in found.sentence("access_token")
    assert "WXEVENTS_APP_SECRET" in found.sentence("access_token")


def test_a_frozen_secret_has_to_be_mended(calling: Doctor, platform: Platform) -> None:
    platform.account.refuse(STABLE_TOKEN, 40243)
    assert calling().to_mend() == ["access_token"]


@pytest.mark.parametrize("code", [-1, 45009])
def test_a_platform_that_is_busy_is_no_fault_of_ours(
    calling: Doctor, platform: Platform, code: int
) -> None:
    platform.account.refuse(STABLE_TOKEN, code)
    found = calling()
    assert (found.code, found.state("access_token")) == (0, "note")


def test_nobody_at_the_api(calling: Doctor) -> None:
    found = calling(WXEVENTS_API_BASE=f"http://127.0.0.1:{free_port()}")
    assert found.to_mend() == ["access_token"]
    assert "no connection" in found.sentence("access_token")
    assert found.state("clock") == "note"
    assert "could not be compared" in found.sentence("clock")


@pytest.mark.parametrize("late", ["customer_service", "placeholder"])
def test_an_account_without_permission_for_messages_loses_late_answers(
    calling: Doctor, platform: Platform, late: str
) -> None:
    platform.account.kind = "unverified_service"
    found = calling(WXEVENTS_LATE=late)
    assert (found.code, found.to_mend()) == (1, ["customer_service"])
    assert "48001" in found.sentence("customer_service")
    assert "WXEVENTS_LATE=redelivery" in found.sentence("customer_service")


def test_an_account_that_sends_none_does_not_need_the_permission(
    calling: Doctor, platform: Platform
) -> None:
    platform.account.kind = "unverified_service"
    found = calling(WXEVENTS_LATE="redelivery")
    assert (found.code, found.state("customer_service")) == (0, "note")


def test_a_permission_that_cannot_be_seen_is_noted(calling: Doctor, platform: Platform) -> None:
    platform.account.refuse(TYPING, 45009)
    found = calling()
    assert (found.code, found.state("customer_service")) == (0, "note")
    assert "could not be seen" in found.sentence("customer_service")


def test_the_network_check_tells_what_it_does_not_test(calling: Doctor) -> None:
    sentence = calling().sentence("webhook.network")
    assert "203.0.113.10" in sentence
    assert "tests DNS and ping only, and says nothing of the webhook" in sentence


def test_a_host_without_address_has_to_be_mended(calling: Doctor, platform: Platform) -> None:
    platform.account.callback_hosts = []
    assert calling().to_mend() == ["webhook.network"]


@contextmanager
def answering(path: str, answer: dict[str, object]) -> Iterator[Platform]:
    """A platform that says this to these calls."""

    @web.middleware
    async def replace(request: web.Request, handler: Handler) -> web.StreamResponse:
        return web.json_response(answer) if request.path == path else await handler(request)

    with Platform().serving(replace) as platform:
        yield platform


def test_an_account_without_url_has_to_be_mended(doctor: Doctor) -> None:
    with answering(CHECK, {"errcode": 40201, "errmsg": "no url"}) as platform:
        introduce(doctor, platform)
        found = doctor()
    assert found.to_mend() == ["webhook.network"]
    assert "服务器配置" in found.sentence("webhook.network")


def test_the_address_is_found_among_other_words(doctor: Doctor) -> None:
    words = "access refused: invalid ip 2001:db8::7, not in whitelist"
    with answering(STABLE_TOKEN, {"errcode": 40164, "errmsg": words}) as platform:
        introduce(doctor, platform)
        assert "does not let 2001:db8::7 in" in doctor().sentence("ip_whitelist")


def test_lost_pings_are_noted(doctor: Doctor) -> None:
    ping = {"ip": "203.0.113.10", "from_operator": "CAP", "package_loss": "100%", "time": ""}
    dns = {"ip": "203.0.113.10", "real_operator": "UNICOM"}
    with answering(CHECK, {"dns": [dns], "ping": [ping]}) as platform:
        introduce(doctor, platform)
        found = doctor()
    assert found.state("webhook.network") == "note"
    assert "203.0.113.10 100% lost" in found.sentence("webhook.network")


def dated(date: Callable[[], str]) -> Middleware:
    """The time in every answer of a platform."""

    @web.middleware
    async def change(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except Refusal as fault:
            response = web.json_response(fault.answer())
        response.headers["Date"] = date()
        return response

    return change


def clock_moved_by(seconds: float) -> Middleware:
    """A platform whose clock is that much ahead of this machine's."""
    return dated(lambda: formatdate(time.time() + seconds, usegmt=True))


@pytest.mark.parametrize(
    ("seconds", "tolerance", "state"),
    [
        (2, 300, "good"),
        (30, 300, "note"),
        (-30, 300, "note"),
        (200, 300, "note"),
        (250, 300, "mend"),  # the last minute of the tolerance is for deliveries and drift
        (-400, 300, "mend"),
        (40, 60, "mend"),
        (400, 0, "note"),
    ],
)
def test_a_clock_that_is_wrong(doctor: Doctor, seconds: float, tolerance: int, state: str) -> None:
    with Platform().serving(clock_moved_by(seconds)) as platform:
        introduce(doctor, platform)
        found = doctor(WXEVENTS_TIMESTAMP_TOLERANCE=str(tolerance))
    assert (found.state("clock"), found.code) == (state, 1 if state == "mend" else 0)
    if state != "good":
        behind = f"{'behind' if seconds > 0 else 'ahead of'} the platform's"
        assert behind in found.sentence("clock")
        assert int(found.sentence("clock").split()[0]) == pytest.approx(abs(seconds), abs=2)


def test_an_answer_without_time_is_noted(doctor: Doctor) -> None:
    with Platform().serving(dated(lambda: "today")) as platform:
        introduce(doctor, platform)
        assert "has no time" in doctor().sentence("clock")


def declare(doctor: Doctor, menu: str) -> None:
    module = doctor.folder / f"{doctor.environ['WXEVENTS_HANDLERS']}.py"
    module.write_text(module.read_text("utf-8") + menu, "utf-8")


def test_a_menu_that_is_not_published_is_noted(calling: Doctor) -> None:
    declare(calling, MENU)
    found = calling()
    assert (found.state("menu"), found.state("menu.published")) == ("good", "note")
    assert "1 change away" in found.sentence("menu.published")
    assert "`wxevents menu plan`" in found.sentence("menu.published")


def test_a_menu_that_is_published_is_good(calling: Doctor, platform: Platform) -> None:
    declare(calling, MENU)
    platform.account.seed_default([{"type": "click", "name": "你好", "key": "HELLO"}])
    assert calling().state("menu.published") == "good"


def test_a_menu_for_a_tag_that_does_not_exist_cannot_be_published(calling: Doctor) -> None:
    declare(
        calling,
        """
from wxevents import ClickButton, ConditionalMenu, MatchRule, Menu, MenuSet
one = Menu(ClickButton("你好", "HELLO"))
menu = MenuSet(one, ConditionalMenu(one, MatchRule(tag="VIP")))
""",
    )
    found = calling()
    assert found.to_mend() == ["menu.published"]
    assert "VIP" in found.sentence("menu.published")


def test_an_account_that_may_have_no_menu_is_told(calling: Doctor, platform: Platform) -> None:
    declare(calling, MENU)
    platform.account.refuse("/cgi-bin/menu/get", 48001)
    assert calling().to_mend() == ["menu.published"]

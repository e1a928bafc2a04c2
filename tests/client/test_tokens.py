"""Access tokens: fetched once for all, renewed in time, and once more when one is refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator

import pytest
from pytest_asyncio import fixture as async_fixture

from tests.client.server import (
    NO_JITTER,
    SECRET,
    TOKEN,
    Dropped,
    Held,
    ScriptedPlatform,
    WaitingClock,
    client_for,
    settings_for,
)
from wxevents import SettingsError
from wxevents.client import (
    AuthorizerToken,
    ClassicToken,
    Client,
    CloudToken,
    FixedToken,
    StableToken,
    Tokens,
)
from wxevents.errors import AnswerLost, ApiAnswerUnreadable, TokenError
from wxevents.settings import Settings

PATH = "/cgi-bin/anything"
STABLE = "/cgi-bin/stable_token"
CLASSIC = "/cgi-bin/token"
AUTHORIZER = "/cgi-bin/component/api_authorizer_token"
APP_ID = "wx0123456789abcdef"


def leased(token: str, seconds: int = 7200) -> dict[str, object]:
    return {"access_token": token, "expires_in": seconds}


def refused(errcode: int) -> dict[str, object]:
    return {"errcode": errcode, "errmsg": "refused"}


@async_fixture
async def account(platform: ScriptedPlatform, clock: WaitingClock) -> AsyncIterator[Client]:
    """A client with the default tokens."""
    client = Client(settings_for(platform.url), clock=clock, retries=NO_JITTER)
    async with client:
        yield client


@pytest.fixture
def logged() -> Iterator[asyncio.Queue[logging.LogRecord]]:
    """What is logged of tokens, to wait for."""
    records: asyncio.Queue[logging.LogRecord] = asyncio.Queue()

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.put_nowait(record)

    handler = Handler()
    log = logging.getLogger("wxevents.client.renewal")
    log.addHandler(handler)
    yield records
    log.removeHandler(handler)


def tokens_used(platform: ScriptedPlatform) -> list[str | None]:
    return [seen.query.get("access_token") for seen in platform.requests(PATH)]


def forced(platform: ScriptedPlatform) -> list[bool]:
    return [seen.json["force_refresh"] for seen in platform.requests(STABLE)]


async def test_the_stable_token_is_fetched_once_and_kept(
    platform: ScriptedPlatform, account: Client
) -> None:
    platform.will_answer(STABLE, leased("t1"))
    platform.will_answer(PATH, {})
    await account.request("GET", PATH)
    await account.request("GET", PATH)
    (seen,) = platform.requests(STABLE)
    assert (seen.method, seen.query) == ("POST", {})
    assert seen.json == {
        "grant_type": "client_credential",
        "appid": APP_ID,
        "secret": SECRET,
        "force_refresh": False,
    }
    assert tokens_used(platform) == ["t1", "t1"]


async def test_many_callers_wait_for_one_refresh(
    platform: ScriptedPlatform, account: Client, clock: WaitingClock
) -> None:
    held = Held(leased("t1"))
    platform.will_answer(STABLE, held)
    platform.will_answer(PATH, {})
    calls = [asyncio.create_task(account.request("GET", PATH)) for _ in range(20)]
    await platform.has_seen(1, STABLE)
    await clock.advance(0)
    held.released.set()
    await asyncio.gather(*calls)
    assert len(platform.requests(STABLE)) == 1
    assert tokens_used(platform) == ["t1"] * 20


async def test_cancelling_one_caller_leaves_the_refresh_to_the_others(
    platform: ScriptedPlatform, account: Client, clock: WaitingClock
) -> None:
    held = Held(leased("t1"))
    platform.will_answer(STABLE, held)
    platform.will_answer(PATH, {})
    first, second = (asyncio.create_task(account.request("GET", PATH)) for _ in range(2))
    await platform.has_seen(1, STABLE)
    await clock.advance(0)
    first.cancel()
    await clock.advance(0)
    assert first.cancelled()
    held.released.set()
    await second
    assert len(platform.requests(STABLE)) == 1


async def test_from_the_overlap_on_a_new_token_is_fetched_while_the_old_one_serves(
    platform: ScriptedPlatform, account: Client, clock: WaitingClock
) -> None:
    held = Held(leased("t2"))
    platform.will_answer(STABLE, leased("t1"), held)
    platform.will_answer(PATH, {})
    await account.request("GET", PATH)
    await clock.advance(7200 - 300 - 1)
    await account.request("GET", PATH)
    assert len(platform.requests(STABLE)) == 1
    await clock.advance(1)
    await account.request("GET", PATH)
    await platform.has_seen(2, STABLE)
    assert tokens_used(platform) == ["t1", "t1", "t1"]
    held.released.set()
    await _until_renewed(account, platform, "t2")
    assert len(platform.requests(STABLE)) == 2
    assert forced(platform) == [False, False]


async def test_a_token_that_ended_is_waited_for(
    platform: ScriptedPlatform, account: Client, clock: WaitingClock
) -> None:
    platform.will_answer(STABLE, leased("t1"), leased("t2"))
    platform.will_answer(PATH, {})
    await account.request("GET", PATH)
    await clock.advance(7200)
    await account.request("GET", PATH)
    assert tokens_used(platform) == ["t1", "t2"]


async def test_a_refresh_that_fails_does_not_stop_calls_while_the_old_token_lives(
    platform: ScriptedPlatform,
    account: Client,
    clock: WaitingClock,
    logged: asyncio.Queue[logging.LogRecord],
) -> None:
    platform.will_answer(STABLE, leased("t1"), refused(40243), leased("t2"))
    platform.will_answer(PATH, {})
    await account.request("GET", PATH)
    await clock.advance(7200 - 300)
    await account.request("GET", PATH)
    record = await logged.get()
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith(
        "the access token could not be refreshed, the old one lives 300 s more: "
        "POST /cgi-bin/stable_token: 40243, the AppSecret is frozen"
    )
    await account.request("GET", PATH)  # not at once again
    assert len(platform.requests(STABLE)) == 2
    await clock.advance(10)
    await account.request("GET", PATH)
    await _until_renewed(account, platform, "t2")
    assert tokens_used(platform)[:4] == ["t1"] * 4


async def test_without_a_living_token_the_failure_of_the_refresh_is_raised(
    platform: ScriptedPlatform, account: Client, clock: WaitingClock
) -> None:
    platform.will_answer(STABLE, refused(40125))
    for _ in range(2):  # each call tries anew
        with pytest.raises(TokenError, match="40125, the AppSecret is not valid") as failed:
            await account.request("GET", PATH)
        assert failed.value.call == "POST /cgi-bin/stable_token"
    assert len(platform.requests(STABLE)) == 2


async def test_a_lost_token_is_asked_for_again(
    platform: ScriptedPlatform, account: Client, clock: WaitingClock
) -> None:
    platform.will_answer(STABLE, Dropped(), leased("t1"))
    platform.will_answer(PATH, {})
    call = asyncio.create_task(account.request("GET", PATH))
    assert await clock.next_wait() == 1
    await call


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
async def test_a_refused_token_is_renewed_once_and_the_call_repeated(
    platform: ScriptedPlatform, account: Client, errcode: int
) -> None:
    platform.will_answer(STABLE, leased("t1"), leased("t2"))
    platform.will_answer(PATH, refused(errcode), {"value": 1})
    assert await account.request("POST", PATH) == {"value": 1}
    assert tokens_used(platform) == ["t1", "t2"]
    assert forced(platform) == [False, False]


@pytest.mark.parametrize("errcode", [41001, 40013, 48001])
async def test_another_refusal_renews_nothing(
    platform: ScriptedPlatform, account: Client, errcode: int
) -> None:
    platform.will_answer(STABLE, leased("t1"))
    platform.will_answer(PATH, refused(errcode))
    with pytest.raises(Exception, match=str(errcode)):
        await account.request("POST", PATH)
    assert tokens_used(platform) == ["t1"]
    assert len(platform.requests(STABLE)) == 1


async def test_a_token_is_forced_only_when_the_refused_one_comes_back(
    platform: ScriptedPlatform, account: Client
) -> None:
    platform.will_answer(STABLE, leased("t1"), leased("t1"), leased("t2"))
    platform.will_answer(PATH, refused(40001), {})
    await account.request("POST", PATH)
    assert forced(platform) == [False, False, True]
    assert tokens_used(platform) == ["t1", "t2"]


async def test_a_refusal_that_persists_is_an_error_and_no_loop(
    platform: ScriptedPlatform, account: Client
) -> None:
    platform.will_answer(STABLE, leased("t1"), leased("t2"))
    platform.will_answer(PATH, refused(40001))
    with pytest.raises(TokenError, match="40001"):
        await account.request("POST", PATH)
    assert tokens_used(platform) == ["t1", "t2"]


async def test_the_same_token_again_is_not_tried_again(
    platform: ScriptedPlatform, account: Client
) -> None:
    platform.will_answer(STABLE, leased("t1"))
    platform.will_answer(PATH, refused(40001))
    with pytest.raises(TokenError, match="40001"):
        await account.request("POST", PATH)
    assert tokens_used(platform) == ["t1"]
    assert forced(platform) == [False, False, True]


async def test_a_token_is_forced_every_30_seconds_at_most(
    platform: ScriptedPlatform, account: Client, clock: WaitingClock
) -> None:
    platform.will_answer(STABLE, leased("t1"))
    platform.will_answer(PATH, refused(40001))
    for seconds in (0, 29, 1):
        await clock.advance(seconds)
        with pytest.raises(TokenError):
            await account.request("POST", PATH)
    assert forced(platform) == [False, False, True, False, False, True]


async def test_a_token_is_forced_20_times_a_day_at_most(
    platform: ScriptedPlatform,
    account: Client,
    clock: WaitingClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    platform.will_answer(STABLE, leased("t1", 1_000_000))
    platform.will_answer(PATH, refused(40001))
    for _ in range(21):
        with pytest.raises(TokenError):
            await account.request("POST", PATH)
        await clock.advance(30)
    assert forced(platform).count(True) == 20
    assert [record.getMessage() for record in caplog.records] == [
        "no token is forced: 20 a day are allowed"
    ]
    await clock.advance(86_400)
    with pytest.raises(TokenError):
        await account.request("POST", PATH)
    assert forced(platform).count(True) == 21


async def test_of_many_refused_callers_one_refreshes(
    platform: ScriptedPlatform, account: Client, clock: WaitingClock
) -> None:
    first = [Held(refused(40001)) for _ in range(5)]
    renewing = Held(leased("t2"))
    platform.will_answer(STABLE, leased("t1"), renewing)
    platform.will_answer(PATH, *first, {"value": 1})
    calls = [asyncio.create_task(account.request("POST", PATH)) for _ in range(5)]
    await platform.has_seen(5, PATH)
    for held in first[:4]:
        held.released.set()
    await platform.has_seen(2, STABLE)
    await clock.advance(0)
    renewing.released.set()
    await asyncio.gather(*calls[:4])
    first[4].released.set()  # the token is renewed already when this one hears of it
    await calls[4]
    assert len(platform.requests(STABLE)) == 2
    assert tokens_used(platform) == ["t1"] * 5 + ["t2"] * 5


async def test_who_comes_while_a_refused_token_is_renewed_waits_for_the_new_one(
    platform: ScriptedPlatform, account: Client, clock: WaitingClock
) -> None:
    renewing = Held(leased("t2"))
    platform.will_answer(STABLE, leased("t1"), renewing)
    platform.will_answer(PATH, refused(40001), {})
    first = asyncio.create_task(account.request("POST", PATH))
    await platform.has_seen(2, STABLE)
    second = asyncio.create_task(account.request("POST", PATH))
    await clock.advance(0)
    renewing.released.set()
    await asyncio.gather(first, second)
    assert tokens_used(platform) == ["t1", "t2", "t2"]


async def test_a_refusal_during_an_ordinary_refresh_joins_it_first(
    platform: ScriptedPlatform, account: Client, clock: WaitingClock
) -> None:
    renewing = Held(leased("t2"))
    platform.will_answer(STABLE, leased("t1"), renewing)
    platform.will_answer(PATH, {}, refused(42001), {})
    await account.request("POST", PATH)
    await clock.advance(6900)
    call = asyncio.create_task(account.request("POST", PATH))
    await platform.has_seen(2, PATH)
    await clock.advance(0)
    renewing.released.set()
    await call
    assert tokens_used(platform) == ["t1", "t1", "t2"]
    assert len(platform.requests(STABLE)) == 2


async def test_a_refusal_during_a_refresh_that_brings_the_same_token_forces_another(
    platform: ScriptedPlatform, account: Client, clock: WaitingClock
) -> None:
    renewing = Held(leased("t1"))
    platform.will_answer(STABLE, leased("t1"), renewing, leased("t1"), leased("t2"))
    platform.will_answer(PATH, {}, refused(42001), {})
    await account.request("POST", PATH)
    await clock.advance(6900)
    call = asyncio.create_task(account.request("POST", PATH))
    await platform.has_seen(2, PATH)
    await clock.advance(0)
    renewing.released.set()
    await call
    assert tokens_used(platform) == ["t1", "t1", "t2"]
    assert forced(platform) == [False, False, False, True]


async def test_a_refusal_whose_refresh_fails_raises_that_failure(
    platform: ScriptedPlatform, account: Client
) -> None:
    platform.will_answer(STABLE, leased("t1"), refused(40125))
    platform.will_answer(PATH, refused(40001))
    with pytest.raises(TokenError, match="40125"):
        await account.request("POST", PATH)


async def test_closing_the_client_ends_a_refresh(
    platform: ScriptedPlatform, clock: WaitingClock
) -> None:
    platform.will_answer(STABLE, Held(leased("t1")))
    async with Client(settings_for(platform.url), clock=clock) as client:
        call = asyncio.create_task(client.request("GET", PATH))
        await platform.has_seen(1, STABLE)
    with pytest.raises(RuntimeError, match="closed while a token was fetched"):
        await call


async def test_a_token_answer_of_another_shape_is_unreadable(
    platform: ScriptedPlatform, account: Client
) -> None:
    platform.will_answer(STABLE, {"access_token": ["t-secret"], "expires_in": 7200})
    with pytest.raises(ApiAnswerUnreadable, match="access_token: Input should be") as failed:
        await account.request("GET", PATH)
    assert "t-secret" not in str(failed.value)


async def test_a_token_at_its_end_is_not_asked_for_with_every_call(
    platform: ScriptedPlatform, account: Client, clock: WaitingClock
) -> None:
    platform.will_answer(STABLE, leased("t1", 200))
    platform.will_answer(PATH, {})
    for _ in range(3):
        await account.request("GET", PATH)
        await clock.advance(3)
    assert len(platform.requests(STABLE)) == 1


async def test_the_classic_token_is_fetched_by_get(
    platform: ScriptedPlatform, clock: WaitingClock
) -> None:
    platform.will_answer(CLASSIC, leased("t1"), leased("t2"))
    platform.will_answer(PATH, refused(40001), {})
    tokens = ClassicToken(APP_ID, SECRET, api_base=platform.url, clock=clock)
    async with client_for(platform.url, clock, tokens) as client:
        await client.request("POST", PATH)
    seen, _ = platform.requests(CLASSIC)
    assert seen.method == "GET"
    assert seen.query == {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}
    assert tokens_used(platform) == ["t1", "t2"]


async def test_a_fixed_token_that_is_refused_is_an_error_at_once(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(PATH, refused(42001))
    with pytest.raises(TokenError, match="42001, the access token has expired"):
        await client.request("POST", PATH)
    assert tokens_used(platform) == [TOKEN]


async def test_in_the_cloud_calls_carry_no_token(platform: ScriptedPlatform) -> None:
    platform.will_answer(PATH, {})
    async with client_for(platform.url, tokens=CloudToken()) as client:
        await client.request("GET", PATH)
    assert tokens_used(platform) == [None]


class ThirdParty:
    """A third-party platform that works for one account."""

    def __init__(self, url: str, clock: WaitingClock) -> None:
        self.stored: list[str] = []
        self.tokens = AuthorizerToken(
            "wxcomponent",
            "wxauthorizer",
            "refresh-1",
            component_token=self.component_token,
            on_refresh_token=self.store,
            api_base=url,
            clock=clock,
        )

    async def component_token(self) -> str:
        return "component-1"

    async def store(self, refresh_token: str) -> None:
        self.stored.append(refresh_token)


def authorized(token: str, refresh_token: str) -> dict[str, object]:
    return {
        "authorizer_access_token": token,
        "expires_in": 7200,
        "authorizer_refresh_token": refresh_token,
    }


async def test_an_authorizers_token_brings_a_new_refresh_token_that_is_kept_and_handed_over(
    platform: ScriptedPlatform, clock: WaitingClock
) -> None:
    platform.will_answer(
        AUTHORIZER,
        authorized("a1", "refresh-1"),
        authorized("a2", "refresh-2"),
        authorized("a3", ""),
    )
    platform.will_answer(PATH, {})
    third_party = ThirdParty(platform.url, clock)
    async with client_for(platform.url, clock, third_party.tokens) as client:
        for _ in range(3):
            await client.request("GET", PATH)
            await clock.advance(7200)
    assert tokens_used(platform) == ["a1", "a2", "a3"]
    assert third_party.stored == ["refresh-2"]
    assert [seen.json for seen in platform.requests(AUTHORIZER)] == [
        {
            "component_appid": "wxcomponent",
            "authorizer_appid": "wxauthorizer",
            "authorizer_refresh_token": refresh_token,
        }
        for refresh_token in ("refresh-1", "refresh-1", "refresh-2")
    ]
    assert platform.requests(AUTHORIZER)[0].query == {"component_access_token": "component-1"}


async def test_a_refresh_token_that_cannot_be_stored_is_logged_without_itself(
    platform: ScriptedPlatform, clock: WaitingClock, caplog: pytest.LogCaptureFixture
) -> None:
    class Forgetful(ThirdParty):
        async def store(self, refresh_token: str) -> None:
            raise LookupError(f"[parameters: {refresh_token}]")

    platform.will_answer(AUTHORIZER, authorized("a1", "refresh-2"))
    platform.will_answer(PATH, {})
    async with client_for(platform.url, clock, Forgetful(platform.url, clock).tokens) as client:
        await client.request("GET", PATH)
    (record,) = caplog.records
    assert record.getMessage().startswith(
        "the new refresh token of wxauthorizer was not stored, LookupError:"
    )
    assert "refresh-2" not in caplog.text


async def test_a_failure_of_somebody_elses_making_is_logged_by_its_kind(
    platform: ScriptedPlatform, clock: WaitingClock, logged: asyncio.Queue[logging.LogRecord]
) -> None:
    third_party = ThirdParty(platform.url, clock)
    platform.will_answer(AUTHORIZER, authorized("a1", "refresh-1"))
    platform.will_answer(PATH, {})
    async with client_for(platform.url, clock, third_party.tokens) as client:
        await client.request("GET", PATH)

        async def unavailable() -> str:
            raise ConnectionError("redis://:password@cache")

        third_party.tokens._component_token = unavailable
        await clock.advance(6900)
        await client.request("GET", PATH)
        record = await logged.get()
    assert record.getMessage().endswith("lives 300 s more: ConnectionError")


async def test_tokens_of_ones_own_serve_as_well(platform: ScriptedPlatform) -> None:
    class Shared:
        async def get(self) -> str:
            return "s1"

        async def renewed_after(self, failed: str) -> str:
            assert failed == "s1"
            return "s2"

    shared: Tokens = Shared()
    platform.will_answer(PATH, refused(40001), {})
    async with client_for(platform.url, tokens=shared) as client:
        await client.request("POST", PATH)
    assert tokens_used(platform) == ["s1", "s2"]


async def test_a_lost_answer_after_a_renewal_is_still_not_repeated(
    platform: ScriptedPlatform, account: Client
) -> None:
    platform.will_answer(STABLE, leased("t1"), leased("t2"))
    platform.will_answer(PATH, refused(40001), Dropped())
    with pytest.raises(AnswerLost):
        await account.request("POST", PATH)
    assert tokens_used(platform) == ["t1", "t2"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "WXEVENTS_APP_ID and WXEVENTS_APP_SECRET not set"),
        ({"app_id": APP_ID}, "WXEVENTS_APP_SECRET not set"),
    ],
)
def test_a_client_without_credentials_names_what_is_missing(
    options: dict[str, str], expected: str
) -> None:
    settings = Settings(token="t", mode="plain", **options)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match=expected):
        Client(settings)
    Client(settings, tokens=FixedToken("t"))


async def test_tokens_close_without_a_refresh() -> None:
    await StableToken(APP_ID, SECRET).close()


async def _until_renewed(client: Client, platform: ScriptedPlatform, token: str) -> None:
    """Call until a call carries that token."""
    async with asyncio.timeout(10):
        while tokens_used(platform)[-1] != token:
            await client.request("GET", PATH)

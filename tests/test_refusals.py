"""What bad input gets: one of two answers, one line in the log, and no harm to the next push."""

from __future__ import annotations

import base64
import itertools
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from Crypto.Cipher import AES

from wxevents.bot import Bot
from wxevents.events import Event, TextMessage
from wxevents.exchange import Request, Response
from wxevents.pushes import Platform, compose
from wxevents.routing import Router
from wxevents.security import Cipher, decode_aes_key, sign
from wxevents.settings import Settings
from wxevents.testing import ManualClock

TOKEN = "tokenOfThisAccount"
APP_ID = "wx1f2e3d4c5b6a7988"
APP_SECRET = "appSecretOfThisAccount"
KEY = "k3Yb0QmZr8TnW1xVd5CpLs9HfGj2Ua7EiOq4RtMwXyQ"
OLD_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
FOREIGN_KEY = "Z" * 43
CONTENT = "whatTheUserSaid"
NOW = 1735700000

FORBIDDEN = Response(403, "text/plain", b"forbidden")
BAD_REQUEST = Response(400, "text/plain", b"bad request")

FORMATS = ["xml", "json"]
MODES = ["plain", "compatible", "safe"]
SEALED_MODES = ["compatible", "safe"]

COMMON = (
    f"<ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>{NOW}</CreateTime>"
)
TEXT = f"{COMMON}<MsgType>text</MsgType><Content>{CONTENT}</Content><MsgId>1</MsgId>"
PUSH = f"<xml>{TEXT}</xml>"


def settings(**options: Any) -> Settings:
    account: dict[str, Any] = {
        "token": TOKEN,
        "store": "memory://",
        "app_id": APP_ID,
        "app_secret": APP_SECRET,
        "encoding_aes_key": KEY,
        "previous_encoding_aes_key": OLD_KEY,
    }
    return Settings(**(account | options))


@asynccontextmanager
async def running(**options: Any) -> AsyncIterator[Bot]:
    router = Router()

    @router.text()
    async def echo(event: TextMessage) -> str:
        return event.content

    @router.fallback()
    async def name(event: Event) -> str:
        return event.name

    async with Bot(settings(**options), routers=[router], clock=ManualClock(NOW)) as bot:
        yield bot


# Requests as an attacker or a misconfigured platform would make them


def signed(
    *encrypted: str, timestamp: str = str(NOW), token: str = TOKEN, **changes: str
) -> dict[str, str]:
    parts = [token.encode(), timestamp.encode(), b"90210458"]
    query = {"signature": sign(*parts).decode(), "timestamp": timestamp, "nonce": "90210458"}
    for one in encrypted:
        query |= {"encrypt_type": "aes", "msg_signature": sign(*parts, one.encode()).decode()}
    return query | changes


def post(body: str | bytes, query: Mapping[str, str] | None = None, **headers: str) -> Request:
    data = body.encode() if isinstance(body, str) else body
    return Request(
        "POST",
        signed() if query is None else query,
        {name.replace("_", "-"): value for name, value in headers.items()},
        data,
    )


def get(**query: str) -> Request:
    return Request("GET", query, {}, b"")


def enveloped(encrypted: str) -> Request:
    """A properly signed envelope around whatever should be a ciphertext."""
    body = f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{encrypted}</Encrypt></xml>"
    return post(body, signed(encrypted))


def sealed(message: str | bytes, key: str = KEY, app_id: str = APP_ID) -> Request:
    """A proper envelope around whatever should be a push."""
    data = message.encode() if isinstance(message, str) else message
    return enveloped(Cipher(key, app_id).encrypt(data).decode())


def sealed_badly(length: int | None = None, pad: bytes | None = None) -> Request:
    raw = decode_aes_key(KEY)
    size = len(PUSH.encode()) if length is None else length
    plain = bytes(16) + size.to_bytes(4, "big") + PUSH.encode() + APP_ID.encode()
    padding = 32 - len(plain) % 32
    plain += bytes([padding]) * padding if pad is None else pad * padding
    encrypted = AES.new(raw, AES.MODE_CBC, iv=raw[:16]).encrypt(plain)
    return enveloped(base64.b64encode(encrypted).decode())


def without(request: Request, *names: str) -> Request:
    query = {name: value for name, value in request.query.items() if name not in names}
    return request._replace(query=query)


def queried(request: Request, **changes: str) -> Request:
    return request._replace(query=dict(request.query) | changes)


async def refusal(
    bot: Bot, request: Request, expected: Response, caplog: pytest.LogCaptureFixture
) -> str:
    """The one line that the refusal logs. A good push is answered before and after it."""
    await answers_a_good_push(bot)
    caplog.clear()
    with caplog.at_level(logging.INFO):
        response = await bot.handle(request)
        records = list(caplog.records)
    assert response == expected
    assert [record.levelno for record in records] == [logging.WARNING], caplog.text
    assert records[0].exc_info is None
    line = records[0].getMessage()
    assert "\n" not in line
    assert len(line) < 500
    for secret in (TOKEN, APP_SECRET, KEY, OLD_KEY, CONTENT):
        assert secret not in caplog.text
    await answers_a_good_push(bot)
    return line


_numbers = itertools.count()


async def answers_a_good_push(bot: Bot) -> None:
    platform = Platform(bot.settings)
    number = next(_numbers)  # of its own, so that it joins no other push
    push = compose("text", f"good {number}", create_time=NOW, msg_id=1_000 + number)
    answer = platform.judge(await bot.handle(platform.delivery(push, NOW)), push)
    assert answer is not None
    assert answer["Content"] == f"good {number}"


# Not proven to come from the platform

TOKEN_CURE = "WXEVENTS_TOKEN"
KEY_CURE = "WXEVENTS_ENCODING_AES_KEY and WXEVENTS_APP_ID"
MODE_CURE = "WXEVENTS_MODE"
CLOCK_CURE = "NTP"

UNTRUSTED: dict[str, tuple[Callable[[], Request], str, str]] = {
    "wrong msg_signature": (
        lambda: queried(sealed(PUSH), msg_signature="0" * 40),
        "msg_signature is wrong or missing",
        TOKEN_CURE,
    ),
    "no msg_signature": (
        lambda: without(sealed(PUSH), "msg_signature"),
        "msg_signature is wrong or missing",
        TOKEN_CURE,
    ),
    "empty msg_signature": (
        lambda: queried(sealed(PUSH), msg_signature=""),
        "msg_signature is wrong or missing",
        TOKEN_CURE,
    ),
    "the plain signature for the msg_signature": (
        lambda: queried(sealed(PUSH), msg_signature=signed()["signature"]),
        "msg_signature is wrong or missing",
        TOKEN_CURE,
    ),
    "upper case msg_signature": (
        lambda: queried(sealed(PUSH), msg_signature=signed("x")["msg_signature"].upper()),
        "msg_signature is wrong or missing",
        TOKEN_CURE,
    ),
    "msg_signature that is not ASCII": (
        lambda: queried(sealed(PUSH), msg_signature="签名\ud800\udcff"),
        "msg_signature is wrong or missing",
        TOKEN_CURE,
    ),
    "no query at all": (
        lambda: sealed(PUSH)._replace(query={}),
        "msg_signature is wrong or missing",
        TOKEN_CURE,
    ),
    "msg_signature of another ciphertext": (
        lambda: sealed(PUSH)._replace(query=sealed(PUSH).query),
        "msg_signature is wrong or missing",
        TOKEN_CURE,
    ),
    "another timestamp than was signed": (
        lambda: queried(sealed(PUSH), timestamp=str(NOW + 1)),
        "msg_signature is wrong or missing",
        TOKEN_CURE,
    ),
    "another nonce than was signed": (
        lambda: queried(sealed(PUSH), nonce="1"),
        "msg_signature is wrong or missing",
        TOKEN_CURE,
    ),
    "signed with another token": (
        lambda: post(
            f"<xml><Encrypt>{Cipher(KEY, APP_ID).encrypt(PUSH.encode()).decode()}</Encrypt></xml>",
            signed("x", token="another"),
        ),
        "msg_signature is wrong or missing",
        TOKEN_CURE,
    ),
    "sealed with another key": (
        lambda: sealed(PUSH, key=FOREIGN_KEY),
        "no key opens it",
        KEY_CURE,
    ),
    "another account's app id": (
        lambda: sealed(PUSH, app_id="wx0000000000000000"),
        "another account's",
        KEY_CURE,
    ),
    "no app id": (lambda: sealed(PUSH, app_id=""), "another account's", KEY_CURE),
    "wrong padding": (
        lambda: sealed_badly(pad=b"\0"),
        "padding is wrong",
        KEY_CURE,
    ),
    "padding of more than 32": (
        lambda: sealed_badly(pad=b"\x21"),
        "padding is wrong",
        KEY_CURE,
    ),
    "length behind the end": (
        lambda: sealed_badly(length=0xFFFFFFFF),
        "length field",
        KEY_CURE,
    ),
    "length too short": (lambda: sealed_badly(length=3), "another account's", KEY_CURE),
    "not base64": (lambda: enveloped("A"), "not base64", KEY_CURE),
    "not ASCII": (lambda: enveloped("密文"), "no multiple of 32", KEY_CURE),
    "half a block": (
        lambda: enveloped(base64.b64encode(bytes(48)).decode()),
        "48 bytes is no multiple of 32",
        KEY_CURE,
    ),
    "empty Encrypt": (lambda: enveloped(""), "0 bytes is no multiple of 32", KEY_CURE),
    "plaintext": (lambda: post(PUSH), "in the clear", MODE_CURE),
    "plaintext that is called raw": (
        lambda: post(PUSH, signed(encrypt_type="raw")),
        "in the clear",
        MODE_CURE,
    ),
    "nested Encrypt": (
        lambda: post(f"<xml>{TEXT}<Encrypt><a>b</a></Encrypt></xml>", signed("b")),
        "in the clear",
        MODE_CURE,
    ),
    "Encrypt below another element": (
        lambda: post("<xml><A><Encrypt>QQ==</Encrypt></A></xml>", signed("QQ==")),
        "in the clear",
        MODE_CURE,
    ),
    "encrypt in small letters": (
        lambda: post("<xml><encrypt>QQ==</encrypt></xml>", signed("QQ==")),
        "in the clear",
        MODE_CURE,
    ),
    "old": (
        lambda: post(
            "<xml><Encrypt>QQ==</Encrypt></xml>", signed("QQ==", timestamp=str(NOW - 301))
        ),
        "the timestamp is 301 s old",
        CLOCK_CURE,
    ),
    "ahead": (
        lambda: post(
            "<xml><Encrypt>QQ==</Encrypt></xml>", signed("QQ==", timestamp=str(NOW + 301))
        ),
        "the timestamp is 301 s ahead",
        CLOCK_CURE,
    ),
    "GET without echostr": (lambda: get(**signed()), "no echostr", "console"),
    "GET with nothing": (lambda: get(), "no echostr", "console"),
    "GET with a wrong signature": (
        lambda: get(**signed(signature="0" * 40, echostr="1")),
        "the signature is wrong",
        TOKEN_CURE,
    ),
    "GET with only an echostr": (
        lambda: get(echostr="1"),
        "the signature is wrong or missing",
        TOKEN_CURE,
    ),
    "GET that is old": (
        lambda: get(**signed(timestamp=str(NOW - 301), echostr="1")),
        "301 s old",
        CLOCK_CURE,
    ),
    "GET with a wrong msg_signature": (
        lambda: get(**signed("x", echostr="y")),
        "msg_signature is wrong",
        TOKEN_CURE,
    ),
    "GET with an echostr that does not open": (
        lambda: get(**signed("QUJD", echostr="QUJD")),
        "no key opens it",
        KEY_CURE,
    ),
    "GET with an echostr for another account": (
        lambda: get(**signed(_foreign_echo(), echostr=_foreign_echo())),
        "no key opens it",
        KEY_CURE,
    ),
}


def _foreign_echo() -> str:
    return Cipher(KEY, "wx0000000000000000").encrypt(b"echo", bytes(16)).decode()


@pytest.mark.parametrize("mode", SEALED_MODES)
@pytest.mark.parametrize("case", UNTRUSTED)
async def test_what_is_not_proven_is_forbidden(
    case: str, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    build, reason, cure = UNTRUSTED[case]
    async with running(mode=mode) as bot:
        line = await refusal(bot, build(), FORBIDDEN, caplog)
    assert reason in line
    assert cure in line


async def test_the_reasons_of_both_keys_are_told(caplog: pytest.LogCaptureFixture) -> None:
    foreign = Cipher(OLD_KEY, "wx0000000000000000").encrypt(PUSH.encode()).decode()
    async with running() as bot:
        line = await refusal(bot, enveloped(foreign), FORBIDDEN, caplog)
    assert "padding is wrong, then the app id inside is another account's" in line
    assert "WXEVENTS_PREVIOUS_ENCODING_AES_KEY" in line


async def test_without_its_key_the_old_ciphertext_is_forbidden(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running(previous_encoding_aes_key="") as bot:
        line = await refusal(bot, sealed(PUSH, key=OLD_KEY), FORBIDDEN, caplog)
    assert "WXEVENTS_PREVIOUS_ENCODING_AES_KEY" in line


@pytest.mark.parametrize(
    "method", ["PUT", "HEAD", "DELETE", "PATCH", "OPTIONS", "get", "post", "", "X" * 999]
)
@pytest.mark.parametrize("mode", MODES)
async def test_other_methods_are_forbidden(
    method: str, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(mode=mode) as bot:
        good = Platform(bot.settings).delivery(compose("CLICK", create_time=NOW), NOW)
        request = queried(good, echostr="1")._replace(method=method)
        line = await refusal(bot, request, FORBIDDEN, caplog)
    assert f"the platform never sends {method[:20]!r}" in line


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize(
    "request_of",
    [
        lambda push: queried(push, signature="0" * 40),
        lambda push: without(push, "signature"),
        lambda push: without(push, "timestamp"),
        lambda push: without(push, "nonce"),
        lambda push: queried(push, nonce="1"),
        lambda push: queried(push, timestamp=str(NOW + 1)),
        lambda push: queried(push, signature=signed("x")["msg_signature"]),
        lambda push: queried(push, signature=push.query["signature"].upper()),
        lambda push: queried(push, signature=push.query["signature"] + " "),
        lambda push: push._replace(query={"encrypt_type": "raw"}),
        lambda push: push._replace(query={}, body=b"\xff" * 10),
    ],
)
async def test_a_plain_push_needs_its_signature(
    request_of: Callable[[Request], Request], data_format: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(mode="plain", data_format=data_format) as bot:
        push = Platform(bot.settings).delivery(compose("CLICK", create_time=NOW), NOW)
        line = await refusal(bot, request_of(push), FORBIDDEN, caplog)
    assert "the signature is wrong or missing" in line
    assert TOKEN_CURE in line


async def test_plaintext_to_a_safe_account_that_writes_json_is_forbidden(
    caplog: pytest.LogCaptureFixture,
) -> None:
    plain = Platform(settings(mode="plain", data_format="json"))
    push = plain.delivery(compose("text", CONTENT, create_time=NOW), NOW)
    for body in (push.body, b'{"Encrypt":1}', b'{"Encrypt":["QQ=="]}'):
        async with running(data_format="json") as bot:
            line = await refusal(bot, push._replace(body=body), FORBIDDEN, caplog)
        assert "in the clear" in line
        assert MODE_CURE in line


# The age of a request


def signed_requests(timestamp: str, mode: str, data_format: str) -> list[Request]:
    """A verification and a push that are sound but for their timestamp."""
    content = {"Event": "CLICK", "MsgType": "event", "CreateTime": NOW}
    push = {"ToUserName": "gh_1", "FromUserName": "o1"} | content
    request = Platform(settings(mode=mode, data_format=data_format)).delivery(push, NOW)
    if mode == "plain":
        query = signed(timestamp=timestamp)
    else:
        body = request.body.decode()
        mark = '"Encrypt":"' if data_format == "json" else "<Encrypt><![CDATA["
        encrypted = body.partition(mark)[2].partition('"' if data_format == "json" else "]")[0]
        query = signed(encrypted, timestamp=timestamp)
    return [
        request._replace(query=query),
        get(**signed(timestamp=timestamp, echostr="echo")),
    ]


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize("mode", MODES)
async def test_a_request_may_be_300_seconds_off(mode: str, data_format: str) -> None:
    async with running(mode=mode, data_format=data_format) as bot:
        for offset in (-300, -299, 0, 299, 300):
            for request in signed_requests(str(NOW + offset), mode, data_format):
                assert (await bot.handle(request)).status == 200


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("offset", [-301, 301, -86_400, 86_400, -NOW])
async def test_a_request_that_is_further_off_is_forbidden(
    mode: str, offset: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(mode=mode) as bot:
        for request in signed_requests(str(NOW + offset), mode, "xml"):
            line = await refusal(bot, request, FORBIDDEN, caplog)
            assert f"{abs(offset)} s {'ahead' if offset > 0 else 'old'}" in line
            assert "at most 300 s" in line
            assert CLOCK_CURE in line


async def test_the_bots_clock_decides_and_not_the_machines() -> None:
    async with running(mode="plain") as bot:
        assert isinstance(bot.clock, ManualClock)
        request = signed_requests(str(NOW), "plain", "xml")[1]
        await bot.clock.advance(300)
        assert (await bot.handle(request)).status == 200
        await bot.clock.advance(1)
        assert await bot.handle(request) == FORBIDDEN


@pytest.mark.parametrize(
    "timestamp",
    [
        *("", " ", "1_0", f" {NOW}", f"{NOW} ", f"{NOW}\n", f"{NOW}\0", f"+{NOW}", f"-{NOW}"),
        *(f"{NOW}.0", "1e9", "nan", f"{NOW:x}", "1735_700000", "٣", "²", "１７３５７０００００"),
        *("9" * 13, "9" * 5_000, "0" * 90 + str(NOW)),
    ],
)
@pytest.mark.parametrize("mode", MODES)
async def test_a_timestamp_that_is_no_number_of_seconds_is_forbidden(
    timestamp: str, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(mode=mode) as bot:
        for request in signed_requests(timestamp, mode, "xml"):
            line = await refusal(bot, request, FORBIDDEN, caplog)
            assert "the timestamp is not a number of seconds" in line


@pytest.mark.parametrize("mode", MODES)
async def test_a_timestamp_far_in_the_future_is_forbidden(
    mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(mode=mode) as bot:
        for request in signed_requests("9" * 12, mode, "xml"):
            assert "ahead" in await refusal(bot, request, FORBIDDEN, caplog)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("timestamp", ["0", "1_0", "٣", "", " 12", "9" * 5_000, str(NOW * 2)])
async def test_a_tolerance_of_zero_switches_the_check_off(mode: str, timestamp: str) -> None:
    async with running(mode=mode, timestamp_tolerance=0) as bot:
        for request in signed_requests(timestamp, mode, "xml"):
            assert (await bot.handle(request)).status == 200


@pytest.mark.parametrize("mode", MODES)
async def test_the_tolerance_can_be_set(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    async with running(mode=mode, timestamp_tolerance=5) as bot:
        for request in signed_requests(str(NOW - 5), mode, "xml"):
            assert (await bot.handle(request)).status == 200
        for request in signed_requests(str(NOW - 6), mode, "xml"):
            assert "at most 5 s" in await refusal(bot, request, FORBIDDEN, caplog)


async def test_a_switched_off_check_still_needs_the_signature(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running(timestamp_tolerance=0) as bot:
        await refusal(bot, queried(sealed(PUSH), msg_signature="0" * 40), FORBIDDEN, caplog)
        await refusal(bot, get(**signed(signature="0", echostr="1")), FORBIDDEN, caplog)


# What cannot be read

MALFORMED: dict[str, tuple[str | bytes, str]] = {
    "too large": (f"<xml>{TEXT}<A>{'x' * 65_536}</A></xml>", "larger than 65536 bytes"),
    "empty": (b"", "not well-formed"),
    "JSON instead": (b'{"MsgType":"text"}', "not well-formed"),
    "cut short": (PUSH[:-5], "not well-formed"),
    "junk behind": (PUSH + "x", "not well-formed"),
    "NUL": (PUSH + "\0", "NUL"),
    "UTF-16": (PUSH.encode("utf-16"), "NUL"),
    "UTF-16 without mark": (PUSH.encode("utf-16-be"), "NUL"),
    "not UTF-8": (PUSH.encode().replace(b"text", b"t\xffxt"), "not well-formed"),
    "overlong UTF-8": (PUSH.encode().replace(b"text", b"t\xc0\xbcxt"), "not well-formed"),
    "declared GBK": (f'<?xml version="1.0" encoding="GBK"?>{PUSH}', "encoding 'GBK'"),
    "DOCTYPE": (f"<!DOCTYPE xml>{PUSH}", "DOCTYPE"),
    "entity": (f'<!DOCTYPE xml [<!ENTITY a "b">]><xml>{TEXT}<A>&a;</A></xml>', "DOCTYPE"),
    "external entity": (
        f'<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml>{TEXT}<A>&a;</A></xml>',
        "DOCTYPE",
    ),
    "undefined entity": (f"<xml>{TEXT}<A>&nope;</A></xml>", "not well-formed"),
    "too many elements": (f"<xml>{TEXT}{'<A/>' * 1_000}</xml>", "more than 1000 elements"),
    "too deep": (f"<xml>{TEXT}{'<A>' * 16}{'</A>' * 16}</xml>", "deeper than 16 levels"),
    "no elements": ("<xml>text</xml>", "no elements"),
    "repeated MsgType": (f"<xml>{TEXT}<MsgType>event</MsgType></xml>", "more than one <MsgType>"),
    "repeated Encrypt": ("<xml><Encrypt>a</Encrypt><Encrypt>a</Encrypt></xml>", "more than one"),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", MALFORMED)
async def test_a_body_that_cannot_be_read_is_a_bad_request(
    case: str, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    body, reason = MALFORMED[case]
    async with running(mode=mode) as bot:
        assert reason in await refusal(bot, post(body), BAD_REQUEST, caplog)


@pytest.mark.parametrize("mode", SEALED_MODES)
@pytest.mark.parametrize("case", MALFORMED)
async def test_a_body_that_cannot_be_read_is_a_bad_request_without_any_signature(
    case: str, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    body, reason = MALFORMED[case]
    async with running(mode=mode) as bot:
        assert reason in await refusal(bot, post(body, {}), BAD_REQUEST, caplog)


@pytest.mark.parametrize("case", sorted(MALFORMED.keys() - {"repeated Encrypt", "too large"}))
async def test_a_sealed_push_that_cannot_be_read_is_a_bad_request(
    case: str, caplog: pytest.LogCaptureFixture
) -> None:
    message, reason = MALFORMED[case]
    async with running() as bot:
        assert reason in await refusal(bot, sealed(message), BAD_REQUEST, caplog)


async def test_a_large_body_is_refused_whatever_is_in_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running() as bot:
        for body in (b"\0" * 70_000, sealed("x" * 60_000).body, b"<" * 1_000_000):
            line = await refusal(bot, post(body), BAD_REQUEST, caplog)
            assert "larger than 65536 bytes" in line


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity", ""])
async def test_a_compressed_body_is_a_bad_request(
    mode: str, coding: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(mode=mode) as bot:
        good = Platform(bot.settings).delivery(compose("CLICK", create_time=NOW), NOW)
        request = good._replace(headers={"content-encoding": coding})
        assert "compressed" in await refusal(bot, request, BAD_REQUEST, caplog)


MALFORMED_JSON: dict[str, tuple[bytes, str]] = {
    "too large": (b'{"A":"' + b"x" * 65_536 + b'"}', "larger than 65536 bytes"),
    "XML instead": (PUSH.encode(), "not well-formed"),
    "an array": (b"[]", "not an object"),
    "a number": (b"1", "not an object"),
    "not UTF-8": (b'{"A":"\xff"}', "not UTF-8"),
    "NaN": (b'{"A":NaN}', "the number NaN"),
    "endless number": (b'{"A":' + b"1" * 5_000 + b"}", "5000 digits"),
    "a name twice": (b'{"MsgType":"text","MsgType":"event"}', "a name twice"),
    "deep": (b'{"A":' * 17 + b"1" + b"}" * 17, "deeper than 16 levels"),
    "deeper than the stack": (b'{"A":' * 7_000 + b"1" + b"}" * 7_000, "deeper than 16 levels"),
    "many values": (b'{"A":[' + b"1," * 1_000 + b"1]}", "more than 1000 values"),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", MALFORMED_JSON)
async def test_a_json_body_that_cannot_be_read_is_a_bad_request(
    case: str, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    body, reason = MALFORMED_JSON[case]
    async with running(mode=mode, data_format="json") as bot:
        assert reason in await refusal(bot, post(body), BAD_REQUEST, caplog)


@pytest.mark.parametrize("case", sorted(MALFORMED_JSON.keys() - {"too large"}))
async def test_sealed_json_that_cannot_be_read_is_a_bad_request(
    case: str, caplog: pytest.LogCaptureFixture
) -> None:
    message, reason = MALFORMED_JSON[case]
    encrypted = Cipher(KEY, APP_ID).encrypt(message).decode()
    request = post(f'{{"Encrypt":"{encrypted}"}}', signed(encrypted))
    async with running(data_format="json") as bot:
        assert reason in await refusal(bot, request, BAD_REQUEST, caplog)


# What every push has

MISSING = {
    "no MsgType": (COMMON, "MsgType"),
    "MsgType with elements": (f"{COMMON}<MsgType><a/></MsgType>", "MsgType"),
    "event without Event": (f"{COMMON}<MsgType>event</MsgType><EventKey>k</EventKey>", "Event"),
    "Event with elements": (f"{COMMON}<MsgType>event</MsgType><Event><a/></Event>", "Event"),
    "no FromUserName": (TEXT.replace("FromUserName", "From"), "FromUserName"),
    "FromUserName with elements": (
        TEXT.replace("<FromUserName>o1<", "<FromUserName><a>o1</a><"),
        "FromUserName",
    ),
    "no ToUserName": (TEXT.replace("ToUserName", "To"), "ToUserName"),
    "no CreateTime": (TEXT.replace("CreateTime", "Created"), "CreateTime"),
    "empty CreateTime": (TEXT.replace(str(NOW), ""), "CreateTime"),
    "CreateTime that is no number": (TEXT.replace(str(NOW), CONTENT), "CreateTime"),
    "CreateTime without end": (TEXT.replace(str(NOW), "1" * 9_999), "CreateTime"),
    "our names for the platform's": (
        TEXT.replace("FromUserName", "from_user_name").replace("ToUserName", "to_user_name"),
        "FromUserName",
    ),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", MISSING)
async def test_a_push_without_what_every_push_has_is_a_bad_request(
    case: str, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    elements, name = MISSING[case]
    push = f"<xml>{elements}</xml>"
    request = post(push) if mode == "plain" else sealed(push)
    async with running(mode=mode) as bot:
        assert name in await refusal(bot, request, BAD_REQUEST, caplog)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CreateTime", "null"),
        ("CreateTime", "1.5"),
        ("CreateTime", "1e999"),
        ("CreateTime", "[1]"),
        ("MsgType", '["event"]'),
        ("MsgType", "5"),
        ("Event", "{}"),
        ("FromUserName", "[]"),
        ("ToUserName", "{}"),
    ],
)
async def test_a_json_push_without_what_every_push_has_is_a_bad_request(
    name: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    common = {
        "ToUserName": '"gh_1"',
        "FromUserName": '"o1"',
        "CreateTime": str(NOW),
        "MsgType": '"event"',
        "Event": '"CLICK"',
    }
    body = ",".join(f'"{one}":{each}' for one, each in (common | {name: value}).items())
    async with running(mode="plain", data_format="json") as bot:
        line = await refusal(bot, post(f"{{{body}}}"), BAD_REQUEST, caplog)
    assert name in line


# What is odd but signed and complete is never refused: the platform takes it for an outage


@pytest.mark.parametrize(
    "elements",
    [
        "<MsgType>event</MsgType><Event>CLICK</Event>",
        "<MsgType>EVENT</MsgType><Event>click</Event><EventKey/>",
        "<MsgType>event</MsgType><Event>invented</Event><New>1</New><New>2</New>",
        "<MsgType>event</MsgType><Event/>",
        "<MsgType/>",
        "<MsgType>hologram</MsgType>",
        "<MsgType>text</MsgType>",
        "<MsgType>text</MsgType><Content>a</Content><MsgId>no number</MsgId>",
        "<MsgType>text</MsgType><Content><a/></Content><MsgId>1</MsgId>",
        "<MsgType>event</MsgType><Event>CLICK</Event><EventKey><a>1</a></EventKey>",
        "<MsgType>event</MsgType><Event>CLICK</Event><event_key><a>1</a></event_key>",
        "<MsgType>event</MsgType><Event>CLICK</Event><MenuId><a/></MenuId><MenuID/>",
        "<MsgType>event</MsgType><Event>scancode_push</Event><ScanCodeInfo>x</ScanCodeInfo>",
        "<MsgType>event</MsgType><Event>location_select</Event><EventKey>k</EventKey>",
        "<MsgType>event</MsgType><Event>LOCATION</Event><Latitude>north</Latitude>",
        "<MsgType>event</MsgType><Event>CLICK</Event><raw>1</raw><openid>2</openid><name/>",
        "<MsgType>event</MsgType><Event>CLICK</Event><__class__>1</__class__><self>2</self>",
        "<MsgType>event</MsgType><Event>pic_sysphoto</Event><SendPicsInfo><Count>1</Count>"
        "<PicList><item>x</item></PicList></SendPicsInfo>",
    ],
)
@pytest.mark.parametrize("mode", MODES)
async def test_a_complete_push_is_never_refused(elements: str, mode: str) -> None:
    push = f"<xml>{COMMON}{elements}</xml>"
    async with running(mode=mode) as bot:
        assert (await bot.handle(post(push) if mode == "plain" else sealed(push))).status == 200


@pytest.mark.parametrize("value", ["null", "true", "1", "1.5", "1e999", "[]", "{}", '[{"a":1}]'])
@pytest.mark.parametrize("name", ["EventKey", "event_key", "MenuId", "MenuID", "Other"])
async def test_a_complete_json_push_is_never_refused(name: str, value: str) -> None:
    body = (
        f'{{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":{NOW},"MsgType":"event",'
        f'"Event":"CLICK","{name}":{value}}}'
    )
    async with running(mode="plain", data_format="json") as bot:
        assert (await bot.handle(post(body))).status == 200


# A wrong setting is told


async def test_a_sealed_push_to_a_plain_account_tells_the_setting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running(mode="plain") as bot:
        line = await refusal(bot, sealed(PUSH), BAD_REQUEST, caplog)
    assert "WXEVENTS_MODE" in line


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("data_format", FORMATS)
async def test_a_push_in_the_other_format_tells_the_setting(
    mode: str, data_format: str, caplog: pytest.LogCaptureFixture
) -> None:
    other = "xml" if data_format == "json" else "json"
    push = compose("CLICK", create_time=NOW)
    request = Platform(settings(mode=mode, data_format=other)).delivery(push, NOW)
    async with running(mode=mode, data_format=data_format) as bot:
        line = await refusal(bot, request, BAD_REQUEST, caplog)
    assert "WXEVENTS_DATA_FORMAT" in line


# Every refusal of a kind looks alike


async def test_there_are_two_refusals_and_nothing_tells_two_of_a_kind_apart() -> None:
    async with running() as bot:
        forbidden = {await bot.handle(build()) for build, _, _ in UNTRUSTED.values()}
        bad = {
            await bot.handle(sealed(MALFORMED[case][0])) for case in ("empty", "NUL", "too deep")
        }
    assert forbidden == {FORBIDDEN}
    assert bad == {BAD_REQUEST}


async def test_a_hundred_refusals_cost_the_next_push_nothing() -> None:
    async with running() as bot:
        for build, _, _ in UNTRUSTED.values():
            for _ in range(3):
                await bot.handle(build())
        await answers_a_good_push(bot)

"""What is opened and sealed in each mode: verification of the URL, pushes, answers, two keys."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
import xmltodict

from wxevents.bot import Bot
from wxevents.events import Event, TextMessage
from wxevents.exchange import Request, Response
from wxevents.pushes import Platform, compose
from wxevents.routing import Router
from wxevents.security import Cipher, sign
from wxevents.settings import Settings
from wxevents.testing import ManualClock
from wxevents.xml import Fields

TOKEN = "menuDemo7"
APP_ID = "wx1f2e3d4c5b6a7988"
KEY = "k3Yb0QmZr8TnW1xVd5CpLs9HfGj2Ua7EiOq4RtMwXyQ"
OLD_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
NOW = 1735700000
MODES = ["plain", "compatible", "safe"]
FORMATS = ["xml", "json"]


def settings(**options: Any) -> Settings:
    account: dict[str, Any] = {
        "token": TOKEN,
        "app_id": APP_ID,
        "encoding_aes_key": KEY,
        "store": "memory://",
    }
    return Settings(**(account | options))


@asynccontextmanager
async def running(**options: Any) -> AsyncIterator[Bot]:
    """A bot that repeats texts, and answers any other event with its name."""
    router = Router()

    @router.text()
    async def echo(event: TextMessage) -> str:
        return event.content

    @router.fallback()
    async def name(event: Event) -> str:
        return event.name

    async with Bot(settings(**options), routers=[router], clock=ManualClock(NOW)) as bot:
        yield bot


def text(content: str = "还有货吗") -> Fields:
    return compose("text", content, create_time=NOW, msg_id=24800000000000001)


def parsed(body: bytes, data_format: str) -> dict[str, Any]:
    """A body as anyone else would read it."""
    fields: dict[str, Any] = json.loads(body) if data_format == "json" else xmltodict.parse(body)
    return fields if data_format == "json" else fields["xml"]


def unsealed(response: Response, data_format: str, key: str = KEY) -> dict[str, Any]:
    """The answer inside the envelope, its signature checked by hand."""
    envelope = parsed(response.body, data_format)
    assert list(envelope) == ["Encrypt", "MsgSignature", "TimeStamp", "Nonce"]
    parts = sorted([TOKEN, str(envelope["TimeStamp"]), envelope["Nonce"], envelope["Encrypt"]])
    assert envelope["MsgSignature"] == sha1("".join(parts).encode()).hexdigest()
    message = Cipher(key, APP_ID).decrypt(envelope["Encrypt"].encode())
    return parsed(message, data_format)


def signed(*encrypted: str, timestamp: int = NOW, **changes: str) -> dict[str, str]:
    """The query of a request, with a msg_signature if something encrypted is given."""
    parts = [TOKEN.encode(), str(timestamp).encode(), b"90210458"]
    query = {
        "signature": sign(*parts).decode(),
        "timestamp": str(timestamp),
        "nonce": "90210458",
    }
    for one in encrypted:
        query |= {"encrypt_type": "aes", "msg_signature": sign(*parts, one.encode()).decode()}
    return query | changes


def get(query: Mapping[str, str]) -> Request:
    return Request("GET", query, {}, b"")


# Verification of the URL


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("echo", ["5837397576500011341", "", "a b+c/d=", "中文😀", "<xml>&"])
async def test_the_echostr_comes_back_as_it_was_sent(mode: str, echo: str) -> None:
    async with running(mode=mode) as bot:
        request = Platform(bot.settings).verification(echo, NOW)
        assert await bot.handle(request) == Response(200, "text/plain", echo.encode())


@pytest.mark.parametrize("mode", ["compatible", "safe"])
@pytest.mark.parametrize("data_format", FORMATS)
async def test_an_encrypted_echostr_comes_back_decrypted(mode: str, data_format: str) -> None:
    encrypted = Cipher(KEY, APP_ID).encrypt(b"5837397576500011341").decode()
    async with running(mode=mode, data_format=data_format) as bot:
        response = await bot.handle(get(signed(encrypted, echostr=encrypted)))
    assert response == Response(200, "text/plain", b"5837397576500011341")


async def test_an_encrypted_echostr_may_come_without_the_plain_signature() -> None:
    encrypted = Cipher(KEY, APP_ID).encrypt(b"echo").decode()
    query = signed(encrypted, echostr=encrypted)
    del query["signature"]
    async with running() as bot:
        assert (await bot.handle(get(query))).body == b"echo"


@pytest.mark.parametrize("missing", ["encrypt_type", "msg_signature"])
async def test_a_check_that_is_not_wholly_encrypted_is_a_plain_one(missing: str) -> None:
    encrypted = Cipher(KEY, APP_ID).encrypt(b"echo").decode()
    query = signed(encrypted, echostr=encrypted)
    del query[missing]
    async with running() as bot:
        assert (await bot.handle(get(query))).body == encrypted.encode()


async def test_encrypt_type_raw_makes_the_check_a_plain_one() -> None:
    query = signed("anything", echostr="echo", encrypt_type="raw")
    async with running() as bot:
        assert (await bot.handle(get(query))).body == b"echo"


async def test_a_plain_account_decrypts_no_echostr() -> None:
    """It has no key in use, whatever the request says and the settings still hold."""
    encrypted = Cipher(KEY, APP_ID).encrypt(b"echo").decode()
    async with running(mode="plain") as bot:
        response = await bot.handle(get(signed(encrypted, echostr=encrypted)))
    assert response.body == encrypted.encode()


async def test_the_previous_key_opens_an_echostr_too() -> None:
    encrypted = Cipher(OLD_KEY, APP_ID).encrypt(b"echo").decode()
    async with running(previous_encoding_aes_key=OLD_KEY) as bot:
        response = await bot.handle(get(signed(encrypted, echostr=encrypted)))
    assert response.body == b"echo"


# Pushes and answers in every mode


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize("mode", MODES)
async def test_a_push_is_answered_in_its_accounts_mode_and_format(
    mode: str, data_format: str
) -> None:
    async with running(mode=mode, data_format=data_format) as bot:
        response = await bot.handle(Platform(bot.settings).delivery(text(), NOW))
    assert (response.status, response.content_type) == (200, f"application/{data_format}")
    answer = (
        parsed(response.body, data_format) if mode == "plain" else unsealed(response, data_format)
    )
    created = NOW if data_format == "json" else str(NOW)
    assert answer == {
        "ToUserName": "oWxEv0000demoUser0000000000A",
        "FromUserName": "gh_5a4b3c2d1e0f",
        "CreateTime": created,
        "MsgType": "text",
        "Content": "还有货吗",
    }


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize("mode", MODES)
async def test_an_empty_answer_is_success_in_the_clear(mode: str, data_format: str) -> None:
    async with running(mode=mode, data_format=data_format) as bot:
        response = await bot.handle(Platform(bot.settings).delivery(text(""), NOW))
    assert response == Response(200, "text/plain", b"success")


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("content", ["]]>", "<b>&amp;\"'", "😀\n\t中", "{}\\u0041", "x" * 2048])
async def test_a_text_reaches_the_user_as_it_was_written(
    mode: str, data_format: str, content: str
) -> None:
    async with running(mode=mode, data_format=data_format) as bot:
        platform, push = Platform(bot.settings), text(content)
        answer = platform.judge(await bot.handle(platform.delivery(push, NOW)), push)
    assert answer is not None
    assert answer["Content"] == content


@pytest.mark.parametrize("data_format", FORMATS)
async def test_the_envelope_of_an_answer_is_signed_with_our_own_clock(data_format: str) -> None:
    async with running(data_format=data_format) as bot:
        response = await bot.handle(Platform(bot.settings).delivery(text(), NOW - 200))
    timestamp = parsed(response.body, data_format)["TimeStamp"]
    assert timestamp == (NOW if data_format == "json" else str(NOW))


async def test_two_answers_share_neither_nonce_nor_ciphertext() -> None:
    async with running() as bot:
        delivery = Platform(bot.settings).delivery(text(), NOW)
        envelopes = [parsed((await bot.handle(delivery)).body, "xml") for _ in range(10)]
    assert len({envelope["Nonce"] for envelope in envelopes}) == 10
    assert len({envelope["Encrypt"] for envelope in envelopes}) == 10


async def test_a_known_ciphertext_of_the_platform_is_opened() -> None:
    body = "<xml><ToUserName>gh_5a4b3c2d1e0f</ToUserName><Encrypt>{}</Encrypt></xml>"
    vector = json.loads((Path(__file__).parent / "vectors/crypto.json").read_bytes())["inbound"]
    query = {name: vector[name] for name in ("timestamp", "nonce", "msg_signature")}
    push = body.format(vector["encrypt"]).encode()
    async with running() as bot:
        response = await bot.handle(Request("POST", query | {"encrypt_type": "aes"}, {}, push))
    assert unsealed(response, "xml")["Content"] == "CLICK"


async def test_safe_mode_needs_no_plain_signature() -> None:
    async with running() as bot:
        request = Platform(bot.settings).delivery(text(), NOW)
        query = {name: value for name, value in request.query.items() if name != "signature"}
        response = await bot.handle(request._replace(query=query | {"signature": "wrong"}))
        assert (await bot.handle(request._replace(query=query))).status == 200
    assert unsealed(response, "xml")["Content"] == "还有货吗"


async def test_an_envelope_of_a_third_party_platform_is_opened() -> None:
    """It carries AppId instead of ToUserName."""
    encrypted = Cipher(KEY, APP_ID).encrypt(
        b"<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName>"
        b"<CreateTime>1</CreateTime><MsgType>text</MsgType><Content>hi</Content>"
        b"<MsgId>1</MsgId></xml>"
    )
    body = b"<xml><AppId>wx1</AppId><Encrypt>" + encrypted + b"</Encrypt></xml>"
    async with running() as bot:
        response = await bot.handle(Request("POST", signed(encrypted.decode()), {}, body))
    assert unsealed(response, "xml")["Content"] == "hi"


@pytest.mark.parametrize("data_format", FORMATS)
async def test_an_aligned_push_with_a_full_block_of_padding_is_answered(data_format: str) -> None:
    async with running(data_format=data_format) as bot:
        for size in range(33):
            push = text("x" * (size + 1)) | {"MsgId": size}
            response = await bot.handle(Platform(bot.settings).delivery(push, NOW))
            assert unsealed(response, data_format)["Content"] == "x" * (size + 1)


# The settings decide the mode


async def test_compatible_mode_believes_only_what_was_sealed() -> None:
    async with running(mode="compatible") as bot:
        request = Platform(bot.settings).delivery(text("sealed"), NOW)
        forged = request.body.replace(b"[sealed]", b"[forged]")
        assert forged != request.body
        response = await bot.handle(request._replace(body=forged))
    assert unsealed(response, "xml")["Content"] == "sealed"


async def test_compatible_mode_answers_sealed_whatever_encrypt_type_says() -> None:
    async with running(mode="compatible") as bot:
        request = Platform(bot.settings).delivery(text(), NOW)
        response = await bot.handle(
            request._replace(query=dict(request.query) | {"encrypt_type": "raw"})
        )
    assert unsealed(response, "xml")["Content"] == "还有货吗"


async def test_compatible_and_safe_accounts_open_each_others_pushes() -> None:
    for mode, other in (("compatible", "safe"), ("safe", "compatible")):
        async with running(mode=mode) as bot:
            request = Platform(settings(mode=other)).delivery(text(), NOW)
            assert unsealed(await bot.handle(request), "xml")["Content"] == "还有货吗"


@pytest.mark.parametrize("data_format", FORMATS)
async def test_a_plain_account_answers_in_the_clear_whatever_the_request_says(
    data_format: str,
) -> None:
    async with running(mode="plain", data_format=data_format) as bot:
        request = Platform(bot.settings).delivery(text(), NOW)
        query = dict(request.query) | {"encrypt_type": "aes", "msg_signature": "0" * 40}
        response = await bot.handle(request._replace(query=query))
    assert parsed(response.body, data_format)["Content"] == "还有货吗"


async def test_a_plain_account_does_not_open_what_is_sealed_beside_its_fields() -> None:
    async with running(mode="plain") as bot:
        request = Platform(settings(mode="compatible")).delivery(text("sealed"), NOW)
        body = request.body.replace(b"[sealed]", b"[in the clear]")
        response = await bot.handle(request._replace(body=body))
    assert parsed(response.body, "xml")["Content"] == "in the clear"


async def test_a_plain_account_needs_no_key() -> None:
    async with running(mode="plain", encoding_aes_key="", app_id="") as bot:
        response = await bot.handle(Platform(bot.settings).delivery(text(), NOW))
    assert parsed(response.body, "xml")["Content"] == "还有货吗"


async def test_content_type_and_other_headers_do_not_matter() -> None:
    async with running() as bot:
        request = Platform(bot.settings).delivery(text(), NOW)
        headers = {"content-type": "application/json", "x-encrypt": "raw", "content-length": "1"}
        response = await bot.handle(request._replace(headers=headers))
    assert unsealed(response, "xml")["Content"] == "还有货吗"


# Two keys


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize("mode", ["compatible", "safe"])
async def test_an_answer_is_sealed_with_the_key_that_opened_its_push(
    mode: str, data_format: str
) -> None:
    both = {"mode": mode, "data_format": data_format, "previous_encoding_aes_key": OLD_KEY}
    async with running(**both) as bot:
        for number, key in enumerate([OLD_KEY, KEY, OLD_KEY, OLD_KEY, KEY, KEY]):
            sender = settings(mode=mode, data_format=data_format, encoding_aes_key=key)
            push = text(f"message {number}") | {"MsgId": number + 1}
            response = await bot.handle(Platform(sender).delivery(push, NOW))
            assert unsealed(response, data_format, key)["Content"] == f"message {number}"


async def test_a_second_delivery_under_the_other_key_gets_its_answer_sealed_with_that() -> None:
    async with running(previous_encoding_aes_key=OLD_KEY) as bot:
        for key in (OLD_KEY, KEY):
            sender = Platform(settings(encoding_aes_key=key))
            response = await bot.handle(sender.delivery(text(), NOW))
            assert unsealed(response, "xml", key)["Content"] == "还有货吗"


async def test_a_key_with_unused_bits_is_the_same_key() -> None:
    async with running(encoding_aes_key=KEY[:-1] + "T") as bot:
        response = await bot.handle(Platform(settings()).delivery(text(), NOW))
    assert unsealed(response, "xml")["Content"] == "还有货吗"


# Signatures


@pytest.mark.parametrize("token", ["t", "令牌", "a" * 32, "0", "~!@#$%^&*()"])
@pytest.mark.parametrize("mode", MODES)
async def test_any_token_signs(token: str, mode: str) -> None:
    async with running(mode=mode, token=token) as bot:
        platform = Platform(bot.settings)
        push = text()
        answer = platform.judge(await bot.handle(platform.delivery(push, NOW)), push)
        assert answer is not None
        assert answer["Content"] == "还有货吗"


async def test_a_nonce_may_be_any_text() -> None:
    async with running(mode="plain") as bot:
        for nonce in ("", "0", "一", "a b", "x" * 5_000):
            signature = sha1("".join(sorted([TOKEN, str(NOW), nonce])).encode()).hexdigest()
            query = {"signature": signature, "timestamp": str(NOW), "nonce": nonce}
            response = await bot.handle(get(query | {"echostr": "echo"}))
            assert response.body == b"echo"


async def test_base64_of_any_layout_opens_if_it_was_signed_so() -> None:
    """The signature covers the text as transmitted, line breaks included."""
    raw = base64.b64decode(Cipher(KEY, APP_ID).encrypt(b"echo"))
    encrypted = base64.encodebytes(raw).decode()
    async with running() as bot:
        response = await bot.handle(get(signed(encrypted, echostr=encrypted)))
    assert response.body == b"echo"

"""Two hundred thousand mutated requests against six accounts at once.

WXEVENTS_FUZZ sets how many, WXEVENTS_FUZZ_SEED another sequence. A failure prints the seed, the
request's number and the request itself; the same seed repeats the whole sequence.
"""

from __future__ import annotations

import json as standard
import logging
import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from random import Random
from typing import Any, Final, NamedTuple

from Crypto.Cipher import AES

from wxevents import json, xml
from wxevents.bot import Bot
from wxevents.events import Event
from wxevents.exchange import Request, Response
from wxevents.pushes import EVENTS, MESSAGES, compose
from wxevents.routing import Router
from wxevents.security import Cipher, decode_aes_key, sign
from wxevents.settings import Settings
from wxevents.testing import ManualClock
from wxevents.xml import Fields

REQUESTS: Final = int(os.environ.get("WXEVENTS_FUZZ", "200000"))
SEED: Final = int(os.environ.get("WXEVENTS_FUZZ_SEED", "20250101"))

TOKEN: Final = b"menuDemo7"
APP_ID: Final = "wx1f2e3d4c5b6a7988"
KEY: Final = "k3Yb0QmZr8TnW1xVd5CpLs9HfGj2Ua7EiOq4RtMwXyQ"
OLD_KEY: Final = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

PUSHES: Final = (*EVENTS, *MESSAGES, "event_of_tomorrow")
COMMON: Final = frozenset(("ToUserName", "FromUserName", "CreateTime", "MsgType", "Event"))

# What parsers have stumbled over before.
JUNK: Final = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc0\xbc",
    b"\xed\xa0\x80",
    b"&nope;",
    b"&#0;",
    b"&#x41;",
    b"&amp;",
    b"]]>",
    b"<![CDATA[",
    b"<!-- ",
    b"-->",
    b"<?xml version='1.0' encoding='GBK'?>",
    b"<!DOCTYPE xml [<!ENTITY a 'b'>]>",
    b"<!DOCTYPE xml SYSTEM 'http://attacker.example/'>",
    b"<A>" * 20,
    b"<A/>" * 1_001,
    b"</xml>",
    b"<xml>",
    b"<MsgType>event</MsgType>",
    b"<Encrypt>QQ==</Encrypt>",
    b"<CreateTime>1</CreateTime>",
    b'"',
    b"\\ud800",
    b"\\u0000",
    b'{"A":' * 20,
    b"[" * 5_000,
    b"{}",
    b'"MsgType":"event",',
    b'"Encrypt":1,',
    b"NaN",
    b"1e999",
    b"9" * 5_000,
    b"null",
    b"\r\n",
    b"'",
    b"%",
    b"\x1b[31m",
    b"x" * 70_000,
)

ODD_TEXTS: Final = (
    "",
    " ",
    "\n",
    "0",
    "-1",
    "1e999",
    "nan",
    "9" * 4_300,
    "9" * 4_301,
    "true",
    "٣",
    "1_0",
    "qrscene_",
    "qrscene_qrscene_1",
    "EAN_13,",
    ",",
    "]]>",
    "<xml>&amp;</xml>",
    "\u202e\u0301😀",
    "\ufffd",
    "{}",
    "%s %(name)s {0}",
    "x" * 3_000,
    "__class__",
)
ODD_TIMES: Final = (*ODD_TEXTS, "+1735700000", " 1735700000", "1735700000.0", "1e9", "9" * 12)
ODD_NAMES: Final = (
    "EventKey",
    "event_key",
    "from_user_name",
    "create_time",
    "msg_id",
    "MsgId",
    "MsgID",
    "MenuId",
    "MenuID",
    "Content",
    "Ticket",
    "raw",
    "name",
    "openid",
    "self",
    "item",
    "__class__",
    "model_config",
    "ScanCodeInfo",
    "SendPicsInfo",
    "SendLocationInfo",
    "订单",
)


# Not the writer that is under test; it escapes what that one replaces.
_encoder: Final = standard.JSONEncoder(ensure_ascii=False)


class Account(NamedTuple):
    """One bot and what its platform needs to write to it; `format` is what both write."""

    bot: Bot
    is_json: bool
    cipher: Cipher | None
    compatible: bool

    def render(self, fields: Fields) -> bytes:
        return (_encoder.encode(fields) if self.is_json else xml.render(fields)).encode()

    def envelope(self, encrypted: bytes) -> bytes:
        beside = (b"", b"")
        if self.compatible:
            beside = b"<MsgType>text</MsgType>", b'"MsgType":"text",'
        if self.is_json:
            return b'{"ToUserName":"gh_1",%b"Encrypt":"%b"}' % (beside[1], encrypted)
        return b"<xml><ToUserName>gh_1</ToUserName>%b<Encrypt>%b</Encrypt></xml>" % (
            beside[0],
            encrypted,
        )

    def parse(self, body: bytes) -> Fields:
        return json.parse(body) if self.is_json else xml.parse(body)


class Case(NamedTuple):
    """A request, what was done to it, and whether the answer is known beforehand."""

    kind: str
    request: Request
    status: int | None


class Fuzzer:
    """Makes requests out of nothing but its seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.number = 0
        self.echoes = Cipher(KEY, APP_ID)
        self.frames = AES.new(decode_aes_key(KEY), AES.MODE_CBC, iv=bytes(16))
        self.made: dict[tuple[int, Bot], tuple[bytes, Request]] = {}
        self.made_at = 0

    def fields(self, now: int) -> Fields:
        self.number += 1
        name = self.random.choice(PUSHES)
        # Another second for another push, though not always: joined deliveries belong to it.
        created = now - self.random.randrange(300)
        return compose(name, create_time=created, msg_id=self.number)

    def push(self, account: Account, now: int) -> tuple[bytes, Request]:
        """A good push and a delivery of it, made once in every step of the clock: making one
        takes longer than answering it."""
        if self.made_at != now:
            self.made.clear()
            self.made_at = now
        which = self.random.randrange(30), account.bot
        if which not in self.made:
            message = account.render(self.fields(now))
            self.made[which] = message, self.delivery(account, message, now)
        return self.made[which]

    def signed(self, now: int | str, *encrypted: bytes) -> dict[str, str]:
        timestamp, nonce = str(now).encode(), b"%d" % self.random.getrandbits(32)
        query = {
            "signature": sign(TOKEN, timestamp, nonce).decode(),
            "timestamp": timestamp.decode(),
            "nonce": nonce.decode(),
            "openid": "oWxEv0000demoUser0000000000A",
        }
        for one in encrypted:
            signature = sign(TOKEN, timestamp, nonce, one)
            query |= {"encrypt_type": "aes", "msg_signature": signature.decode()}
        return query

    def delivery(self, account: Account, message: bytes, now: int) -> Request:
        """The message as the platform would deliver it, whatever it is."""
        if account.cipher is None:
            return Request("POST", self.signed(now), {}, message)
        encrypted = account.cipher.encrypt(message, self.random.randbytes(16))
        return Request("POST", self.signed(now, encrypted), {}, account.envelope(encrypted))

    # Bytes

    def mutated(self, data: bytes) -> bytes:
        for _ in range(self.random.choice((1, 1, 1, 2, 5))):
            data = self.random.choice(self._mutations)(self, data)
        return data

    def _flip(self, data: bytes) -> bytes:
        if not data:
            return data
        place = self.random.randrange(len(data))
        return data[:place] + bytes([self.random.randrange(256)]) + data[place + 1 :]

    def _cut(self, data: bytes) -> bytes:
        return data[: self.random.randrange(len(data) + 1)]

    def _drop(self, data: bytes) -> bytes:
        start, end = self._span(data)
        return data[:start] + data[end:]

    def _double(self, data: bytes) -> bytes:
        start, end = self._span(data)
        return data[:end] + data[start:end] + data[end:]

    def _insert(self, data: bytes) -> bytes:
        place = self.random.randrange(len(data) + 1)
        return data[:place] + self.random.choice(JUNK) + data[place:]

    def _replace(self, data: bytes) -> bytes:
        start, end = self._span(data)
        return data[:start] + self.random.choice(JUNK) + data[end:]

    def _swap(self, data: bytes) -> bytes:
        start, end = self._span(data)
        return data[end:] + data[start:end] + data[:start]

    def _recode(self, data: bytes) -> bytes:
        encoding = self.random.choice(("utf-16", "utf-16-le", "gbk", "utf-7", "utf-8-sig"))
        return data.decode(errors="replace").encode(encoding, errors="replace")

    def _only(self, data: bytes) -> bytes:
        before, after = self.random.choice(((b"<xml>", b"</xml>"), (b'{"A":', b"}"), (b"", b"")))
        return before + self.random.choice((b"", b"text", *JUNK)) + after

    def _span(self, data: bytes) -> tuple[int, int]:
        start = self.random.randrange(len(data) + 1)
        return start, min(len(data), start + self.random.choice((1, 2, 4, 16, 64, 256)))

    _mutations = (
        _flip,
        _flip,
        _cut,
        _drop,
        _double,
        _insert,
        _insert,
        _replace,
        _swap,
        _recode,
        _only,
    )

    # Fields

    def odd_fields(self, fields: Fields, is_json: bool) -> Fields:
        """Well-formed and complete, but with elements of shapes that no page describes."""
        for _ in range(self.random.choice((1, 1, 2, 4))):
            free = [name for name in fields if name not in COMMON]
            name = self.random.choice((*free, *ODD_NAMES))
            if name in fields and self.random.random() < 0.2:
                del fields[name]
            else:
                fields[name] = self.odd_value(is_json, top=True)
        return fields

    def odd_value(self, is_json: bool, top: bool = False, depth: int = 0) -> Any:
        kind = self.random.random()
        if depth < 3 and kind < 0.25:
            names = self.random.choices(ODD_NAMES, k=self.random.randrange(1, 4))
            return {one: self.odd_value(is_json, depth=depth + 1) for one in names}
        if kind < 0.35 and (is_json or not top):
            count = self.random.randrange(0 if is_json else 2, 4)
            texts: list[Any] = [self.random.choice(ODD_TEXTS) for _ in range(count)]
            return texts
        if is_json and kind < 0.6:
            return self.random.choice((None, True, False, 0, -1, 1.5, 2**63, 10**19, 1e300, [], {}))
        return self.random.choice(ODD_TEXTS)

    # Queries

    def queried(self, query: dict[str, str]) -> dict[str, str]:
        """With a parameter dropped, changed, or exchanged for another one's value."""
        name = self.random.choice(tuple(query))
        match self.random.randrange(4):
            case 0:
                del query[name]
            case 1:
                text = self.mutated(query[name].encode())[:10_000]
                query[name] = text.decode(errors="surrogateescape")
            case 2:
                other = self.random.choice(tuple(query))
                query[name], query[other] = query[other], query[name]
            case _:
                query[name] = self.random.choice(ODD_TEXTS)
        return query

    # Requests

    def unread(self, account: Account, now: int) -> Case:
        """Changed bytes that no signature covers, as in plain mode none does."""
        _, request = self.push(account, now)
        return Case("bytes", request._replace(body=self.mutated(request.body)), None)

    def unsealed(self, account: Account, now: int) -> Case:
        """A sound signature over bytes that are no push any more."""
        message = self.mutated(self.push(account, now)[0])[:45_000]
        return Case("inner bytes", self.delivery(account, message, now), None)

    def odd(self, account: Account, now: int) -> Case:
        """Signed, well-formed and complete: answered whatever it holds."""
        fields = self.odd_fields(self.fields(now), account.is_json)
        request = self.delivery(account, account.render(fields), now)
        if len(request.body) > xml.MAX_BYTES:
            return Case("too large", request, 400)
        return Case("odd fields", request, 200)

    def misquoted(self, account: Account, now: int) -> Case:
        """A push whose query was changed: refused if what is signed or signs was changed."""
        _, request = self.push(account, now)
        before = dict(request.query)
        after = self.queried(dict(before))
        deciding = ("timestamp", "nonce", "msg_signature" if account.cipher else "signature")
        same = all(before[one] == after.get(one) for one in deciding)
        return Case("query", request._replace(query=after), 200 if same else 403)

    def missealed(self, account: Account, now: int) -> Case:
        """A sound signature over a ciphertext, or a frame inside one, that is none any more."""
        message, request = self.push(account, now)
        if account.cipher is None or self.random.random() < 0.3:
            query = self.signed(self.random.choice(ODD_TIMES))
            return Case("odd time", Request("GET", query | {"echostr": "1"}, {}, b""), 403)
        frame = bytes(16) + len(message).to_bytes(4, "big") + message + APP_ID.encode()
        pad = 32 - len(frame) % 32
        frame += bytes([pad]) * pad
        if self.random.random() < 0.5:
            frame = self._nudge(frame, self.random.choice((16, 17, 18, 19, -40, -33, -2, -1)))
            frame = frame[: len(frame) // 16 * 16]
            encrypted = b64encode(self.frames.encrypt(frame))
        else:
            encrypted = self.mutated(account.cipher.encrypt(message))[:45_000]
            if b"<" in encrypted or b"&" in encrypted or b'"' in encrypted or b"\\" in encrypted:
                encrypted = b""
        query = self.signed(now, encrypted)
        return Case(
            "ciphertext", request._replace(query=query, body=account.envelope(encrypted)), None
        )

    def _nudge(self, data: bytes, place: int) -> bytes:
        changed = bytearray(data)
        changed[place] = self.random.randrange(256)
        return bytes(changed[: self.random.choice((None, None, None, 16, -16, 32))])

    def verification(self, account: Account, now: int) -> Case:
        """A check of the URL, plain or encrypted, sound or changed."""
        echo = b"5837397576500011341"
        query = self.signed(now)
        if self.random.random() < 0.5:
            echo = self.echoes.encrypt(echo, self.random.randbytes(16))
            query = self.signed(now, echo)
        query["echostr"] = echo.decode()
        if self.random.random() < 0.1:
            return Case("verification", Request("GET", query, {}, b""), 200)
        return Case("changed verification", Request("GET", self.queried(query), {}, b""), None)

    def stray(self, account: Account, now: int) -> Case:
        """Another method, a coding, another account's body."""
        _, request = self.push(account, now)
        match self.random.randrange(3):
            case 0:
                method = self.random.choice(("PUT", "HEAD", "", "post", "\ud800", "X" * 9_999))
                return Case("method", request._replace(method=method), 403)
            case 1:
                return Case("coding", request._replace(headers={"content-encoding": "gzip"}), 400)
            case _:
                return Case("noise", request._replace(body=self.random.randbytes(300)), 400)

    def good(self, account: Account, now: int) -> Case:
        self.number += 1
        text, sender = f"number {self.number}", f"o{self.number}"  # whom no mutation can hit
        fields = compose("text", text, openid=sender, create_time=now, msg_id=self.number)
        return Case("good", self.delivery(account, account.render(fields), now), 200)

    def case(self, account: Account, now: int) -> Case:
        return self.random.choice(self._cases)(self, account, now)

    _cases: tuple[Callable[[Fuzzer, Account, int], Case], ...] = (
        *(unread,) * 4,
        *(unsealed,) * 8,
        *(odd,) * 4,
        *(misquoted,) * 2,
        *(missealed,) * 2,
        verification,
        stray,
        good,
    )


async def start(stack: AsyncExitStack, clock: ManualClock) -> list[Account]:
    router = Router()

    @router.text()
    @router.fallback()
    async def answer(event: Event) -> str:
        return (event.routing_key or event.name)[:100]

    accounts = []
    for mode in ("plain", "compatible", "safe"):
        for data_format in ("xml", "json"):
            settings = Settings.model_validate(
                {
                    "token": TOKEN.decode(),
                    "app_id": APP_ID,
                    "encoding_aes_key": KEY,
                    "previous_encoding_aes_key": OLD_KEY,
                    "mode": mode,
                    "data_format": data_format,
                    "blocked_after": 0,
                }
            )
            bot = await stack.enter_async_context(Bot(settings, routers=[router], clock=clock))
            key = OLD_KEY if data_format == "json" else KEY
            cipher = None if mode == "plain" else Cipher(key, APP_ID)
            accounts.append(Account(bot, data_format == "json", cipher, mode == "compatible"))
    return accounts


def content_of(account: Account, response: Response) -> object:
    """The text in an answer, None for an empty one."""
    if response.body == b"success":
        return None
    answer = account.parse(response.body)
    if account.cipher is not None:
        answer = account.parse(account.cipher.decrypt(answer["Encrypt"].encode()))
    return answer["Content"]


@contextmanager
def only_errors_logged() -> Iterator[list[logging.LogRecord]]:
    """Warnings are expected by the hundred thousand; errors are collected."""
    errors: list[logging.LogRecord] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            errors.append(record)

    collector = Collector(logging.ERROR)
    root, ours = logging.getLogger(), logging.getLogger("wxevents")
    level = ours.level
    ours.setLevel(logging.ERROR)
    root.addHandler(collector)
    try:
        yield errors
    finally:
        root.removeHandler(collector)
        ours.setLevel(level)


async def test_no_request_breaks_the_bot_or_costs_the_next_one_its_answer() -> None:
    fuzzer, clock = Fuzzer(SEED), ManualClock()
    seen: dict[int, int] = {200: 0, 400: 0, 403: 0}
    async with AsyncExitStack() as stack:
        errors = stack.enter_context(only_errors_logged())
        accounts = await start(stack, clock)
        for number in range(REQUESTS):
            account = accounts[number % len(accounts)]
            case = fuzzer.case(account, int(clock.time()))
            try:
                response = await account.bot.handle(case.request)
                assert response.status in seen
                assert case.status in (None, response.status), response
                if case.kind == "good":
                    assert content_of(account, response) == f"number {fuzzer.number}"
                elif case.kind == "odd fields" and number % 3 == 0:
                    content_of(account, response)
                assert not errors, errors[0].getMessage()
            except Exception as error:
                error.add_note(f"WXEVENTS_FUZZ_SEED={SEED}, request {number}, {case.kind}")
                error.add_note(f"{account.bot.settings!r}\n{str(case.request)[:5_000]}")
                raise
            seen[response.status] += 1
            if number % 500 == 0:
                await clock.advance(61)  # behind it, settled pushes are forgotten
    assert all(seen.values()) or REQUESTS < 1_000

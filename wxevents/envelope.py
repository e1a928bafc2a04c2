"""Opening what the platform sent and sealing what it gets back: plain, compatible and safe mode.

The account's settings decide the mode, never the request: whoever could choose plain mode for a
safe account would need no key.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from wxevents import json, xml
from wxevents.clock import Clock
from wxevents.errors import DecryptionError, MalformedPush, UntrustedPush
from wxevents.exchange import Request, Response
from wxevents.security import Cipher, sign, signatures_match
from wxevents.settings import Settings

# "Nothing to say, do not deliver again"; in the clear even in safe mode.
SUCCESS: Final = Response(200, "text/plain", b"success")

_TOKEN_CURE: Final = "if the platform itself sent this, compare WXEVENTS_TOKEN with its console"
_KEY_CURE: Final = (
    "compare WXEVENTS_ENCODING_AES_KEY and WXEVENTS_APP_ID with the platform's console; after a "
    "change of the key keep the old one as WXEVENTS_PREVIOUS_ENCODING_AES_KEY"
)

_MODE_CURE: Final = "if the platform sent this, set WXEVENTS_MODE to what its console shows"
_FORMAT_CURE: Final = (
    "if the platform sent this, set WXEVENTS_DATA_FORMAT to what its console shows"
)


class Format(NamedTuple):
    """How pushes and answers are written, and how to tell the other format by its beginning."""

    content_type: str
    other_begins_with: bytes
    parse: Callable[[bytes], xml.Fields]
    render: Callable[[Mapping[str, Any]], str]
    sealed_push: re.Pattern[bytes]
    """A sealed push as the platform writes it, with its ciphertext as the group: there is nothing
    else in it to read."""
    sealed: bytes
    """The envelope of an answer: ciphertext, signature, timestamp and nonce, none of which has a
    character that would need escaping."""


FORMATS: Final[Mapping[str, Format]] = {
    "xml": Format(
        "application/xml",
        b"{",
        xml.parse,
        xml.render,
        re.compile(
            rb"<xml>[ \n]*+(?:<ToUserName><!\[CDATA\[[\w@-]*+\]\]></ToUserName>[ \n]*+)?"
            rb"<Encrypt><!\[CDATA\[([A-Za-z0-9+/=]++)\]\]></Encrypt>[ \n]*+</xml>[ \n]*+"
        ),
        b"<xml><Encrypt><![CDATA[%b]]></Encrypt><MsgSignature><![CDATA[%b]]></MsgSignature>"
        b"<TimeStamp>%b</TimeStamp><Nonce><![CDATA[%b]]></Nonce></xml>",
    ),
    "json": Format(
        "application/json",
        b"<",
        json.parse,
        json.render,
        re.compile(rb'\{(?:"ToUserName":"[\w@-]*+",)?"Encrypt":"([A-Za-z0-9+/=]++)"\}'),
        b'{"Encrypt":"%b","MsgSignature":"%b","TimeStamp":%b,"Nonce":"%b"}',
    ),
}


class Opened(NamedTuple):
    """A verified push; `cipher` is the one that opened it and has to seal its answer."""

    fields: xml.Fields
    cipher: Cipher | None


class Envelope:
    """The security of one account."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._token = settings.token.encode()
        self._encrypted = settings.mode != "plain"
        self._tolerance = settings.timestamp_tolerance
        self._clock = clock
        self._format = FORMATS[settings.data_format]
        keys = (settings.encoding_aes_key, settings.previous_encoding_aes_key)
        self._ciphers = [Cipher(key, settings.app_id) for key in keys if key and self._encrypted]

    def verify(self, request: Request) -> Response:
        """Answer the GET with which the platform checks the URL: the echostr, decrypted if the
        check came encrypted. Raises UntrustedPush."""
        query = request.query
        echo = query.get("echostr")
        if echo is None:
            raise UntrustedPush("no echostr", "open the URL from the platform's console")
        if self._ciphers and query.get("encrypt_type") == "aes" and "msg_signature" in query:
            encrypted = _encode(echo)
            self._check(query, "msg_signature", encrypted)
            return Response(200, "text/plain", self._decrypt(encrypted)[0])
        self._check(query, "signature")
        return Response(200, "text/plain", _encode(echo))

    def open(self, request: Request) -> Opened:
        """The verified and decrypted fields of a push. Raises UntrustedPush, MalformedPush."""
        if "content-encoding" in request.headers:
            raise MalformedPush("the body is compressed, which the platform never does")
        if not self._encrypted:
            self._check(request.query, "signature")
            fields = self._parse(request.body)
            if "Encrypt" in fields and "MsgType" not in fields:
                raise MalformedPush("a sealed push to an account in plain mode", _MODE_CURE)
            return Opened(fields, None)
        ciphertext = self._ciphertext(request.body)
        self._check(request.query, "msg_signature", ciphertext)
        message, cipher = self._decrypt(ciphertext)
        return Opened(self._parse(message), cipher)

    def render(self, fields: Mapping[str, Any]) -> str:
        """An answer in the account's format, not sealed yet."""
        return self._format.render(fields)

    def seal(self, answer: str, cipher: Cipher | None) -> Response:
        """The answer as it goes over the wire; an empty one is `success`, in the clear."""
        if not answer:
            return SUCCESS
        if cipher is None:
            return Response(200, self._format.content_type, answer.encode())
        nonce = b"%d" % int.from_bytes(os.urandom(4), "big")
        timestamp = b"%d" % self._clock.time()
        encrypted = cipher.encrypt(answer.encode())
        signature = sign(self._token, timestamp, nonce, encrypted)
        body = self._format.sealed % (encrypted, signature, timestamp, nonce)
        return Response(200, self._format.content_type, body)

    def _ciphertext(self, body: bytes) -> bytes:
        """What is sealed in a push. Raises UntrustedPush, MalformedPush."""
        usual = self._format.sealed_push.fullmatch(body) if len(body) <= xml.MAX_BYTES else None
        if usual:
            return usual[1]
        # Compatible mode brings the plain fields as well, but its `signature` does not cover
        # them: only what was sealed is believed.
        encrypted = self._parse(body).get("Encrypt")
        if not isinstance(encrypted, str):
            raise UntrustedPush("a push in the clear to an account that encrypts", _MODE_CURE)
        return _encode(encrypted)

    def _parse(self, data: bytes) -> xml.Fields:
        try:
            return self._format.parse(data)
        except MalformedPush as error:
            if data.lstrip()[:1] == self._format.other_begins_with:
                raise MalformedPush(error.reason, _FORMAT_CURE) from error
            raise

    def _check(self, query: Mapping[str, str], name: str, *signed: bytes) -> None:
        """Compare the signature of that name, then the age of what it signs."""
        timestamp = query.get("timestamp", "")
        expected = sign(self._token, _encode(timestamp), _encode(query.get("nonce", "")), *signed)
        if not signatures_match(expected, _encode(query.get(name, ""))):
            raise UntrustedPush(f"the {name} is wrong or missing", _TOKEN_CURE)
        if not self._tolerance:
            return
        # The platform signs plain decimal seconds; int() alone would also take "1_0" and "٣".
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise UntrustedPush("the timestamp is not a number of seconds")
        age = int(self._clock.time()) - int(timestamp)
        if abs(age) > self._tolerance:
            raise UntrustedPush(
                f"the timestamp is {abs(age)} s {'old' if age > 0 else 'ahead'}, at most "
                f"{self._tolerance} s are allowed",
                "probably this machine's clock is wrong: check it against NTP",
            )

    def _decrypt(self, encrypted: bytes) -> tuple[bytes, Cipher]:
        """Message and key, the current key first: in a change of keys both are in use."""
        faults = []
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(encrypted), cipher
            except DecryptionError as error:
                faults.append(str(error))
        raise UntrustedPush(f"no key opens it: {', then '.join(faults)}", _KEY_CURE)


def _encode(text: str) -> bytes:
    # Some servers pass undecodable bytes of a URL on as lone surrogates; no signature has them.
    return text.encode(errors="replace")

"""The platform's side of one account's webhook: deliveries signed and sealed, answers judged."""

from __future__ import annotations

import os
from typing import Final

from wxevents import json, xml
from wxevents.errors import AnswerError, DecryptionError, MalformedPush
from wxevents.exchange import Request, Response
from wxevents.pushes.judging import judge_content
from wxevents.security import Cipher, sign, signatures_match
from wxevents.settings import Settings
from wxevents.xml import Fields

DELIVERIES: Final = 3
"""How often the platform delivers a push that is not answered."""

ANSWER_TIMEOUT: Final = 5.0
"""Seconds after which the platform drops a delivery."""

OUTAGE_NOTICE: Final = "该公众号提供的服务出现故障，请稍后再试"
"""What the phone shows when no delivery was answered, or one illegally."""


class Platform:
    """The other party of one account: signs, seals, and judges what comes back."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._token = settings.token.encode()
        self._format = json if settings.data_format == "json" else xml
        self._cipher = (
            Cipher(settings.encoding_aes_key, settings.app_id) if settings.mode != "plain" else None
        )

    def delivery(self, fields: Fields, timestamp: int) -> Request:
        """One delivery of a push; each gets a nonce, a signature and a ciphertext of its own."""
        nonce = str(int.from_bytes(os.urandom(4), "big"))
        query = self._signed(timestamp, nonce) | {"openid": str(fields.get("FromUserName", ""))}
        if self._cipher is None:
            return self._post(query, fields)
        encrypted = self._cipher.encrypt(self._format.render(fields).encode())
        signature = sign(self._token, str(timestamp).encode(), nonce.encode(), encrypted)
        query |= {"encrypt_type": "aes", "msg_signature": signature.decode()}
        envelope: Fields = {"ToUserName": fields.get("ToUserName", "")}
        if self._settings.mode == "compatible":
            envelope = dict(fields)
        return self._post(query, envelope | {"Encrypt": encrypted.decode()})

    def written(self, fields: Fields) -> str:
        """A push in the account's format, before it is sealed."""
        written: str = self._format.render(fields)
        return written

    def verification(self, echo: str, timestamp: int) -> Request:
        """The GET with which the platform checks a URL; the answer has to be `echo`."""
        query = self._signed(timestamp, str(int.from_bytes(os.urandom(4), "big")))
        return Request("GET", query | {"echostr": echo}, {}, b"")

    def judge(self, response: Response, push: Fields) -> Fields | None:
        """The fields of the answer to a push, None for an empty one.

        Raises AnswerError, with the reason, for what makes the platform show its outage notice.
        """
        if response.status != 200:
            raise AnswerError(f"the status is {response.status}, not 200")
        if response.body in (b"", b"success"):
            return None
        answer = self._parsed(
            self.opened(response.body), "sealed answer" if self._cipher else "answer"
        )
        missing = [
            name
            for name in ("ToUserName", "FromUserName", "CreateTime", "MsgType")
            if not answer.get(name)
        ]
        if missing:
            raise AnswerError(f"the answer lacks {', '.join(missing)}")
        addressed = answer["ToUserName"], answer["FromUserName"]
        if addressed != (push.get("FromUserName"), push.get("ToUserName")):
            raise AnswerError("the answer does not swap ToUserName and FromUserName of the push")
        judge_content(answer, push)
        return answer

    def opened(self, body: bytes) -> bytes:
        """The answer in its envelope, or as it is in plain mode. Raises AnswerError."""
        if self._cipher is None:
            return body
        return self._opened(self._parsed(body, "answer"))

    def _signed(self, timestamp: int, nonce: str) -> dict[str, str]:
        signature = sign(self._token, str(timestamp).encode(), nonce.encode()).decode()
        return {"signature": signature, "timestamp": str(timestamp), "nonce": nonce}

    def _post(self, query: dict[str, str], fields: Fields) -> Request:
        return Request("POST", query, {}, self._format.render(fields).encode())

    def _parsed(self, body: bytes, what: str) -> Fields:
        try:
            fields: Fields = self._format.parse(body)
        except MalformedPush as error:
            raise AnswerError(f"the {what} cannot be read: {error.reason}") from error
        return fields

    def _opened(self, envelope: Fields) -> bytes:
        assert self._cipher is not None
        try:
            encrypted = envelope["Encrypt"].encode()
            signed = [str(envelope[name]).encode() for name in ("TimeStamp", "Nonce")]
            received = envelope["MsgSignature"].encode()
        except (KeyError, AttributeError) as error:
            raise AnswerError(f"the answer is not sealed: {error!r}") from error
        if not signatures_match(sign(self._token, *signed, encrypted), received):
            raise AnswerError("the answer's MsgSignature is wrong")
        try:
            return self._cipher.decrypt(encrypted)
        except DecryptionError as error:
            raise AnswerError(f"the answer cannot be opened: {error}") from error

"""A call with everything around it: the token, its one renewal, repetitions, the errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from wxevents.client.answers import encode, read_json
from wxevents.client.codes import RENEWABLE
from wxevents.client.retries import Retries, repeat
from wxevents.client.tokens import Tokens
from wxevents.client.transport import Answer, Call, Part, Transport
from wxevents.clock import Clock
from wxevents.errors import TokenError

T = TypeVar("T")


class Api:
    """What the groups of calls are written with.

    `idempotent` says that a call may be repeated although the answer to it was lost; see `Call`.
    """

    def __init__(
        self, transport: Transport, tokens: Tokens, clock: Clock, retries: Retries
    ) -> None:
        self._transport = transport
        self._tokens = tokens
        self._clock = clock
        self._retries = retries

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """A GET, which is always idempotent."""
        return await self.call(Call("GET", path, query or {}, idempotent=True))

    async def post(self, path: str, body: object, *, idempotent: bool = False) -> dict[str, Any]:
        """A POST of JSON."""
        return await self.call(Call("POST", path, body=encode(body), idempotent=idempotent))

    async def upload(
        self, path: str, query: Mapping[str, str], parts: Sequence[Part]
    ) -> dict[str, Any]:
        """A multipart POST. It is not idempotent: twice uploaded is twice stored."""
        return await self.call(Call("POST", path, query, parts))

    async def call(self, call: Call) -> dict[str, Any]:
        """Any call that is answered in JSON."""
        return await self._answered(call, lambda answer, token: read_json(call, answer, (token,)))

    async def download(self, call: Call, read: Callable[[Call, Answer, Sequence[str]], T]) -> T:
        """A call that may be answered with a file; `read` makes a value of it, or raises."""
        return await self._answered(call, lambda answer, token: read(call, answer, (token,)))

    async def _answered(self, call: Call, read: Callable[[Answer, str], T]) -> T:
        def with_token(token: str) -> Callable[[], Awaitable[T]]:
            credentials = {"access_token": token} if token else {}

            async def once() -> T:
                return await self._transport.attempt(
                    call, credentials, lambda answer: read(answer, token)
                )

            return once

        token = await self._tokens.get()
        try:
            return await self._repeated(call, with_token(token))
        except TokenError as error:
            if error.errcode not in RENEWABLE:
                raise
            refused = error
        renewed = await self._tokens.renewed_after(token)
        if renewed == token:
            raise refused
        return await self._repeated(call, with_token(renewed))

    async def _repeated(self, call: Call, once: Callable[[], Awaitable[T]]) -> T:
        return await repeat(
            once, idempotent=call.idempotent, retries=self._retries, clock=self._clock
        )

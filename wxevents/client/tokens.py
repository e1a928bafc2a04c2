"""Where the access token of a call comes from."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from typing import Annotated, Any, Final, Protocol, TypeAlias

from pydantic import Field
from pydantic.dataclasses import dataclass

from wxevents.client.answers import TYPED, encode, read_json, typed
from wxevents.client.renewal import AccessToken, Renewal, log
from wxevents.client.retries import Retries, repeat
from wxevents.client.transport import Call, Timeouts, Transport
from wxevents.clock import Clock, SystemClock
from wxevents.observe import NO_METER, Meter

DEFAULT_API_BASE: Final = "https://api.weixin.qq.com"
# Protocol: a forced refresh within 30 s of the last is ignored, and there are 20 a day.
FORCE_INTERVAL: Final = 30.0
FORCES_A_DAY: Final = 20
_DAY: Final = 86_400.0


class Tokens(Protocol):
    """What a Client takes its access tokens from.

    Give it one of your own to share a token between processes. An empty token means that calls
    carry none.
    """

    async def get(self) -> str:
        """A token that the platform should accept."""
        ...

    async def renewed_after(self, failed: str) -> str:
        """A token to try after the platform refused `failed` (40001, 40014, 42001).

        To give `failed` back means that there is no other; the platform's refusal is raised then.
        """
        ...


class FixedToken:
    """A token that somebody else looks after."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get(self) -> str:
        return self._token

    async def renewed_after(self, failed: str) -> str:
        return self._token


class CloudToken(FixedToken):
    """No token at all: within the platform's cloud hosting (微信云托管) calls need none.

    WXEVENTS_API_BASE is `http://api.weixin.qq.com` there, without TLS.
    """

    def __init__(self) -> None:
        super().__init__("")


class _Fetched(Renewal):
    """A token that is fetched from the platform, each time over a connection of its own: that
    happens every two hours."""

    def __init__(
        self,
        api_base: str,
        *,
        clock: Clock | None = None,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        meter: Meter = NO_METER,
    ) -> None:
        super().__init__(clock or SystemClock())
        self._api_base = api_base
        self._timeouts = timeouts or Timeouts()
        self._retries = retries or Retries()
        self._meter = meter

    async def _ask(
        self, call: Call, credentials: Mapping[str, str], secrets: tuple[str, ...]
    ) -> dict[str, Any]:
        succeeded = False
        try:
            async with Transport(self._api_base, self._timeouts, self._meter) as transport:

                async def once() -> dict[str, Any]:
                    return await transport.attempt(
                        call, credentials, lambda answer: read_json(call, answer, secrets)
                    )

                answer = await repeat(
                    once, idempotent=True, retries=self._retries, clock=self._clock
                )
            succeeded = True
            return answer
        finally:
            self._meter.token_refreshed(succeeded)


class StableToken(_Fetched):
    """The account's stable token (`/cgi-bin/stable_token`), the same for every program that asks.

    A token that the platform refused is asked for again first; only when the very same comes back
    is a new one forced, at most every 30 s and 20 times a day, as the platform allows.
    """

    def __init__(
        self,
        app_id: str,
        app_secret: str,
        *,
        api_base: str = DEFAULT_API_BASE,
        clock: Clock | None = None,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        meter: Meter = NO_METER,
    ) -> None:
        super().__init__(api_base, clock=clock, timeouts=timeouts, retries=retries, meter=meter)
        self._app_id = app_id
        self._app_secret = app_secret
        self._forced: deque[float] = deque(maxlen=FORCES_A_DAY)

    async def fetch(self, failed: str) -> AccessToken:
        fetched = await self._stable_token(force=False)
        if fetched.token == failed and self._may_force():
            self._forced.append(self._clock.monotonic())
            fetched = await self._stable_token(force=True)
        return fetched

    def _may_force(self) -> bool:
        now = self._clock.monotonic()
        if self._forced and now - self._forced[-1] < FORCE_INTERVAL:
            return False
        if len(self._forced) == FORCES_A_DAY and now - self._forced[0] < _DAY:
            log.warning("no token is forced: %d a day are allowed", FORCES_A_DAY)
            return False
        return True

    async def _stable_token(self, *, force: bool) -> AccessToken:
        body = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._app_secret,
            "force_refresh": force,
        }
        call = Call("POST", "/cgi-bin/stable_token", body=encode(body), idempotent=True)
        return _access_token(call, await self._ask(call, {}, (self._app_secret,)))


class ClassicToken(_Fetched):
    """The account's classic token (`/cgi-bin/token`).

    Each one that is fetched ends the one before within 5 minutes, so no other program may fetch
    any; 2,000 a day, a test account 200. StableToken has neither limit.
    """

    def __init__(
        self,
        app_id: str,
        app_secret: str,
        *,
        api_base: str = DEFAULT_API_BASE,
        clock: Clock | None = None,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        meter: Meter = NO_METER,
    ) -> None:
        super().__init__(api_base, clock=clock, timeouts=timeouts, retries=retries, meter=meter)
        self._app_id = app_id
        self._app_secret = app_secret

    async def fetch(self, failed: str) -> AccessToken:
        call = Call(
            "GET",
            "/cgi-bin/token",
            query={"grant_type": "client_credential", "appid": self._app_id},
            idempotent=True,
        )
        secret = {"secret": self._app_secret}
        return _access_token(call, await self._ask(call, secret, (self._app_secret,)))


class AuthorizerToken(_Fetched):
    """The token of an account that a third-party platform (第三方平台) works for.

    `component_token` gives the platform's own component_access_token. A refresh may bring a new
    refresh token, which replaces the old one for good: `on_refresh_token` gets it to store it.
    """

    def __init__(
        self,
        component_app_id: str,
        authorizer_app_id: str,
        refresh_token: str,
        *,
        component_token: Callable[[], Awaitable[str]],
        on_refresh_token: Callable[[str], Awaitable[None]],
        api_base: str = DEFAULT_API_BASE,
        clock: Clock | None = None,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        meter: Meter = NO_METER,
    ) -> None:
        super().__init__(api_base, clock=clock, timeouts=timeouts, retries=retries, meter=meter)
        self._component_app_id = component_app_id
        self._authorizer_app_id = authorizer_app_id
        self._refresh_token = refresh_token
        self._component_token = component_token
        self._on_refresh_token = on_refresh_token

    async def fetch(self, failed: str) -> AccessToken:
        component_token = await self._component_token()
        body = {
            "component_appid": self._component_app_id,
            "authorizer_appid": self._authorizer_app_id,
            "authorizer_refresh_token": self._refresh_token,
        }
        call = Call(
            "POST", "/cgi-bin/component/api_authorizer_token", body=encode(body), idempotent=True
        )
        answer = typed(
            _AuthorizerAnswer,
            str(call),
            await self._ask(
                call,
                {"component_access_token": component_token},
                (component_token, self._refresh_token),
            ),
        )
        refresh_token = answer.authorizer_refresh_token
        if refresh_token and refresh_token != self._refresh_token:
            self._refresh_token = refresh_token
            await self._hand_over(refresh_token)
        return AccessToken(answer.authorizer_access_token, answer.expires_in)

    async def _hand_over(self, refresh_token: str) -> None:
        # The access token is good whatever becomes of this; and the exception of a database may
        # show the refresh token, so that only its kind is logged.
        try:
            await self._on_refresh_token(refresh_token)
        except Exception as error:  # noqa: BLE001
            log.error(
                "the new refresh token of %s was not stored, %s: after a restart the account has "
                "to authorise again",
                self._authorizer_app_id,
                type(error).__name__,
            )


_Token: TypeAlias = Annotated[str, Field(min_length=1)]
_Seconds: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]


@dataclass(frozen=True, config=TYPED)
class _TokenAnswer:
    access_token: _Token = field(repr=False)
    expires_in: _Seconds


@dataclass(frozen=True, config=TYPED)
class _AuthorizerAnswer:
    authorizer_access_token: _Token = field(repr=False)
    expires_in: _Seconds
    authorizer_refresh_token: str = field(default="", repr=False)


def _access_token(call: Call, data: object) -> AccessToken:
    answer = typed(_TokenAnswer, str(call), data)
    return AccessToken(answer.access_token, answer.expires_in)

"""The client of the platform's API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from wxevents.client.account import Account
from wxevents.client.answers import encode
from wxevents.client.api import Api
from wxevents.client.materials import Materials
from wxevents.client.media import Media
from wxevents.client.menus import Menus
from wxevents.client.messages import Messages
from wxevents.client.qrcodes import QRCodes
from wxevents.client.retries import Retries
from wxevents.client.shared import SharedToken
from wxevents.client.tags import Tags
from wxevents.client.tokens import StableToken, Tokens
from wxevents.client.transport import Call, Timeouts, Transport
from wxevents.client.users import Users
from wxevents.clock import Clock, SystemClock
from wxevents.errors import SettingsError
from wxevents.observe import NO_METER, Meter
from wxevents.settings import Settings
from wxevents.store import Store


class Client:
    """Calls to the platform's API in the name of one account.

        async with Client(settings) as client:
            await client.menus.create(menu)

    Tokens are fetched with `settings.app_id` and `settings.app_secret`, unless `tokens` brings
    others, and shared with all that use the `store`. Every call may raise ApiError (the platform
    refused), ApiUnreachable (NotSent or AnswerLost) and ApiAnswerUnreadable, all of them
    CallFailed. Calls are repeated where that does no harm: when the platform is busy or cannot be
    reached, and after a lost answer if the call is idempotent. `clock` counts the life of tokens
    and the pauses between repetitions; `meter` counts the calls.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        tokens: Tokens | None = None,
        store: Store | None = None,
        clock: Clock | None = None,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        meter: Meter = NO_METER,
    ) -> None:
        clock = clock or SystemClock()
        timeouts = timeouts or Timeouts()
        retries = retries or Retries()
        self._own_token: StableToken | None = None
        if tokens is None:
            _require_credentials(settings)
            options: dict[str, Any] = {
                "api_base": settings.api_base,
                "clock": clock,
                "timeouts": timeouts,
                "retries": retries,
                "meter": meter,
            }
            credentials = settings.app_id, settings.app_secret
            self._own_token = (
                SharedToken(*credentials, store, **options)
                if store
                else StableToken(*credentials, **options)
            )
            tokens = self._own_token
        self._transport = Transport(settings.api_base, timeouts, meter)
        self._api = Api(self._transport, tokens, clock, retries)
        self.menus = Menus(self._api)
        self.tags = Tags(self._api)
        self.media = Media(self._api, clock)
        self.messages = Messages(self._api, self.media)
        self.materials = Materials(self._api)
        self.qrcodes = QRCodes(self._api)
        self.users = Users(self._api)
        self.account = Account(self._api, settings.app_id)

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        if self._own_token:
            await self._own_token.close()
        await self._transport.__aexit__(*exc_info)

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: object = None,
        idempotent: bool = False,
    ) -> dict[str, Any]:
        """Any other call that is answered in JSON: `await client.request("POST", "/cgi-bin/…")`.

        The access token is added to the query. A GET is always idempotent; say so of a POST only
        if it may be done twice.
        """
        if not path.startswith("/") or "?" in path:
            raise ValueError("path begins with / and has no query; give that as `query`")
        body = None if json is None else encode(json)
        method = method.upper()
        return await self._api.call(
            Call(method, path, query or {}, body, idempotent=idempotent or method == "GET")
        )


def _require_credentials(settings: Settings) -> None:
    missing = [
        variable
        for variable, value in (
            ("WXEVENTS_APP_ID", settings.app_id),
            ("WXEVENTS_APP_SECRET", settings.app_secret),
        )
        if not value
    ]
    if missing:
        raise SettingsError(
            f"{' and '.join(missing)} not set, and calls to the platform need tokens: copy them "
            "from the platform's basic configuration, or give the client its `tokens`"
        )

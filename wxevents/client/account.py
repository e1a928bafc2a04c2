"""The account itself: the platform's addresses, its way to the server, quotas."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic.dataclasses import dataclass

from wxevents.client.answers import TYPED, typed
from wxevents.client.api import Api

CheckAction: TypeAlias = Literal["dns", "ping", "all"]
CheckOperator: TypeAlias = Literal["DEFAULT", "CHINANET", "UNICOM", "CAP"]


@dataclass(frozen=True, config=TYPED)
class DnsResult:
    """An address that the host of the server's URL resolves to."""

    ip: str
    real_operator: str = ""


@dataclass(frozen=True, config=TYPED)
class PingResult:
    """A ping from the platform; `package_loss` as in "0%", `time` as in "23.8ms"."""

    ip: str
    from_operator: str = ""
    package_loss: str = ""
    time: str = ""


@dataclass(frozen=True, config=TYPED)
class NetworkCheck:
    """What the platform finds when it looks for the server."""

    dns: tuple[DnsResult, ...] = ()
    ping: tuple[PingResult, ...] = ()


@dataclass(frozen=True, config=TYPED)
class _Addresses:
    ip_list: tuple[str, ...]


class Account:
    """`client.account`."""

    def __init__(self, api: Api, app_id: str) -> None:
        self._api = api
        self._app_id = app_id

    async def callback_ips(self) -> tuple[str, ...]:
        """The addresses and networks that pushes come from; they may change daily."""
        return await self._addresses("/cgi-bin/getcallbackip")

    async def api_ips(self) -> tuple[str, ...]:
        """The addresses and networks of the API's servers; they may change daily."""
        return await self._addresses("/cgi-bin/get_api_domain_ip")

    async def check_network(
        self, action: CheckAction = "all", operator: CheckOperator = "DEFAULT"
    ) -> NetworkCheck:
        """Let the platform resolve and ping the host of the configured URL, and nothing more: it
        pushes nothing."""
        path = "/cgi-bin/callback/check"
        answer = await self._api.post(
            path, {"action": action, "check_operator": operator}, idempotent=True
        )
        return typed(NetworkCheck, f"POST {path}", answer)

    async def clear_quota(self) -> None:
        """Count today's calls of all endpoints from zero again; 10 times a month, those in the
        console included (QuotaExceeded)."""
        # Not idempotent: each time is one of the ten.
        await self._api.post("/cgi-bin/clear_quota", {"appid": self._app_id})

    async def _addresses(self, path: str) -> tuple[str, ...]:
        return typed(_Addresses, f"GET {path}", await self._api.get(path)).ip_list

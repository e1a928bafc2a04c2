"""The account itself."""

from __future__ import annotations

import pytest

from tests.client.server import OK, ScriptedPlatform
from wxevents.client import Client, DnsResult, NetworkCheck, PingResult
from wxevents.errors import QuotaExceeded

ADDRESSES = {"ip_list": ["203.0.113.4", "198.51.100.0/24"]}


async def test_the_platforms_addresses_are_listed(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer("/cgi-bin/getcallbackip", ADDRESSES)
    platform.will_answer("/cgi-bin/get_api_domain_ip", {"ip_list": []})
    assert await client.account.callback_ips() == ("203.0.113.4", "198.51.100.0/24")
    assert await client.account.api_ips() == ()


async def test_the_network_check_is_typed(platform: ScriptedPlatform, client: Client) -> None:
    path = "/cgi-bin/callback/check"
    platform.will_answer(
        path,
        {
            "dns": [{"ip": "203.0.113.9", "real_operator": "UNICOM"}],
            "ping": [
                {
                    "ip": "203.0.113.9",
                    "from_operator": "UNICOM",
                    "package_loss": "0%",
                    "time": "23.807ms",
                }
            ],
        },
        {"dns": []},
    )
    assert await client.account.check_network() == NetworkCheck(
        (DnsResult("203.0.113.9", "UNICOM"),),
        (PingResult("203.0.113.9", "UNICOM", "0%", "23.807ms"),),
    )
    assert await client.account.check_network("dns", "UNICOM") == NetworkCheck()
    assert [seen.json for seen in platform.seen] == [
        {"action": "all", "check_operator": "DEFAULT"},
        {"action": "dns", "check_operator": "UNICOM"},
    ]


async def test_quotas_are_cleared(platform: ScriptedPlatform, client: Client) -> None:
    path = "/cgi-bin/clear_quota"
    platform.will_answer(path, OK, {"errcode": 48006, "errmsg": "forbid to clear quota"})
    await client.account.clear_quota()
    assert platform.seen[0].json == {"appid": "wx0123456789abcdef"}
    with pytest.raises(QuotaExceeded):
        await client.account.clear_quota()

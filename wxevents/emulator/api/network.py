"""The platform's addresses, its check of the webhook's host, and clearing quotas (protocol: other
calls, further calls)."""

from __future__ import annotations

from typing import Final

from wxevents.emulator.api.credentials import judge_secret
from wxevents.emulator.api.endpoints import OK, Answer, Arguments, Endpoint
from wxevents.emulator.refusals import Refusal


def push_addresses(arguments: Arguments) -> Answer:
    """Where pushes come from: addresses and networks."""
    return {"ip_list": arguments.account.push_ips}


def api_addresses(arguments: Arguments) -> Answer:
    return {"ip_list": arguments.account.api_ips}


def check_callback(arguments: Arguments) -> Answer:
    """What the host of the configured URL resolves to, each address "pinged"; nothing is sent."""
    given = arguments.json()
    action, operator = given.get("action"), given.get("check_operator", "DEFAULT")
    if action not in ("dns", "ping", "all"):
        raise Refusal(40202)
    if operator not in ("DEFAULT", "CHINANET", "UNICOM", "CAP"):
        raise Refusal(40203)
    seen_from = "CAP" if operator == "DEFAULT" else str(operator)
    addresses = arguments.account.callback_hosts
    answer: dict[str, object] = {}
    if action in ("dns", "all"):
        answer["dns"] = [{"ip": ip, "real_operator": "UNICOM"} for ip in addresses]
    if action in ("ping", "all"):
        answer["ping"] = [
            {"ip": ip, "from_operator": seen_from, "package_loss": "0%", "time": "21.434ms"}
            for ip in addresses
        ]
    return answer


def clear_quota(arguments: Arguments) -> Answer:
    """The daily counters of all calls; ten times a month."""
    if arguments.json().get("appid") != arguments.account.app_id:
        raise Refusal(40013)
    arguments.account.quotas.clear()
    return OK


def clear_quota_with_secret(arguments: Arguments) -> Answer:
    """The same for somebody who cannot get a token any more."""
    judge_secret(arguments.json(), arguments.account, "appsecret")
    arguments.account.quotas.clear()
    return OK


ENDPOINTS: Final = (
    Endpoint("/cgi-bin/getcallbackip", "GET", push_addresses),
    Endpoint("/cgi-bin/get_api_domain_ip", "GET", api_addresses),
    Endpoint("/cgi-bin/callback/check", "POST", check_callback),
    Endpoint("/cgi-bin/clear_quota", "POST", clear_quota),
    Endpoint("/cgi-bin/clear_quota/v2", "POST", clear_quota_with_secret, needs_token=False),
)

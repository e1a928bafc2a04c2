"""The calls that give out access tokens (protocol: access token)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from wxevents.emulator.api.endpoints import Answer, Arguments, Endpoint
from wxevents.emulator.refusals import Refusal
from wxevents.emulator.state.account import Account


def token(arguments: Arguments) -> Answer:
    """Parameters in the query; GET or POST."""
    _judge_grant(arguments.query)
    judge_secret(arguments.query, arguments.account, "secret")
    return arguments.account.tokens.plain()


def stable_token(arguments: Arguments) -> Answer:
    """Parameters in a JSON body."""
    body = arguments.json()
    _judge_grant(body)
    judge_secret(body, arguments.account, "secret")
    return arguments.account.tokens.stable(force_refresh=body.get("force_refresh") is True)


def judge_secret(given: Mapping[str, Any], account: Account, name: str) -> None:
    """Raise the Refusal of a missing (41002, 41004) or wrong (40013, 40125) app id or secret;
    `name` is what this call names the secret."""
    if not given.get("appid"):
        raise Refusal(41002)
    if not given.get(name):
        raise Refusal(41004)
    if given["appid"] != account.app_id:
        raise Refusal(40013)
    if given[name] != account.app_secret:
        raise Refusal(40125)


def _judge_grant(given: Mapping[str, Any]) -> None:
    if given.get("grant_type") != "client_credential":
        raise Refusal(40002)


ENDPOINTS: Final = (
    Endpoint("/cgi-bin/token", "", token, needs_token=False),
    Endpoint("/cgi-bin/stable_token", "POST", stable_token, needs_token=False),
)

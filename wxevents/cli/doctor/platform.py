"""Calls to the platform: the access token, the whitelist, permissions, what it sees of our host.

None of them changes anything there, and each is made once: whoever runs the doctor waits for it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import AsyncIterator
from typing import Final

from wxevents.cli.doctor.configured import Configured
from wxevents.cli.doctor.finding import Finding, good, mend, note, skipped
from wxevents.cli.doctor.published import published
from wxevents.client import Client, FixedToken, NetworkCheck, Retries, StableToken, Timeouts
from wxevents.clock import Clock
from wxevents.errors import (
    AddressNotListed,
    ApiError,
    CallFailed,
    NotPermitted,
    PlatformBusy,
    QuotaExceeded,
)
from wxevents.menu import MenuSet
from wxevents.settings import Settings

TIMEOUTS: Final = Timeouts(connect=5.0, total=10.0)
"""Seconds for the connection, and for each call."""

# In the order in which they are printed.
_NEED_A_TOKEN: Final = ("customer_service", "menu.published", "webhook.network")
_ONCE: Final = Retries(attempts=1)
_NOBODY: Final = "wxevents-doctor"  # no openid of anybody
_NOT_CONFIRMED: Final = 89503
_NO_URL: Final = 40201
_WHITELIST: Final = (
    "the IP whitelist (IP白名单) of the platform's basic configuration, at mp.weixin.qq.com"
)


async def platform(
    configured: Configured, wanted: MenuSet | str, clock: Clock, *, offline: bool
) -> AsyncIterator[Finding]:
    """`wanted` are the declared menus, or why there are none to compare with.

    The token is the stable one, asked for without force: the platform gives every program the same,
    so that no server loses its own. It is not taken from the store that servers share it in, as it
    would hide an AppSecret or a whitelist that was changed since; nor put there, which is for those
    who hold its lease.
    """
    settings = configured.settings
    reason = "--offline" if offline else configured.lacks("api_base", "app_id", "app_secret")
    if reason:
        for check in ("access_token", "ip_whitelist", *_NEED_A_TOKEN):
            yield skipped(check, reason)
        return
    tokens = StableToken(
        settings.app_id,
        settings.app_secret,
        api_base=settings.api_base,
        clock=clock,
        timeouts=TIMEOUTS,
        retries=_ONCE,
    )
    try:
        token = await tokens.get()
    except CallFailed as error:
        for finding in _without_token(error):
            yield finding
        for check in _NEED_A_TOKEN:
            yield skipped(check, "there is no access token")
        return
    yield good("access_token", "the platform takes AppID and AppSecret, and gives a token")
    yield good("ip_whitelist", "lets this machine's address in")
    # A fixed token is never renewed: a client of the usual kind might force a new one.
    async with Client(
        settings, tokens=FixedToken(token), clock=clock, timeouts=TIMEOUTS, retries=_ONCE
    ) as client:
        yield await _customer_service(client, settings)
        yield await published(client, settings, wanted)
        yield await _network(client)


def _without_token(error: CallFailed) -> list[Finding]:
    """The platform refuses the address, or the credentials, or does not answer."""
    token, whitelist = "access_token", "ip_whitelist"
    if isinstance(error, AddressNotListed):
        return [
            note(token, f"none is given to this machine's address, see {whitelist}"),
            mend(whitelist, f"{_unlisted(error)} [{error.errcode}]"),
        ]
    if isinstance(error, ApiError) and error.errcode == _NOT_CONFIRMED:
        return [
            note(token, f"none is given to this machine's address yet, see {whitelist}"),
            mend(whitelist, str(error)),
        ]
    later = isinstance(error, PlatformBusy | QuotaExceeded)
    return [
        note(token, str(error)) if later else mend(token, str(error)),
        skipped(whitelist, "there is no access token"),
    ]


def _unlisted(error: ApiError) -> str:
    addresses = list(filter(_is_address, re.findall(r"[0-9A-Fa-f.:]{3,}", error.errmsg)))
    if not addresses:
        return f"the platform does not let this machine's address in; enter it in {_WHITELIST}"
    return f"the platform does not let {addresses[0]} in; enter that address in {_WHITELIST}"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


async def _customer_service(client: Client, settings: Settings) -> Finding:
    """Ends the typing indicator of nobody: the call wants the permission of messages, which the
    platform looks at first (protocol: error codes), and reaches no user. A message to nobody would
    do the same, and be a message if the platform found somebody."""
    check = "customer_service"
    try:
        await client.messages.cancel_typing(_NOBODY)
    except NotPermitted as error:
        if settings.late == "redelivery":
            policy = "late answers go another way (WXEVENTS_LATE=redelivery)"
            return note(check, f"the account may send no messages to users; {policy}")
        return mend(
            check,
            f"the account may send no messages to users, so that late answers are lost: "
            f"{error.errcode}, {error.meaning}; have the account certified, or set "
            "WXEVENTS_LATE=redelivery",
        )
    except ApiError as error:
        if error.errcode in _ABOUT_THE_USER:
            return good(check, "the account may send messages to users")
        return note(check, f"could not be seen: {error}")
    except CallFailed as error:
        return note(check, f"could not be seen: {error}")
    return good(check, "the account may send messages to users")


# What the platform says of the user, or of typing; it has let the call in.
_ABOUT_THE_USER: Final = frozenset(
    (40003, 43004, 45015, 45047, 45072, 45080, 45081, 46004, 48002, 49003, 50002)
)


async def _network(client: Client) -> Finding:
    check = "webhook.network"
    try:
        seen = await client.account.check_network()
    except ApiError as error:
        if error.errcode == _NO_URL:
            return mend(
                check, f"no URL is configured at the platform, so none is pushed to; {_URL}"
            )
        return note(check, f"could not be seen: {error}")
    except CallFailed as error:
        return note(check, f"could not be seen: {error}")
    return _judged(seen)


_URL: Final = "set it in the platform's server configuration (服务器配置)"
_ONLY: Final = "this check tests DNS and ping only, and says nothing of the webhook"


def _judged(seen: NetworkCheck) -> Finding:
    check = "webhook.network"
    if not seen.dns:
        return mend(
            check,
            f"the platform finds no address of your URL's host; mend its DNS, or the URL; {_ONLY}",
        )
    addresses = ", ".join(result.ip for result in seen.dns)
    pings = [f"{one.ip} {one.package_loss} lost" for one in seen.ping if one.package_loss != "0%"]
    if pings:
        return note(
            check,
            f"the platform resolves your URL's host to {addresses}; its pings: "
            f"{', '.join(pings)}, which a firewall may want so; {_ONLY}",
        )
    return good(
        check, f"the platform resolves your URL's host to {addresses} and pings it; {_ONLY}"
    )

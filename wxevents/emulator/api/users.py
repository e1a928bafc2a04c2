"""The calls about followers (protocol: further calls)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from wxevents.emulator.api.endpoints import Answer, Arguments, Endpoint
from wxevents.emulator.refusals import Refusal
from wxevents.emulator.state.account import Account
from wxevents.emulator.state.people import User

PAGE: Final = 10_000
"""Openids in one answer."""

_OPENID: Final = re.compile(r"[\w-]+", re.ASCII)


def info(arguments: Arguments) -> Answer:
    """Of somebody who does not follow any more only that he does not."""
    openid = arguments.query.get("openid", "")
    user = arguments.account.users.get(openid)
    if user is None:
        raise Refusal(40003)
    if not user.subscribed:
        return {"subscribe": 0, "openid": openid}
    fields: dict[str, object] = {
        "subscribe": 1,
        "openid": openid,
        "language": user.language,
        "subscribe_time": user.subscribe_time,
        "remark": user.remark,
        "groupid": user.tags[0] if user.tags else 0,
        "tagid_list": list(user.tags),
        "subscribe_scene": user.subscribe_scene,
        "qr_scene": user.qr_scene,
        "qr_scene_str": user.qr_scene_str,
    }
    return fields | ({"unionid": user.unionid} if user.unionid else {})


def followers(arguments: Arguments) -> Answer:
    everybody = arguments.account.followers()
    return {
        "total": len(everybody),
        **page(everybody, arguments.query.get("next_openid")),
    }


def page(users: Sequence[User], next_openid: Any) -> dict[str, object]:
    """The 10,000 after `next_openid` (the first ones without it) in an answer's shape, which has no
    `data` where there is nobody. Raises Refusal 40003 for an openid that is not among them."""
    openids = [user.openid for user in users]
    start = 0
    if next_openid:
        if next_openid not in openids:
            raise Refusal(40003)
        start = openids.index(next_openid) + 1
    shown = openids[start : start + PAGE]
    if not shown:
        return {"count": 0, "next_openid": ""}
    return {"count": len(shown), "data": {"openid": shown}, "next_openid": shown[-1]}


def known_user(openid: Any, account: Account) -> User:
    """A follower; raises Refusal 40003 for what cannot be an openid, 49003 for one of another
    account, or of somebody who does not follow."""
    if not isinstance(openid, str) or not _OPENID.fullmatch(openid):
        raise Refusal(40003)
    user = account.users.get(openid)
    if user is None or not user.subscribed:
        raise Refusal(49003)
    return user


ENDPOINTS: Final = (
    Endpoint("/cgi-bin/user/info", "GET", info),
    Endpoint("/cgi-bin/user/get", "GET", followers),
)

"""Records, users and menus in the shapes of reference/emulator.md, with every secret masked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from wxevents.emulator.records import CallRecord, Delivery, PushRecord
from wxevents.emulator.refusals import PRINTED, TEXTS
from wxevents.emulator.snippets import command, test
from wxevents.emulator.state.account import Account, MenuOf
from wxevents.emulator.state.menu_store import StoredMenu
from wxevents.emulator.state.people import User
from wxevents.errors import AnswerError
from wxevents.exchange import Response
from wxevents.menu.limits import PLATFORMS
from wxevents.pushes import Platform

Json = dict[str, Any]

# Whatever stands behind these names, also the secret of another account, sent by mistake.
_NAMED: Final = re.compile(
    r"""((?:access_token|app_?secret|secret)[\]\["'%0-9A-Fa-f]*\s*[=:]\s*\[?["']?)([^&"'\s]{2})[^&"'\s]*""",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(r"(?<![\w-])(\d+_[\w-]{2})[\w-]{100,}", re.ASCII)
# Shorter ones would hide half of every text.
_SECRET_LENGTH: Final = 6


def masked(text: str, account: Account) -> str:
    """Tokens and secrets cut off behind their beginning: what stands behind their names, the
    account's own wherever they stand, and everything that looks like a token."""
    text = _NAMED.sub(r"\1\2…", text)
    for secret in account.secrets:
        if len(secret) >= _SECRET_LENGTH:
            text = text.replace(secret, f"{secret[:2]}…")
    return _TOKEN.sub(r"\1…", text)


def push_json(push: PushRecord, platform: Platform, webhook: str | None) -> Json:
    return {
        "id": push.id,
        "time": push.time,
        "openid": push.openid,
        "name": push.name,
        "key": push.key,
        "xml": platform.written(push.fields),
        "outcome": push.outcome,
        "alarm": push.alarm,
        "handler": push.handler,
        "action": _without_files(push.action),
        "command": command(push.fields, webhook),
        "test": test(push.fields, push.outcome, push.answer),
        "deliveries": [_delivery(one, platform) for one in push.deliveries],
    }


def _without_files(value: Any) -> Any:
    """An action's body with its photographs as lengths: they would be told with every news."""
    if isinstance(value, Mapping):
        return {
            name: f"({len(inner)} characters)"
            if name == "data" and isinstance(inner, str)
            else _without_files(inner)
            for name, inner in value.items()
        }
    return [_without_files(inner) for inner in value] if isinstance(value, list) else value


def _delivery(delivery: Delivery, platform: Platform) -> Json:
    response = delivery.response
    return {
        "attempt": delivery.attempt,
        "offset": delivery.offset,
        "seconds": delivery.seconds,
        "status": response.status if response else None,
        "request": delivery.request.body.decode(errors="replace"),
        "query": urlencode(delivery.request.query),
        "response": response.body.decode(errors="replace") if response else "",
        "answer": _opened(platform, response),
        "verdict": delivery.verdict,
        "accepted": delivery.accepted,
    }


def _opened(platform: Platform, response: Response | None) -> str:
    """An answer as its sender wrote it; "" where there is none, or none that can be opened."""
    if response is None or response.status != 200 or response.body in (b"", b"success"):
        return ""
    try:
        return platform.opened(response.body).decode(errors="replace")
    except AnswerError:
        return ""


def call_json(call: CallRecord) -> Json:
    return {
        "id": call.id,
        "time": call.time,
        "method": call.method,
        "path": call.path,
        "query": call.query,
        "request": call.request,
        "response": call.response,
        "errcode": call.errcode,
        "meaning": PRINTED.get(call.errcode) or TEXTS.get(call.errcode, ""),
        "seconds": call.seconds,
    }


def user_json(user: User, account: Account, menu_of: MenuOf | None = None) -> Json:
    """`menu_of` is Account.menu_of, or what remembers its answers."""
    now = account.clock.monotonic()
    seen = user.seen_menu
    due = account.shown_menu(user, menu_of)
    return {
        "openid": user.openid,
        "name": user.name or user.openid,
        "platform": user.platform,
        "client_version": user.client_version,
        "subscribed": user.subscribed,
        "tags": list(user.tags),
        "last_tag_id": user.last_tag_id,
        "typing": now < user.typing_until,
        "menu": menu_json(seen.menu) if seen and seen.menu else None,
        "menu_seen_at": account.clock.time() - (now - seen.at) if seen else None,
        "menu_outdated": seen is not None and seen.menu != due,
    }


def menu_json(menu: StoredMenu) -> Json:
    return {
        "menu_id": menu.menu_id,
        "button": list(menu.button),
        "matchrule": dict(menu.matchrule),
    }


def menus_json(account: Account) -> Json:
    default = account.default_menu
    return {
        "open": account.is_menu_open,
        "default": menu_json(default) if default else None,
        "conditional": [menu_json(menu) for menu in account.conditional_menus],
        "website": dict(account.website_menu) if account.website_menu else None,
    }


def audiences_json(account: Account) -> Sequence[Json]:
    """Who sees which menu: for every last tag, or none, on every system."""
    tags = [("", ""), *((str(tag.id), tag.name) for tag in account.tags.values())]
    listed = []
    for tag_id, tag in tags:
        for code, platform in PLATFORMS.items():
            menu = account.menu_of(tag_id, code)
            listed.append(
                {
                    "tag_id": tag_id,
                    "tag": tag,
                    "platform": platform,
                    "menu_id": menu.menu_id if menu else None,
                    "button": list(menu.button) if menu else [],
                }
            )
    return listed


def state_json(
    account: Account,
    pushes: Sequence[PushRecord],
    calls: Sequence[CallRecord],
    platform: Platform,
    webhook: str | None,
    about: Mapping[str, Any],
) -> Json:
    """Everything that a page shows; `about` is what it tells of the account besides."""
    menu_of = cache(account.menu_of)
    tagged = Counter(tag_id for user in account.followers() for tag_id in user.tags)
    return {
        "account": {
            "app_id": account.app_id,
            "account_id": account.original_id,
            "name": account.name,
            "kind": account.kind,
            "webhook": webhook,
            **about,
        },
        "time": account.clock.time(),
        "users": [user_json(user, account, menu_of) for user in account.users.values()],
        "tags": [
            {"id": tag.id, "name": tag.name, "count": tagged[tag.id]}
            for tag in account.tags.values()
        ],
        "menus": menus_json(account),
        "audiences": audiences_json(account),
        "faults": asdict(account.faults),
        "switches": asdict(account.switches),
        "chats": {openid: [message.json() for message in chat] for openid, chat in account.chats},
        "pushes": [push_json(push, platform, webhook) for push in pushes],
        "calls": [call_json(call) for call in calls],
        "error_codes": {str(code): text for code, text in sorted((TEXTS | PRINTED).items())},
    }

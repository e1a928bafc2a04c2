"""The seven menu calls (protocol: menu endpoints)."""

from __future__ import annotations

from typing import Final

from wxevents.emulator.api.endpoints import OK, Answer, Arguments, Endpoint
from wxevents.emulator.api.menu_rules import judge_buttons, judge_domains, judge_rule
from wxevents.emulator.refusals import Refusal
from wxevents.emulator.state.account import Account
from wxevents.emulator.state.menu_store import (
    listed_buttons,
    listed_rule,
    selfmenu_buttons,
    website_buttons,
)
from wxevents.emulator.state.samples import fresh_sample

_NOT_UTF8: Final = 65318


def create(arguments: Arguments) -> Answer:
    """Replaces the default menu; a `matchrule` is ignored, conditional menus stay by default."""
    body = arguments.json(_NOT_UTF8)
    account = arguments.account
    account.seed_default(judge_buttons(body.get("button"), account, conditional=False))
    return OK


def get(arguments: Arguments) -> Answer:
    """The menus made by the API: ids as numbers, the default's only beside conditional ones."""
    account = arguments.account
    if account.default_menu is None:
        raise Refusal(46003)
    menu: dict[str, object] = {"button": listed_buttons(account.default_menu.button)}
    if not account.conditional_menus:
        return {"menu": menu}
    menu["menuid"] = int(account.default_menu.menu_id)
    conditional = [
        {
            "button": listed_buttons(stored.button),
            "matchrule": listed_rule(stored.matchrule, account.switches.tag_field),
            "menuid": int(stored.menu_id),
        }
        for stored in account.conditional_menus
    ]
    return {"menu": menu, "conditionalmenu": conditional}


def delete(arguments: Arguments) -> Answer:
    """All menus; good even where there is none."""
    arguments.account.delete_menus()
    return OK


def add_conditional(arguments: Arguments) -> Answer:
    account = arguments.account
    _demand_conditional_menus(account)
    body = arguments.json(_NOT_UTF8)
    buttons = judge_buttons(body.get("button"), account, conditional=True)
    rule = judge_rule(body.get("matchrule"), account)
    if account.default_menu is None:
        raise Refusal(65303)
    others = account.conditional_menus
    if account.max_conditional_menus is not None and len(others) >= account.max_conditional_menus:
        raise Refusal(65305)
    judge_domains([*(menu.button for menu in others), buttons])
    return {"menuid": account.seed_conditional(buttons, rule)}


def delete_conditional(arguments: Arguments) -> Answer:
    """By id, as text or number; the default menu's id is none of a conditional menu."""
    account = arguments.account
    _demand_conditional_menus(account)
    menu_id = str(arguments.json(_NOT_UTF8).get("menuid"))
    kept = [menu for menu in account.conditional_menus if menu.menu_id != menu_id]
    if len(kept) == len(account.conditional_menus):
        raise Refusal(65301)
    account.conditional_menus[:] = kept
    account.feed.changed("menus")
    return OK


def try_match(arguments: Arguments) -> Answer:
    """The buttons that a follower sees, found by openid or WeChat id."""
    account = arguments.account
    _demand_conditional_menus(account)
    user_id = arguments.json(_NOT_UTF8).get("user_id")
    user = account.user_called(user_id) if isinstance(user_id, str) else None
    if user is None:
        raise Refusal(65302)
    if not user.subscribed:
        raise Refusal(65315)
    if account.default_menu is None:
        raise Refusal(65303)
    menu = account.menu_of(user.last_tag_id, user.platform_code)
    return {"button": listed_buttons(menu.button if menu else [])}


def current_selfmenu_info(arguments: Arguments) -> Answer:
    """The default menu in force, wherever it was made; for accounts of any kind."""
    account = arguments.account
    if account.website_menu is not None:
        buttons = website_buttons(
            account.website_menu["button"],
            lambda kind: fresh_sample(kind, account.media).media_id,
        )
    else:
        buttons = selfmenu_buttons(account.default_menu.button if account.default_menu else [])
    return {"is_menu_open": int(account.is_menu_open), "selfmenu_info": {"button": buttons}}


def _demand_conditional_menus(account: Account) -> None:
    if not account.has_conditional_menus:
        raise Refusal(65306)


ENDPOINTS: Final = (
    Endpoint("/cgi-bin/menu/create", "POST", create, menus=True),
    Endpoint("/cgi-bin/menu/get", "GET", get, menus=True),
    Endpoint("/cgi-bin/menu/delete", "GET", delete, menus=True),
    Endpoint("/cgi-bin/menu/addconditional", "POST", add_conditional, menus=True),
    Endpoint("/cgi-bin/menu/delconditional", "POST", delete_conditional, menus=True),
    Endpoint("/cgi-bin/menu/trymatch", "POST", try_match, menus=True),
    Endpoint("/cgi-bin/get_current_selfmenu_info", "GET", current_selfmenu_info),
)

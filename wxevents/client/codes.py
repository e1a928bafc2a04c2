"""The platform's error codes: what each means, and what mends it.

Only the codes count. The texts that come with them change, and are shown as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from wxevents.errors import (
    AddressNotListed,
    ApiError,
    MenuRefused,
    NotPermitted,
    PlatformBusy,
    QuotaExceeded,
    TokenError,
    UserUnreachable,
)

# The access token is wrong, malformed or expired: another one may do.
RENEWABLE: Final = frozenset({40001, 40014, 42001})
NO_MENU: Final = frozenset({46002, 46003})
NO_MATCH: Final = NO_MENU | {65303}


@dataclass(frozen=True)
class Code:
    """What the platform says with a code, and what to do about it."""

    meaning: str
    cure: str
    error: type[ApiError] = ApiError


def api_error(call: str, errcode: int, errmsg: str) -> ApiError:
    """The exception for an answer with that code."""
    code = CODES.get(errcode, _UNKNOWN)
    rid = _RID.search(errmsg)
    words = " ".join(_APPENDIX.sub(" ", errmsg).split())[:_LONGEST].rstrip(" ,")
    return code.error(call, errcode, code.meaning, code.cure, words, rid[1] if rid else "")


_RID: Final = re.compile(r"\brid:\s*([\w-]+)")
_APPENDIX: Final = re.compile(r"\brid:\s*[\w-]+|\bhint:\s*\[[^\]]*\]")
_LONGEST: Final = 300
_UNKNOWN: Final = Code(
    "a code that wxevents does not know", "look the code up in the platform's documentation"
)

_NEW_TOKEN = "let only one program fetch tokens for this account, or use the stable token"
_CREDENTIALS = "compare WXEVENTS_APP_ID and WXEVENTS_APP_SECRET with the platform's console"
_BUTTON = "mend the menu; `check(menu)` names the button"
_RULE = "mend the match rule of the conditional menu"
_RETIRED = "match by tag or client platform instead; the platform retired this field"
_VERIFY = "have the account certified, or use another call; the console lists its permissions"
_REAUTHORISE = "have the account's owner authorise the third-party platform again"
_WAIT = "call less often, or wait: the daily limits start anew at midnight in China"
_MENU_CONSOLE = "switch the custom menu on in the platform's console"
_WHITELIST = "add the address that the platform names to the IP whitelist in its console"
_LINK = "link the mini program with the account in the platform's console"
_REQUEST = "compare the call with the platform's documentation"
_TAG = "list the tags, and use an id from there"

CODES: Final[dict[int, Code]] = {
    -1: Code("the platform is busy", "try again later", PlatformBusy),
    # access tokens and credentials
    40001: Code("the access token is wrong or superseded", _NEW_TOKEN, TokenError),
    40014: Code("the access token is malformed", _NEW_TOKEN, TokenError),
    42001: Code("the access token has expired", _NEW_TOKEN, TokenError),
    41001: Code("the access token is missing", "give the client its tokens", TokenError),
    40013: Code("the AppID is not valid", _CREDENTIALS, TokenError),
    40125: Code("the AppSecret is not valid", _CREDENTIALS, TokenError),
    41002: Code("the AppID is missing", _CREDENTIALS, TokenError),
    41004: Code("the AppSecret is missing", _CREDENTIALS, TokenError),
    40243: Code("the AppSecret is frozen", "unfreeze it in the platform's console", TokenError),
    40029: Code("the OAuth code is not valid", "have the user authorise the page again"),
    40164: Code("the caller's IP address is not in the whitelist", _WHITELIST, AddressNotListed),
    61004: Code("the caller's IP address is not in the whitelist", _WHITELIST, AddressNotListed),
    89503: Code(
        "an administrator has to confirm the caller's IP address",
        "ask the account's administrator to confirm it on the phone, then call again",
        NotPermitted,
    ),
    # requests
    40032: Code("the list of openids is empty or too long", "send 1 to 50 openids at once"),
    40033: Code(
        "the request has characters that are not allowed",
        "remove control characters and `\\uXXXX` escapes; send plain UTF-8",
    ),
    40002: Code("the grant_type is not valid", _REQUEST),
    40066: Code("the URL is not valid", "give a whole URL with http:// or https://"),
    40097: Code("an argument is not valid", _REQUEST),
    40201: Code("no server URL is configured", "set it in the platform's console"),
    40202: Code("the action of the network check is not valid", "use dns, ping or all"),
    40203: Code(
        "the operator of the network check is not valid", "use DEFAULT, CHINANET, UNICOM or CAP"
    ),
    43001: Code("the call needs GET", _REQUEST),
    43002: Code("the call needs POST", _REQUEST),
    43003: Code("the call needs https", "begin WXEVENTS_API_BASE with https://"),
    44002: Code("the request has no body", _REQUEST),
    47001: Code("the request's body cannot be parsed", _REQUEST),
    # menus
    40015: Code("the type of the menu is not valid", _BUTTON, MenuRefused),
    40016: Code("the number of buttons is not valid", "give 1 to 3 top-level buttons", MenuRefused),
    40017: Code("the type of a button is not valid", _BUTTON, MenuRefused),
    40018: Code("the name of a button is empty or too long", "shorten it to 16 bytes", MenuRefused),
    40019: Code(
        "the key of a button is missing or too long", "shorten it to 128 bytes", MenuRefused
    ),
    40020: Code(
        "the URL of a button is missing or too long", "shorten it to 1,024 bytes", MenuRefused
    ),
    40021: Code("the version of the menu is not valid", _BUTTON, MenuRefused),
    40022: Code("sub-buttons have sub-buttons", "use two levels at most", MenuRefused),
    40023: Code("the number of sub-buttons is not valid", "give 1 to 5 of them", MenuRefused),
    40024: Code("the type of a sub-button is not valid", _BUTTON, MenuRefused),
    40025: Code(
        "the name of a sub-button is empty or too long", "shorten it to 60 bytes", MenuRefused
    ),
    40026: Code(
        "the key of a sub-button is missing or too long", "shorten it to 128 bytes", MenuRefused
    ),
    40027: Code(
        "the URL of a sub-button is missing or too long", "shorten it to 1,024 bytes", MenuRefused
    ),
    40028: Code("the account may not use custom menus", _MENU_CONSOLE, NotPermitted),
    40053: Code("the action of a button is not valid", _BUTTON, MenuRefused),
    40054: Code(
        "the domain of a sub-button's URL is not allowed", "use another domain", MenuRefused
    ),
    40055: Code("the domain of a button's URL is not allowed", "use another domain", MenuRefused),
    40056: Code("the serial code is not valid", _REQUEST, MenuRefused),
    40057: Code("the size of the tab bar is not valid", _BUTTON, MenuRefused),
    40117: Code("the media id of a button has a wrong size", _BUTTON, MenuRefused),
    40118: Code("the media id of a sub-button has a wrong size", _BUTTON, MenuRefused),
    40119: Code(
        "the account may not use the type of a button",
        "use another type; for a mini program, link it with the account first",
        MenuRefused,
    ),
    40120: Code(
        "the account may not use the type of a sub-button",
        "use another type; for a mini program, link it with the account first",
        MenuRefused,
    ),
    40121: Code(
        "a button's material is of a kind that it cannot show",
        "give an article_id instead of news material",
        MenuRefused,
    ),
    45010: Code(
        "the menu has too many buttons", "use 3 buttons with 5 sub-buttons at most", MenuRefused
    ),
    45064: Code("the menu has a mini program that is not permitted", _LINK, MenuRefused),
    85005: Code("the mini program is not linked with the account", _LINK, MenuRefused),
    46002: Code("this version of the menu does not exist", "publish a menu first"),
    46003: Code("the account has no menu made through the API", "publish a menu first"),
    53600: Code("the article id is not valid", "give the id of a published article", MenuRefused),
    65301: Code(
        "no conditional menu has this id", "take the id from `client.menus.get()`", MenuRefused
    ),
    65302: Code("the user does not exist", "give an openid of this account, or a WeChat id"),
    65303: Code("the account has no default menu", "publish the default menu first", MenuRefused),
    65304: Code("the match rule is empty", _RULE, MenuRefused),
    65305: Code(
        "the account has too many conditional menus", "delete some of them first", MenuRefused
    ),
    65306: Code(
        "the account does not support conditional menus", "have it certified", NotPermitted
    ),
    65307: Code("the conditional menu is empty", "give it 1 to 3 buttons", MenuRefused),
    65308: Code("a button does nothing", "give it an action or sub-buttons", MenuRefused),
    65309: Code("conditional menus are switched off", _MENU_CONSOLE, NotPermitted),
    65310: Code("the match rule has a province, but no country", _RETIRED, MenuRefused),
    65311: Code("the match rule has a city, but no province", _RETIRED, MenuRefused),
    65312: Code("the country of the match rule is not valid", _RETIRED, MenuRefused),
    65313: Code("the province of the match rule is not valid", _RETIRED, MenuRefused),
    65314: Code("the city of the match rule is not valid", _RETIRED, MenuRefused),
    65315: Code("the user does not follow the account", "ask for a follower's menu"),
    65316: Code(
        "the conditional menus link to more than 3 domains",
        "use 3 domains in all conditional menus together",
        MenuRefused,
    ),
    65317: Code("a URL of the menu is not valid", _BUTTON, MenuRefused),
    65318: Code("the menu is not UTF-8", _REQUEST, MenuRefused),
    65319: Code(
        "the account is barred from making menus", "look into the console's notices", NotPermitted
    ),
    65320: Code(
        "the match rule filters by private data of the users (sex, region or language)",
        _RETIRED,
        MenuRefused,
    ),
    # quotas and permissions
    45009: Code("the daily quota of this call is used up", _WAIT, QuotaExceeded),
    45011: Code("too many calls in this minute", "wait a minute, and call less", QuotaExceeded),
    48001: Code("the account has no permission for this call", _VERIFY, NotPermitted),
    48004: Code(
        "the call is banned for this account", "look into the console's notices", NotPermitted
    ),
    48006: Code(
        "the quota was reset as often as allowed this month", "wait for next month", QuotaExceeded
    ),
    # users and messages to them
    40003: Code("the openid is not valid", "give an openid of this account"),
    43004: Code(
        "the user does not follow the account", "wait for the user to follow", UserUnreachable
    ),
    45002: Code("the message is too long", "shorten it or send several"),
    45008: Code("the message has too many articles", "send one article per message"),
    45015: Code(
        "the user's last interaction is too long ago",
        "wait for the user to write, tap a menu button or scan a code",
        UserUnreachable,
    ),
    45047: Code(
        "the messages allowed after the user's last interaction are used up",
        "wait for the user to write, tap a menu button or scan a code",
        UserUnreachable,
    ),
    46004: Code("the user does not exist", "give an openid of this account"),
    48002: Code(
        "the user blocks the account's messages", "leave the user in peace", UserUnreachable
    ),
    49003: Code("the openid is of another account", "give an openid of this account"),
    50002: Code("the user is restricted by the platform", "try another user", UserUnreachable),
    40200: Code(
        "the account may not send this kind of message",
        "test accounts have no menu messages; use another kind",
        NotPermitted,
    ),
    45072: Code("the typing command is not valid", "send Typing or CancelTyping"),
    45080: Code(
        "the user has not interacted within the last 30 seconds",
        "show typing right after the user's message only",
        UserUnreachable,
    ),
    45081: Code("typing is shown already", "wait until it ends, after 15 seconds"),
    # media
    40004: Code("the type of the media is not valid", "use image, voice, video or thumb"),
    40007: Code(
        "the media id is not valid here, or has expired",
        "temporary media live for three days: upload the file again; buttons take permanent "
        "images, voices and videos (client.materials), and news as a published article_id",
    ),
    # tags
    45056: Code("the account has 100 tags already", "delete one first"),
    45057: Code("the tag has over 100,000 followers", "untag them first"),
    45058: Code("tags 0, 1 and 2 are the platform's own", "use another tag"),
    45059: Code("a user would have more than 20 tags", "remove some from the user first"),
    45157: Code("the tag's name is in use or not allowed", "choose another name"),
    45158: Code("the tag's name is too long", "shorten it to 30 bytes"),
    45159: Code("no tag has this id", _TAG),
    # third-party platforms
    61003: Code(
        "the account has not authorised the third-party platform", _REAUTHORISE, NotPermitted
    ),
    61007: Code("the authorisation does not cover this call", _REAUTHORISE, NotPermitted),
    61014: Code("the platform's component token is not valid", "fetch a new one", TokenError),
    61016: Code("the component's token is missing or wrong", "fetch a new one", TokenError),
    61023: Code("the authorizer_refresh_token is not valid", _REAUTHORISE, TokenError),
}

"""What the platform answers to a faulty call: the table of codes and texts (protocol: error codes).

Match codes only: the real platform changes its texts, and appends a request id to most of them.
"""

from __future__ import annotations

import secrets
from typing import Final

# As the platform's own pages print them, with nothing appended.
PRINTED: Final = {
    40018: "invalid button name size",
    53600: "Article ID 无效",
    65320: "match rule violates privacy",
}

TEXTS: Final = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40015: "invalid menu type",
    40016: "invalid button size",
    40017: "invalid button type",
    40019: "invalid button key size",
    40020: "invalid button url size",
    40021: "invalid menu version",
    40022: "invalid sub button level",
    40023: "invalid sub button size",
    40024: "invalid sub button type",
    40025: "invalid sub button name size",
    40026: "invalid sub button key size",
    40027: "invalid sub button url size",
    40028: "invalid menu api user",
    40029: "invalid code",
    40032: "invalid openid list size",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40052: "invalid action name",
    40053: "invalid action info",
    40054: "invalid sub button url domain",
    40055: "invalid button url domain",
    40056: "invalid serial code",
    40057: "invalid tabbar size",
    40066: "invalid url",
    40097: "invalid args",
    40117: "invalid button media_id size",
    40118: "invalid sub button media_id size",
    40119: "invalid use button type",
    40120: "invalid use sub button type",
    40121: "invalid media type in view_limited",
    40125: "invalid appsecret",
    # The platform names the address to enter; here it is an invented one.
    40164: "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist",
    40200: "invalid account type",
    40202: "invalid action",
    40203: "invalid check_operator",
    40243: "appsecret is frozen",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41005: "media data missing",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43003: "require https",
    43004: "require subscribe",
    44001: "empty media data",
    44002: "empty post data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45010: "create menu limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    45056: "tag number reach limit",
    45057: "can not delete a tag with more than 100000 fans",
    45058: "can not modify or delete a system tag",
    45059: "user has too many tags",
    45064: "no permission to use weapp in menu",
    45072: "invalid command",
    45080: "need message interaction with the user within 30 seconds",
    45081: "you are already typing",
    45157: "invalid tag name",
    45158: "tag name too long",
    45159: "invalid tag id",
    46002: "menu version no exist",
    46003: "menu no exist",
    46004: "user no exist",
    47001: "data format error",
    48001: "api unauthorized",
    48002: "user refuses to receive messages",
    48004: "api forbidden for irregularities, view detail on mp.weixin.qq.com",
    48006: "forbid to clear quota because of reaching the limit",
    49003: "not match openid with appid",
    50002: "user limited",
    61003: "component is not authorized by this account",
    61004: "access clientip is not registered",
    61007: "api is unauthorized to component",
    61014: "must use component token for component api",
    61016: "function category of API need be confirmed by component",
    61023: "refresh_token is invalid",
    65301: "menu with this menuid not exist",
    65302: "user no exist",
    65303: "default menu no exist",
    65304: "match rule is empty",
    65305: "conditional menu number reach limit",
    65306: "account can not use conditional menu",
    65307: "conditional menu is empty",
    65308: "button without response type",
    65309: "conditional menu is switched off",
    65310: "menu locale is incomplete: country or province is missing",
    65311: "invalid country",
    65312: "invalid province",
    65313: "invalid city",
    65314: "country, province and city do not fit",
    65315: "user is not a fan",
    65316: "menu links to too many domains",
    65317: "invalid url",
    65318: "post data is not utf-8",
    65319: "menu creation is barred",
    85005: "appid not bind weapp",
    89503: "ip must be confirmed by administrator",
}


class Refusal(Exception):
    """A call that the platform refuses; the answer is HTTP 200 with `errcode` and `errmsg`.

    A middleware of a test may raise it too, for what it cannot bring about otherwise: −1 (system
    busy), 48004 (account banned) and the like. A code missing from the table raises ValueError.
    """

    def __init__(self, code: int) -> None:
        if code not in TEXTS and code not in PRINTED:
            raise ValueError(f"the emulated platform knows no error code {code}")
        super().__init__(code)
        self.code = code

    def answer(self) -> dict[str, object]:
        """The answer's fields; all but the printed texts end in a request id."""
        text = PRINTED.get(self.code) or f"{TEXTS[self.code]} rid: {_request_id()}"
        return {"errcode": self.code, "errmsg": text}


def _request_id() -> str:
    return "-".join(secrets.token_hex(4) for _ in range(3))

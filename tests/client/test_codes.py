"""The table of codes: complete, readable, and each with the exception that callers catch."""

from __future__ import annotations

import pytest

from wxevents import errors
from wxevents.client.codes import CODES, api_error

NAMED_BY_THE_PLATFORM = """
    -1 40001 40003 40004 40007 40013 40014 40015 40016 40017 40018 40019 40020 40021 40022 40023
    40024 40025 40026 40027 40028 40029 40032 40033 40053 40054 40055 40056 40057 40117 40118 40119
    40120 40121 40125 40164 40200 40243 41001 41002 41004 42001 43001 43002 43003 43004 44002 45002
    45008 45009 45010 45011 45015 45047 45056 45057 45058 45059 45064 45072 45080 45081 45157 45158
    45159 46002 46003 46004 47001 48001 48002 48004 48006 49003 50002 53600 61003 61004 61007 61014
    61016 61023 65301 65302 65303 65304 65305 65306 65307 65308 65309 65310 65311 65312 65313 65314
    65315 65316 65317 65318 65319 65320 85005 89503
"""


def test_every_code_of_the_platforms_pages_has_a_meaning_and_a_cure() -> None:
    assert {int(code) for code in NAMED_BY_THE_PLATFORM.split()} - set(CODES) == set()
    for errcode, code in CODES.items():
        for words in (code.meaning, code.cure):
            assert words == words.strip(" .;"), errcode
            assert words, errcode


@pytest.mark.parametrize(
    ("errcode", "kind"),
    [
        (-1, errors.PlatformBusy),
        (40001, errors.TokenError),
        (40125, errors.TokenError),
        (61023, errors.TokenError),
        (45009, errors.QuotaExceeded),
        (48001, errors.NotPermitted),
        (40028, errors.NotPermitted),
        (40164, errors.AddressNotListed),
        (61004, errors.AddressNotListed),
        (45015, errors.UserUnreachable),
        (45047, errors.UserUnreachable),
        (40018, errors.MenuRefused),
        (65316, errors.MenuRefused),
        (46003, errors.ApiError),
        (99999, errors.ApiError),
    ],
)
def test_a_code_has_the_exception_that_callers_catch(
    errcode: int, kind: type[errors.ApiError]
) -> None:
    error = api_error("GET /cgi-bin/x", errcode, "")
    assert type(error) is kind
    assert error.errcode == errcode


def test_an_address_that_is_not_listed_is_shown() -> None:
    errmsg = "invalid ip 203.0.113.4 ipv6 ::ffff:203.0.113.4, not in whitelist, rid: 5f7b-1"
    assert str(api_error("GET /cgi-bin/x", 40164, errmsg)) == (
        "GET /cgi-bin/x: 40164, the caller's IP address is not in the whitelist (the platform "
        "says: invalid ip 203.0.113.4 ipv6 ::ffff:203.0.113.4, not in whitelist); add the address "
        "that the platform names to the IP whitelist in its console [rid 5f7b-1]"
    )


def test_an_unknown_code_shows_what_the_platform_says() -> None:
    assert str(api_error("GET /x", 99999, "something\nnew")) == (
        "GET /x: 99999, a code that wxevents does not know (the platform says: something new); "
        "look the code up in the platform's documentation"
    )


def test_only_the_code_counts() -> None:
    assert type(api_error("GET /x", 45009, "ok")) is errors.QuotaExceeded


def test_long_words_of_the_platform_are_cut() -> None:
    assert len(api_error("GET /x", 40001, "word " * 1000).errmsg) <= 300

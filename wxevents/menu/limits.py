"""The platform's numbers for menus (protocol: buttons, conditional menus, numbers).

Lengths are bytes of UTF-8 unless the name says characters. Two of the platform's pages disagree
about the name of a child: the menu creation page prints 60 bytes, the conditional menu page 40; the
platform is known to take 60.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# Menu creation page.
MAX_BUTTONS: Final = 3
MAX_CHILDREN: Final = 5
MAX_NAME_BYTES: Final = 16
MAX_CHILD_NAME_BYTES: Final = 60
DISPUTED_CHILD_NAME_BYTES: Final = 40
MAX_KEY_BYTES: Final = 128
MAX_URL_BYTES: Final = 1024
# Longer names are accepted, and shown cut off: Chinese characters on a button, on a child of one.
SHOWN_NAME_CHARACTERS: Final = 4
SHOWN_CHILD_NAME_CHARACTERS: Final = 7

# Conditional menu page. The links of all conditional menus together may lie in so many domains.
MAX_DOMAINS: Final = 3
# Refused in a new match rule when filled in; a stored menu that has one never matches.
RETIRED_MATCH_FIELDS: Final = ("sex", "country", "province", "city", "language")
# The values of client_platform_type.
PLATFORMS: Final[Mapping[str, str]] = MappingProxyType({"1": "ios", "2": "android", "3": "others"})

# Calls per day of China Standard Time: conditional menu page, then the quota page.
DAILY_CONDITIONAL_ADDS: Final = 2000
DAILY_CONDITIONAL_DELETES: Final = 2000
DAILY_TRY_MATCHES: Final = 20_000
DAILY_CREATES: Final = 1000
DAILY_GETS: Final = 10_000
DAILY_DELETES: Final = 1000
# The same for test accounts (接口测试号).
TEST_ACCOUNT_DAILY_CREATES: Final = 100
TEST_ACCOUNT_DAILY_GETS: Final = 1000
TEST_ACCOUNT_DAILY_DELETES: Final = 100

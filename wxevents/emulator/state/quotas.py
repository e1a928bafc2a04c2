"""How often a call may be made (protocol: numbers): per day and month of China Standard Time, and
per minute."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import Final

from wxevents.clock import Clock
from wxevents.emulator.refusals import Refusal
from wxevents.menu import limits

CHINA: Final = timezone(timedelta(hours=8))

STABLE_TOKENS_PER_MINUTE: Final = 10_000
CLEARINGS_PER_MONTH: Final = 10
UNLIMITED: Final = 10_000_000
"""The daily limit of paths that have none, once `exhaust` needs one to be used up."""

_STABLE_TOKEN: Final = "/cgi-bin/stable_token"


def daily_limits(*, test_account: bool = False) -> dict[str, int]:
    """Calls per day, by path. Calls that are not in it have no limit here."""
    daily = {
        "/cgi-bin/token": 2000,
        _STABLE_TOKEN: 500_000,
        "/cgi-bin/menu/create": limits.DAILY_CREATES,
        "/cgi-bin/menu/get": limits.DAILY_GETS,
        "/cgi-bin/menu/delete": limits.DAILY_DELETES,
        "/cgi-bin/menu/addconditional": limits.DAILY_CONDITIONAL_ADDS,
        "/cgi-bin/menu/delconditional": limits.DAILY_CONDITIONAL_DELETES,
        "/cgi-bin/menu/trymatch": limits.DAILY_TRY_MATCHES,
        "/cgi-bin/message/custom/send": 500_000,
        "/cgi-bin/media/upload": 100_000,
        "/cgi-bin/media/get": 200_000,
    }
    if test_account:
        daily |= {
            "/cgi-bin/token": 200,
            "/cgi-bin/menu/create": limits.TEST_ACCOUNT_DAILY_CREATES,
            "/cgi-bin/menu/get": limits.TEST_ACCOUNT_DAILY_GETS,
            "/cgi-bin/menu/delete": limits.TEST_ACCOUNT_DAILY_DELETES,
            "/cgi-bin/message/custom/send": 50_000,
            "/cgi-bin/media/upload": 500,
            "/cgi-bin/media/get": 1000,
        }
    return daily


class Quotas:
    """The counters of one account. `daily` (path to calls a day) may be changed: accounts with over
    100,000 fans get more, and tests do with less.

    Every call that is let in counts, also one that fails then (inferred: the platform's pages do
    not say).
    """

    def __init__(self, clock: Clock, *, test_account: bool = False) -> None:
        self.daily = daily_limits(test_account=test_account)
        self.per_minute = {_STABLE_TOKEN: STABLE_TOKENS_PER_MINUTE}
        self._clock = clock
        self._day = ""
        self._spent: Counter[str] = Counter()
        self._minute = 0
        self._in_minute: Counter[str] = Counter()
        self._month = ""
        self._clearings = 0

    def spend(self, path: str) -> None:
        """Count a call; raises Refusal 45009 when the day's are used up, 45011 for the minute's."""
        self._turn()
        if path in self.daily and self._spent[path] >= self.daily[path]:
            raise Refusal(45009)
        if path in self.per_minute and self._in_minute[path] >= self.per_minute[path]:
            raise Refusal(45011)
        self._spent[path] += 1
        self._in_minute[path] += 1

    def spent(self, path: str) -> int:
        """Calls of this path today."""
        self._turn()
        return self._spent[path]

    def exhaust(self, path: str) -> None:
        """Let no call of this path be left for today."""
        self._turn()
        self.daily.setdefault(path, UNLIMITED)
        self._spent[path] = max(self._spent[path], self.daily[path])

    def clear(self) -> None:
        """Set all daily counters to zero; raises Refusal 48006 from the 11th time in a month."""
        self._turn()
        if self._clearings >= CLEARINGS_PER_MONTH:
            raise Refusal(48006)
        self._clearings += 1
        self._spent.clear()

    def _turn(self) -> None:
        now = self._clock.time()
        date = datetime.fromtimestamp(now, CHINA)
        if (day := f"{date:%Y-%m-%d}") != self._day:
            self._day = day
            self._spent.clear()
        if (minute := int(now // 60)) != self._minute:
            self._minute = minute
            self._in_minute.clear()
        if (month := f"{date:%Y-%m}") != self._month:
            self._month = month
            self._clearings = 0

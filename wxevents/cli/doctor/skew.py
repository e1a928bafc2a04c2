"""This machine's clock against the platform's."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from wxevents.cli.doctor.configured import Configured
from wxevents.cli.doctor.connections import why_unreachable
from wxevents.cli.doctor.finding import Finding, good, mend, note, skipped
from wxevents.clock import Clock
from wxevents.settings import Settings

TIMEOUT: Final = 5.0
"""Seconds for an answer of the platform's."""

_CHECK: Final = "clock"
# It answers without a token, with an error that costs nobody's quota, and with the time.
_PATH: Final = "/cgi-bin/getcallbackip"
# Below that it is the network's, and the whole seconds of a Date header.
_NOTABLE: Final = 5.0
# What has to be left of the tolerance: for a clock that goes on drifting, and for deliveries that
# come 15 s behind the first and may have its timestamp.
_MARGIN: Final = 60.0
_CURE: Final = "let it follow a time server (`timedatectl set-ntp true`)"


async def clock_skew(configured: Configured, clock: Clock, *, offline: bool) -> Finding:
    """How far the clocks are apart, by the Date header of an answer of the API."""
    if offline:
        return skipped(_CHECK, "--offline")
    if reason := configured.lacks("api_base"):
        return skipped(_CHECK, reason)
    seen = await _ahead(configured.settings.api_base, clock)
    if isinstance(seen, str):
        return note(_CHECK, f"could not be compared with the platform's: {seen}")
    return _judged(*seen, configured.settings)


def _judged(ahead: float, doubt: float, settings: Settings) -> Finding:
    apart = abs(ahead)
    tolerance = settings.timestamp_tolerance
    if apart - doubt < _NOTABLE:
        return good(_CHECK, "agrees with the platform's to within a few seconds")
    where = "ahead of" if ahead > 0 else "behind"
    sentence = f"{apart:.0f} s {where} the platform's"
    if tolerance and apart + doubt >= max(tolerance - _MARGIN, tolerance / 2):
        return mend(
            _CHECK,
            f"{sentence}: pushes are refused at {tolerance} s (WXEVENTS_TIMESTAMP_TOLERANCE); "
            f"{_CURE}",
        )
    return note(_CHECK, f"{sentence}; {_CURE}")


async def _ahead(api_base: str, clock: Clock) -> tuple[float, float] | str:
    """Seconds that this clock is ahead, and the doubt in them; or why that cannot be told."""
    timeout = aiohttp.ClientTimeout(total=TIMEOUT)
    date, before, after = "", 0.0, 0.0
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            for _ in range(2):  # the second one does not have to connect first
                before = clock.time()
                async with session.get(f"{api_base}{_PATH}", allow_redirects=False) as answer:
                    after = clock.time()
                    date = answer.headers.get("Date", "")
                    await answer.content.readany()
        theirs = parsedate_to_datetime(date).timestamp() + 0.5  # it is cut off to whole seconds
    except (aiohttp.ClientError, OSError) as error:  # TimeoutError is one
        return f"no answer of {api_base} ({why_unreachable(error)})"
    except (TypeError, ValueError):
        return f"the answer of {api_base} has no time"
    return (before + after) / 2 - theirs, (after - before) / 2 + 0.5

"""The platform's side of the webhook: every push composed, signed and sealed, every answer judged.

`wxevents push`, the testing phone and the emulator all push through this package.
"""

from wxevents.pushes.compose import compose, set_field
from wxevents.pushes.platform import ANSWER_TIMEOUT, DELIVERIES, OUTAGE_NOTICE, Platform
from wxevents.pushes.samples import ACCOUNT, EVENTS, FOLLOWER, MESSAGES

__all__ = [
    "ACCOUNT",
    "ANSWER_TIMEOUT",
    "DELIVERIES",
    "EVENTS",
    "FOLLOWER",
    "MESSAGES",
    "OUTAGE_NOTICE",
    "Platform",
    "compose",
    "set_field",
]

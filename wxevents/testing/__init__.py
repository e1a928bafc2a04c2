"""Testing a bot: a phone that presses its buttons, an invented account, a clock to be moved."""

from wxevents.pushes import FOLLOWER
from wxevents.testing.account import invented_settings
from wxevents.testing.clock import ManualClock
from wxevents.testing.phone import Phone

__all__ = ["FOLLOWER", "ManualClock", "Phone", "invented_settings"]

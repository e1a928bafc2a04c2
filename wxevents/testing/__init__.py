"""Testing a bot: a phone that presses its buttons, an invented account, a clock to be moved, and a
client of the emulated platform."""

from wxevents.errors import EmulatorError
from wxevents.pushes import FOLLOWER
from wxevents.testing.account import invented_settings
from wxevents.testing.clock import ManualClock
from wxevents.testing.emulator_client import Done, EmulatedUser, EmulatorClient
from wxevents.testing.phone import Phone
from wxevents.testing.stage import emulated

__all__ = [
    "FOLLOWER",
    "Done",
    "EmulatedUser",
    "EmulatorClient",
    "EmulatorError",
    "ManualClock",
    "Phone",
    "emulated",
    "invented_settings",
]

"""The WeChat platform's side of one invented account, to build and test a bot without the real one.

It is the other party: it judges raw requests by its own table of refusals and shares nothing with
the client but numbers of the platform and the rule by which conditional menus match. Comments that
cite the protocol mean docs/protocol.md.

`state` is what it knows of the account, `records` what happened between it and the bot, `webhook`
the way of a push to the bot. On these stand `api`, what a bot calls, and `phone`, what users do.
The page and tests use both through `control`; `server` puts all together.
"""

from wxevents.emulator.api.endpoints import Call
from wxevents.emulator.refusals import Refusal
from wxevents.emulator.server import Emulator
from wxevents.emulator.state.account import Account, Kind
from wxevents.emulator.state.menu_store import StoredMenu
from wxevents.emulator.state.people import Tag, User
from wxevents.emulator.switches import Switches

__all__ = [
    "Account",
    "Call",
    "Emulator",
    "Kind",
    "Refusal",
    "StoredMenu",
    "Switches",
    "Tag",
    "User",
]

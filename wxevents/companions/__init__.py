"""Pictures and places through buttons: the event and its messages, joined.

The event opens a gathering and is acknowledged; its run waits for the messages, dispatches the
joined event, and offers the answer to the run of the last message. Each of them may be in
another process: what they know of each other stands in the store (`ledger`), as plain values
(`gathering`). The inbox keeps the event until its handler is done.
"""

from wxevents.companions.answer import JoinedAnswer
from wxevents.companions.companions import Companions

__all__ = ["Companions", "JoinedAnswer"]

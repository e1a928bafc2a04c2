"""What has to outlive a task, a process or a machine: who works at what, pushes that were
acknowledged before their answer, sessions and tokens."""

from wxevents.store.entry import OPEN, Entry, Message, State
from wxevents.store.memory import MemoryStore
from wxevents.store.metered import MeteredStore
from wxevents.store.opening import open_store, sqlite_path
from wxevents.store.protocol import Backlog, Claim, Inbox, Store, leased, let_go

__all__ = [
    "OPEN",
    "Backlog",
    "Claim",
    "Entry",
    "Inbox",
    "MemoryStore",
    "Message",
    "MeteredStore",
    "State",
    "Store",
    "leased",
    "let_go",
    "open_store",
    "sqlite_path",
]

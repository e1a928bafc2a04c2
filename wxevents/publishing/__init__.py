"""Publishing menus: planned, applied, rolled back, and taken over from the website."""

from wxevents.publishing.emulated import publish_to_emulator
from wxevents.publishing.plan import Plan, make_plan
from wxevents.publishing.publisher import Publisher
from wxevents.publishing.snapshot import Snapshot, SnapshotFile
from wxevents.publishing.steps import Add, Create, Delete, Step
from wxevents.publishing.tags import tag_names, with_tag_ids
from wxevents.publishing.takeover import Takeover, take_over
from wxevents.publishing.watching import Change, Disturbance

__all__ = [
    "Add",
    "Change",
    "Create",
    "Delete",
    "Disturbance",
    "Plan",
    "Publisher",
    "Snapshot",
    "SnapshotFile",
    "Step",
    "Takeover",
    "make_plan",
    "publish_to_emulator",
    "tag_names",
    "take_over",
    "with_tag_ids",
]

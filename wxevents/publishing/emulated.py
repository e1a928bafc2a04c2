"""Publishing to the emulated platform, where nobody has to be asked and nothing can be lost."""

from __future__ import annotations

import tempfile
from pathlib import Path

from wxevents.client import Client
from wxevents.menu import MenuSet
from wxevents.publishing.publisher import Publisher
from wxevents.publishing.snapshot import SnapshotFile


async def publish_to_emulator(menus: MenuSet, client: Client) -> int:
    """Publish the menus, with the tags that they name; gives the number of steps it took.

    Raises MenuError for what the platform would refuse, CallFailed where it cannot be called.
    """
    await _create_tags({one.match.tag for one in menus.conditional if one.match.tag}, client)
    with tempfile.TemporaryDirectory() as directory:
        publisher = Publisher(client, SnapshotFile(Path(directory) / "snapshot.json"))
        plan = await publisher.plan(menus)
        await publisher.apply(plan)
    return len(plan.steps)


async def _create_tags(names: set[str], client: Client) -> None:
    if names:
        known = {tag.name for tag in await client.tags.list()}
        for name in sorted(names - known):
            await client.tags.create(name)

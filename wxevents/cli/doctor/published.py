"""The menus that are published against those that are declared."""

from __future__ import annotations

from typing import Final

from wxevents.cli.doctor.finding import Finding, good, mend, note, skipped
from wxevents.cli.menu.source import publisher
from wxevents.client import Client
from wxevents.errors import CallFailed, MenuError, NotPermitted
from wxevents.menu import MenuSet
from wxevents.settings import Settings

_CHECK: Final = "menu.published"


async def published(client: Client, settings: Settings, wanted: MenuSet | str) -> Finding:
    """What `wxevents menu plan` would have to do; only reads."""
    if isinstance(wanted, str):
        return skipped(_CHECK, wanted)
    try:
        plan = await publisher(client, settings).plan(wanted)
    except MenuError as error:
        return mend(_CHECK, f"cannot be published: {str(error).splitlines()[0]}")
    except NotPermitted as error:
        return mend(_CHECK, str(error))
    except CallFailed as error:
        return note(_CHECK, f"could not be seen: {error}")
    if not plan.steps:
        return good(_CHECK, "what is published is what is declared")
    changes = f"{len(plan.steps)} change{'s' if len(plan.steps) > 1 else ''}"
    return note(
        _CHECK,
        f"{changes} away from what is declared: `wxevents menu plan` shows what, `wxevents menu "
        "apply` publishes it",
    )

"""A process that holds things in a store until it is killed; run with `python -m`.

Arguments: kind, URL or path, app id, lease. It holds the names `push`, `kept` and `lease:work`
and the entry `kept`, and says `ready`; on a line of input it tries to write, and says what came of
it.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

from tests.store.backends import make_store
from wxevents.errors import LeaseLost
from wxevents.store import Entry


async def hold(kind: str, where: str, app_id: str, lease: str) -> None:
    async with make_store(kind, where, app_id, lease=float(lease)) as store:
        assert (await store.claim("push")).mine
        assert (await store.claim("lease:work")).mine
        assert (await store.claim("kept")).mine
        entry = await store.keep(Entry("kept", {"Event": "CLICK"}, received=1.0))
        assert entry
        print("ready", flush=True)  # noqa: T201
        await asyncio.to_thread(sys.stdin.readline)
        outcomes = []
        for write in (
            store.save(replace(entry, state="done")),
            store.put("value", "of the paused", 60, holding="lease:work"),
        ):
            try:
                await write
                outcomes.append("written")
            except LeaseLost:
                outcomes.append("lost")
        await store.release("lease:work")
        print(*outcomes, flush=True)  # noqa: T201
        await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    asyncio.run(hold(*sys.argv[1:]))

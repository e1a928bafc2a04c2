"""A process with a bot, which a test talks to by lines and kills; run with `python -m`.

Arguments: path of the store, seconds by which its clock is ahead. A line of input is a push as
JSON, or `go`, which lets handlers end. It says `ready`, `answer TEXT` for every push that is
answered, `joined a,b` when the handler begins, and `late TEXT` for every late answer.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from time import time
from typing import Any

from tests.companions.stage import Chat, count
from wxevents import PhotosEvent, PlaceEvent, TextReply
from wxevents.clock import SystemClock
from wxevents.store.sqlite import SqliteStore


class Ahead(SystemClock):
    """The machine's clock, as it will be."""

    def __init__(self, seconds: float) -> None:
        self.time = lambda: time() + seconds


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


async def serve(path: str, seconds: str, holds: str) -> None:
    go = asyncio.Event()

    async def answer(event: PhotosEvent | PlaceEvent) -> str:
        if isinstance(event, PhotosEvent):
            say(f"joined {','.join(image.media_id for image in event.images)}")
        if holds == "holds":
            await go.wait()
        return await count(event)

    async def late(body: Mapping[str, Any]) -> None:
        say(f"late {body['text']['content']}")

    clock = Ahead(float(seconds))
    chat = Chat(answer, clock=clock, store=SqliteStore(Path(path), "wx", clock))
    chat.sent.client.messages.send_prepared = late  # type: ignore[method-assign]

    async def deliver(line: str) -> None:
        reply = await chat.send(json.loads(line))
        say(f"answer {reply.content if isinstance(reply, TextReply) else ''}")

    async with chat.bot, asyncio.TaskGroup() as deliveries:
        say("ready")
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            if line == "go":
                go.set()
            else:
                deliveries.create_task(deliver(line))


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))

"""The server that these tests kill; run with `python -m`, and told what to do by lines.

`start PORT` forks a process that serves there, and answers with its id; `wait PID` answers when
that one has ended. A fork of what has imported everything is up in a tenth of the time that a new
interpreter takes, and is as much a process as that one when it is killed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

from tests.promises.trace import Trace
from wxevents import Bot, Event, Prefix, Push, Router, Session, Settings, serve
from wxevents.clock import SystemClock
from wxevents.events import build_models
from wxevents.store import Store, open_store
from wxevents.store.redis import RedisStore
from wxevents.store.sqlite import SqliteStore  # noqa: F401 - so that no fork has to import it

TRACE: Final = "PROMISES_TRACE"
LEASE: Final = "PROMISES_LEASE"

LATE: Final = 0.3
"""Seconds that a handler takes whose answer shall be late."""


def routers(trace: Trace) -> list[Router]:
    """A kind of handler for each way in which a push may be answered."""
    router = Router()

    async def quick(event: Event, push: Push) -> str:
        trace.note("begun", key_of(event), push.run)
        trace.note("ended", key_of(event), push.run)
        return key_of(event)

    async def late(event: Event, push: Push) -> str:
        trace.note("begun", key_of(event), push.run)
        await asyncio.sleep(LATE)
        trace.note("ended", key_of(event), push.run)
        return key_of(event)

    async def varying(event: Event, push: Push) -> str:
        """Late or not, and another time the other way round."""
        trace.note("begun", key_of(event), push.run)
        await asyncio.sleep(random.uniform(0, LATE))
        trace.note("ended", key_of(event), push.run)
        return key_of(event)

    async def brief(event: Event, push: Push) -> str:
        """In time, but not at once, so that other deliveries come meanwhile."""
        trace.note("begun", key_of(event), push.run)
        await asyncio.sleep(random.uniform(0, 0.02))
        trace.note("ended", key_of(event), push.run)
        return key_of(event)

    async def sleepy(event: Event, push: Push) -> str:
        """Late where others are not."""
        trace.note("begun", key_of(event), push.run)
        await asyncio.sleep(0.6)
        trace.note("ended", key_of(event), push.run)
        return key_of(event)

    async def story(event: Event, push: Push) -> AsyncIterator[str]:
        trace.note("begun", key_of(event), push.run)
        yield f"{key_of(event)}/1"
        await asyncio.sleep(random.uniform(0, LATE))
        yield f"{key_of(event)}/2"
        await asyncio.sleep(random.uniform(0, LATE))
        yield f"{key_of(event)}/3"
        trace.note("ended", key_of(event), push.run)

    async def counting(event: Event, push: Push, session: Session) -> str:
        trace.note("begun", key_of(event), push.run)
        session.data["count"] = session.data.get("count", 0) + 1
        trace.note("ended", key_of(event), push.run)
        return key_of(event)

    for handler in (quick, late, varying, brief, sleepy, story, counting):
        router.click(Prefix(f"{handler.__name__}:"))(handler)
        router.text(Prefix(f"{handler.__name__}:"))(handler)
    return [router]


def key_of(event: Event) -> str:
    assert event.routing_key
    return event.routing_key


def _store(settings: Settings) -> Store:
    clock = SystemClock()
    if settings.store.startswith("redis"):
        lease = float(os.environ[LEASE])
        return RedisStore(settings.store, settings.account, clock, lease=lease)
    return open_store(settings.store, settings.account, clock)


def _serve(settings: Settings) -> NoReturn:
    """Runs in the forked process, and ends it."""
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(2, 1)  # the lines there are the forking process's
        trace = Trace(Path(os.environ[TRACE]))
        serve(Bot(settings, routers=routers(trace), store=_store(settings)))
        code = 0
    except BaseException:
        logging.exception("the server ended")
        raise
    finally:
        os._exit(code)


def main() -> None:
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(process)d %(levelname)s %(message)s"
    )
    settings = Settings.load()
    build_models()
    children: set[int] = set()
    try:
        for line in sys.stdin:
            what, number = line.split()
            if what == "start":
                pid = os.fork()
                if not pid:
                    _serve(settings.model_copy(update={"port": int(number)}))
                children.add(pid)
                answer = pid
            else:
                _, status = os.waitpid(int(number), 0)
                children.discard(int(number))
                answer = os.waitstatus_to_exitcode(status)
            sys.stdout.write(f"{answer}\n")
            sys.stdout.flush()
    finally:
        for pid in children:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()

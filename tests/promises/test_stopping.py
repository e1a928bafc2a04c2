"""A server that is told to stop while an answer is late: the answer comes from it, or the next."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from tests.promises.messages import Messages
from tests.promises.project import Stage

# Waits until there is a file.
HANDLERS = """
import asyncio
from pathlib import Path
from wxevents import Event, Push, Router

router = Router()

@router.on(Event)
async def wait(event: Event, push: Push) -> str:
    with Path("begun").open("a") as begun:
        begun.write(f"{event.routing_key} {push.run}\\n")
    while not Path("go").exists():
        await asyncio.sleep(0.02)
    return f"ANSWER {event.routing_key}"
"""


async def test_a_late_answer_is_given_before_the_server_stops(tmp_path: Path) -> None:
    async with Messages() as messages:
        stage = Stage(tmp_path, messages, HANDLERS, shutdown_timeout=20.0)
        with stage.servers:
            server = await stage.start()
            keys = await stage.deliver(server)
            server.process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(server.wait_for, "stopping")
            stage.file("go").touch()
            assert await asyncio.to_thread(server.process.wait) == 0
        assert stage.answers == [f"ANSWER {key}" for key in keys]
        assert stage.begun == [f"{key} 1" for key in keys]


async def test_what_does_not_end_in_time_is_left_to_the_next_server(tmp_path: Path) -> None:
    async with Messages() as messages:
        stage = Stage(tmp_path, messages, HANDLERS, shutdown_timeout=0.1)
        with stage.servers:
            server = await stage.start()
            keys = await stage.deliver(server)
            server.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(server.process.wait) == 0
            assert stage.answers == []
            stage.file("go").touch()
            await stage.start()
            assert await stage.answered() == [f"ANSWER {key}" for key in keys]
        assert stage.answers == [f"ANSWER {key}" for key in keys]
        assert stage.begun == sorted(f"{key} {run}" for key in keys for run in (1, 2))

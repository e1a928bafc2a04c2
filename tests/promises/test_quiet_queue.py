"""Pushes that were acknowledged, and whose server died: they are answered with no new traffic."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.command import Project, Server
from tests.promises.deliveries import Deliverer, push_of
from tests.promises.kill import settings_of
from tests.promises.messages import Messages
from tests.promises.processes import environment
from tests.store.patience import PATIENCE, until

PUSHES = 5

# Its first run waits for what never happens, a later one answers.
HANDLERS = """
import asyncio
from pathlib import Path
from wxevents import ClickEvent, Push, Router, TextMessage

router = Router()

@router.click()
async def click(event: ClickEvent, push: Push) -> str:
    return await answer(event.key, push.run)

@router.text()
async def text(message: TextMessage, push: Push) -> str:
    return await answer(message.content, push.run)

async def answer(key: str, run: int) -> str:
    with Path("begun").open("a") as begun:
        begun.write(f"{key} {run}\\n")
    if run == 1:
        async with asyncio.timeout(20):
            await asyncio.Event().wait()
    return f"ANSWER {key}"
"""


class Stage:
    """A project whose servers share one inbox, and the platform around them."""

    def __init__(self, folder: Path, messages: Messages) -> None:
        self.messages = messages
        self.settings = settings_of(f"sqlite:///{folder}/inbox.db", messages, deadline=0.05)
        self.project = Project(folder)
        self.project.write(HANDLERS)
        self.servers = ExitStack()

    @property
    def begun(self) -> list[str]:
        """The runs that were begun, each as its key and its number."""
        file = self.project.folder / "begun"
        return file.read_text().splitlines() if file.exists() else []

    @property
    def answers(self) -> list[str]:
        """Whatever was sent, each message as often as it was."""
        return sorted(self.messages.sent.elements())

    async def start(self) -> Server:
        environ = environment(self.settings) | {"WXEVENTS_PORT": "0"}
        serving = self.project.serving("run", **environ)
        return await asyncio.to_thread(self.servers.enter_context, serving)

    async def kill(self, server: Server) -> None:
        server.process.kill()
        await asyncio.to_thread(server.process.wait)

    async def deliver(self, server: Server) -> list[str]:
        """Five pushes, each acknowledged while its handler runs; gives their keys."""
        port = int(server.url.rsplit(":", 1)[1].split("/")[0])
        pushes = [push_of("slow", number, int(time.time())) for number in range(1, PUSHES + 1)]
        deliverers = [Deliverer(self.settings, [port], PATIENCE) for _ in pushes]
        fates = await asyncio.gather(
            *(deliverer.push(push) for deliverer, push in zip(deliverers, pushes, strict=True))
        )
        for deliverer in deliverers:
            deliverer.close()
        assert [fate.text for fate in fates] == [""] * PUSHES
        keys = [fate.key for fate in fates]
        assert sorted(self.begun) == [f"{key} 1" for key in keys]
        assert not self.answers
        return keys

    async def answered(self) -> list[str]:
        """All answers, once there are as many as pushes."""

        async def probe() -> bool:
            return self.messages.sent.total() >= PUSHES

        await until(probe)
        return self.answers


@pytest.mark.parametrize("answer", ["ANSWER", "CHANGED"])
async def test_a_quiet_queue_is_answered_after_a_restart(tmp_path: Path, answer: str) -> None:
    async with Messages() as messages:
        stage = Stage(tmp_path, messages)
        with stage.servers:
            server = await stage.start()
            keys = await stage.deliver(server)
            await stage.kill(server)
            stage.project.write(HANDLERS.replace("ANSWER", answer))
            await stage.start()
            assert await stage.answered() == [f"{answer} {key}" for key in keys]
        assert stage.answers == [f"{answer} {key}" for key in keys]
        assert sorted(stage.begun) == sorted(f"{key} {run}" for key in keys for run in (1, 2))


async def test_a_server_takes_over_what_another_one_leaves_for_good(tmp_path: Path) -> None:
    async with Messages() as messages:
        stage = Stage(tmp_path, messages)
        with stage.servers:
            works = await stage.start()
            await stage.start()
            keys = await stage.deliver(works)
            await stage.kill(works)
            killed_at = time.monotonic()
            assert await stage.answered() == [f"ANSWER {key}" for key in keys]
            took = time.monotonic() - killed_at
            print(f"\nanswered {took:.2f} s after the other server's death")  # noqa: T201
        assert stage.answers == [f"ANSWER {key}" for key in keys]
        assert sorted(stage.begun) == sorted(f"{key} {run}" for key in keys for run in (1, 2))

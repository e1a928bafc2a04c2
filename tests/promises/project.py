"""A project whose servers are killed and stopped while pushes wait for their answers."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.cli.command import Project, Server
from tests.promises.deliveries import Deliverer, key_of, push_of
from tests.promises.kill import settings_of
from tests.promises.messages import Messages
from tests.promises.processes import environment
from tests.store.patience import PATIENCE, until

PUSHES = 5


class Stage:
    """A project whose servers share one inbox, and the platform around them."""

    def __init__(self, folder: Path, messages: Messages, handlers: str, **options: Any) -> None:
        self.messages = messages
        store = f"sqlite:///{folder}/inbox.db"
        self.settings = settings_of(store, messages, deadline=0.05, **options)
        self.project = Project(folder)
        self.project.write(handlers)
        self.servers = ExitStack()
        created = int(time.time())
        self.pushes = [push_of("slow", number, created) for number in range(1, PUSHES + 1)]

    @property
    def begun(self) -> list[str]:
        """The runs that were begun, each as its key and its number."""
        file = self.file("begun")
        return sorted(file.read_text().splitlines()) if file.exists() else []

    @property
    def answers(self) -> list[str]:
        """Whatever was sent, each message as often as it was."""
        return sorted(self.messages.sent.elements())

    def file(self, name: str) -> Path:
        """One that the handlers read or write."""
        return self.project.folder / name

    async def start(self) -> Server:
        environ = environment(self.settings) | {"WXEVENTS_PORT": "0"}
        serving = self.project.serving("run", **environ)
        return await asyncio.to_thread(self.servers.enter_context, serving)

    async def kill(self, server: Server) -> None:
        server.process.kill()
        await asyncio.to_thread(server.process.wait)

    async def deliver(self, server: Server) -> list[str]:
        """Five pushes, each acknowledged while its handler runs; gives their keys."""
        keys = [key_of(push) for push in self.pushes]
        await self.deliver_again(server)
        assert self.begun == [f"{key} 1" for key in keys]
        assert not self.answers
        return keys

    async def deliver_again(self, server: Server) -> None:
        """The same pushes, as if the platform had got no acknowledgement; now it gets one."""
        port = int(server.url.rsplit(":", 1)[1].split("/")[0])
        deliverers = [Deliverer(self.settings, [port], PATIENCE) for _ in self.pushes]
        fates = await asyncio.gather(
            *(one.push(push) for one, push in zip(deliverers, self.pushes, strict=True))
        )
        for deliverer in deliverers:
            deliverer.close()
        assert [fate.text for fate in fates] == [""] * PUSHES

    async def answered(self) -> list[str]:
        """All answers, once there are as many as pushes."""

        async def probe() -> bool:
            return self.messages.sent.total() >= PUSHES

        await until(probe)
        return self.answers

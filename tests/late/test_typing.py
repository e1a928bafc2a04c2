"""WXEVENTS_TYPING: what the user's phone shows while a late answer is being made."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.store.patience import until
from wxevents import Bot, Push, Router, TextMessage
from wxevents.emulator import Emulator
from wxevents.store import Entry
from wxevents.store.sqlite import SqliteStore
from wxevents.testing import FOLLOWER, EmulatorClient, ManualClock, emulated, invented_settings

TYPING = "/cgi-bin/message/custom/typing"


class Stage:
    """A bot and the platform on one clock, and handlers that wait until they are let go."""

    def __init__(self, folder: Path, *, typing: bool = True) -> None:
        self.clock = ManualClock()
        self.begun = asyncio.Event()
        self.let_go = asyncio.Event()
        self.yielded = asyncio.Event()
        self.store = folder / "inbox.db"
        self.settings = invented_settings(
            store=f"sqlite:///{self.store}", typing=typing, timestamp_tolerance=0
        )
        self.emulator = Emulator(settings=self.settings, clock=self.clock)
        self.client: EmulatorClient
        self._router = Router()
        self._router.text("slow")(self._slow)
        self._router.text("several")(self._several)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        def load(settings: Any) -> Bot:
            return Bot(settings, routers=[self._router], clock=self.clock)

        async with emulated(load, self.emulator) as self.client:
            yield

    async def acknowledged(self, text: str) -> None:
        """A message of the user whose answer is late."""
        said = asyncio.create_task(self.client.user().say(text))
        await self.begun.wait()
        await self.clock.advance(self.settings.deadline)
        assert (await said).outcomes == ["empty"]

    async def pass_until(self, probe: Callable[[], Awaitable[object]]) -> None:
        """Let the time go by, slowly enough for what goes over the network meanwhile."""

        async def look() -> object:
            await self.clock.advance(0.2)
            return await probe()

        await until(look)

    async def pass_seconds(self, seconds: int) -> None:
        for _ in range(seconds):
            await self.clock.advance(1)
            await self.calls()  # whatever is on its way arrives before this

    async def calls(self) -> list[Mapping[str, Any]]:
        calls = (await self.client.state())["calls"]
        return [call for call in calls if call["path"] == TYPING]

    async def called(self, times: int) -> list[Mapping[str, Any]]:
        """The calls, once there are so many."""

        async def look() -> bool:
            return len(await self.calls()) >= times

        await self.pass_until(look)
        return await self.calls()

    async def is_shown(self) -> bool:
        return bool((await self.client.state())["users"][0]["typing"])

    async def texts(self) -> list[str]:
        chat = await self.client.user().chat()
        return [one["segments"][0]["text"] for one in chat if one["from"] == "account"]

    async def answered(self, *texts: str) -> None:
        async def look() -> bool:
            return await self.texts() == list(texts)

        await self.pass_until(look)

    async def _slow(self, message: TextMessage, push: Push) -> str:
        self.begun.set()
        await self.let_go.wait()
        return f"run {push.run}"

    async def _several(self, message: TextMessage) -> AsyncIterator[str]:
        yield "one"
        self.yielded.set()
        await self.let_go.wait()
        yield "two"


async def test_it_is_shown_again_and_again_until_the_platform_refuses_and_the_answer_comes(
    tmp_path: Path,
) -> None:
    stage = Stage(tmp_path)
    async with stage.serving():
        await stage.acknowledged("slow")
        await stage.called(1)
        assert await stage.is_shown()
        first, second = await stage.called(2)
        assert (first["errcode"], second["errcode"]) == (0, 0)
        assert second["time"] - first["time"] >= 15
        # Half a minute after what the user did, the platform shows it no more; nobody asks again.
        assert (await stage.called(3))[2]["errcode"] == 45080
        await stage.pass_seconds(20)
        assert len(await stage.calls()) == 3
        stage.let_go.set()
        await stage.answered("run 1")


async def test_it_ends_with_the_answer(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.serving():
        await stage.acknowledged("slow")
        await stage.called(1)
        stage.let_go.set()
        await stage.answered("run 1")
        assert not await stage.is_shown()
        await stage.pass_seconds(20)
        assert len(await stage.calls()) == 1


async def test_nobody_is_shown_it_unless_it_is_switched_on(tmp_path: Path) -> None:
    stage = Stage(tmp_path, typing=False)
    async with stage.serving():
        await stage.acknowledged("slow")
        await stage.pass_seconds(20)
        stage.let_go.set()
        await stage.answered("run 1")
        assert await stage.calls() == []


@pytest.mark.parametrize("errcode", [45080, 45081, 48001, 45009])
async def test_a_refusal_is_no_more_than_a_line_for_debugging(
    tmp_path: Path, errcode: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "wxevents.typing_indicator")
    stage = Stage(tmp_path)
    async with stage.serving():
        await stage.client.faults(api_errors={TYPING: errcode})
        await stage.acknowledged("slow")
        await stage.called(1)
        await stage.pass_seconds(20)
        assert len(await stage.calls()) == 1
        stage.let_go.set()
        await stage.answered("run 1")
    told = [one for one in caplog.records if one.name == "wxevents.typing_indicator"]
    assert [one.levelno for one in told] == [logging.DEBUG]
    assert str(errcode) in caplog.text
    assert FOLLOWER not in told[0].getMessage()


async def test_it_is_shown_while_a_handler_makes_its_next_answer(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    async with stage.serving():
        assert (await stage.client.user().say("several")).texts == ["one"]
        await stage.yielded.wait()
        await stage.called(1)
        assert await stage.is_shown()
        stage.let_go.set()
        await stage.answered("one", "two")
        assert not await stage.is_shown()


async def test_it_is_shown_while_a_push_that_was_left_behind_is_handled_again(
    tmp_path: Path,
) -> None:
    stage = Stage(tmp_path)
    fields = {
        "ToUserName": "gh_5a4b3c2d1e0f",
        "FromUserName": FOLLOWER,
        "CreateTime": str(int(stage.clock.time())),
        "MsgType": "text",
        "Content": "slow",
        "MsgId": "1",
    }
    async with SqliteStore(stage.store, stage.settings.account, stage.clock) as dead:
        assert await dead.keep(Entry("left behind", fields, stage.clock.time()))
    stage.emulator.account.follow(FOLLOWER)
    stage.emulator.account.interactions.happened(FOLLOWER, "message")
    async with stage.serving():
        await stage.begun.wait()
        await stage.called(1)
        assert await stage.is_shown()
        stage.let_go.set()
        await stage.answered("run 2")

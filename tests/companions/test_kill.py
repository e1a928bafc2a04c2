"""Processes that are killed: what was acknowledged is handled all the same."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

import pytest
from pytest_asyncio import fixture as async_fixture

from tests.companions.stage import Chat
from tests.store.backends import Process
from tests.store.patience import PATIENCE
from wxevents.clock import SystemClock
from wxevents.xml import Fields

# Seconds; then the ten of an event begin anew, however long a process takes to start.
SET_BACK: Final = -60.0


class Worker:
    """A process that has the bot."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def says(self) -> str:
        return await asyncio.to_thread(self._process.says)

    async def push(self, fields: Fields) -> str:
        """Deliver a push, and what the process says next."""
        self.deliver(fields)
        return await self.says()

    def deliver(self, fields: Fields) -> None:
        self._process.tell(json.dumps(fields))

    def go(self) -> None:
        self._process.tell("go")

    def kill(self) -> None:
        self._process.signal(signal.SIGKILL)


class Workers:
    """Starts such processes on one store, and ends them with the test."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._running = ExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        self._running.close()

    async def start(self, *, ahead: float = 0, holds: bool = False) -> Worker:
        """One whose clock is so many seconds ahead, and whose handlers end, or wait for `go`."""
        arguments = str(self._path), str(ahead), "holds" if holds else "goes"
        process = self._running.enter_context(Process("tests.companions.process", *arguments))
        worker = Worker(process)
        assert await worker.says() == "ready"
        return worker


@async_fixture
async def workers(tmp_path: Path) -> AsyncIterator[Workers]:
    async with Workers(tmp_path / "inbox.db") as workers, asyncio.timeout(PATIENCE):
        yield workers


@pytest.fixture
def user() -> Chat:
    return Chat(clock=SystemClock())


async def test_a_restart_between_the_event_and_its_images(workers: Workers, user: Chat) -> None:
    first = await workers.start()
    assert await first.push(user.event(3)) == "answer"
    assert await first.push(user.image("a")) == "answer"
    first.kill()
    second = await workers.start(ahead=SET_BACK)
    assert await second.push(user.image("b")) == "answer"
    second.deliver(user.image("c"))
    assert await second.says() == "joined a,b,c"
    assert await second.says() == "answer 3 of 3"


async def test_a_restart_when_the_time_is_over(workers: Workers, user: Chat) -> None:
    first = await workers.start()
    assert await first.push(user.event(3)) == "answer"
    assert await first.push(user.image("a")) == "answer"
    assert await first.push(user.image("b")) == "answer"
    first.kill()
    second = await workers.start(ahead=3600)
    assert [await second.says(), await second.says()] == ["joined a,b", "late 2 of 3"]


async def test_an_image_whose_acknowledgement_was_lost_counts_once(
    workers: Workers, user: Chat
) -> None:
    first = await workers.start()
    assert await first.push(user.event(2)) == "answer"
    image = user.image("a")
    assert await first.push(image) == "answer"
    first.kill()
    second = await workers.start(ahead=SET_BACK)
    assert await second.push(image) == "answer"
    second.deliver(user.image("b"))
    assert await second.says() == "joined a,b"
    assert await second.says() == "answer 2 of 2"


async def test_the_process_of_the_event_is_killed(workers: Workers, user: Chat) -> None:
    one, two = await workers.start(), await workers.start()
    assert await one.push(user.event(2)) == "answer"
    assert await two.push(user.image("a")) == "answer"
    one.kill()
    two.deliver(user.image("b"))
    said: set[str] = set()
    while not said & {"answer 2 of 2", "late 2 of 2"}:
        said.add(await two.says())
    # Whoever goes on may see the last image as one that its predecessor left waiting.
    assert said in (
        {"joined a,b", "answer 2 of 2"},
        {"joined a,b", "answer", "late 2 of 2"},
    )


async def test_the_process_of_an_image_is_killed(workers: Workers, user: Chat) -> None:
    one, two = await workers.start(), await workers.start()
    assert await one.push(user.event(2)) == "answer"
    assert await two.push(user.image("a")) == "answer"
    two.kill()
    one.deliver(user.image("b"))
    assert [await one.says(), await one.says()] == ["joined a,b", "answer 2 of 2"]


async def test_the_process_of_the_last_image_is_killed_while_the_handler_works(
    workers: Workers, user: Chat
) -> None:
    one, two = await workers.start(holds=True), await workers.start()
    assert await one.push(user.event(1)) == "answer"
    image = user.image("a")
    two.deliver(image)
    assert await one.says() == "joined a"
    two.kill()
    three = await workers.start()
    three.deliver(image)  # as the platform does, since nobody answered it
    one.go()
    assert await three.says() == "answer 1 of 1"


async def test_the_process_of_the_handler_is_killed(workers: Workers, user: Chat) -> None:
    one, two = await workers.start(holds=True), await workers.start()
    assert await one.push(user.event(1)) == "answer"
    two.deliver(user.image("a"))
    assert await one.says() == "joined a"
    one.kill()
    said = [await two.says() for _ in range(3)]
    assert sorted(said) == ["answer", "joined a", "late 1 of 1"]


async def test_all_processes_are_killed_while_the_handler_works(
    workers: Workers, user: Chat
) -> None:
    first = await workers.start(holds=True)
    assert await first.push(user.event(1)) == "answer"
    image = user.image("a")
    first.deliver(image)
    assert await first.says() == "joined a"
    first.kill()
    second = await workers.start()
    assert [await second.says(), await second.says()] == ["joined a", "late 1 of 1"]
    assert await second.push(image) == "answer"

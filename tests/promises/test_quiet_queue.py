"""Pushes that were acknowledged, and whose server died: they are answered with no new traffic."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.promises.messages import Messages
from tests.promises.project import Stage

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


@pytest.mark.parametrize("answer", ["ANSWER", "CHANGED"])
async def test_a_quiet_queue_is_answered_after_a_restart(tmp_path: Path, answer: str) -> None:
    async with Messages() as messages:
        stage = Stage(tmp_path, messages, HANDLERS)
        with stage.servers:
            server = await stage.start()
            keys = await stage.deliver(server)
            await stage.kill(server)
            stage.project.write(HANDLERS.replace("ANSWER", answer))
            await stage.start()
            assert await stage.answered() == [f"{answer} {key}" for key in keys]
        assert stage.answers == [f"{answer} {key}" for key in keys]
        assert stage.begun == sorted(f"{key} {run}" for key in keys for run in (1, 2))


async def test_a_server_takes_over_what_another_one_leaves_for_good(tmp_path: Path) -> None:
    async with Messages() as messages:
        stage = Stage(tmp_path, messages, HANDLERS)
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
        assert stage.begun == sorted(f"{key} {run}" for key in keys for run in (1, 2))


async def test_a_push_whose_acknowledgement_was_lost_is_not_answered_twice(tmp_path: Path) -> None:
    async with Messages() as messages:
        stage = Stage(tmp_path, messages, HANDLERS)
        with stage.servers:
            server = await stage.start()
            keys = await stage.deliver(server)
            await stage.kill(server)
            await stage.deliver_again(await stage.start())
            assert await stage.answered() == [f"ANSWER {key}" for key in keys]
        assert stage.answers == [f"ANSWER {key}" for key in keys]
        assert stage.begun == sorted(f"{key} {run}" for key in keys for run in (1, 2))


async def test_nor_is_it_by_another_server(tmp_path: Path) -> None:
    async with Messages() as messages:
        stage = Stage(tmp_path, messages, HANDLERS)
        with stage.servers:
            works = await stage.start()
            stays = await stage.start()
            keys = await stage.deliver(works)
            await stage.kill(works)
            await stage.deliver_again(stays)
            assert await stage.answered() == [f"ANSWER {key}" for key in keys]
        assert stage.answers == [f"ANSWER {key}" for key in keys]
        assert stage.begun == sorted(f"{key} {run}" for key in keys for run in (1, 2))

"""What a newcomer is promised: whoever works at a tap may be killed, and its answer comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import Project, kill_all
from tests.cli.phone import on_the_phone
from tests.store.redis_server import RedisServer, free_port, require_redis
from wxevents.testing import Done, EmulatorClient

# A handler that takes as long as the test wants, which creates the file `done`.
HANDLERS = """
import asyncio
from pathlib import Path
from wxevents import ClickEvent, Push, Router

router = Router()

@router.click("SLOW")
async def slow(event: ClickEvent, push: Push) -> str:
    print(f"begun, run {push.run}", flush=True)
    while not Path("done").exists():
        await asyncio.sleep(0.05)
    return "fertig"
"""


async def tap(emulator: EmulatorClient) -> Done:
    return await emulator.user().push("CLICK", "SLOW")


async def answers(emulator: EmulatorClient) -> list[str]:
    """The customer-service messages in the user's chat, once there are any."""
    while True:
        chat = await emulator.user().chat()
        messages = [one for one in chat if one.get("via") == "customer_service"]
        if messages:
            return [segment["text"] for one in messages for segment in one["segments"]]


@pytest.fixture
def slow(project: Project) -> Project:
    project.write(HANDLERS)
    return project


def test_dev_is_killed_in_between_and_started_again(slow: Project) -> None:
    options = ("dev", "--port", "0", "--phone-port", "0", "--deadline", "0.5")
    with slow.serving(*options, ready=r"inspector: (\S+)/") as server:
        server.wait_for("listening on")
        acknowledged = on_the_phone(server.url, tap)
        assert (acknowledged.outcomes, acknowledged.texts) == (["empty"], [])
        server.wait_for("begun, run 1")
        kill_all(server)
    with slow.serving(*options, ready=r"inspector: (\S+)/") as server:
        server.wait_for("begun, run 2")
        (slow.folder / "done").touch()
        assert on_the_phone(server.url, answers) == ["fertig"]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    require_redis()
    folder = tmp_path / "redis"
    folder.mkdir()
    with RedisServer(folder) as server:
        yield server


def test_two_servers_on_redis_and_the_one_that_works_is_killed_for_good(
    slow: Project, redis: RedisServer
) -> None:
    account = {
        "WXEVENTS_APP_ID": "wx0123456789abcdef",
        "WXEVENTS_APP_SECRET": "secret",
        "WXEVENTS_TOKEN": "token",
        "WXEVENTS_ENCODING_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    }
    port = free_port()
    webhook = f"http://127.0.0.1:{port}/wechat"
    emulate = ("emulate", "--port", "0", "--webhook", webhook)
    with slow.serving(*emulate, ready=r"API_BASE=(\S+)", **account) as platform:
        environ = account | {
            "WXEVENTS_API_BASE": platform.url,
            "WXEVENTS_STORE": redis.url,
            "WXEVENTS_DEADLINE": "0.5",
        }
        works = slow.serving("run", "--port", str(port), **environ)
        stays = slow.serving("run", "--port", "0", **environ)
        with works as first, stays as second:
            assert on_the_phone(platform.url, tap).outcomes == ["empty"]
            first.wait_for("begun, run 1")
            kill_all(first)
            second.wait_for("begun, run 2")
            (slow.folder / "done").touch()
            assert on_the_phone(platform.url, answers) == ["fertig"]

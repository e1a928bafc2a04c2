"""The fixture `emulator` and the client of the emulated platform, as their users have them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web

from wxevents import Bot, ClickButton, ClickEvent, Menu, Router
from wxevents.emulator import Emulator
from wxevents.settings import Settings
from wxevents.testing import FOLLOWER, EmulatorClient, EmulatorError

HANDLERS = """
from wxevents import ClickButton, ClickEvent, Menu, Router
router = Router()
@router.click("HELLO")
async def hello(event: ClickEvent) -> str:
    return "你好"
menu = Menu(ClickButton("问好", hello))
"""

# As the README gives it.
CONFIGURATION = """
[tool.pytest.ini_options]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"
"""

TEST = """
import pytest
from wxevents import Bot, Router
from wxevents.testing import EmulatorError

async def test_the_handlers_package(emulator):
    done = await emulator.user().tap("问好")
    assert done.texts == ["你好"]

class TestAnother:
    @pytest.fixture
    def wxevents_load(self):
        return lambda settings: Bot(settings, routers=[Router()])

    async def test_it(self, emulator):
        with pytest.raises(EmulatorError, match="no menu"):
            await emulator.user().tap("问好")
        assert (await emulator.user().say("你好")).outcomes == ["empty"]
"""


def test_the_emulator_fixture_taps_the_menu_of_a_project(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text(TEST, "utf-8")
    (tmp_path / "handlers.py").write_text(HANDLERS, "utf-8")
    (tmp_path / "pyproject.toml").write_text(CONFIGURATION, "utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert "2 passed" in ended.stdout


class TestAnotherBot:
    """One that is put together by hand."""

    @pytest.fixture
    def wxevents_load(self) -> Callable[[Settings], Bot]:
        router = Router()

        @router.click("HELLO")
        async def hello(event: ClickEvent) -> str:
            return f"你好 {event.openid}"

        def load(settings: Settings) -> Bot:
            return Bot(settings, routers=[router], menu=Menu(ClickButton("问好", hello)))

        return load

    async def test_its_menu_is_on_the_phone(self, emulator: EmulatorClient) -> None:
        assert (await emulator.user().tap("问好")).texts == [f"你好 {FOLLOWER}"]
        (user,) = (await emulator.state())["users"]
        assert [button["name"] for button in user["menu"]["button"]] == ["问好"]

    async def test_its_account_is_in_safe_mode(self, emulator: EmulatorClient) -> None:
        account = (await emulator.state())["account"]
        assert account["mode"] == "safe"
        done = await emulator.user().tap("问好")
        delivery = done.pushes[0]["deliveries"][0]
        assert "<Encrypt>" in delivery["request"]
        assert "msg_signature=" in delivery["query"]
        assert "<Encrypt>" in delivery["response"]


async def test_another_user_is_answered_too(emulator: EmulatorClient) -> None:
    user = await emulator.add_user("小红", platform="android", client_version="8.0.1")
    assert (await user.tap("今日歌曲")).outcomes == ["answered"]
    assert [one["from"] for one in await user.chat()] == ["account"]
    assert await emulator.user().chat() == []


async def test_a_client_is_used_in_its_context() -> None:
    client = EmulatorClient("http://127.0.0.1:9")
    with pytest.raises(EmulatorError, match="async with EmulatorClient"):
        await client.state()
    async with client:
        pass
    with pytest.raises(EmulatorError, match="async with EmulatorClient"):
        await client.state()


async def test_what_cannot_be_done_names_the_call_and_the_reason(emulator: EmulatorClient) -> None:
    with pytest.raises(EmulatorError) as raised:
        await emulator.user("oNobody").say("你好")
    assert str(raised.value) == "POST /users/oNobody/say: there is no user oNobody"
    with pytest.raises(EmulatorError, match=r"^POST /clock: advance: "):
        await emulator.advance(-1)


async def test_an_emulator_that_is_not_there_is_an_error_of_the_client() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    async with EmulatorClient(f"http://127.0.0.1:{port}") as client:
        with pytest.raises(EmulatorError, match=f"127.0.0.1:{port}"):
            await client.state()


async def test_something_else_that_listens_is_an_error_of_the_client() -> None:
    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/{path:.*}", hello)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with EmulatorClient(f"http://127.0.0.1:{runner.addresses[0][1]}") as client:
            with pytest.raises(EmulatorError, match=r"no emulator|JSON"):
                await client.state()
    finally:
        await runner.cleanup()


async def test_a_url_may_end_with_a_slash() -> None:
    """As `wxevents emulate` prints that of the page."""
    async with Emulator().serve() as url, EmulatorClient(f"{url}/") as client:
        assert (await client.state())["users"] == []


@pytest.mark.parametrize("openid", ["a/b", "a?b", "../state", "a b", "好"])
async def test_an_openid_is_one_part_of_the_path(emulator: EmulatorClient, openid: str) -> None:
    with pytest.raises(EmulatorError, match="there is no user"):
        await emulator.user(openid).say("你好")


async def test_done_tells_texts_with_the_labels_of_their_links(emulator: EmulatorClient) -> None:
    done = await emulator.user().say('<a href="https://shop.example/">店</a>')
    assert done.texts == ["你说的是：店"]
    assert [reply["kind"] for reply in done.replies] == ["text"]
    assert done.outcomes == ["answered"]

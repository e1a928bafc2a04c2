"""`wxevents run`, from its settings to its end."""

from __future__ import annotations

import os
import signal
import socket
import stat
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from importlib.metadata import version
from urllib.parse import urlencode, urlsplit

import pytest

from tests.cli.command import Project
from wxevents import Settings
from wxevents.pushes import Platform, compose

ACCOUNT = {
    "WXEVENTS_APP_ID": "wx0123456789abcdef",
    "WXEVENTS_TOKEN": "token",
    "WXEVENTS_ENCODING_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "WXEVENTS_PORT": "0",
}

STOP = """
import asyncio, os, signal
from wxevents import ClickEvent, Router
router = Router()
@router.click("HELLO")
async def hello(event: ClickEvent) -> str:
    return "hello"
@router.click("STOP")
async def stop(event: ClickEvent) -> str:
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0)
    print("begun", flush=True)
    open("gate").close()  # until somebody opens its other end; holds up the loop
    return "stopping"
"""

FOREVER = """
import asyncio
from wxevents import ClickEvent, Router
router = Router()
@router.click("FOREVER")
async def forever(event: ClickEvent) -> None:
    print("begun", flush=True)
    await asyncio.Event().wait()
"""

needs_signals = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no signals to other processes"
)


@needs_signals
def test_it_serves_what_push_sends_and_ends_on_a_signal(project: Project) -> None:
    with project.serving("run", **ACCOUNT) as server:
        answered = project.run("push", "click", "HELLO", "--url", server.url, **ACCOUNT)
        assert answered.returncode == 0
        assert "Content: 你好" in answered.stdout
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0


def test_options_name_every_setting(project: Project) -> None:
    options = ("--mode", "plain", "--token", "t", "--path", "/other", "--port", "0")
    with project.serving("run", *options) as server:
        assert server.url.endswith("/other")
        answered = project.run("push", "click", "HELLO", "--url", server.url, *options)
        assert answered.returncode == 0


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
@pytest.mark.parametrize("data_format", ["xml", "json"])
def test_every_mode_and_format(project: Project, mode: str, data_format: str) -> None:
    environ = ACCOUNT | {"WXEVENTS_MODE": mode, "WXEVENTS_DATA_FORMAT": data_format}
    with project.serving("run", **environ) as server:
        answered = project.run("push", "text", "回声", "--url", server.url, **environ)
        assert (answered.returncode, "Content: 回声" in answered.stdout) == (0, True)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({}, "WXEVENTS_TOKEN is not set"),
        ({"WXEVENTS_TOKEN": "t", "WXEVENTS_APP_ID": "wx"}, "接口测试号"),
        (ACCOUNT | {"WXEVENTS_PORT": "x"}, "WXEVENTS_PORT (from the environment)"),
        (ACCOUNT | {"WXEVENTS_HANDLERS": "nowhere"}, "there is no module nowhere"),
        (ACCOUNT | {"WXEVENTS_HOST": "203.0.113.7"}, "cannot listen on 203.0.113.7 port 0"),
    ],
)
def test_a_wrong_setting_is_a_sentence_and_exit_code_2(
    project: Project, environ: dict[str, str], sentence: str
) -> None:
    ended = project.run("run", **environ)
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_taken_port_is_a_sentence(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = project.run("run", **ACCOUNT | {"WXEVENTS_PORT": port})
    assert ended.returncode == 2
    assert f"port {port}" in ended.stderr
    assert "WXEVENTS_PORT" in ended.stderr


def test_a_fault_in_a_handlers_module_shows_where(project: Project) -> None:
    project.write("import nothing_of_that_name\n", "handlers/broken.py")
    ended = project.run("run", **ACCOUNT)
    assert ended.returncode == 2
    assert "handlers/broken.py" in ended.stderr
    assert "importing handlers.broken failed: ModuleNotFoundError" in ended.stderr


def test_a_registration_that_does_not_fit_is_said_before_the_port_is_taken(
    project: Project,
) -> None:
    project.write(
        "from wxevents import Router\nrouter = Router()\n"
        "@router.click('X')\nasync def x(wrong: int) -> None: ...\n",
        "handlers/wrong.py",
    )
    ended = project.run("run", **ACCOUNT)
    assert ended.returncode == 2
    assert "handlers/wrong.py:3" in ended.stderr
    assert "listening" not in ended.stderr


def test_a_bot_put_together_by_hand_is_found_by_its_name(project: Project) -> None:
    project.write(
        "from wxevents import Bot, Settings\n"
        "from handlers.menu import router\n"
        "def create(settings: Settings) -> Bot:\n"
        "    return Bot(settings, routers=[router])\n"
        "nothing = 1\n",
        "shop/app.py",
    )
    with project.serving("run", **ACCOUNT | {"WXEVENTS_HANDLERS": "shop.app:create"}) as server:
        answered = project.run("push", "click", "HELLO", "--url", server.url, **ACCOUNT)
        assert answered.returncode == 0
    ended = project.run("run", **ACCOUNT | {"WXEVENTS_HANDLERS": "shop.app:nothing"})
    assert "shop.app:nothing is no Bot and makes none" in ended.stderr


def test_no_secret_is_printed(project: Project) -> None:
    environ = ACCOUNT | {"WXEVENTS_TOKEN": "TOKENTOKEN", "WXEVENTS_APP_SECRET": "SECRETSECRET"}
    with project.serving("run", "--access-log", **environ) as server:
        project.run("push", "click", "BAD", "--url", server.url, **environ)
        project.run("push", "click", "HELLO", "--url", server.url, **ACCOUNT)
    printed = "".join(server.lines)
    assert "ValueError: broken" in printed
    assert "the msg_signature is wrong" in printed
    for secret in ("TOKENTOKEN", "SECRETSECRET", ACCOUNT["WXEVENTS_ENCODING_AES_KEY"]):
        assert secret not in printed


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_invented_account_is_its_owners_alone(project: Project) -> None:
    project.run("routes")
    file = project.folder / ".wxevents" / "account.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_bot_with_settings_of_its_own_needs_no_others(project: Project) -> None:
    project.write(
        "from wxevents import Bot, Settings\nfrom handlers.menu import router\n"
        "bot = Bot(Settings(token='own', mode='plain', path='/mine', port=0), routers=[router])\n",
        "shop/app.py",
    )
    with project.serving("run", "--handlers", "shop.app:bot") as server:
        assert server.url.endswith("/mine")
        account = ("--token", "own", "--mode", "plain")
        assert project.run("push", "click", "HELLO", "--url", server.url, *account).returncode == 0


def test_the_handlers_package_may_bring_middlewares(project: Project) -> None:
    (project.folder / "handlers" / "__init__.py").write_text(
        "async def shout(event, call_next):\n"
        "    answer = await call_next(event)\n"
        "    return answer.content + '！' if answer else None\n"
        "middlewares = [shout]\n",
        "utf-8",
    )
    with project.serving("run", **ACCOUNT) as server:
        answered = project.run("push", "click", "HELLO", "--url", server.url, **ACCOUNT)
        assert "Content: 你好！" in answered.stdout


def test_a_maker_that_fails_shows_where(project: Project) -> None:
    project.write("def create(settings):\n    return 1 / 0\n", "shop/app.py")
    ended = project.run("run", **ACCOUNT | {"WXEVENTS_HANDLERS": "shop.app:create"})
    assert ended.returncode == 2
    assert "shop.app:create failed: ZeroDivisionError" in ended.stderr
    assert "shop/app.py" in ended.stderr


def test_a_missing_dependency_is_not_taken_for_the_package_itself(project: Project) -> None:
    project.write("import redis_of_nobody\n", "redis_of_nobody_bot/__init__.py")
    ended = project.run("run", **ACCOUNT | {"WXEVENTS_HANDLERS": "redis_of_nobody_bot"})
    assert "importing redis_of_nobody_bot failed: ModuleNotFoundError" in ended.stderr


@needs_signals
def test_a_push_that_arrives_in_the_moment_of_the_stop_is_answered(project: Project) -> None:
    project.write(STOP)
    os.mkfifo(project.folder / "gate")
    environ = {"WXEVENTS_MODE": "plain", "WXEVENTS_TOKEN": "token", "WXEVENTS_PORT": "0"}
    now = int(time.time())
    fields = compose("click", "HELLO", create_time=now, msg_id=1)
    request = Platform(Settings(token="token", mode="plain")).delivery(fields, now)
    with project.serving("run", **environ) as server, ThreadPoolExecutor(1) as pool:
        pool.submit(project.run, "push", "click", "STOP", "--url", server.url, **environ)
        server.wait_for("begun")
        url = urlsplit(server.url)
        connection = HTTPConnection(url.netloc, timeout=60)
        connection.request("POST", f"{url.path}?{urlencode(request.query)}", request.body)
        (project.folder / "gate").open("w").close()
        with closing(connection):
            assert "hello" in connection.getresponse().read().decode()
        assert server.process.wait(60) == 0


@needs_signals
def test_a_second_signal_does_not_wait_for_a_handler(project: Project) -> None:
    project.write(FOREVER)
    environ = ACCOUNT | {"WXEVENTS_SHUTDOWN_TIMEOUT": "3600"}
    with project.serving("run", **environ) as server, ThreadPoolExecutor(1) as pool:
        tap = pool.submit(project.run, "push", "click", "FOREVER", "--url", server.url, **environ)
        server.wait_for("begun")
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("stopping")
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) != 0
        assert tap.result().returncode == 1


@needs_signals
def test_shutdown_ends_within_its_limit_even_if_a_handler_never_ends(project: Project) -> None:
    project.write(FOREVER)
    environ = ACCOUNT | {"WXEVENTS_SHUTDOWN_TIMEOUT": "0.1"}
    with project.serving("run", **environ) as server, ThreadPoolExecutor(1) as pool:
        tap = pool.submit(project.run, "push", "click", "FOREVER", "--url", server.url, **environ)
        server.wait_for("begun")
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("shutdown cancels handlers.menu.forever")
        assert server.process.wait(60) == 0
        tap.result()


def test_an_answer_in_chinese_does_not_end_a_terminal_that_knows_none(project: Project) -> None:
    with project.serving("run", **ACCOUNT) as server:
        ascii_only = ACCOUNT | {"PYTHONIOENCODING": "latin-1"}
        answered = project.run("push", "click", "HELLO", "--url", server.url, **ascii_only)
    assert answered.returncode == 0
    assert "Content: ??" in answered.stdout


def test_the_version_is_told(project: Project) -> None:
    told = project.run("--version")
    assert (told.returncode, told.stdout) == (0, f"wxevents {version('wxevents')}\n")

"""`wxevents dev`: an invented account, and a reload on every save."""

from __future__ import annotations

import json
import socket
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import aiohttp

from tests.cli.command import HANDLERS, Project
from tests.cli.phone import on_the_phone
from wxevents.testing import EmulatorClient


def test_a_newcomer_sees_the_answer_and_then_the_new_one(project: Project) -> None:
    with project.serving("dev", "--port", "0") as server:
        first = project.run("push", "click", "HELLO", "--url", server.url)
        assert (first.returncode, "Content: 你好" in first.stdout) == (0, True)
        server.wait_for(r"CLICK HELLO → handlers\.menu\.hello .*: answered in")
        project.write(HANDLERS.replace("你好", "再见"))
        server.wait_for(r"reloading: .*menu\.py changed")
        second = project.run("push", "click", "HELLO", "--url", server.url)
        assert (second.returncode, "Content: 再见" in second.stdout) == (0, True)


def test_taps_during_reloads_wait_rather_than_fail(project: Project) -> None:
    with project.serving("dev", "--port", "0") as server, ThreadPoolExecutor(2) as pool:
        for number in range(2):
            project.write(HANDLERS.replace("你好", f"第{number}"))
            server.wait_for("reloading")
            taps = [
                pool.submit(project.run, "push", "text", f"{number}{tap}", "--url", server.url)
                for tap in range(2)
            ]
            assert [tap.result().returncode for tap in taps] == [0, 0]


def test_a_syntax_error_is_shown_and_the_next_save_mends_it(project: Project) -> None:
    with project.serving("dev", "--port", "0") as server:
        project.write("this is no python\n")
        server.wait_for("SyntaxError")
        server.wait_for("waiting for the next save")
        project.write(HANDLERS)
        server.wait_for(r"wxevents\.server: listening")
        assert project.run("push", "click", "HELLO", "--url", server.url).returncode == 0


def test_a_new_module_is_found_without_a_restart(project: Project) -> None:
    with project.serving("dev", "--port", "0") as server:
        project.write(HANDLERS.replace("HELLO", "WEATHER").replace("你好", "晴"), "handlers/a.py")
        server.wait_for("reloading")
        server.wait_for("two handlers for ")
        project.write(
            "from wxevents import ClickEvent, Router\nrouter = Router()\n"
            "@router.click('WEATHER')\n"
            "async def weather(event: ClickEvent) -> str:\n    return '晴'\n",
            "handlers/a.py",
        )
        server.wait_for(r"wxevents\.server: listening")
        answered = project.run("push", "click", "WEATHER", "--url", server.url)
        assert "Content: 晴" in answered.stdout


def test_a_configured_account_is_used_as_it_is(project: Project) -> None:
    environ = {"WXEVENTS_TOKEN": "mine", "WXEVENTS_MODE": "plain"}
    with project.serving("dev", "--port", "0", **environ) as server:
        answered = project.run("push", "click", "HELLO", "--url", server.url, **environ)
        assert answered.returncode == 0
    assert not (project.folder / ".wxevents" / "account.toml").exists()


def test_a_bot_that_does_not_start_tells_whoever_pushes(project: Project) -> None:
    project.write("this is no python\n")
    with project.serving("dev", "--port", "0", ready=r" at (\S+)") as server:
        server.wait_for("waiting for the next save")
        ended = project.run("push", "click", "HELLO", "--url", server.url)
        assert ended.returncode == 1
        assert "the status is 503" in ended.stderr
        assert "menu.py" in ended.stderr
        assert "SyntaxError" in ended.stderr


def test_a_handler_that_blocks_does_not_keep_the_next_save_waiting(project: Project) -> None:
    project.write(
        "import threading\nfrom wxevents import ClickEvent, Router\nrouter = Router()\n"
        "@router.click('BLOCK')\nasync def block(event: ClickEvent) -> None:\n"
        "    while True:\n        threading.Event().wait(1)\n"
    )
    with project.serving("dev", "--port", "0") as server, ThreadPoolExecutor(1) as pool:
        tap = pool.submit(project.run, "push", "click", "BLOCK", "--url", server.url)
        server.wait_for("handlers.menu.block .* has blocked the event loop")
        project.write(HANDLERS)
        server.wait_for("ending it")
        server.wait_for(r"wxevents\.server: listening")
        assert project.run("push", "click", "HELLO", "--url", server.url).returncode == 0
        tap.result()


def test_the_process_ends_with_its_reloader_however_that_ends(project: Project) -> None:
    with project.serving("dev", "--port", "0") as server:
        server.process.kill()
        server.process.wait(60)
        # Both write to the same pipe: it ends when the last of them has.
        server.close()
        assert not server.reading


def test_a_bot_put_together_by_hand_gets_the_invented_account(project: Project) -> None:
    project.write(
        "from wxevents import Bot, Settings\nfrom handlers.menu import router\n"
        "bot = Bot(Settings.load(), routers=[router])\n",
        "shop/app.py",
    )
    with project.serving("dev", "--port", "0", "--handlers", "shop.app:bot") as server:
        answered = project.run("push", "click", "HELLO", "--url", server.url)
        assert "Content: 你好" in answered.stdout
        server.wait_for("CLICK HELLO → handlers.menu.hello")


def test_an_account_file_that_cannot_be_read_is_a_sentence(project: Project) -> None:
    (project.folder / ".wxevents").mkdir()
    (project.folder / ".wxevents" / "account.toml").write_text("token = \n")
    ended = project.run("push", "click", "HELLO")
    assert ended.returncode == 2
    assert "account.toml cannot be used" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_saves_in_quick_succession_all_count(project: Project) -> None:
    # A process that is told to end while it still imports must not miss it.
    with project.serving("dev", "--port", "0") as server:
        for number in range(4):
            project.write(HANDLERS.replace("你好", f"第{number}次"))
            server.wait_for("reloading")
        server.wait_for(r"wxevents\.server: listening")
        answered = project.run("push", "click", "HELLO", "--url", server.url)
        assert "Content: 第3次" in answered.stdout


def test_a_killed_process_is_started_anew(project: Project) -> None:
    project.write(
        "import os, signal\nfrom wxevents import ClickEvent, Router\nrouter = Router()\n"
        "@router.click('KILL')\nasync def kill(event: ClickEvent) -> None:\n"
        "    os._exit(9)\n"
        "@router.click('HELLO')\nasync def hello(event: ClickEvent) -> str:\n    return '你好'\n"
    )
    with project.serving("dev", "--port", "0") as server:
        assert project.run("push", "click", "KILL", "--url", server.url).returncode == 1
        server.wait_for("the process ended by itself")
        server.wait_for(r"wxevents\.server: listening")
        assert project.run("push", "click", "HELLO", "--url", server.url).returncode == 0


def test_a_handlers_folder_that_goes_is_noticed(project: Project) -> None:
    with project.serving("dev", "--port", "0") as server:
        (project.folder / "handlers").rename(project.folder / "gone")
        server.wait_for("reloading: .*handlers changed")
        (project.folder / "gone").rename(project.folder / "handlers")
        server.wait_for(r"wxevents\.server: listening")
        assert project.run("push", "click", "HELLO", "--url", server.url).returncode == 0


SHOP = """
from wxevents import ClickButton, ClickEvent, Menu, Router, TextMessage

router = Router()

@router.click("HELLO")
async def hello(event: ClickEvent) -> str:
    return "你好"

@router.text()
async def said(message: TextMessage) -> str:
    return "听到了"

menu = Menu(ClickButton("问好", hello))
"""
PHONE = r"phone and inspector: (\S+)/$"
HANDLER = "handlers.menu.hello"


async def tapped(client: EmulatorClient, name: str) -> list[str]:
    """The texts behind a button. The menu is published when the bot has begun to answer."""
    assert (await client.user().say("在吗")).texts == ["听到了"]
    return (await client.user().tap(name)).texts


def test_the_menu_of_the_bot_is_on_the_phone_and_follows_every_save(project: Project) -> None:
    project.write(SHOP)
    with project.serving("dev", "--port", "0", "--phone-port", "0", ready=PHONE) as server:
        server.wait_for(r"tap in another terminal:  wxevents phone tap 问好$")
        first = on_the_phone(server.url, lambda client: tapped(client, "问好"))
        assert first == ["你好"]
        server.wait_for(rf"CLICK HELLO → {HANDLER} .*: answered in")

        project.write(SHOP.replace("你好", "再见").replace("问好", "告别"))
        server.wait_for(r"reloading: .*menu\.py changed")
        server.wait_for(r"wxevents\.server: listening")
        second = on_the_phone(server.url, lambda client: tapped(client, "告别"))
        assert second == ["再见"]

        with urllib.request.urlopen(f"{server.url}/") as page:
            assert page.headers.get_content_type() == "text/html"
        state = on_the_phone(server.url, lambda client: client.state())
        assert [user["name"] for user in state["users"]] == ["小明", "小红"]
        for user in state["users"]:
            assert [button["name"] for button in user["menu"]["button"]] == ["告别"]
            assert not user["menu_outdated"]
        account = (project.folder / ".wxevents" / "account.toml").read_text("utf-8")
        secrets = [line.split('"')[1] for line in account.splitlines() if '"' in line][1:]
        assert len(secrets) == 3
        assert [secret for secret in secrets if secret in json.dumps(state)] == []
    printed = "".join(server.lines)
    assert [secret for secret in secrets if secret in printed] == []
    assert "Traceback" not in printed
    assert server.process.returncode == 0


def test_the_next_tap_on_the_phone_runs_the_new_code(project: Project) -> None:
    """Also over a connection that the emulator keeps open to the old process."""
    project.write(SHOP)
    with project.serving("dev", "--port", "0", "--phone-port", "0", ready=PHONE) as server:
        assert on_the_phone(server.url, lambda client: tapped(client, "问好")) == ["你好"]
        for number in range(3):
            project.write(SHOP.replace("你好", f"第{number}"))
            server.wait_for(r"reloading: .*menu\.py changed")
            done = on_the_phone(server.url, lambda client: client.user().tap("问好"))
            assert done.texts == [f"第{number}"]


def test_the_handler_is_named_at_the_push(project: Project) -> None:
    project.write(SHOP)
    with project.serving("dev", "--port", "0", "--phone-port", "0", ready=PHONE) as server:

        async def handlers(client: EmulatorClient) -> list[str | None]:
            await tapped(client, "问好")
            async with aiohttp.ClientSession() as http, http.get(
                f"{server.url}/emulator/events"
            ) as events:  # fmt: skip
                # The bot tells it behind the answer: the news is there, or comes.
                while None in (
                    told := [push["handler"] for push in (await client.state())["pushes"]]
                ):
                    await events.content.readuntil(b"\n\n")
            return told

        told = on_the_phone(server.url, handlers)
        assert [str(handler).split()[0] for handler in told] == ["handlers.menu.said", HANDLER]


def test_without_a_phone_the_bot_alone_is_served(project: Project) -> None:
    project.write(SHOP)
    for arguments, environ in (
        (("--no-phone",), {}),
        ((), {"WXEVENTS_API_BASE": "http://127.0.0.1:9"}),
    ):
        with project.serving("dev", "--port", "0", *arguments, **environ) as server:
            answered = project.run("push", "click", "HELLO", "--url", server.url)
            assert "Content: 你好" in answered.stdout
        assert "phone" not in "".join(server.lines)


def test_a_phone_port_that_is_taken_is_a_sentence(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = project.run("dev", "--port", "0", "--phone-port", port)
    assert ended.returncode == 2
    assert f"the phone cannot listen on port {port}: " in ended.stderr
    assert ended.stderr.rstrip().endswith("choose another with --phone-port")
    assert "Traceback" not in ended.stderr


def test_a_bot_that_cannot_start_leaves_the_phone_there(project: Project) -> None:
    project.write("this is no python\n")
    with project.serving("dev", "--port", "0", "--phone-port", "0", ready=PHONE) as server:
        server.wait_for("waiting for the next save")
        done = on_the_phone(server.url, lambda client: client.user().say("在吗"))
        assert done.outcomes == ["outage"]
        assert [one["status"] for one in done.pushes[0]["deliveries"]] == [503] * 3
        assert "SyntaxError" in done.pushes[0]["deliveries"][0]["response"]

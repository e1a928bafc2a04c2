"""`wxevents dev`: an invented account, and a reload on every save."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.cli.command import HANDLERS, Project


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
    assert not (project.folder / ".wxevents").exists()


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


def test_the_process_ends_with_its_supervisor_however_that_ends(project: Project) -> None:
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

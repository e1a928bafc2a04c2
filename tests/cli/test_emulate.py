"""`wxevents emulate`, and the way of a newcomer: from handlers/ to a published menu."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Project
from tests.cli.emulated import Commands
from tests.cli.phone import on_the_phone
from wxevents.pushes import FOLLOWER
from wxevents.testing import EmulatorClient

REPOSITORY = Path(__file__).parents[2]
ADDRESS = r"set WXEVENTS_API_BASE=(\S+)"


def newcomer(project: Project) -> Path:
    """The repository's own handlers in place of the project's; gives the module with the menu."""
    shutil.rmtree(project.folder / "handlers")
    shutil.copytree(
        REPOSITORY / "handlers",
        project.folder / "handlers",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return project.folder / "handlers" / "menu.py"


def test_a_newcomer_publishes_the_menu_breaks_a_key_and_sees_the_line(project: Project) -> None:
    module = newcomer(project)
    with project.serving("emulate", "--port", "0", ready=ADDRESS) as server:
        environ = {"WXEVENTS_API_BASE": server.url}
        planned = project.run("menu", "plan", **environ)
        assert planned.returncode == 3
        assert "+ default menu" in planned.stdout
        assert "今日歌曲: click V1001_TODAY_MUSIC" in planned.stdout

        applied = project.run("menu", "apply", "--yes", **environ)
        assert applied.returncode == 0, applied.stderr
        assert "published, read back and compared: all as wanted" in applied.stdout
        again = project.run("menu", "plan", **environ)
        assert (again.returncode, "nothing to do" in again.stdout) == (0, True)

        source = module.read_text("utf-8")
        broken = source.replace('"新品活动", news', '"新品活动", "V1001_NEWZ"')
        module.write_text(broken, "utf-8")
        checked = project.run("menu", "check")
        lines = broken.splitlines()
        line = next(number for number, text in enumerate(lines, 1) if "V1001_NEWZ" in text)
        handler = next(number for number, text in enumerate(lines, 1) if '"V1001_NEWS"' in text)
        assert checked.returncode == 1
        assert checked.stdout.splitlines()[0] == (
            f"handlers/menu.py:{line}: button[0].sub_button[1].key: no handler takes click "
            f"'V1001_NEWZ'; is it 'V1001_NEWS', as at handlers/menu.py:{handler}?"
        )

    account = (project.folder / ".wxevents" / "account.toml").read_text("utf-8")
    printed = "".join(server.lines) + planned.stdout + applied.stdout + applied.stderr
    secret = account.split('app_secret = "')[1].partition('"')[0]
    assert secret not in printed


def test_an_invented_account_without_an_emulator_is_told_how_to_start_one(project: Project) -> None:
    newcomer(project)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    ended = project.run("menu", "plan", WXEVENTS_API_BASE=f"http://127.0.0.1:{port}")
    assert ended.returncode == 1
    assert "POST /cgi-bin/stable_token: no connection" in ended.stderr
    assert "`wxevents emulate` in this folder, in another terminal" in ended.stderr
    assert "WXEVENTS_API_BASE" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_emulator_serves_the_configured_account(project: Project) -> None:
    account = {"WXEVENTS_APP_ID": "wxmine", "WXEVENTS_APP_SECRET": "minemine"}
    arguments = ("emulate", "--port", "0")
    with project.serving(*arguments, ready=ADDRESS, **account) as server:
        assert "API for wxmine:" in server.lines[0]
        pulled = project.run("menu", "pull", WXEVENTS_API_BASE=server.url, **account)
        assert (pulled.returncode, "no menu was published" in pulled.stderr) == (1, True)
        with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))):
            pass  # the emulator ends with a connection of somebody's open or gone
    assert server.process.returncode == 0
    assert "Traceback" not in "".join(server.lines)
    assert "minemine" not in "".join(server.lines)


def test_the_follower_of_push_exists(project: Project) -> None:
    account = {"WXEVENTS_APP_ID": "wxmine", "WXEVENTS_APP_SECRET": "minemine"}
    with project.serving("emulate", "--port", "0", ready=ADDRESS, **account) as server:
        environ = {"WXEVENTS_API_BASE": server.url, **account}
        (project.folder / "menu.yaml").write_text(
            "button:\n  - {type: click, name: 点, key: A}\n", "utf-8"
        )
        assert project.run("menu", "apply", "menu.yaml", "--yes", **environ).returncode == 0
        ended = project.run("menu", "match", "--openid", FOLLOWER, **environ)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[-1] == "the platform's trymatch: [点]"


def test_the_port_is_its_own_and_of_the_settings_there_is_the_account_alone(
    wxevents: Commands,
) -> None:
    shown = wxevents("emulate", "--help", COLUMNS="200", TERM="dumb").stdout
    options = {word for word in shown.split() if word.startswith("--")}
    own = {"--port", "--host", "--webhook", "--kind", "--state"}
    account = {"--app-id", "--app-secret", "--token", "--encoding-aes-key"}
    assert options == {*own, *account, "--mode", "--data-format", "--help"}


def test_a_port_that_is_taken_is_a_sentence(wxevents: Commands) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = wxevents("emulate", "--port", port)
    assert ended.code == 2
    assert ended.stderr.startswith(f"cannot listen on 127.0.0.1 port {port}: ")
    assert ended.stderr.endswith("; choose another with --host and --port\n")


@pytest.mark.parametrize("host", ["192.0.2.1", "a..b", "no-such-host.invalid"])
def test_a_host_that_is_not_this_machine_is_a_sentence(wxevents: Commands, host: str) -> None:
    ended = wxevents("emulate", "--port", "0", "--host", host)
    assert ended.code == 2
    assert ended.stderr.startswith(f"cannot listen on {host} port 0: ")
    assert ended.stderr.endswith("; choose another with --host and --port\n")


def test_a_port_that_is_none_is_a_sentence(wxevents: Commands) -> None:
    ended = wxevents("emulate", "--port", "70000")
    assert (ended.code, "--port" in ended.stderr) == (2, True)


def test_half_an_account_is_not_emulated(wxevents: Commands) -> None:
    ended = wxevents("emulate", WXEVENTS_APP_SECRET=None)
    assert (ended.code, ended.stderr) == (
        2,
        "WXEVENTS_APP_SECRET is missing; the platform's console shows it\n",
    )


ECHO = """
from wxevents import Router, TextMessage
router = Router()
@router.text()
async def echo(message: TextMessage) -> str:
    return message.content
"""


def test_a_bot_in_another_process_gets_what_the_phone_sends(project: Project) -> None:
    project.write(ECHO)
    account = {"WXEVENTS_APP_ID": "wxmine", "WXEVENTS_APP_SECRET": "minemine"}
    account |= {"WXEVENTS_TOKEN": "mytoken", "WXEVENTS_ENCODING_AES_KEY": "k" * 43}
    kind = "unverified_subscription"
    with project.serving("run", "--port", "0", **account) as bot:
        arguments = ("emulate", "--port", "0", "--webhook", bot.url, "--kind", kind)
        with project.serving(*arguments, ready=ADDRESS, **account) as server:
            said, state = on_the_phone(server.url, say_and_look)
            printed = "".join(server.lines)
    assert said == ["你好"]
    about = state["account"]
    assert (about["kind"], about["mode"], about["webhook"]) == (kind, "safe", bot.url)
    assert "pushes nothing" not in printed
    assert "mytoken" not in printed + json.dumps(state)
    assert "kkkkk" not in printed + json.dumps(state)


def test_a_test_account_pushes_plain_and_says_so(project: Project) -> None:
    project.write(ECHO)
    with project.serving("run", "--port", "0", WXEVENTS_TOKEN="t", WXEVENTS_MODE="plain") as bot:
        arguments = ("emulate", "--port", "0", "--webhook", bot.url, "--kind", "test")
        account = {"WXEVENTS_APP_ID": "wxmine", "WXEVENTS_APP_SECRET": "minemine"}
        account |= {"WXEVENTS_TOKEN": "t", "WXEVENTS_ENCODING_AES_KEY": "k" * 43}
        with project.serving(*arguments, ready=ADDRESS, **account) as server:
            server.wait_for("the bot needs WXEVENTS_MODE=plain")
            said, state = on_the_phone(server.url, say_and_look)
    assert (said, state["account"]["mode"]) == (["你好"], "plain")


def test_without_a_webhook_it_says_that_it_pushes_nothing(project: Project) -> None:
    with project.serving("emulate", "--port", "0", ready=ADDRESS) as server:
        server.wait_for("It pushes nothing: name the bot's URL with --webhook")
        said, state = on_the_phone(server.url, say_and_look)
    assert (said, state["pushes"][0]["outcome"]) == ([], "unconfigured")


async def say_and_look(client: EmulatorClient) -> tuple[list[str], Any]:
    return (await client.user().say("你好")).texts, await client.state()


def test_the_state_is_kept_in_a_file(project: Project) -> None:
    arguments = ("emulate", "--port", "0", "--state", "account.json")
    with project.serving(*arguments, ready=ADDRESS) as server:
        on_the_phone(server.url, lambda client: client.user().say("记住我"))
        on_the_phone(server.url, lambda client: client.add_user("小蓝", tags=["VIP"]))
    file = project.folder / "account.json"
    assert "记住我" in file.read_text("utf-8")
    with project.serving(*arguments, ready=ADDRESS) as server:
        state = on_the_phone(server.url, lambda client: client.state())
    assert [user["name"] for user in state["users"]] == ["小明", "小红", "小蓝"]
    assert state["chats"][FOLLOWER][0]["segments"] == [{"text": "记住我"}]
    assert "Traceback" not in "".join(server.lines)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"version": 2}', "\ufeff", "null", "[" * 100_000]
)
def test_a_state_that_cannot_be_read_is_a_sentence_and_is_kept(
    wxevents: Commands, content: str
) -> None:
    file = wxevents.write(content, "account.json")
    ended = wxevents("emulate", "--port", "0", "--state", "account.json")
    assert ended.code == 2
    assert ended.stderr.startswith(f"--state {file} cannot be read: ")
    assert ended.stderr.count("\n") == 1
    assert wxevents.read("account.json") == content


def test_a_state_that_is_no_file_is_a_sentence(wxevents: Commands) -> None:
    (wxevents.folder / "folder").mkdir()
    for where in ("folder", "nowhere/account.json"):
        with socket.create_server(("127.0.0.1", 0)) as taken:  # whatever it does, it ends
            port = str(taken.getsockname()[1])
            ended = wxevents("emulate", "--port", port, "--state", where)
        assert ended.code == 2
        assert ended.stderr.startswith(f"--state {where} ")


def test_a_command_that_could_not_begin_writes_no_state(wxevents: Commands) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert wxevents("emulate", "--port", port, "--state", "account.json").code == 2
    assert not (wxevents.folder / "account.json").exists()


@pytest.mark.parametrize("webhook", ["localhost:8080", "http://", "ftp://127.0.0.1/"])
def test_a_webhook_that_is_no_url_is_a_sentence(wxevents: Commands, webhook: str) -> None:
    ended = wxevents("emulate", "--port", "0", "--webhook", webhook)
    assert (ended.code, ended.stderr) == (
        2,
        f"--webhook {webhook}: write it as http://host:port/path\n",
    )


def test_a_kind_that_there_is_not_is_a_sentence(wxevents: Commands) -> None:
    ended = wxevents("emulate", "--port", "0", "--kind", "golden")
    assert (ended.code, "golden" in ended.stderr) == (2, True)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM")
def test_the_state_is_kept_when_a_supervisor_ends_it(project: Project) -> None:
    arguments = ("emulate", "--port", "0", "--state", "account.json")
    with project.serving(*arguments, ready=ADDRESS) as server:
        on_the_phone(server.url, lambda client: client.user().say("记住我"))
        server.process.terminate()
        server.process.wait(60)
    assert "记住我" in (project.folder / "account.json").read_text("utf-8")

"""`wxevents inbox`: what became of late answers, beside servers that use the same store."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from time import time
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.cli.command import Project, Server
from tests.cli.emulated import Platform
from tests.store.patience import until
from tests.store.redis_server import RedisServer, require_redis
from wxevents.cli import app
from wxevents.clock import SystemClock
from wxevents.pushes import FOLLOWER
from wxevents.store import Entry, Message, open_store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no lasting store on Windows")

HANDLERS = """
import asyncio
from pathlib import Path
from wxevents import ClickEvent, Router

router = Router()

@router.click("REPORT")
async def report(event: ClickEvent):
    yield "已收到"
    if Path("broken").exists():
        raise ValueError("the report is broken")
    yield "报告"

@router.click("WAIT")
async def wait(event: ClickEvent):
    yield "已收到"
    while not Path("go").exists():
        await asyncio.sleep(0.02)
    yield "好了"
"""
ACCOUNT = "wx0123456789abcdef"


def invoke(*arguments: str, environ: Mapping[str, str]) -> Result:
    """Run a command in this process, which is much faster than in one of its own."""
    result = CliRunner().invoke(app, arguments, env=environ)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's settings, and a folder without any."""
    for name in list(os.environ):
        if name.startswith("WXEVENTS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


class Stage:
    """A project whose server calls the emulated platform, and the inbox that it shares."""

    def __init__(self, project: Project, platform: Platform, url: str) -> None:
        self.project = project
        self.platform = platform
        self.url = url
        self.account = platform.account.app_id
        self.environ = platform.environ | {
            "WXEVENTS_STORE": url,
            "WXEVENTS_TOKEN": "token",
            "WXEVENTS_MODE": "plain",
            "WXEVENTS_PORT": "0",
            "WXEVENTS_SHUTDOWN_TIMEOUT": "0",
        }
        project.write(HANDLERS)
        platform.account.follow(FOLLOWER)

    def serving(self) -> AbstractContextManager[Server]:
        return self.project.serving("run", **self.environ)

    def push(self, server: Server, key: str, *, wrote: bool = True) -> None:
        """A tap whose first answer comes in time, and the others late; the platform takes them if
        the user `wrote` something before."""
        if wrote:
            self.platform.account.interactions.happened(FOLLOWER, "message")
        done = invoke("push", "click", key, "--url", server.url, environ=self.environ)
        assert "已收到" in done.stdout

    def run(self, *arguments: str) -> Result:
        """An inbox command that knows no more than which store and account are meant."""
        known = {"WXEVENTS_STORE": self.url, "WXEVENTS_APP_ID": self.account}
        return invoke("inbox", *arguments, environ=known)

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json").stdout)

    def wait_for(self, state: str) -> Entry:
        """The only entry, once it is in that state."""

        async def look() -> Entry:
            async with open_store(self.url, self.account, SystemClock()).inbox() as inbox:

                async def probe() -> Entry | None:
                    found = await inbox.entries()
                    return found[0] if found and found[0].state == state else None

                entry = await until(probe)
                assert entry
                return entry

        return asyncio.run(look())

    @property
    def texts(self) -> list[str]:
        """What the user got as customer-service messages."""
        chat = self.platform.account.chats.of(FOLLOWER)
        return [
            "".join(segment["text"] for segment in message.content["segments"])
            for message in chat
            if message.via == "customer_service"
        ]


@pytest.fixture(params=["sqlite", "redis"])
def stage(
    request: pytest.FixtureRequest, project: Project, platform: Platform, tmp_path: Path
) -> Iterator[Stage]:
    if request.param == "sqlite":
        yield Stage(project, platform, f"sqlite:///{tmp_path}/inbox.db")
        return
    require_redis()
    with RedisServer(tmp_path) as server:
        yield Stage(project, platform, server.url)


def test_a_dead_push_is_found_understood_and_replayed_beside_its_server(stage: Stage) -> None:
    broken = stage.project.folder / "broken"
    broken.touch()
    with stage.serving() as server:
        stage.push(server, "REPORT")
        entry = stage.wait_for("dead")

        (row,) = stage.json("list")
        assert (row["state"], row["key"], row["runs"]) == ("dead", "REPORT", 1)
        assert row["error"] == "ValueError: the report is broken"
        shown = stage.run("show", "REPORT")
        assert shown.exit_code == 0
        assert "ValueError: the report is broken" in shown.stdout
        assert entry.identity in shown.stdout

        again = stage.run("replay", "REPORT", "--wait", "--yes")
        assert again.exit_code == 1
        assert "1 dead, failed" in again.stdout

        broken.unlink()
        ended = stage.run("replay", "--dead", "--wait", "--yes")
        assert ended.exit_code == 0
        assert "runs again from the beginning" in ended.stderr
        assert "1 done, sent" in ended.stdout
        # In the second run the first answer comes late as well.
        assert stage.texts[-2:] == ["已收到", "报告"]

        assert stage.json("list") == []
        assert [row["result"] for row in stage.json("list", "--all")] == ["sent"]
        assert "removed 1 entry (1 done)" in stage.run("purge", "--yes").stdout
        assert "is empty" in stage.run("list").stdout


def test_what_is_open_is_neither_replayed_nor_removed_and_goes_on_at_the_next_start(
    stage: Stage,
) -> None:
    with stage.serving() as server:
        stage.push(server, "WAIT")
        stage.wait_for("running")
        refused = stage.run("replay", "WAIT", "--yes")
        assert (refused.exit_code, "is running" in refused.stderr) == (1, True)
        assert "nothing to remove" in stage.run("purge", "--yes").stdout
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(60)
    assert [row["state"] for row in stage.json("list")] == ["pending"]
    (stage.project.folder / "go").touch()
    with stage.serving():
        assert stage.wait_for("done").result == "sent"
        assert stage.texts == ["好了"]


def test_without_a_server_a_replay_waits_for_the_next_start(stage: Stage) -> None:
    with stage.serving() as server:
        stage.push(server, "REPORT")
        stage.wait_for("done")
    ended = stage.run("replay", "REPORT", "--yes")
    assert (ended.exit_code, "next that starts" in ended.stdout) == (0, True)
    assert "sent again: 1 of them" in ended.stderr
    assert stage.wait_for("pending").run == 0
    with stage.serving():
        assert stage.wait_for("done").run == 1
    assert stage.texts == ["报告", "已收到", "报告"]


def test_an_answer_that_did_not_reach_its_user_is_listed(stage: Stage) -> None:
    with stage.serving() as server:
        stage.push(server, "REPORT", wrote=False)
        stage.wait_for("done")
        (row,) = stage.json("list")
        assert (row["state"], row["result"]) == ("done", "window_closed")
        assert "45015" in stage.run("show", "REPORT").stdout


# -- what needs no server


class Shelf:
    """A store with entries of the test's own, and commands on it in this process."""

    def __init__(self, folder: Path) -> None:
        self.environ = {
            "WXEVENTS_STORE": f"sqlite:///{folder}/inbox.db",
            "WXEVENTS_APP_ID": ACCOUNT,
        }
        self._now = time()

    def put(self, name: str, age: float = 0.0, **changes: Any) -> None:
        async def put() -> None:
            url = self.environ["WXEVENTS_STORE"]
            async with open_store(url, ACCOUNT, SystemClock()) as store:
                kept = await store.keep(
                    Entry(
                        f"{ACCOUNT}:oFan:{name}",
                        {"FromUserName": "oFan", "EventKey": name},
                        self._now - age,
                        event="CLICK",
                        key=name,
                        handler="handlers.menu.report (handlers/menu.py:9)",
                    )
                )
                assert kept
                await store.save(replace(kept, **changes))

        asyncio.run(put())

    def run(self, *arguments: str, **environ: str) -> Result:
        return invoke("inbox", *arguments, environ=self.environ | environ)

    def keys(self, *arguments: str) -> list[str]:
        return [row["key"] for row in json.loads(self.run("list", *arguments, "--json").stdout)]


TEXT = Message({"touser": "oFan", "msgtype": "text", "text": {"content": "长" * 200}}, "sent")


@pytest.fixture
def empty_shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def shelf(empty_shelf: Shelf) -> Shelf:
    shelf = empty_shelf
    lost = replace(TEXT, state="unknown", error="the answer was lost")
    shelf.put("WAITS", 7200, state="pending", handler="handlers.shop.order (handlers/shop.py:3)")
    shelf.put("DEAD", 900, state="dead", result="failed", error="ValueError: \x1b[31mred")
    shelf.put("UNKNOWN", 60, state="done", result="unknown", messages=(TEXT, lost))
    shelf.put("SENT", 60, state="done", result="sent", messages=(TEXT,))
    shelf.put("SILENT", 60, state="done", result="silent")
    return shelf


def test_the_list_leaves_out_what_needs_nobody_and_counts_everything(shelf: Shelf) -> None:
    assert shelf.keys() == ["WAITS", "DEAD", "UNKNOWN"]
    assert len(shelf.keys("--all")) == 5
    assert shelf.keys("--state", "pending,dead") == ["WAITS", "DEAD"]
    assert shelf.keys("--state", "pending", "--state", "done")[0] == "WAITS"
    assert len(shelf.keys("--state", "done")) == 3
    assert shelf.keys("--older-than", "10m") == ["WAITS", "DEAD"]
    assert shelf.keys("--older-than", "1.5h") == ["WAITS"]
    assert shelf.keys("--handler", "shop.order") == ["WAITS"]
    table = shelf.run("list").stdout
    assert "handlers.shop.order" in table
    assert "unknown" in table
    assert "in the inbox: 1 pending, 3 done, 1 dead; 2 of them not listed here" in table


def test_show_cuts_texts_and_obeys_no_control_character(shelf: Shelf) -> None:
    shown = shelf.run("show", "UNKNOWN").stdout
    assert "(200 characters)" in shown
    assert "the answer was lost" in shown
    assert "长" * 100 not in shown
    dead = shelf.run("show", "DEAD").stdout
    assert "�[31mred" in dead
    assert "\x1b" not in dead
    assert "\x1b" not in shelf.run("list").stdout


def test_as_json_everything_is_shown(shelf: Shelf) -> None:
    shown = json.loads(shelf.run("show", "UNKNOWN", "--json").stdout)
    assert shown["fields"] == {"FromUserName": "oFan", "EventKey": "UNKNOWN"}
    assert [one["state"] for one in shown["messages"]] == ["sent", "unknown"]
    assert shown["messages"][0]["body"] == TEXT.body


@pytest.mark.parametrize("command", ["show", "replay"])
def test_a_part_of_several_identities_is_a_sentence_with_all_of_them(
    shelf: Shelf, command: str
) -> None:
    ended = shelf.run(command, "oFan:S")
    assert ended.exit_code == 1
    assert "2 entries" in ended.stderr
    assert f"{ACCOUNT}:oFan:SENT" in ended.stderr
    assert f"{ACCOUNT}:oFan:SILENT" in ended.stderr
    assert shelf.run(command, "nobody").exit_code == 1


def test_nothing_is_changed_where_nobody_can_be_asked(shelf: Shelf) -> None:
    for arguments in (("replay", "--dead"), ("purge",)):
        ended = shelf.run(*arguments)
        assert (ended.exit_code, "say --yes" in ended.stderr) == (2, True)
    assert len(shelf.keys("--all")) == 5


def test_purge_removes_what_is_meant_and_says_how_much(shelf: Shelf) -> None:
    assert "removed 1 entry (1 dead)" in shelf.run("purge", "--older-than", "5m", "--yes").stdout
    assert shelf.run("purge", "--state", "pending", "--yes").exit_code == 2
    assert "removed 3 entries (3 done)" in shelf.run("purge", "--state", "done", "--yes").stdout
    assert "nothing to remove" in shelf.run("purge", "--yes").stdout
    assert shelf.keys("--all") == ["WAITS"]


@pytest.mark.parametrize("arguments", [(), ("DEAD", "--dead")])
def test_replay_wants_one_or_all_dead_ones(shelf: Shelf, arguments: Sequence[str]) -> None:
    assert shelf.run("replay", *arguments).exit_code == 2


@pytest.mark.parametrize(
    ("store", "code", "sentence"),
    [
        ("memory://", 2, "nobody but its server"),
        ("sqlite:///nowhere.db", 1, "there is no"),
        ("sqlite:///.", 1, "directory"),
        ("redis://:SECRET@127.0.0.1:1/0", 1, "cannot be reached"),
        ("nonsense", 2, "is no store"),
    ],
)
def test_a_store_that_cannot_be_looked_into_is_a_sentence(
    empty_shelf: Shelf, store: str, code: int, sentence: str
) -> None:
    for arguments in (("list",), ("show", "x"), ("replay", "--dead"), ("purge",)):
        ended = empty_shelf.run(*arguments, WXEVENTS_STORE=store)
        assert ended.exit_code == code
        assert sentence in ended.stderr
        assert "SECRET" not in ended.stderr
    assert not Path("nowhere.db").exists()


def test_a_wrong_filter_is_a_sentence(shelf: Shelf) -> None:
    assert "give one of pending" in shelf.run("list", "--state", "ended").stderr
    assert "write 90s" in shelf.run("list", "--older-than", "soon").stderr


def test_the_account_invented_for_development_has_an_inbox_as_well(project: Project) -> None:
    project.run("routes")
    account = project.folder / ".wxevents" / "account.toml"
    app_id = account.read_text("utf-8").partition('app_id = "')[2].partition('"')[0]

    async def make() -> None:
        url = f"sqlite:///{project.folder}/.wxevents/inbox.db"
        async with open_store(url, app_id, SystemClock()):
            pass

    asyncio.run(make())
    assert "invented for development" in project.run("inbox", "list").stdout


def test_on_a_terminal_it_asks_and_shows_a_bar(shelf: Shelf, project: Project) -> None:
    def answered(answer: str) -> tuple[int, str]:
        return on_a_terminal(
            [sys.executable, "-m", "wxevents", "inbox", "replay", "--dead"],
            answer,
            lambda arguments, stream: subprocess.Popen(
                arguments,
                cwd=project.folder,
                env=project.environ | shelf.environ | {"TERM": "xterm"},
                stdin=stream,
                stdout=stream,
                stderr=stream,
            ),
        )

    assert answered("n")[0] == 1
    assert shelf.keys("--state", "dead") == ["DEAD"]
    code, printed = answered("y")
    assert (code, "100%" in printed, "1 of 1 replayed" in printed) == (0, True, True)
    assert shelf.keys("--state", "pending") == ["WAITS", "DEAD"]


def on_a_terminal(
    arguments: list[str],
    answer: str,
    start: Callable[[list[str], int], subprocess.Popen[bytes]],
) -> tuple[int, str]:
    """Run a command on a terminal of its own, with an answer typed in advance."""
    import pty

    ours, its = pty.openpty()
    process = start(arguments, its)
    os.close(its)
    os.write(ours, f"{answer}\n".encode())
    printed = b""
    try:
        while chunk := os.read(ours, 4096):
            printed += chunk
    except OSError:  # Linux: nobody has the terminal open any more
        pass
    os.close(ours)
    return process.wait(60), printed.decode(errors="replace")

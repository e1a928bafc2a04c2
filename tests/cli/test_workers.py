"""`wxevents run --workers`: several processes on one socket, replaced without losing a push."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.cli.command import Project, Server
from tests.cli.pushing import Users
from wxevents import Settings, workers
from wxevents.stopping import StopRequest

if sys.platform == "win32":
    pytest.skip("Windows has no signals to other processes", allow_module_level=True)

ACCOUNT = {"WXEVENTS_MODE": "plain", "WXEVENTS_TOKEN": "token", "WXEVENTS_PORT": "0"}

BOT = """
import asyncio, os, signal
from wxevents import ClickEvent, Router

router = Router()

@router.click("VERSION")
async def version(event: ClickEvent) -> str:
    return "version 0"

@router.click("DIE")
async def die(event: ClickEvent) -> None:
    os.kill(os.getpid(), signal.SIGKILL)

@router.click("BLOCK")
async def block(event: ClickEvent) -> str:
    print("begun", flush=True)
    open("gate").close()  # until somebody opens its other end; holds up the loop
    return str(os.getpid())

@router.click("OPEN")
async def let_through(event: ClickEvent) -> str:
    open("gate", "w").close()
    return str(os.getpid())

@router.click("WAIT")
async def wait(event: ClickEvent) -> str:
    print("begun", flush=True)
    await asyncio.to_thread(lambda: open("gate").close())
    return "through"

@router.click("FOREVER")
async def forever(event: ClickEvent) -> None:
    print("begun", flush=True)
    await asyncio.Event().wait()
"""


@contextmanager
def two_workers(project: Project, **environ: str) -> Iterator[Server]:
    """A server whose two workers listen."""
    if not (project.folder / "gate").exists():
        os.mkfifo(project.folder / "gate")
        project.write(BOT)
    with project.serving("run", "--workers", "2", **ACCOUNT | environ) as server:
        server.wait_for("worker 1 listens")
        server.wait_for("worker 2 listens")
        yield server


def tap(project: Project, server: Server, key: str) -> str:
    """What the user reads."""
    ended = project.run("push", "click", key, "--url", server.url, **ACCOUNT)
    assert ended.returncode == 0, ended.stderr
    return next(
        line.removeprefix("Content: ")
        for line in ended.stdout.splitlines()
        if line.startswith("Content: ")
    )


def reload(server: Server) -> None:
    """Until all old workers have ended."""
    server.process.send_signal(signal.SIGHUP)
    replaced: set[str] = set()
    ended: set[str] = set()
    while len(replaced) < 2 or not replaced <= ended:
        line = server.wait_for(r"replaces (worker \d+)|(worker \d+) has ended \(exit code 0\)")
        (replaced if line[1] else ended).add(line[1] or line[2])


def pid(server: Server, worker: str) -> int:
    lines = "".join(server.lines)
    return int(lines.partition(f"{worker} starts (process ")[2].partition(")")[0])


def test_while_one_worker_is_blocked_the_other_answers(project: Project) -> None:
    with two_workers(project) as server, ThreadPoolExecutor(1) as pool:
        blocked = pool.submit(tap, project, server, "BLOCK")
        server.wait_for("begun")
        free = tap(project, server, "OPEN")
        assert {free, blocked.result()} == {
            str(pid(server, worker)) for worker in ("worker 1", "worker 2")
        }


def test_reloads_under_load_lose_no_push_and_bring_the_new_code(project: Project) -> None:
    settings = Settings(token="token", mode="plain")
    with two_workers(project) as server, Users(server.url, settings, "VERSION") as users:
        for version in (1, 2, 3):
            users.wait_for_more(100)
            project.write(BOT.replace("version 0", f"version {version}"))
            reload(server)
            assert tap(project, server, "VERSION") == f"version {version}"
            users.wait_for_more(100)
    assert users.faults == []
    assert set(users.answers) == {f"version {version}" for version in range(4)}


def test_a_killed_worker_is_replaced_and_no_later_push_fails(project: Project) -> None:
    settings = Settings(token="token", mode="plain")
    with two_workers(project) as server:
        died = project.run("push", "click", "DIE", "--url", server.url, **ACCOUNT)
        assert died.returncode == 1
        server.wait_for(r"worker \d ended \(SIGKILL\); another starts at once")
        with Users(server.url, settings, "VERSION") as users:
            server.wait_for("worker 3 listens")
            users.wait_for_more(100)
        assert users.faults == []


def test_a_worker_that_is_asked_to_end_finishes_and_is_replaced(project: Project) -> None:
    settings = Settings(token="token", mode="plain")
    with two_workers(project) as server, Users(server.url, settings, "VERSION") as users:
        users.wait_for_more(100)
        os.kill(pid(server, "worker 1"), signal.SIGTERM)
        server.wait_for(r"worker 1 ended \(exit code 0\); another starts at once")
        server.wait_for("worker 3 listens")
        users.wait_for_more(100)
    assert users.faults == []


def test_on_sigterm_a_handler_that_runs_may_finish(project: Project) -> None:
    with two_workers(project) as server, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(tap, project, server, "WAIT")
        server.wait_for("begun")
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("stopping on SIGTERM")
        for _ in range(2):
            server.wait_for(r"worker \d wxevents\.server: stopping")
        (project.folder / "gate").open("w").close()
        assert waiting.result() == "through"
        assert server.process.wait(60) == 0


def test_a_second_signal_waits_for_nobody(project: Project) -> None:
    with (
        two_workers(project, WXEVENTS_SHUTDOWN_TIMEOUT="3600") as server,
        ThreadPoolExecutor(1) as pool,
    ):
        pool.submit(tap, project, server, "FOREVER")
        server.wait_for("begun")
        server.process.send_signal(signal.SIGTERM)
        server.wait_for("stopping on SIGTERM")
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 128 + signal.SIGTERM
        server.close()
        assert not server.reading


def test_code_that_is_broken_at_a_reload_leaves_the_old_workers(project: Project) -> None:
    with two_workers(project) as server:
        project.write("this is no python\n")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("SyntaxError")
        server.wait_for(r"worker 3 ended before it listened \(exit code 2\): not reloaded")
        assert tap(project, server, "VERSION") == "version 0"
        project.write(BOT.replace("version 0", "mended"))
        reload(server)
        assert tap(project, server, "VERSION") == "mended"


def test_a_second_reload_during_the_first_counts(project: Project) -> None:
    with two_workers(project) as server:
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("worker 3 starts")
        project.write(BOT.replace("version 0", "version 1"))
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("reloading")
        replaced = {server.wait_for(r"replaces (worker \d)")[1] for _ in range(3)}
        assert replaced == {"worker 1", "worker 2", "worker 3"}
        server.wait_for(r"worker 3 has ended \(exit code 0\)")
        assert tap(project, server, "VERSION") == "version 1"


def test_workers_that_never_listen_are_started_more_and_more_slowly(project: Project) -> None:
    with two_workers(project) as server:
        project.write("this is no python\n")
        os.kill(pid(server, "worker 2"), signal.SIGKILL)
        server.wait_for(r"worker 2 ended \(SIGKILL\); another starts at once")
        for worker, delay in ((3, "0.1"), (4, "0.2"), (5, "0.4")):
            ended = rf"worker {worker} ended before it listened \(exit code 2\)"
            server.wait_for(f"{ended}; another starts in {delay} s")
        assert tap(project, server, "VERSION") == "version 0"
        project.write(BOT)
        server.wait_for(r"worker \d listens")


def test_what_keeps_the_first_worker_from_listening_ends_the_command(project: Project) -> None:
    project.write(
        "import multiprocessing\nfrom wxevents import Bot\nfrom handlers.menu import router\n"
        "def create(settings):\n"
        "    assert not multiprocessing.parent_process(), 'not as a worker'\n"
        "    return Bot(settings, routers=[router])\n",
        "shop/app.py",
    )
    ended = project.run("run", "--workers", "2", "--handlers", "shop.app:create", **ACCOUNT)
    assert ended.returncode == 2
    assert ended.stderr.count("shop.app:create failed: AssertionError: not as a worker") == 1
    assert "worker 1 wxevents.cli.run: " in ended.stderr


def test_workers_end_with_their_supervisor_however_that_ends(project: Project) -> None:
    with two_workers(project) as server:
        server.process.kill()
        server.process.wait(60)
        # All write to the same pipe: it ends when the last of them has.
        server.close()
        assert not server.reading


def test_no_workers_are_too_few(project: Project) -> None:
    ended = project.run("run", "--workers", "0", **ACCOUNT)
    assert ended.returncode == 2
    assert "WXEVENTS_WORKERS (from the options): input should be greater" in ended.stderr
    assert "write a number from 1 on" in ended.stderr


def never_listens(sock: socket.socket, stop_request: StopRequest) -> None:
    threading.Event().wait()


def never_ends(sock: socket.socket, stop_request: StopRequest) -> None:
    stop_request.tell(lambda: None)
    threading.Event().wait()


def test_a_worker_that_does_not_begin_to_listen_is_ended(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workers, "START_LIMIT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as sock:
        assert workers.serve_with_workers(never_listens, sock, 2, 0) == 1
    assert "worker 1 does not begin to listen: ending it" in caplog.messages
    assert "worker 1 ended before it listened (SIGKILL)" in caplog.messages


def test_a_worker_that_does_not_stop_is_ended(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stop_when_it_listens(record: logging.LogRecord) -> bool:
        if record.getMessage() == "worker 2 listens":
            os.kill(os.getpid(), signal.SIGTERM)
        return True

    monkeypatch.setattr(workers, "MARGIN", 0.1)
    caplog.set_level(logging.INFO)
    caplog.handler.addFilter(stop_when_it_listens)
    with socket.create_server(("127.0.0.1", 0)) as sock:
        assert workers.serve_with_workers(never_ends, sock, 2, 0) == 0
    for worker in ("worker 1", "worker 2"):
        assert f"{worker} does not end by itself: ending it" in caplog.messages
        assert f"{worker} has ended (SIGKILL)" in caplog.messages

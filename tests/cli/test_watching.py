"""`wxevents run` watched from outside: its metrics, its probes, its log."""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.cli.command import Project, Server, interrupt, kill_all
from wxevents import Settings
from wxevents.exchange import Response
from wxevents.pushes import Platform, compose

if sys.platform == "win32":
    pytest.skip("Windows has no signals to other processes", allow_module_level=True)

ACCOUNT = {
    "WXEVENTS_MODE": "plain",
    "WXEVENTS_TOKEN": "token",
    "WXEVENTS_PORT": "0",
    "WXEVENTS_METRICS_PORT": "0",
}
BOT = """
import os
from wxevents import ClickEvent, Router
router = Router()

@router.click("PID")
async def pid(event: ClickEvent) -> str:
    return str(os.getpid())

@router.click("BROKEN")
async def broken(event: ClickEvent) -> str:
    raise ValueError
"""


@pytest.fixture
def project(project: Project) -> Project:
    project.write(BOT)
    return project


@pytest.fixture(params=["1", "2"])
def server(project: Project, request: pytest.FixtureRequest) -> Iterator[Server]:
    workers = request.param
    with project.serving("run", "--workers", workers, **ACCOUNT) as server:
        yield server


class Users:
    """Each tap is another user's, over a connection of its own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._platform = Platform(Settings(token="token", mode="plain"))
        self._serial = itertools.count(1)
        self.openids: list[str] = []

    def tap(self, key: str) -> str:
        """What the user reads."""
        now = int(time.time())
        fields = compose("click", key, create_time=now, msg_id=1)
        self.openids.append(f"o{next(self._serial):027}")
        fields["FromUserName"] = self.openids[-1]
        push = self._platform.delivery(fields, now)
        request = urllib.request.Request(f"{self._url}?{urlencode(push.query)}", push.body)
        with urllib.request.urlopen(request, timeout=60) as answered:
            body = answered.read()
        answer = self._platform.judge(Response(200, "", body), fields)
        return str(answer and answer.get("Content"))


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def total(url: str, name: str, **labels: str) -> float:
    status, text = get(url)
    assert status == 200, text
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_the_counts_of_all_workers_are_told_by_each(server: Server) -> None:
    metrics = server.wait_for(r"metrics on (\S+)").group(1)
    users = Users(server.url)
    pids = {users.tap("PID") for _ in range(40)}
    for _ in range(5):  # whichever worker takes the question
        assert total(metrics, "wxevents_pushes_total", outcome="answered") == 40
        assert total(metrics, "wxevents_answer_seconds_count") == 40
        assert total(metrics, "wxevents_info") == 1
    assert all(pids)
    base = metrics.removesuffix("/metrics")
    assert get(f"{base}/healthz") == (200, "ok\n")
    assert get(f"{base}/readyz") == (200, "ready\n")


def test_what_a_killed_worker_counted_stays(project: Project) -> None:
    with project.serving("run", "--workers", "2", **ACCOUNT) as server:
        metrics = server.wait_for(r"metrics on (\S+)").group(1)
        server.wait_for("worker 2 listens")
        users = Users(server.url)
        taps = [users.tap("PID") for _ in range(20)]
        os.kill(int(taps[0]), signal.SIGKILL)
        server.wait_for("another starts")
        server.wait_for("worker 3 listens")
        assert total(metrics, "wxevents_pushes_total", outcome="answered") == 20
        users.tap("PID")
        assert total(metrics, "wxevents_pushes_total", outcome="answered") == 21


def test_the_folder_of_a_killed_command_is_removed_by_the_next(
    project: Project, tmp_path: Path
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environ = ACCOUNT | {"TMPDIR": str(temporary)}
    with project.serving("run", "--workers", "2", **environ) as server:
        kill_all(server)
    (left,) = temporary.glob("wxevents-metrics-*")
    (temporary / "wxevents-metrics-link").symlink_to(project.folder)
    os.utime(left, (0, 0))
    with project.serving("run", "--workers", "2", **environ) as first:
        (used,) = (one for one in temporary.iterdir() if not one.is_symlink())
        assert used != left
        os.utime(used, (0, 0))
        with project.serving("run", "--workers", "2", **environ) as second:
            assert used.is_dir()  # somebody uses it, however old it is
            interrupt(second.process)
            second.wait_for("all workers have ended")
        interrupt(first.process)
        first.wait_for("all workers have ended")
    assert [one.name for one in temporary.iterdir()] == ["wxevents-metrics-link"]
    assert list(project.folder.iterdir())


def test_no_folder_for_the_counts_of_workers_is_a_sentence(project: Project) -> None:
    environ = ACCOUNT | {"PROMETHEUS_MULTIPROC_DIR": str(project.folder / "missing")}
    ended = project.run("run", "--workers", "2", **environ)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert "PROMETHEUS_MULTIPROC_DIR names" in ended.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_a_handler_starts_keeps_no_port_and_hides_no_death(project: Project) -> None:
    project.write("""
import os
from wxevents import ClickEvent, Router
router = Router()

@router.click("INHERITED")
async def inherited(event: ClickEvent) -> str:
    return str(sorted(int(one) for one in os.listdir("/proc/self/fd") if is_kept(int(one))))

def is_kept(number: int) -> bool:
    try:
        return os.get_inheritable(number)
    except OSError:  # the one of the listing itself
        return False
""")
    with project.serving("run", "--workers", "2", **ACCOUNT) as server:
        assert Users(server.url).tap("INHERITED") == "[0, 1, 2]"


def test_a_port_that_is_taken_is_a_sentence(project: Project) -> None:
    with project.serving("run", **ACCOUNT) as server:
        port = server.wait_for(r"metrics on http://127.0.0.1:(\d+)").group(1)
        ended = project.run("run", **(ACCOUNT | {"WXEVENTS_METRICS_PORT": port}))
    assert ended.returncode == 2
    assert f"cannot listen on 127.0.0.1 port {port}" in ended.stderr
    assert "--metrics-port" in ended.stderr


def test_to_a_file_or_a_pipe_it_logs_json(project: Project) -> None:
    environ = ACCOUNT | {"WXEVENTS_LOG_FORMAT": "auto", "WXEVENTS_HASH_OPENIDS": "true"}
    ready = r'"message": "listening on ([^"]+)"'
    with project.serving("run", "--workers", "2", ready=ready, **environ) as server:
        users = Users(server.url)
        users.tap("PID")
        users.tap("BROKEN")
        server.wait_for('"outcome": "failed"')
    lines = [json.loads(line) for line in server.lines]
    assert {line["process"] for line in lines} >= {"MainProcess", "worker 1"}
    (failure,) = [line for line in lines if "exception" in line]
    outcomes = [line for line in lines if line["logger"] == "wxevents.pushes"]
    assert [line["outcome"] for line in outcomes] == ["answered", "failed"]
    assert failure["push"] == outcomes[1]["push"]
    for openid in users.openids:
        assert all(openid not in line for line in server.lines)


def test_without_a_line_per_push_only_failures_are_told(project: Project) -> None:
    with project.serving("run", "--no-log-pushes", **ACCOUNT) as server:
        users = Users(server.url)
        users.tap("PID")
        users.tap("BROKEN")
        server.wait_for("wxevents.pushes: CLICK BROKEN")
    assert not any("CLICK PID" in line for line in server.lines)


def test_the_access_log_has_no_openid(project: Project) -> None:
    with project.serving("run", "--access-log", "--no-log-pushes", **ACCOUNT) as server:
        users = Users(server.url)
        users.tap("PID")
        line = server.wait_for("aiohttp.access.*").group()
    assert "POST /wechat → 200" in line
    assert not any(openid in line for openid in users.openids)

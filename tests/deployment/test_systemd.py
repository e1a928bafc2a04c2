"""The unit of docs/en/howto/systemd.md: its commands run as systemd runs them."""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
import signal
import subprocess
import sys

import pytest

from tests.cli.command import HANDLERS, Project
from tests.deployment.document import printed_by
from tests.deployment.program import running, tapped

if sys.platform == "win32":
    pytest.skip("systemd is of Linux", allow_module_level=True)

WXEVENTS = "/opt/wechat-bot/.venv/bin/wxevents"


def unit(content: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.read_string(content)
    return parsed


def test_its_commands_start_reload_and_stop_the_bot(project: Project) -> None:
    service = unit(printed_by("cat wechat-bot/deploy/wechat-bot.service"))["Service"]
    start = service["ExecStart"].replace(WXEVENTS, f"{sys.executable} -m wxevents")
    with running(project, shlex.split(start), {"WXEVENTS_PORT": "0"}) as server:
        url = server.wait_for(r"listening on (\S+)")[1]
        server.wait_for("worker 2 listens")
        assert "Content: 你好" in tapped(project, url)
        project.write(HANDLERS.replace("你好", "再见"))
        reload = service["ExecReload"].replace("$MAINPID", str(server.process.pid))
        subprocess.run(["/bin/sh", "-c", reload], check=True)
        left: set[str] = set()
        while left < {"worker 1", "worker 2"}:
            left.add(server.wait_for(r"(worker \d) has ended \(exit code 0\)")[1])
        assert "Content: 再见" in tapped(project, url)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0


def test_systemd_would_take_it(project: Project) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not installed")
    path = project.folder / "wechat-bot.service"
    text = printed_by("cat wechat-bot/deploy/wechat-bot.service")
    for old, new in {WXEVENTS: sys.executable, "WorkingDirectory=/opt/wechat-bot": ""}.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    ended = subprocess.run(
        [analyze, "verify", str(path)], env=os.environ, capture_output=True, text=True, check=False
    )
    assert [line for line in ended.stderr.splitlines() if "wechat-bot.service" in line] == []

"""The bot under gunicorn's worker of aiohttp, with the files of docs/en/howto/gunicorn.md."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.command import HANDLERS, Project, Server
from tests.deployment.document import file
from tests.deployment.program import running, tapped

if sys.platform == "win32":
    pytest.skip("gunicorn needs fork", allow_module_level=True)


@contextmanager
def gunicorn(project: Project) -> Iterator[Server]:
    """A server whose two workers have begun to serve."""
    (project.folder / "app.py").write_text(file("python", "attach(app"), "utf-8")
    configured = file(
        "python", "worker_class", {"127.0.0.1:8080": "127.0.0.1:0", "workers = 4": "workers = 2"}
    )
    (project.folder / "gunicorn.conf.py").write_text(configured, "utf-8")
    with running(project, [sys.executable, "-m", "gunicorn"]) as server:
        server.url = server.wait_for(r"Listening at: (http://\S+)")[1] + "/wechat"
        yield server


def test_a_sealed_push_is_answered(project: Project) -> None:
    with gunicorn(project) as server:
        assert "Content: 你好" in tapped(project, server.url)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
    assert "Traceback" not in "".join(server.lines)


def test_sighup_brings_the_new_code(project: Project) -> None:
    with gunicorn(project) as server:
        assert "Content: 你好" in tapped(project, server.url)
        project.write(HANDLERS.replace("你好", "再见"))
        server.process.send_signal(signal.SIGHUP)
        server.wait_for("Handling signal: hup")
        for _ in range(2):
            server.wait_for("Worker exiting")
        assert "Content: 再见" in tapped(project, server.url)
    assert "Traceback" not in "".join(server.lines)

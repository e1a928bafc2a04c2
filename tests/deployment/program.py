"""Servers of others around the bot, run as a user runs them."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from tests.cli.command import Project, Server


@contextmanager
def running(
    project: Project,
    command: Sequence[str],
    environ: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> Iterator[Server]:
    """A program in the project's folder, ended by SIGTERM."""
    process = subprocess.Popen(
        command,
        cwd=project.folder,
        env=project.environ | dict(environ or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=pass_fds,
        encoding="utf-8",
    )
    server = Server(process)
    try:
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(60)
        server.close()


def tapped(project: Project, url: str) -> str:
    """What `wxevents push` prints of the answer to a signed and sealed push."""
    ended = project.run("push", "click", "HELLO", "--url", url)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout

"""nginx in front of the bot, with the file of docs/en/howto/nginx.md."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.cli.command import Project
from tests.cli.pushing import Users
from tests.deployment.document import file
from tests.deployment.program import running, tapped
from wxevents import Settings
from wxevents.xml import MAX_BYTES

if sys.platform == "win32":
    pytest.skip("nginx is started by its sockets", allow_module_level=True)

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
if NGINX is None and os.environ.get("WXEVENTS_REQUIRE_NGINX") != "1":
    pytest.skip("nginx is not installed", allow_module_level=True)

# What a distribution's nginx.conf has around it, in a folder of our own.
AROUND = """
daemon off;
{user}
worker_processes 1;
pid nginx.pid;
error_log stderr info;
events {{}}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include bot.conf;
}}
"""


@contextmanager
def nginx(project: Project, bot: str) -> Iterator[str]:
    """nginx in front of the bot at that URL; gives the URL in front of both."""
    assert NGINX, "WXEVENTS_REQUIRE_NGINX=1, but there is no nginx"
    folder = project.folder / "nginx"
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""  # the folder is nobody else's
    (folder / "nginx.conf").write_text(AROUND.format(user=user))
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port = sock.getsockname()[1]
        changes = {
            "listen 80;": f"listen 127.0.0.1:{port};",
            "127.0.0.1:8080": urlsplit(bot).netloc,
        }
        (folder / "bot.conf").write_text(file("nginx", "proxy_pass", changes), "utf-8")
        command = [NGINX, "-p", f"{folder}/", "-c", "nginx.conf", "-e", "stderr"]
        # Its own way to hand on sockets: nobody can take the port in between.
        inherited = {"NGINX": f"{sock.fileno()};"}
        with running(project, command, inherited, [sock.fileno()]):
            yield f"http://127.0.0.1:{port}{urlsplit(bot).path}"


def test_a_sealed_push_is_answered(project: Project) -> None:
    with (
        project.serving("run", "--workers", "2", "--port", "0") as server,
        nginx(project, server.url) as url,
    ):
        assert "Content: 你好" in tapped(project, url)


async def test_what_is_no_push_is_kept_from_the_bot(project: Project) -> None:
    with (
        project.serving("run", "--port", "0", "--access-log") as server,
        nginx(project, server.url) as url,
    ):
        async with aiohttp.ClientSession() as http:
            for where, body, status in (
                (url, b"x" * MAX_BYTES, 400),
                (url, b"x" * (MAX_BYTES + 1), 413),
                (f"{url}/other", b"", 404),
            ):
                async with http.post(where, data=body) as answer:
                    assert answer.status == status
    requests = [line for line in server.lines if " POST " in line]
    assert len(requests) == 1


def test_reloads_lose_no_push_that_comes_through_nginx(project: Project) -> None:
    settings = Settings.load(project.folder, project.environ)
    with (
        project.serving("run", "--workers", "2", "--port", "0") as server,
        nginx(project, server.url) as url,
        Users(url, settings, "HELLO", number=4) as users,
    ):
        server.wait_for("worker 2 listens")
        for _ in range(2):
            users.wait_for_more(100)
            server.process.send_signal(signal.SIGHUP)
            server.wait_for("; reloaded")
            server.wait_for(r"worker \d has ended \(exit code 0\)")
        users.wait_for_more(100)
    assert users.faults == []
    assert set(users.answers) == {"你好"}

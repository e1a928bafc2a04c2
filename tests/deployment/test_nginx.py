"""nginx in front of the bot, with the files of docs/en/howto/nginx.md and docker.md."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
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


@dataclass(frozen=True)
class Front:
    """The addresses of nginx."""

    redirect: str
    tls: str
    plain: str
    """What is behind TLS, without TLS."""
    certificate: Path


@contextmanager
def nginx(project: Project, *bots: str) -> Iterator[Front]:
    """nginx in front of the bot at that URL, or of two of them as docker.md has it."""
    assert NGINX, "WXEVENTS_REQUIRE_NGINX=1, but there is no nginx"
    folder = project.folder / "nginx"
    folder.mkdir()
    user = "user root;" if os.geteuid() == 0 else ""  # the folder is nobody else's
    (folder / "nginx.conf").write_text(AROUND.format(user=user))
    certify(folder)
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    try:
        at = [address(one) for one in sockets]
        conf = configured([urlsplit(bot).netloc for bot in bots], at, folder)
        (folder / "bot.conf").write_text(conf, "utf-8")
        command = [NGINX, "-p", f"{folder}/", "-c", "nginx.conf", "-e", "stderr"]
        # Its own way to hand on sockets: nobody can take the ports in between.
        descriptors = [one.fileno() for one in sockets]
        inherited = {"NGINX": "".join(f"{one};" for one in descriptors)}
        path = urlsplit(bots[0]).path
        with running(project, command, inherited, descriptors):
            yield Front(
                f"http://{at[0]}{path}",
                f"https://{at[1]}{path}",
                f"http://{at[2]}{path}",
                folder / "fullchain.pem",
            )
    finally:
        for one in sockets:
            one.close()


def address(bound: socket.socket) -> str:
    host, port = bound.getsockname()
    return f"{host}:{port}"


def configured(bots: Sequence[str], at: Sequence[str], folder: Path) -> str:
    changes = {
        "listen 80;": f"listen {at[0]};",
        "listen 443 ssl;": f"listen {at[1]} ssl;\n    listen {at[2]};",
        "/etc/ssl/bot.example.com": str(folder),
    }
    if len(bots) == 1:
        return file("nginx", "server_name", changes | {"127.0.0.1:8080": bots[0]})
    pass_on, try_next = file("nginx", "proxy_next_upstream error").splitlines()
    changes |= {"proxy_pass http://127.0.0.1:8080;": pass_on, "proxy_next_upstream off;": try_next}
    both = {"127.0.0.1:8080": bots[0], "127.0.0.1:8082": bots[1]}
    return file("nginx", "upstream wechat-bots", both) + file("nginx", "server_name", changes)


def certify(folder: Path) -> None:
    """A certificate for 127.0.0.1 that nobody has signed but itself."""
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    kind = ["-x509", "-nodes", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    subprocess.run(["openssl", "req", *kind, *files, *subject], check=True, capture_output=True)


def test_a_sealed_push_is_answered(project: Project) -> None:
    with (
        project.serving("run", "--workers", "2", "--port", "0") as server,
        nginx(project, server.url) as front,
    ):
        project.environ["SSL_CERT_FILE"] = str(front.certificate)
        assert "Content: 你好" in tapped(project, front.tls)


async def test_people_without_tls_are_sent_to_it(project: Project) -> None:
    with nginx(project, "http://127.0.0.1:9/wechat") as front:
        async with (
            aiohttp.ClientSession() as http,
            http.get(
                front.redirect, headers={"Host": "bot.example.com"}, allow_redirects=False
            ) as answer,
        ):
            assert answer.status == 301
            assert answer.headers["Location"] == "https://bot.example.com/wechat"


def test_of_two_bots_the_one_that_is_there_answers(project: Project) -> None:
    with project.serving("run", "--port", "0") as server, listening() as (nobody, silent):
        for other in (nobody, silent):
            shutil.rmtree(project.folder / "nginx", ignore_errors=True)
            with nginx(project, f"http://{other}/wechat", server.url) as front:
                for _ in range(4):  # each of them is asked first twice
                    assert "Content: 你好" in tapped(project, front.plain)


@contextmanager
def listening() -> Iterator[tuple[str, str]]:
    """Where nobody listens, and where every connection is accepted and closed: that is what Docker
    does for a container that does not listen yet."""

    def accept() -> None:
        while True:
            try:
                connection, _ = silent.accept()
            except OSError:
                return
            connection.recv(1)
            connection.close()

    with socket.socket() as bound, socket.create_server(("127.0.0.1", 0)) as silent:
        bound.bind(("127.0.0.1", 0))  # and does not listen
        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        yield address(bound), address(silent)
        silent.shutdown(socket.SHUT_RDWR)


async def test_what_is_no_push_is_kept_from_the_bot(project: Project) -> None:
    with (
        project.serving("run", "--port", "0", "--access-log") as server,
        nginx(project, server.url) as front,
    ):
        url = front.plain
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
        nginx(project, server.url) as front,
        Users(front.plain, settings, "HELLO", number=4) as users,
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

"""`wxevents push`: exit code 0 only for an answer that the platform would accept."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.cli.command import Project, Server
from wxevents.pushes import ACCOUNT, FOLLOWER


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Project, Server]]:
    project = Project(tmp_path_factory.mktemp("project"))
    with project.serving("dev", "--port", "0") as server:
        yield project, server


def test_the_answer_and_its_time_are_printed(serving: tuple[Project, Server]) -> None:
    project, server = serving
    ended = project.run("push", "click", "HELLO", "--url", server.url)
    assert ended.returncode == 0
    assert "MsgType: text\nContent: 你好\n" in ended.stdout
    assert ended.stdout.rstrip().endswith("ms)")


def test_an_empty_answer_is_valid(serving: tuple[Project, Server]) -> None:
    project, server = serving
    ended = project.run("push", "click", "p:1", "--url", server.url)
    assert (ended.returncode, "an empty answer" in ended.stdout) == (0, True)


def test_an_acknowledgement_at_the_deadline_is_explained(project: Project) -> None:
    project.write(
        """
import asyncio
from wxevents import ClickEvent, Router
router = Router()

@router.click("SLOW")
async def slow(event: ClickEvent) -> str:
    await asyncio.Event().wait()
    return "never"
"""
    )
    with project.serving("dev", "--port", "0", "--deadline", "4.1", "--no-phone") as server:
        ended = project.run("push", "click", "SLOW", "--url", server.url)
    assert ended.returncode == 0
    assert "it may be late: the handler's answer then goes out as a customer" in ended.stdout


def test_json_has_all_of_it(serving: tuple[Project, Server]) -> None:
    project, server = serving
    result = project.json("push", "click", "regex", "--url", server.url)
    assert (result["valid"], result["deliveries"], result["fault"]) == (True, 1, None)
    assert result["answer"]["Image"] == {"MediaId": "med-1"}
    assert result["seconds"] > 0


def test_a_structure_in_the_answer_is_printed(serving: tuple[Project, Server]) -> None:
    project, server = serving
    assert (
        'Image: {"MediaId": "med-1"}'
        in project.run("push", "click", "regex", "--url", server.url).stdout
    )


def test_elements_are_set_by_their_path(serving: tuple[Project, Server]) -> None:
    project, server = serving
    ended = project.run("push", "text", "--set", "Content=a=b", "--url", server.url)
    assert "Content: a=b" in ended.stdout


@pytest.mark.parametrize("element", ["Content", "Content.below=x"])
def test_a_malformed_element_is_a_sentence(serving: tuple[Project, Server], element: str) -> None:
    project, server = serving
    ended = project.run("push", "text", "--set", element, "--url", server.url)
    assert (ended.returncode, element.partition("=")[0] in ended.stderr) == (2, True)


def test_the_wrong_mode_is_refused_with_its_status(serving: tuple[Project, Server]) -> None:
    project, server = serving
    ended = project.run("push", "click", "HELLO", "--url", server.url, "--mode", "plain")
    assert (ended.returncode, "the status is 403, not 200" in ended.stderr) == (1, True)


@pytest.mark.parametrize("name", ["subscribe", "LOCATION", "location", "invented_tomorrow"])
def test_a_push_of_any_name_is_answered(serving: tuple[Project, Server], name: str) -> None:
    project, server = serving
    assert project.run("push", name, "--url", server.url).returncode == 0


def test_nobody_listening_is_said(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    ended = project.run("push", "click", "HELLO", "--port", str(port))
    assert (ended.returncode, f"127.0.0.1:{port}/wechat" in ended.stderr) == (1, True)
    assert "Traceback" not in ended.stderr


@contextmanager
def answering(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Iterator[str]:
    """A server of some other framework that answers anything with these bytes."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.startswith("/elsewhere"):
                self.send_response(200)
                self.end_headers()
                return
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}/"
        http.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (201, b"success", "the status is 201, not 200"),
        (200, b'"success"', "cannot be read"),
        (200, b"<html><body>hi</body></html>", "is not sealed"),
        (200, b"<xml><Encrypt>x</Encrypt></xml>", "is not sealed"),
    ],
)
def test_an_answer_that_the_platform_would_not_accept(
    project: Project, status: int, body: bytes, fault: str
) -> None:
    with answering(status, body) as url:
        ended = project.run("push", "click", "HELLO", "--url", url)
    assert (ended.returncode, fault in ended.stderr) == (1, True)


def reply(msg_type: str, elements: str = "") -> bytes:
    """An answer in plain mode, to a push of the follower."""
    return (
        f"<xml><ToUserName>{FOLLOWER}</ToUserName><FromUserName>{ACCOUNT}</FromUserName>"
        f"<CreateTime>1735700101</CreateTime><MsgType>{msg_type}</MsgType>{elements}</xml>"
    ).encode()


PLAIN = ("--mode", "plain", "--token", "t")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (reply("text", f"<Content>{'x' * 2049}</Content>"), "Content has 2049 bytes"),
        (reply("text", "<Content></Content>"), "a text reply without Content"),
        (reply("transfer_customer_service"), "only messages can be handed to customer service"),
        (reply("hologram"), "there is no reply of type 'hologram'"),
    ],
)
def test_a_reply_that_the_user_would_not_see(project: Project, body: bytes, fault: str) -> None:
    with answering(200, body) as url:
        ended = project.run("push", "click", "HELLO", "--url", url, *PLAIN)
    assert (ended.returncode, fault in ended.stderr) == (1, True), ended.stderr


def test_a_redirect_is_not_followed(project: Project) -> None:
    with answering(307, b"", {"Location": "/elsewhere"}) as url:
        ended = project.run("push", "click", "HELLO", "--url", url, *PLAIN)
    assert (ended.returncode, "the status is 307, not 200" in ended.stderr) == (1, True)


def test_what_is_compressed_is_no_answer(project: Project) -> None:
    body = gzip.compress(reply("text", "<Content>x</Content>"))
    with answering(200, body, {"Content-Encoding": "gzip"}) as url:
        ended = project.run("push", "click", "HELLO", "--url", url, *PLAIN)
    assert (ended.returncode, "cannot be read" in ended.stderr) == (1, True)


def test_a_push_is_in_the_name_of_whom_one_names(project: Project) -> None:
    with answering(200, reply("text", "<Content>x</Content>")) as url:
        arguments = ("push", "click", "HELLO", "--url", url, *PLAIN)
        assert project.run(*arguments).returncode == 0
        ended = project.run(*arguments, "--openid", "oSomebody")
    assert (ended.returncode, "does not swap ToUserName and FromUserName" in ended.stderr) == (
        1,
        True,
    )

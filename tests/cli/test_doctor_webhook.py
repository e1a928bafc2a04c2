"""`wxevents doctor` at the webhook: verified here, and at its public URL."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.cli.command import Project
from tests.cli.examined import TOKEN, Doctor
from tests.store.redis_server import free_port

ECHO = "what was asked for"


@contextmanager
def server(status: int, body: str = "", context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Somebody who answers every GET so; gives the port."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            self.send_response(status)
            if status == 301:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write((query["echostr"][0] if body == ECHO else body).encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as serving:
        if context:
            serving.socket = context.wrap_socket(serving.socket, server_side=True)
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            yield serving.server_address[1]
        finally:
            serving.shutdown()
            thread.join()


def test_a_bot_that_serves_answers(doctor: Doctor, project: Project) -> None:
    account = {"WXEVENTS_TOKEN": TOKEN, "WXEVENTS_MODE": "plain", "WXEVENTS_PORT": "0"}
    with project.serving("run", **account) as bot:
        port = str(urlsplit(bot.url).port)
        public = f"http://localhost:{port}/wechat"
        found = doctor("--offline", "--url", public, WXEVENTS_PORT=port)
        assert (found.code, found.to_mend()) == (0, [])
        assert found.state("webhook.local") == "good"
        answered, port_noted = found.all("webhook.public")
        assert answered[0] == "good"
        assert "port 443 (https) only" in port_noted[1]

        other = doctor("--offline", WXEVENTS_PORT=port, WXEVENTS_TOKEN="another-token")
        assert (other.code, other.to_mend()) == (1, ["webhook.local"])
        assert "another WXEVENTS_TOKEN" in other.sentence("webhook.local")


def test_the_verification_is_the_same_in_safe_mode(doctor: Doctor, project: Project) -> None:
    key = {"WXEVENTS_ENCODING_AES_KEY": "A" * 43, "WXEVENTS_MODE": "safe"}
    own = {"WXEVENTS_TOKEN": TOKEN, "WXEVENTS_APP_ID": "wx1", "WXEVENTS_PORT": "0"}
    with project.serving("run", **key, **own) as bot:
        port = str(urlsplit(bot.url).port)
        assert doctor("--offline", **key, WXEVENTS_PORT=port).state("webhook.local") == "good"


def test_nobody_who_listens_is_noted(doctor: Doctor) -> None:
    found = doctor("--offline")
    assert (found.code, found.state("webhook.local")) == (0, "note")
    assert "nothing answers at http://127.0.0.1:" in found.sentence("webhook.local")
    assert "wxevents run" in found.sentence("webhook.local")


def test_any_free_port_cannot_be_asked(doctor: Doctor) -> None:
    assert doctor("--offline", WXEVENTS_PORT="0").sentence("webhook.local").startswith("skipped: ")


@pytest.mark.parametrize(
    ("status", "body", "cure"),
    [
        (200, "<html>", "another server listens there"),
        (404, "", "WXEVENTS_PATH"),
        (301, "", "a redirect"),
        (502, "", "a proxy that does not reach the bot"),
        (403, "", "another WXEVENTS_TOKEN"),
    ],
)
def test_a_wrong_answer_has_to_be_mended(doctor: Doctor, status: int, body: str, cure: str) -> None:
    with server(status, body) as port:
        found = doctor("--offline", WXEVENTS_PORT=str(port))
    assert (found.code, found.to_mend()) == (1, ["webhook.local"])
    assert cure in found.sentence("webhook.local")


def test_whoever_echoes_is_taken_for_the_bot(doctor: Doctor) -> None:
    with server(200, ECHO) as port:
        assert doctor("--offline", WXEVENTS_PORT=str(port)).state("webhook.local") == "good"


def test_nobody_at_the_public_url_has_to_be_mended(doctor: Doctor) -> None:
    found = doctor("--offline", "--url", f"http://127.0.0.1:{free_port()}/wechat")
    assert found.to_mend() == ["webhook.public"]


def test_a_certificate_of_nobody_has_to_be_mended(doctor: Doctor, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-keyout", str(key), "-out", str(certificate)),
        ],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip("there is no openssl to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with server(200, ECHO, context) as port:
        found = doctor("--offline", "--url", f"https://127.0.0.1:{port}/wechat")
    (state, sentence), _ = found.all("webhook.public")
    assert (state, "is not accepted" in sentence) == ("mend", True)


def test_a_public_url_without_tls_behind_it_has_to_be_mended(doctor: Doctor) -> None:
    with server(200, ECHO) as port:
        found = doctor("--offline", "--url", f"https://127.0.0.1:{port}/wechat")
    (state, sentence), _ = found.all("webhook.public")
    assert (state, "TLS" in sentence) == ("mend", True)


def test_what_is_no_url_is_wrong_use(doctor: Doctor) -> None:
    ended = doctor.run("--offline", "--url", "bot.example.com")
    assert ended.exit_code == 2


def test_the_way_to_test_from_outside_is_told_without_a_signature(doctor: Doctor) -> None:
    sentence = doctor("--offline", WXEVENTS_PATH="/here").sentence("webhook.outside")
    assert "`wxevents doctor --offline --url https://YOUR-HOST/here`" in sentence
    assert "`wxevents push text hello --url https://YOUR-HOST/here`" in sentence
    assert "signature=" not in sentence


def test_without_a_token_nobody_is_asked(doctor: Doctor) -> None:
    found = doctor("--offline", "--url", "http://127.0.0.1:9/", WXEVENTS_TOKEN=None)
    for check in ("webhook.local", "webhook.public"):
        assert found.sentence(check) == "skipped: WXEVENTS_TOKEN has to be mended first"

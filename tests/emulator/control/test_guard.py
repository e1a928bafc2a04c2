"""Who may talk to the emulator: any page in the developer's browser could reach it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from aiohttp import ClientSession
from yarl import URL

import wxevents
from tests.emulator.control.stage import Stage
from wxevents.emulator import Emulator
from wxevents.emulator.server import PAGE

PATHS = (
    "/",
    "/page/app.js",
    "/emulator/state",
    "/emulator/events",
    "/emulator/nothing",
    "/cgi-bin/menu/get",
    "/cgi-bin/nothing",
    "/anything",
)
JSON = {"Content-Type": "application/json"}


def raw_url(stage: Stage, path: str) -> URL:
    """A path exactly as it is written."""
    return URL(f"{stage.client.url}{path}", encoded=True)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8090",
        "127.0.0.1.evil.example",
        "203.0.113.4:8090",
        "",
        "[::2]",
    ],
)
async def test_a_foreign_host_is_refused_everywhere(
    stage: Stage, http: ClientSession, path: str, host: str
) -> None:
    async with http.get(raw_url(stage, path), headers={"Host": host}) as response:
        assert response.status == 403
    assert (await stage.client.state())["calls"] == []


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "127.9.9.9:80", "[::1]:8090"])
async def test_names_of_this_machine_are_taken(
    stage: Stage, http: ClientSession, host: str
) -> None:
    async with http.get(raw_url(stage, "/emulator/state"), headers={"Host": host}) as response:
        assert response.status == 200


async def test_an_emulator_for_other_machines_takes_any_host(http: ClientSession) -> None:
    async with Emulator().serve(host="0.0.0.0") as url:
        url = url.replace("0.0.0.0", "127.0.0.1")
        for path in ("/", "/emulator/state", "/cgi-bin/menu/get"):
            headers = {"Host": "emulator.shop.example:8090"}
            async with http.get(f"{url}{path}", headers=headers) as response:
                assert response.status == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "",
        "http://127.0.0.1",
        "http://localhost:8090",
        "file://",
        "x",
        "http://[",
    ],
)
async def test_a_foreign_page_is_refused(stage: Stage, http: ClientSession, origin: str) -> None:
    headers = {"Origin": origin, **JSON}
    tags = stage.client.url + "/emulator/tags"
    async with http.post(tags, headers=headers, json={"name": "VIP"}) as response:
        assert response.status == 403
        assert "error" in await response.json()
    for path in ("/emulator/state", "/emulator/events", "/"):
        async with http.get(stage.client.url + path, headers=headers) as response:
            assert response.status == 403
            assert "Access-Control-Allow-Origin" not in response.headers
    assert [tag["name"] for tag in (await stage.client.state())["tags"]] == ["星标组"]


async def test_its_own_page_is_taken(stage: Stage, http: ClientSession) -> None:
    headers = {"Origin": stage.client.url}
    tags = stage.client.url + "/emulator/tags"
    async with http.post(tags, headers=headers, json={"name": "VIP"}) as response:
        assert response.status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", None],
)
async def test_what_a_form_can_send_changes_nothing(
    stage: Stage, http: ClientSession, method: str, content_type: str | None
) -> None:
    path = {
        "POST": "/tags",
        "PUT": "/saved",
        "PATCH": "/faults",
        "DELETE": f"/users/{stage.user.openid}",
    }[method]
    headers = {"Content-Type": content_type} if content_type else {}
    skip = ["Content-Type"]
    async with (
        aiohttp.ClientSession(skip_auto_headers=skip) as bare,
        bare.request(
            method, f"{stage.client.url}/emulator{path}", headers=headers, data=b'{"name": "VIP"}'
        ) as response,
    ):
        assert response.status == 415
        assert "application/json" in (await response.json())["error"]
    assert len((await stage.client.state())["tags"]) == 1
    assert len((await stage.client.state())["users"]) == 1


@pytest.mark.parametrize(
    "path",
    ["/", "/page/app.js", "/page/theme.css", "/page/nothing.js", "/emulator/state",
     "/emulator/pushes/7", "/emulator/users/nobody/chat"],
)  # fmt: skip
async def test_pages_run_no_script_but_their_own(
    stage: Stage, http: ClientSession, path: str
) -> None:
    async with http.get(stage.client.url + path) as response:
        policy = dict(
            part.strip().split(" ", 1)
            for part in response.headers["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert "unsafe" not in str(policy)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"


async def test_the_page_is_html(stage: Stage, http: ClientSession) -> None:
    async with http.get(stage.client.url + "/") as response:
        assert (response.status, response.content_type) == (200, "text/html")
        assert "<!doctype html>" in (await response.text()).lower()
    assert (await stage.client.state())["calls"] == []  # a page is no call of the API


@pytest.mark.parametrize(
    "path",
    [
        "/page/../server.py",
        "/page/..%2fserver.py",
        "/page/%2e%2e/server.py",
        "/page/%2e%2e%2fserver.py",
        "/page/..%5cserver.py",
        "/page//etc/passwd",
        "/page/%2fetc%2fpasswd",
        "/page/x/../../server.py",
        "/page/../samples/cat.jpg",
        "/page/.",
        "/page/..",
        "/page/%00",
        "/page/app.js%00.css",
        f"/page/{'x' * 5000}",
    ],
)
async def test_no_path_leads_out_of_the_page(stage: Stage, http: ClientSession, path: str) -> None:
    async with http.get(raw_url(stage, path), allow_redirects=False) as response:
        body = await response.read()
        # What the client or server makes a path outside of /page/ of is a call of the API.
        assert response.status == 404 or b"errcode" in body
        assert b"import" not in body
        assert b"root:" not in body
        assert not body.startswith(b"\xff\xd8")


async def test_a_file_of_a_user_is_no_page_of_the_emulator(
    stage: Stage, http: ClientSession
) -> None:
    """It may hold a script, and the emulator's own page would let that in."""
    kept = stage.emulator.account.media.keep(
        "image", data=b"<script>alert(1)</script>", content_type="text/html"
    )
    url = f"{stage.client.url}/emulator/media/{kept.media_id}"
    async with http.get(url) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "sandbox" in policy
        assert "script-src 'self'" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_an_uploaded_file_keeps_its_harmless_type(stage: Stage, http: ClientSession) -> None:
    photo = {"name": "x.html", "data": "PHNjcmlwdD4="}
    done = await stage.user.send("image", photo=photo)
    async with http.get(stage.client.url + done.messages[0]["url"]) as response:
        assert response.content_type == "application/octet-stream"


def test_the_page_is_found_where_the_package_is_linked_to(tmp_path: Path) -> None:
    """As in a virtual environment behind a symbolic link."""
    try:
        (tmp_path / "wxevents").symlink_to(Path(wxevents.__file__).parent, True)
    except OSError:
        pytest.skip("no symbolic links here")
    script = (
        "import asyncio, aiohttp\nfrom wxevents.emulator import Emulator\n"
        "async def main():\n"
        "    async with Emulator().serve() as url, aiohttp.ClientSession() as http:\n"
        "        async with http.get(url) as response:\n"
        "            print(response.status)\n"
        "asyncio.run(main())\n"
    )
    environ = os.environ | {"PYTHONPATH": str(tmp_path)}
    arguments = [sys.executable, "-c", script]
    ended = subprocess.run(
        arguments, cwd=tmp_path, env=environ, capture_output=True, encoding="utf-8", check=True
    )
    assert ended.stdout == "200\n"


def test_the_page_has_only_files_that_a_browser_may_load() -> None:
    kinds = {path.suffix for path in PAGE.rglob("*") if path.is_file()}
    assert kinds <= {".html", ".js", ".css", ".svg", ".jpg", ".png", ".json", ".txt", ".md", ""}

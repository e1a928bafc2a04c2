"""What `wxevents new` writes for a deployment, run as far as this machine can."""

from __future__ import annotations

import asyncio
import configparser
import contextlib
import http.client
import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.cli.command import Project
from tests.deployment.program import running
from tests.store.redis_server import RedisServer, free_port, require_redis
from wxevents.clock import SystemClock
from wxevents.store import open_store

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such thing")


@pytest.fixture
def shop(project: Project) -> Project:
    """A project with an account."""
    account = ("--app-id", "wx0123456789abcdef", "--token", "tOken7", "--aes-key", AES_KEY)
    ended = project.run("new", "shop", "--language", "en", *account)
    assert ended.returncode == 0, ended.stderr
    project.folder /= "shop"
    return project


def compose(shop: Project) -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load((shop.folder / "compose.yaml").read_text())
    return loaded


def unit(shop: Project) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None, strict=False)
    parsed.read(shop.folder / "deploy" / "shop.service", "utf-8")
    return parsed


def instructions(shop: Project) -> list[list[str]]:
    """Of the Dockerfile: each with its arguments, as Docker joins and splits them."""
    text = (shop.folder / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [line.split(maxsplit=1) for line in joined.splitlines() if line]


def answer(port: int, path: str) -> tuple[int, str]:
    """What a server of this machine says."""
    reached = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(reached):
        reached.request("GET", path)
        answered = reached.getresponse()
        return answered.status, answered.read().decode()


async def weaknesses(url: str) -> list[str]:
    """What the bot would have to say against the store."""
    store = open_store(url, "wx0123456789abcdef", SystemClock())
    async with store.inbox():
        return list(await store.weaknesses())


def test_compose_starts_the_bot_when_redis_answers(shop: Project) -> None:
    bot, redis = (compose(shop)["services"][name] for name in ("bot", "redis"))
    assert compose(shop)["name"] == "shop"
    assert bot["depends_on"] == {"redis": {"condition": "service_healthy"}}
    assert (bot["build"], bot["env_file"]) == (".", ".env")
    assert bot["environment"]["WXEVENTS_STORE"] == "redis://redis:6379/0"
    assert redis["healthcheck"]["test"][0] == "CMD"
    (volume,) = redis["volumes"]
    assert volume.partition(":")[2] == "/data"  # where Redis writes in its image
    assert volume.partition(":")[0] in compose(shop)["volumes"]


def test_its_redis_keeps_what_the_bot_acknowledges(shop: Project, tmp_path: Path) -> None:
    require_redis()
    redis = compose(shop)["services"]["redis"]
    program, *options = shlex.split(redis["command"])
    assert program == "redis-server"
    with RedisServer(tmp_path, *options) as server:
        assert asyncio.run(weaknesses(server.url)) == []
        _, probe, *arguments = redis["healthcheck"]["test"]
        asked = [probe, "-p", str(server.port), *arguments]
        assert subprocess.run(asked, capture_output=True, check=False).returncode == 0
    assert subprocess.run(asked, capture_output=True, check=False).returncode != 0


def test_the_image_runs_the_bot_as_nobody_in_particular(shop: Project) -> None:
    given = {name: value for name, value in instructions(shop) if name != "ENV"}
    assert given["USER"] == "bot"
    assert "useradd --system" in given["RUN"]
    assert given["STOPSIGNAL"] == "SIGTERM"
    assert json.loads(given["CMD"]) == ["wxevents", "run"]
    ports = compose(shop)["services"]["bot"]["ports"]
    assert [port.rpartition(":")[2] for port in ports] == [given["EXPOSE"]]


def test_the_image_s_settings_let_others_in_and_its_health_be_asked(shop: Project) -> None:
    (variables,) = (value for name, value in instructions(shop) if name == "ENV")
    environ = dict(part.split("=") for part in shlex.split(variables))
    assert environ["WXEVENTS_HOST"] == "0.0.0.0"
    (check,) = (value for name, value in instructions(shop) if name == "HEALTHCHECK")
    _, source, code = json.loads(check[check.index("[") :])
    assert source == "-c"
    health = str(free_port())
    port = environ["WXEVENTS_METRICS_PORT"]
    assert re.search(rf"\b{port}\b", code)
    asked = [sys.executable, "-c", code.replace(port, health)]
    run = environ | {"WXEVENTS_PORT": "0", "WXEVENTS_METRICS_PORT": health}
    with shop.serving("run", **run):
        assert subprocess.run(asked, capture_output=True, check=False).returncode == 0
        assert answer(int(health), "/healthz") == (200, "ok\n")
        status, metrics = answer(int(health), "/metrics")
        assert (status, "wxevents_info" in metrics) == (200, True)
    assert subprocess.run(asked, capture_output=True, check=False).returncode != 0


def test_the_extras_bring_what_the_image_s_settings_need(shop: Project) -> None:
    """Here the libraries of all extras are installed, in the image those of these."""
    requirements = (shop.folder / "requirements.txt").read_text("utf-8")
    (named,) = re.findall(r"^wxevents\[(.*)\]", requirements, re.MULTILINE)
    extras = named.split(",")
    (variables,) = (value for name, value in instructions(shop) if name == "ENV")
    assert ("WXEVENTS_METRICS_PORT" in variables) == ("metrics" in extras)
    store = compose(shop)["services"]["bot"]["environment"]["WXEVENTS_STORE"]
    assert store.startswith("redis://") == ("redis" in extras)


@on_posix
def test_the_unit_s_commands_start_reload_and_stop_the_bot(shop: Project, tmp_path: Path) -> None:
    service = unit(shop)["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert program == "/opt/shop/.venv/bin/wxevents"
    assert service["WorkingDirectory"] == "/opt/shop"
    name, _, store = service["Environment"].partition("=")
    assert store == f"sqlite:////var/lib/{service['StateDirectory']}/inbox.db"
    environ = {name: f"sqlite:///{tmp_path}/inbox.db", "WXEVENTS_PORT": "0"}
    with running(shop, [sys.executable, "-m", "wxevents", *arguments], environ) as server:
        server.wait_for("worker 2 listens")
        reload = service["ExecReload"].replace("$MAINPID", str(server.process.pid))
        subprocess.run(["/bin/sh", "-c", reload], check=True)
        left: set[str] = set()
        while left < {"worker 1", "worker 2"}:
            left.add(server.wait_for(r"(worker \d) has ended \(exit code 0\)")[1])
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
    assert (tmp_path / "inbox.db").exists()


def test_the_unit_is_named_and_gives_the_bot_time_to_stop(shop: Project) -> None:
    service = unit(shop)["Service"]
    assert (service["User"], service["EnvironmentFile"]) == ("shop", "/etc/shop.env")
    assert float(service["TimeoutStopSec"]) > 15
    assert compose(shop)["services"]["bot"]["stop_grace_period"] == "20s"


def test_systemd_would_take_the_unit(shop: Project) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not installed")
    path = shop.folder / "deploy" / "shop.service"
    text = path.read_text("utf-8").replace("/opt/shop/.venv/bin/wxevents", sys.executable)
    path.write_text(text.replace("WorkingDirectory=/opt/shop\n", ""), "utf-8")
    ended = subprocess.run(
        [analyze, "verify", str(path)], capture_output=True, text=True, check=False
    )
    assert [line for line in ended.stderr.splitlines() if "shop.service" in line] == []

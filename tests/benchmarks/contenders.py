"""Who takes part in the comparison, how each is started, and why one may have to stay out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tests.benchmarks.account import (
    AES_KEY,
    APP_ID,
    FEW_KEYS,
    MANY_KEYS,
    TOKEN,
    Mode,
    answers,
)

NODE_PACKAGES: Final = ("co-wechat@2.4.0", "koa@2.16.4")
_INSTALL: Final = "pip install -r tests/benchmarks/requirements.txt"
_SERVERS: Final = Path(__file__).parent / "servers"


def _nothing_missing() -> str | None:
    return None


@dataclass(frozen=True)
class Contender:
    """One server of the comparison."""

    name: str
    command: Callable[[Mode, int], list[str]]
    keys: int = FEW_KEYS
    missing: Callable[[], str | None] = _nothing_missing
    """Prepares it if need be, and tells why it cannot run, None if it can."""
    environment: Mapping[str, str] = field(default_factory=dict)
    constant: bool = False
    """It answers everything alike, so nothing but the constant is to be checked."""
    note: str = ""
    """What one has to know to read its figures."""


def _python(module: str, *options: str) -> Callable[[Mode, int], list[str]]:
    start = [sys.executable, "-m", f"tests.benchmarks.servers.{module}"]
    return lambda mode, port: [*start, mode, str(port), *options]


def _needs(*modules: str) -> Callable[[], str | None]:
    def missing() -> str | None:
        absent = [module for module in modules if find_spec(module) is None]
        return f"{', '.join(absent)} not installed ({_INSTALL})" if absent else None

    return missing


def _node_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "wxevents-benchmarks"


def _co_wechat(mode: Mode, port: int) -> list[str]:
    options = {
        "port": port,
        "config": {"token": TOKEN, "appid": APP_ID, "encodingAESKey": AES_KEY},
        "answers": answers(FEW_KEYS),
    }
    return ["node", str(_SERVERS / "co_wechat.js"), json.dumps(options)]


def _co_wechat_missing() -> str | None:
    if not (shutil.which("node") and shutil.which("npm")):
        return "Node.js with npm is not installed"
    cache = _node_cache()
    stamp = cache / "installed"
    wanted = "\n".join(NODE_PACKAGES)
    if stamp.is_file() and stamp.read_text() == wanted:
        return None
    cache.mkdir(parents=True, exist_ok=True)
    # A package.json of its own keeps npm from looking for a project further up.
    (cache / "package.json").write_text('{"private": true}')
    command = ["npm", "install", "--no-audit", "--no-fund", *NODE_PACKAGES]
    installed = subprocess.run(command, cwd=cache, capture_output=True, text=True, check=False)
    if installed.returncode:
        return f"npm could not install it: {installed.stderr.strip()[-300:]}"
    stamp.write_text(wanted)
    return None


CONTENDERS: Final[Mapping[str, Contender]] = {
    one.name: one
    for one in (
        Contender("bare", _python("bare"), constant=True),
        Contender("wxevents", _python("own", "--loop=asyncio", f"--keys={FEW_KEYS}")),
        Contender(
            "wxevents+uvloop",
            _python("own", "--loop=uvloop", f"--keys={FEW_KEYS}"),
            missing=_needs("uvloop"),
        ),
        Contender(
            "wxevents-10000",
            _python("own", "--loop=asyncio", f"--keys={MANY_KEYS}"),
            keys=MANY_KEYS,
        ),
        Contender("wechatpy", _python("wechatpy"), missing=_needs("wechatpy", "cryptography")),
        Contender(
            "werobot",
            _python("werobot"),
            missing=_needs("werobot", "cryptography", "waitress"),
            note="runs without sessions: with its default, SQLite, it loses pushes under load",
        ),
        Contender("naive", _python("naive"), missing=_needs("xmltodict")),
        Contender(
            "co-wechat",
            _co_wechat,
            missing=_co_wechat_missing,
            environment={
                "NODE_PATH": str(_node_cache() / "node_modules"),
                "NODE_ENV": "production",
            },
        ),
    )
}

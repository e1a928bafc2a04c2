"""`wxevents doctor` in this process, in a folder with a bot of its own."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.store.redis_server import free_port
from wxevents.cli import app

BOT = """
from wxevents import ClickEvent, Router
router = Router()
@router.click("HELLO")
async def hello(event: ClickEvent) -> str:
    return "你好"
"""
TOKEN = "token-of-the-account"
AES_KEY = "k3Yb0QmZr8TnW1xVd5CpLs9HfGj2Ua7EiOq4RtMwXyQ"


class Examination:
    """What the doctor said."""

    def __init__(self, code: int, findings: list[dict[str, str]]) -> None:
        self.code = code
        self.findings = findings

    def all(self, check: str) -> list[tuple[str, str]]:
        """State and sentence of every line of this check."""
        return [(one["state"], one["sentence"]) for one in self.findings if one["check"] == check]

    def state(self, check: str) -> str:
        (found,) = self.all(check)
        return found[0]

    def sentence(self, check: str) -> str:
        (found,) = self.all(check)
        return found[1]

    def to_mend(self) -> list[str]:
        """The checks that found something to mend."""
        return [one["check"] for one in self.findings if one["state"] == "mend"]


class Doctor:
    """`doctor(…options, VARIABLE=…)`; whatever it finds, it prints none of the `secrets`."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in list(os.environ):
            if name.startswith("WXEVENTS_"):
                monkeypatch.delenv(name)
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "path", sys.path[:])
        self.folder = folder
        # A name of its own: a module that was imported once stays in this process.
        handlers = f"bot_of_{folder.name}"
        (folder / f"{handlers}.py").write_text(BOT, "utf-8")
        self.environ: dict[str, str | None] = {
            "WXEVENTS_APP_ID": "wx0123456789abcdef",
            "WXEVENTS_TOKEN": TOKEN,
            "WXEVENTS_MODE": "plain",
            "WXEVENTS_STORE": "memory://",
            "WXEVENTS_HANDLERS": handlers,
            "WXEVENTS_PORT": str(free_port()),
        }
        self.secrets = {TOKEN, AES_KEY}

    def __call__(self, *options: str, **environ: str | None) -> Examination:
        ended = self.run("--json", *options, **environ)
        return Examination(ended.exit_code, json.loads(ended.stdout))

    def run(self, *options: str, **environ: str | None) -> Any:
        """The ended command."""
        ended = CliRunner().invoke(app, ["doctor", *options], env=self.environ | environ)
        if ended.exception and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        for secret in self.secrets:
            assert secret not in ended.output
        return ended

"""The emulated platform beside commands that call it, and commands run in this process."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from typer.testing import CliRunner

from wxevents.cli import app
from wxevents.emulator import Emulator
from wxevents.testing import invented_settings

SECRET = "5ec2e7" * 5
READING = frozenset(
    {
        "/cgi-bin/stable_token",
        "/cgi-bin/menu/get",
        "/cgi-bin/get_current_selfmenu_info",
        "/cgi-bin/tags/get",
    }
)
NO_ACCOUNT: Mapping[str, str | None] = dict.fromkeys(
    ("WXEVENTS_APP_ID", "WXEVENTS_APP_SECRET", "WXEVENTS_TOKEN", "WXEVENTS_ENCODING_AES_KEY")
)
"""The environment of somebody who has configured no account; whatever a command invents for them
is taken out of it again."""


class Platform:
    """An emulator that serves in a thread of its own, so that commands may be waited for."""

    def __init__(self) -> None:
        self.emulator = Emulator(settings=invented_settings(app_secret=SECRET, mode="plain"))
        self.account = self.emulator.account
        self.url = ""
        self.secrets = {SECRET}
        """What no command may print: the account's secret, and the tokens that were used."""

    @property
    def environ(self) -> dict[str, str]:
        """What somebody configures who only publishes menus: no Token, no EncodingAESKey."""
        return {
            "WXEVENTS_APP_ID": self.account.app_id,
            "WXEVENTS_APP_SECRET": self.account.app_secret,
            "WXEVENTS_API_BASE": self.url,
        }

    @property
    def changing_calls(self) -> list[str]:
        """What was called that may change something, in order; without the common beginning."""
        paths = [call.path for call in self.emulator.calls if call.path not in READING]
        return [path.removeprefix("/cgi-bin/") for path in paths]

    @contextmanager
    def serving(self, *middlewares: Middleware) -> Iterator[Platform]:
        """Serve while the context is open."""

        @web.middleware
        async def note_token(request: web.Request, handler: Handler) -> web.StreamResponse:
            self.secrets.update(request.query.getall("access_token", []))
            return await handler(request)

        with _loop_in_a_thread() as loop:
            served = self.emulator.serve(middlewares=[note_token, *middlewares])
            self.url = asyncio.run_coroutine_threadsafe(served.__aenter__(), loop).result(30)
            try:
                yield self
            finally:
                ending = served.__aexit__(None, None, None)
                asyncio.run_coroutine_threadsafe(ending, loop).result(30)


@contextmanager
def _loop_in_a_thread() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


class Ended:
    """What a command left behind."""

    def __init__(self, code: int, stdout: str, stderr: str) -> None:
        self.code = code
        self.stdout = stdout
        self.stderr = stderr

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)


class Commands:
    """`wxevents …` in this process, in a folder without handlers: much faster than a process of
    its own. Whatever a command does, it ends without a traceback and prints no secret."""

    def __init__(self, folder: Path, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.platform = platform
        monkeypatch.chdir(folder)

    def __call__(self, *arguments: str, **environ: str | None) -> Ended:
        given = {**self.platform.environ, **environ}
        result = CliRunner().invoke(app, list(arguments), env=given)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        for secret in self.platform.secrets:
            assert secret not in result.output
        return Ended(result.exit_code, result.stdout, result.stderr)

    def write(self, text: str, name: str = "menu.yaml") -> Path:
        """A file in the folder; gives its path from there."""
        (self.folder / name).write_text(text, "utf-8")
        return Path(name)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")


def names(buttons: Sequence[dict[str, Any]]) -> list[str]:
    """The names on a menu's bar."""
    return [str(button["name"]) for button in buttons]

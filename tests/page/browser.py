"""A real Chromium, and what its pages must never do.

Whatever needs playwright is imported from here: where it is missing, the module that does so is
skipped, or fails where the browser is required.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NoReturn

import pytest


def missing(what: str, cure: str) -> NoReturn:
    """Skip what needs it; fail in CI, where a skipped test would be a test that nobody runs."""
    wanted = [os.environ.get(name, "") for name in ("CI", "WXEVENTS_REQUIRE_BROWSER")]
    if any(value.lower() not in ("", "0", "false") for value in wanted):
        pytest.fail(f"{what} is not installed, and CI or WXEVENTS_REQUIRE_BROWSER is set: {cure}")
    pytest.skip(f"{what} is not installed: {cure}", allow_module_level=True)


if importlib.util.find_spec("playwright") is None:
    missing("playwright", 'pip install -e ".[dev]"')

# Behind the check that there is one.
from playwright.async_api import (  # noqa: E402
    Browser,
    ConsoleMessage,
    Error,
    Locator,
    Page,
    Request,
    async_playwright,
    expect,
)

__all__ = ["TIMEOUT_MS", "Browser", "Locator", "Page", "Watch", "chromium", "expect"]

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS: Final = (
    "--no-sandbox",  # CI runs as root, where there is none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no test leaves this machine
)

TIMEOUT_MS: Final = 15_000
"""How long a page may take for anything, on a machine that does something else too."""

expect.set_options(timeout=TIMEOUT_MS)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The browser that this machine has; where it has none, see `missing`."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        missing("Chromium", "apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


class Watch:
    """Keeps what goes wrong in a page: what the browser's console warns of, which has the
    violations of the Content-Security-Policy too, exceptions, dialogs of a script, and requests to
    any other host than the emulator's."""

    def __init__(self, page: Page, url: str) -> None:
        self.troubles: list[str] = []
        self._url = url
        page.on("console", self._console)
        page.on("pageerror", self._error)
        page.on("request", self._request)
        page.on("dialog", lambda dialog: self.troubles.append(f"dialog: {dialog.message}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"console {message.type}: {message.text}")

    def _error(self, error: Error) -> None:
        self.troubles.append(f"exception: {error}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._url}/", "data:", "blob:")):
            self.troubles.append(f"request: {request.url}")

"""`wxevents emulate`: the platform on this machine, for an account that needs no account."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from wxevents.cli.account import api_settings, development_settings, require_credentials
from wxevents.cli.beside import PAGE_PORT, invite_followers
from wxevents.cli.keeping import StateError, kept_in, load_state
from wxevents.cli.options import FAILED, fail, require_http_url
from wxevents.emulator import Emulator, Kind
from wxevents.stopping import call_on_signals

# SIGHUP: somebody closed the window of the terminal. Windows has none.
_ENDING: Final = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


def emulate(
    *,
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65535, help="Port of API and page; 0: any free one."),
    ] = PAGE_PORT,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    webhook: Annotated[
        str | None, typer.Option(help="URL of the bot, in any language, that gets the pushes.")
    ] = None,
    kind: Annotated[Kind, typer.Option(help="What kind of account it is.")] = "service",
    state: Annotated[
        Path | None,
        typer.Option(
            help="File from which its state is loaded, and to which every change is saved."
        ),
    ] = None,
    options: Mapping[str, Any],
) -> None:
    """Emulate the platform for the configured account, or for the invented one, until Ctrl-C: its
    API, its pushes to a webhook, and a page with a phone."""
    if webhook:
        require_http_url("--webhook", webhook)
    settings = development_settings(options) if webhook else api_settings(options)
    require_credentials(settings)
    emulator = Emulator(settings=settings, webhook=webhook, kind=kind)
    invite_followers(emulator)
    if state:
        _load(emulator, state)
    try:
        asyncio.run(_serve(emulator, port, host, state))
    except StateError as error:
        fail(f"--state {error}", FAILED)


def _load(emulator: Emulator, state: Path) -> None:
    """What was saved, if anything was. Where nothing can be saved, that is said before the work."""
    if state.is_dir() or not state.parent.is_dir():
        fail(f"--state {state} cannot be used: name a file in a folder that there is")
    try:
        load_state(emulator, state)
    except StateError as error:
        fail(f"--state {error}; remove it to begin anew")


async def _listen(serving: AsyncExitStack, emulator: Emulator, port: int, host: str) -> str:
    """Its URL, while `serving`; a taken port or a foreign address ends the command."""
    try:
        return await serving.enter_async_context(emulator.serve(port, host))
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        fail(
            f"cannot listen on {host} port {port}: {reason}; choose another with --host and --port"
        )


async def _serve(emulator: Emulator, port: int, host: str, state: Path | None) -> None:
    """Until a signal ends it."""
    async with AsyncExitStack() as serving:
        url = await _listen(serving, emulator, port, host)
        if state:
            await serving.enter_async_context(kept_in(emulator, state))
        typer.echo(
            f"the platform's API for {emulator.account.app_id}: set WXEVENTS_API_BASE={url}\n"
            f"in the terminal of `wxevents menu …` and of the bot. A phone: {url}/ . Ctrl-C ends."
        )
        if not emulator.webhook.url:
            typer.echo("It pushes nothing: name the bot's URL with --webhook.")
        elif emulator.account.kind == "test":
            typer.echo("A test account pushes in plain mode: the bot needs WXEVENTS_MODE=plain.")
        stop = asyncio.Event()
        call_on_signals(_ENDING, stop.set)
        await stop.wait()

"""`wxevents emulate`: the platform on this machine, for an account that needs no account."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from wxevents.cli.account import api_settings, development_settings, require_credentials
from wxevents.cli.emulated import invite_followers
from wxevents.cli.options import fail
from wxevents.emulator import Emulator, Kind


def emulate(
    *,
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65535, help="Port of API and page; 0: any free one."),
    ] = 8090,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    webhook: Annotated[
        str | None, typer.Option(help="URL of the bot, in any language, that gets the pushes.")
    ] = None,
    kind: Annotated[Kind, typer.Option(help="What kind of account it is.")] = "service",
    state: Annotated[
        Path | None,
        typer.Option(help="File from which its state is loaded, and to which it is saved."),
    ] = None,
    options: Mapping[str, Any],
) -> None:
    """Emulate the platform for the configured account, or for the invented one, until Ctrl-C: its
    API, its pushes to a webhook, and a page with a phone."""
    if webhook and not re.match("https?://[^/]", webhook):
        fail(f"--webhook {webhook}: write it as http://host:port/path")
    settings = development_settings(options) if webhook else api_settings(options)
    require_credentials(settings)
    emulator = Emulator(settings=settings, webhook=webhook, kind=kind)
    invite_followers(emulator)
    if state and state.exists():
        _load(emulator, state)
    try:
        asyncio.run(_serve(emulator, port, host))
    except KeyboardInterrupt:
        pass
    except OSError as error:
        fail(f"cannot listen on port {port}: {error.strerror}; choose another with --port", 1)
    finally:
        if state:
            state.write_text(json.dumps(emulator.save(), ensure_ascii=False), "utf-8")


def _load(emulator: Emulator, state: Path) -> None:
    try:
        emulator.restore(json.loads(state.read_text("utf-8")))
    except (OSError, ValueError) as error:
        first = str(error).splitlines()[0]
        fail(f"--state {state} cannot be read: {first}; remove it to begin anew")


async def _serve(emulator: Emulator, port: int, host: str) -> None:
    async with emulator.serve(port, host) as url:
        typer.echo(
            f"the platform's API for {emulator.account.app_id}: set WXEVENTS_API_BASE={url}\n"
            f"in the terminal of `wxevents menu …` and of the bot. A phone: {url}/ . Ctrl-C ends."
        )
        if not emulator.webhook.url:
            typer.echo("It pushes nothing: name the bot's URL with --webhook.")
        await asyncio.Event().wait()

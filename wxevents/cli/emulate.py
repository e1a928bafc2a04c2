"""`wxevents emulate`: the platform's API on this machine, for an account that needs no account."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from wxevents.cli.account import api_settings, require_credentials
from wxevents.cli.options import fail
from wxevents.emulator import Emulator
from wxevents.pushes import FOLLOWER


def emulate(
    *,
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65535, help="Port of the emulated API; 0: any free one."),
    ] = 8090,
    options: Mapping[str, Any],
) -> None:
    """Serve the platform's API (tokens, menus, tags, users) for the configured account, or for the
    invented one, until Ctrl-C. What is published there is forgotten then."""
    settings = api_settings(options)
    require_credentials(settings)
    emulator = Emulator(app_id=settings.app_id, app_secret=settings.app_secret)
    emulator.account.follow(FOLLOWER)  # whose taps `wxevents push` sends
    try:
        asyncio.run(_serve(emulator, port))
    except KeyboardInterrupt:
        pass
    except OSError as error:
        fail(f"cannot listen on port {port}: {error.strerror}; choose another with --port", 1)


async def _serve(emulator: Emulator, port: int) -> None:
    async with emulator.serve(port=port) as url:
        typer.echo(
            f"the platform's API for {emulator.account.app_id}: set WXEVENTS_API_BASE={url}\n"
            "in the terminal of `wxevents menu …` and of the bot. Ctrl-C ends."
        )
        await asyncio.Event().wait()

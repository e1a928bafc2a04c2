"""`wxevents load`: many emulated users press the buttons of a bot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

import typer
from rich.live import Live
from rich.table import Table

from wxevents.cli.account import development_settings
from wxevents.cli.options import FAILED, console, fail, require_http_url
from wxevents.cli.printing import Json, print_json
from wxevents.cli.routes import click_keys
from wxevents.discovery import load_bot
from wxevents.emulator import Emulator, Switches
from wxevents.emulator.load import Load, Measured, press
from wxevents.server import local_url
from wxevents.settings import Settings

INTERRUPTED: Final = 130
"""Exit code after Ctrl-C, by the custom of shells."""
# Seconds between two looks of the display.
_REFRESH: Final = 0.25


def load(
    *,
    rate: Annotated[float, typer.Option(min=0.1, help="Taps per second, of all users.")] = 100,
    users: Annotated[int, typer.Option(min=1, help="Users who tap in turn.")] = 100,
    duration: Annotated[float, typer.Option(min=0.1, help="Seconds.")] = 10,
    key: Annotated[
        list[str] | None,
        typer.Option(
            help="A key to press, may be repeated; by default the click keys of handlers."
        ),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="URL of the bot; by default where `wxevents dev` listens.")
    ] = None,
    as_json: Json = False,
    options: Mapping[str, Any],
) -> None:
    """Press click buttons at a fixed rate, as the platform would push it, and print throughput,
    latencies and missed deadlines. Each latency counts from when the tap was due.

    Exit code 0 only if every push got a valid answer."""
    if url:
        require_http_url("--url", url)
    settings = development_settings(options)
    try:
        wanted = Load(rate, users, duration, key or _click_keys(settings))
    except ValueError as error:
        fail(str(error))
    measured = Measured()
    interrupted = False
    try:
        asyncio.run(_press(settings, url or local_url(settings), wanted, measured, as_json))
    except KeyboardInterrupt:
        interrupted = True
    if as_json:
        print_json(_figures(measured))
    if interrupted or measured.failed:
        raise typer.Exit(INTERRUPTED if interrupted else FAILED)


def _click_keys(settings: Settings) -> Sequence[str]:
    keys = click_keys(load_bot(settings))
    if not keys:
        fail(f"{settings.handlers} has no click button with an exact key; name one with --key")
    return keys


async def _press(
    settings: Settings, url: str, wanted: Load, measured: Measured, quiet: bool
) -> None:
    # Pausing after many failures would hide what the bot does.
    emulator = Emulator(settings=settings, webhook=url, switches=Switches(pause_after=0))
    emulator.webhook.keep_alive = True
    async with emulator.webhook:
        if quiet:
            await press(emulator, wanted, measured)
            return
        with Live(console=console(), auto_refresh=False, transient=False) as live:
            shown = 0.0

            def watch() -> None:
                nonlocal shown
                now = time.monotonic()
                if now - shown >= _REFRESH:
                    shown = now
                    live.update(_table(measured, wanted), refresh=True)

            try:
                await press(emulator, wanted, measured, watch)
            finally:
                live.update(_table(measured, wanted, finished=True), refresh=True)


def _table(measured: Measured, wanted: Load, *, finished: bool = False) -> Table:
    table = Table(show_header=False, box=None)
    table.add_row("pushes", f"{measured.done} of {wanted.taps}")
    table.add_row("answered per second", f"{measured.per_second:.0f}, wanted {wanted.rate:g}")
    # Sorting all of them while the buttons are pressed would make the next ones late.
    latencies = measured.percentiles() if finished else measured.lately()
    for percentile, seconds in latencies.items():
        name = "slowest" if percentile == 100 else f"p{percentile:g}"
        table.add_row(name, f"{seconds * 1000:.1f} ms")
    table.add_row("missed deadlines", str(measured.missed_deadlines))
    table.add_row("failed", str(measured.failed))
    for fault, count in measured.faults.items():
        table.add_row("", f"{count} × {fault}")
    return table


def _figures(measured: Measured) -> dict[str, Any]:
    return {
        "pushes": measured.done,
        "answered": measured.answered,
        "empty": measured.empty,
        "failed": measured.failed,
        "missed_deadlines": measured.missed_deadlines,
        "seconds": measured.seconds,
        "per_second": measured.per_second,
        "latency": {
            "max" if percentile == 100 else f"p{percentile:g}": seconds
            for percentile, seconds in measured.percentiles().items()
        },
        "faults": measured.faults,
    }

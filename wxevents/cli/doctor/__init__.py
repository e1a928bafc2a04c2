"""`wxevents doctor`: one line for everything that may be wrong, with its cure; one module per
subject."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from wxevents.cli.doctor.aes_key import aes_key
from wxevents.cli.doctor.configured import Configured, read_settings
from wxevents.cli.doctor.finding import Finding
from wxevents.cli.doctor.handlers import handlers
from wxevents.cli.doctor.platform import platform
from wxevents.cli.doctor.settings import settings
from wxevents.cli.doctor.skew import clock_skew
from wxevents.cli.doctor.store import store
from wxevents.cli.doctor.versions import versions
from wxevents.cli.doctor.webhook import webhook
from wxevents.cli.options import FAILED, console, require_http_url
from wxevents.cli.printing import Json, print_json
from wxevents.clock import SystemClock
from wxevents.menu import MenuSet

_COLOURS: Final = {"good": "green", "note": "yellow", "mend": "red"}


def doctor(
    *,
    offline: Annotated[
        bool, typer.Option("--offline", help="Call nothing of the platform's.")
    ] = False,
    url: Annotated[
        str | None,
        typer.Option(help="The URL given to the platform, to be asked from here as well."),
    ] = None,
    json: Json = False,
    options: Mapping[str, Any],
) -> None:
    """Look at everything that a bot needs, and say what to mend. Exit code 1 if something must be.

    A line each, `good`, `note` (worth knowing, or not to be seen) or `mend`: settings and
    settings.NAME, aes_key, store, handlers, menu, clock, access_token, ip_whitelist,
    customer_service, menu.published, webhook.network, webhook.local, webhook.public (with --url),
    webhook.outside, version.NAME. With --json a list of objects with check, state and sentence.

    It changes nothing, neither here nor at the platform, and may look while servers run. The
    platform gets 5 seconds for a connection and 10 for a call, the webhook 5, Redis 4.
    """
    if url:
        require_http_url("--url", url)
    configured = read_settings(options)
    found, wanted = handlers(configured)
    findings = asyncio.run(_examine(configured, found, wanted, url, offline))
    findings = [finding.printable(configured.secrets) for finding in findings]
    if json:
        print_json([asdict(finding) for finding in findings])
    else:
        _print(findings)
    if any(finding.state == "mend" for finding in findings):
        raise typer.Exit(FAILED)


async def _examine(
    configured: Configured,
    of_handlers: Sequence[Finding],
    wanted: MenuSet | str,
    url: str | None,
    offline: bool,
) -> list[Finding]:
    """Everything, in the order in which one mends it: from this folder to the world outside."""
    clock = SystemClock()
    return [
        *settings(configured),
        aes_key(configured),
        *[finding async for finding in store(configured, clock)],
        *of_handlers,
        await clock_skew(configured, clock, offline=offline),
        *[finding async for finding in platform(configured, wanted, clock, offline=offline)],
        *[finding async for finding in webhook(configured, url, clock)],
        *[finding async for finding in versions(configured)],
    ]


def _print(findings: Sequence[Finding]) -> None:
    width = max(len(finding.check) for finding in findings) + 1
    printed = console()
    for finding in findings:
        line = Text.assemble(
            (finding.state, _COLOURS[finding.state]),
            f"  {finding.check + ':':{width}} {finding.sentence}",
        )
        printed.print(line, soft_wrap=True)
    states = Counter(finding.state for finding in findings)
    summary = f"{states['mend']} to mend, {states['note']} to note, {states['good']} good"
    printed.print(Text(summary, style="bold"), soft_wrap=True)

"""`wxevents push`: one push, signed and sealed as the platform would."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final

import aiohttp
import typer

from wxevents.cli.account import development_settings
from wxevents.cli.options import FAILED, fail, require_http_url
from wxevents.cli.printing import Json, print_json
from wxevents.errors import AnswerError, PushError
from wxevents.exchange import Response
from wxevents.pushes import ANSWER_TIMEOUT, DELIVERIES, FOLLOWER, Platform, compose, set_field
from wxevents.pushes.posting import post
from wxevents.server import local_url
from wxevents.settings import Settings
from wxevents.xml import Fields

# Seconds after which an empty answer is likely to be the acknowledgement of a late one.
_SEEMS_LATE: Final = 4.0
_START: Final = "is `wxevents dev` running, and at this port?"


@dataclass(frozen=True)
class Result:
    """How a push ended; `answer` is None for an empty one, `fault` says why it is not valid."""

    valid: bool
    deliveries: int
    seconds: float
    answer: Fields | None = None
    fault: str | None = None


def push(
    event: Annotated[
        str, typer.Argument(help="An event or message type, such as click, subscribe or text.")
    ],
    key: Annotated[
        str | None, typer.Argument(help="Its key, URL, scene, or what a text message says.")
    ] = None,
    *,
    elements: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="FIELD=VALUE",
            help="An element, such as MenuId=7 or ScanCodeInfo.ScanResult=x.",
        ),
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Where to push; by default where `wxevents dev` listens.")
    ] = None,
    openid: Annotated[
        str, typer.Option(help="In whose name; by default that of a follower of samples.")
    ] = FOLLOWER,
    as_json: Json = False,
    options: Mapping[str, object],
) -> None:
    """Send one push to a bot and print its decrypted answer and the time it took.

    Any event of the platform has a sample to start from. Exit code 0 only for an answer that the
    platform would accept.
    """
    settings = development_settings(options)
    now = int(time.time())
    msg_id = time.time_ns() // 1000
    fields = compose(event, key, openid=openid, create_time=now, msg_id=msg_id)
    for element in elements or ():
        path, equals, value = element.partition("=")
        if not equals:
            raise PushError(f"--set {element}: write it as Field=value")
        set_field(fields, path, value)
    if url:
        require_http_url("--url", url)
    result = asyncio.run(_push(settings, url or local_url(settings), fields))
    if as_json:
        print_json(asdict(result))
    else:
        _show(result)
    if not result.valid:
        raise typer.Exit(FAILED)


async def _push(settings: Settings, url: str, fields: Fields) -> Result:
    """Deliver up to three times, as the platform does when an answer takes longer than 5 s."""
    platform = Platform(settings)
    started = time.monotonic()
    timeout = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        for attempt in range(1, DELIVERIES + 1):
            request = platform.delivery(fields, int(time.time()))
            sent = time.monotonic()
            try:
                response = await post(session, url, request, settings.data_format)
            except TimeoutError:
                continue
            except aiohttp.ClientConnectorError as error:
                fault = f"nothing answers at {url} ({error.os_error.strerror}); {_START}"
                return Result(False, attempt, time.monotonic() - sent, fault=fault)
            except (aiohttp.ClientError, ValueError) as error:
                return Result(False, attempt, time.monotonic() - sent, fault=f"{url}: {error}")
            seconds = time.monotonic() - sent
            try:
                return Result(True, attempt, seconds, platform.judge(response, fields))
            except AnswerError as error:
                fault = f"{error}{_explained(response)}"
                return Result(False, attempt, seconds, fault=fault)
    fault = f"none of {DELIVERIES} deliveries was answered within {ANSWER_TIMEOUT:.0f} s"
    return Result(False, DELIVERIES, time.monotonic() - started, fault=fault)


def _explained(response: Response) -> str:
    """What a status of the bot's means to whoever pushed."""
    if response.status in (400, 403):
        return "; the bot's log says why: another mode, or account (each folder has its own)?"
    if response.status == 503:
        return f": {response.body.decode(errors='replace')}"
    return ""


def _show(result: Result) -> None:
    took = f"{result.seconds * 1000:.0f} ms"
    if result.deliveries > 1:
        took += f", delivery {result.deliveries}"
    if result.fault:
        fail(f"{result.fault} ({took})", FAILED)
    if result.answer is None:
        typer.echo(f"an empty answer: the user sees nothing ({took})")
        if result.seconds > _SEEMS_LATE:
            typer.echo(
                "it may be late: the handler's answer then goes out as a customer-service message, "
                "which the platform takes after a real tap only (or one on the emulated phone); "
                "see `wxevents inbox list`"
            )
        return
    for name, value in result.answer.items():
        typer.echo(f"{name}: {_text(value)}")
    typer.echo(f"({took})")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

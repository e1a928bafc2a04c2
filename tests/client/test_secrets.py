"""Neither tokens nor secrets are seen in errors, tracebacks, logs and reprs."""

from __future__ import annotations

import asyncio
import logging
import traceback

import pytest

from tests.client.server import (
    NO_JITTER,
    SECRET,
    TOKEN,
    Dropped,
    Held,
    Played,
    Raw,
    ScriptedPlatform,
    WaitingClock,
    client_for,
    closed_port,
    settings_for,
)
from wxevents.client import AuthorizerToken, ClassicToken, Client, FixedToken, StableToken, Timeouts
from wxevents.client.transport import Call, Part
from wxevents.errors import CallFailed

PATH = "/cgi-bin/anything"
ECHO = {"errcode": 40001, "errmsg": f"invalid credential {TOKEN} of {SECRET}"}


async def everything_said(client: Client, call: str, clock: WaitingClock) -> str:
    """The traceback of the failing call, with all causes and contexts."""
    async with client:
        running = asyncio.create_task(client.request("POST", call, json={}))
        waiting = asyncio.create_task(_pass_all_waits(clock))
        with pytest.raises(CallFailed) as failed:
            await running
        waiting.cancel()
    error: BaseException | None = failed.value
    assert error
    assert error.__cause__ is None
    assert error.__context__ is None
    return "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))


async def _pass_all_waits(clock: WaitingClock) -> None:
    while True:
        await clock.next_wait()


@pytest.mark.parametrize(
    "answer",
    [
        Dropped(),
        Held(),
        Raw(b"{", missing=5),
        Raw(f"<html>{TOKEN} {SECRET}".encode()),
        Raw(f'{{"{TOKEN}{SECRET}'.encode()),
        Raw(b"", status=302, headers={"Location": f"/?access_token={TOKEN}"}),
        Raw(b"\0" * 9, headers={"Content-Encoding": "gzip"}),
        ECHO,
    ],
    ids=["dropped", "slow", "cut", "html", "truncated", "redirect", "gzip", "error"],
)
async def test_no_failure_of_a_call_shows_its_token(
    platform: ScriptedPlatform,
    clock: WaitingClock,
    caplog: pytest.LogCaptureFixture,
    answer: Played,
) -> None:
    caplog.set_level(logging.DEBUG)
    platform.will_answer(PATH, answer)
    client = client_for(platform.url, clock, timeouts=Timeouts(total=0.2))
    said = await everything_said(client, PATH, clock)
    assert PATH in said
    assert TOKEN not in said + caplog.text


async def test_a_call_that_was_not_sent_does_not_show_its_token(
    clock: WaitingClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert TOKEN not in await everything_said(client_for(closed_port(), clock), PATH, clock)
    assert TOKEN not in caplog.text


async def test_a_timeout_of_the_connection_does_not_show_the_token(
    platform: ScriptedPlatform, clock: WaitingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object, **__: object) -> None:
        await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", never)
    client = client_for(platform.url, clock, timeouts=Timeouts(connect=0.01))
    assert TOKEN not in await everything_said(client, PATH, clock)


@pytest.mark.parametrize("path", ["/cgi-bin/stable_token", "/cgi-bin/token"])
@pytest.mark.parametrize("answer", [Dropped(), ECHO, Raw(f"<p>{SECRET}".encode())])
async def test_no_failure_to_fetch_a_token_shows_the_secret(
    platform: ScriptedPlatform,
    clock: WaitingClock,
    caplog: pytest.LogCaptureFixture,
    path: str,
    answer: Played,
) -> None:
    caplog.set_level(logging.DEBUG)
    platform.will_answer(path, answer)
    kind = StableToken if path.endswith("stable_token") else ClassicToken
    tokens = kind("wx", SECRET, api_base=platform.url, clock=clock, retries=NO_JITTER)
    client = client_for(platform.url, clock, tokens)
    said = await everything_said(client, PATH, clock)
    assert path in said
    assert SECRET not in said + caplog.text


async def test_no_failure_to_fetch_an_authorizers_token_shows_what_it_is_fetched_with(
    platform: ScriptedPlatform, clock: WaitingClock
) -> None:
    async def component_token() -> str:
        return TOKEN

    async def store(refresh_token: str) -> None: ...

    platform.will_answer("/cgi-bin/component/api_authorizer_token", ECHO)
    tokens = AuthorizerToken(
        "wxc",
        "wxa",
        SECRET,
        component_token=component_token,
        on_refresh_token=store,
        api_base=platform.url,
        clock=clock,
    )
    said = await everything_said(client_for(platform.url, clock, tokens), PATH, clock)
    assert "invalid credential *** of ***" in said


def test_no_repr_shows_a_secret() -> None:
    client = Client(settings_for("http://127.0.0.1:1"))
    shown = [
        client,
        vars(client),
        FixedToken(TOKEN),
        StableToken("wx", SECRET),
        Call("GET", PATH, query={"secret": SECRET}, body=SECRET.encode()),
        Part("media", SECRET.encode()),
    ]
    assert TOKEN not in repr(shown)
    assert SECRET not in repr(shown)

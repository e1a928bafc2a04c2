"""What comes back over the wire, and what is said when it is not what it should be."""

from __future__ import annotations

import asyncio

import pytest

from tests.client.server import (
    OK,
    TOKEN,
    Dropped,
    Held,
    Raw,
    ScriptedPlatform,
    WaitingClock,
    client_for,
    closed_port,
)
from wxevents.client import Client, Timeouts
from wxevents.client.transport import JSON_LIMIT
from wxevents.errors import (
    AnswerLost,
    ApiAnswerUnreadable,
    ApiError,
    ApiUnreachable,
    CallFailed,
    NotSent,
)

PATH = "/cgi-bin/anything"


async def unreadable(platform: ScriptedPlatform, client: Client, answer: Raw) -> str:
    platform.will_answer(PATH, answer)
    with pytest.raises(ApiAnswerUnreadable) as failed:
        await client.request("POST", PATH, json={})
    assert failed.value.call == f"POST {PATH}"
    assert failed.value.outcome_unknown
    assert str(failed.value).startswith(f"POST {PATH}: ")
    return str(failed.value)


async def test_a_body_is_raw_utf8_json(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer(PATH, OK)
    await client.request("POST", PATH, query={"type": "一"}, json={"name": "今日歌曲"})
    (seen,) = platform.seen
    assert seen.body == '{"name":"今日歌曲"}'.encode()
    assert seen.headers["Content-Type"] == "application/json; charset=utf-8"
    assert seen.query == {"type": "一", "access_token": TOKEN}


async def test_a_get_has_no_body(platform: ScriptedPlatform, client: Client) -> None:
    platform.will_answer(PATH, {"value": 1})
    assert await client.request("get", PATH) == {"value": 1}
    (seen,) = platform.seen
    assert (seen.method, seen.body) == ("GET", b"")
    assert "Content-Type" not in seen.headers


@pytest.mark.parametrize("content_type", ["text/plain", "text/html", "image/jpeg"])
async def test_json_is_read_whatever_its_content_type(
    platform: ScriptedPlatform, client: Client, content_type: str
) -> None:
    platform.will_answer(PATH, Raw(b'\xef\xbb\xbf {"value":1}\n', content_type))
    assert await client.request("GET", PATH) == {"value": 1}


async def test_control_characters_in_strings_are_read(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(PATH, Raw(b'{"name":"a\x01\tb\nc"}'))
    assert await client.request("GET", PATH) == {"name": "a\x01\tb\nc"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Raw(b"<!DOCTYPE html><p>Bad gateway", "text/html"), "the answer is HTML"),
        (Raw(b'{"errcode":0,"err'), "no well-formed JSON, perhaps cut off"),
        (Raw(b'{"n":' + b"1" * 5000 + b"}"), "no well-formed JSON"),
        (Raw(b'{"a":' * 200_000), "no well-formed JSON"),
        (Raw(b"  "), "the answer is empty"),
        (Raw(b'{"name":"\xff"}'), "the answer is not UTF-8"),
        (Raw(b"[1]"), "JSON, but no object"),
        (Raw(b'{"errcode":"many"}'), "errcode is no number"),
        (Raw(b'{"errcode":null}'), "errcode is no number"),
        (Raw(b"{}", status=502), "HTTP status 502; the platform itself answers 200"),
        (Raw(b" " * (JSON_LIMIT + 1)), "larger than 8,388,608 bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_not_the_apis_answer_is_unreadable(
    platform: ScriptedPlatform, client: Client, answer: Raw, expected: str
) -> None:
    assert expected in await unreadable(platform, client, answer)


async def test_an_answer_of_the_greatest_size_is_read(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(PATH, Raw(b"{}" + b" " * (JSON_LIMIT - 2)))
    assert await client.request("GET", PATH) == {}


async def test_a_redirect_is_not_followed(platform: ScriptedPlatform, client: Client) -> None:
    answer = Raw(b"", status=302, headers={"Location": "/elsewhere"})
    assert "HTTP status 302; redirects are not followed" in await unreadable(
        platform, client, answer
    )
    assert len(platform.seen) == 1


async def test_what_is_not_http_is_unreadable() -> None:
    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        async with client_for(f"http://{host}:{port}") as client:
            with pytest.raises(ApiAnswerUnreadable, match="the answer is not HTTP"):
                await client.request("POST", PATH)


async def test_a_closed_port_means_not_sent(clock: WaitingClock) -> None:
    async with client_for(closed_port(), clock) as client:
        call = asyncio.create_task(client.request("POST", PATH, json={}))
        await clock.next_wait()
        await clock.next_wait()
        with pytest.raises(NotSent, match="no connection to http://127") as failed:
            await call
    assert not failed.value.outcome_unknown
    assert isinstance(failed.value, ApiUnreachable)
    assert isinstance(failed.value, CallFailed)


async def test_a_connection_that_takes_too_long_means_not_sent(
    platform: ScriptedPlatform, clock: WaitingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object, **__: object) -> None:
        await asyncio.get_running_loop().create_future()

    # No address of this machine swallows connections, so its connecting is stopped here.
    monkeypatch.setattr(asyncio.get_running_loop(), "sock_connect", never)
    async with client_for(platform.url, clock, timeouts=Timeouts(connect=0.01)) as client:
        call = asyncio.create_task(client.request("POST", PATH, json={}))
        await clock.next_wait()
        await clock.next_wait()
        with pytest.raises(NotSent, match=r"\(timeout\); the call was not sent"):
            await call
    assert platform.seen == []


async def test_a_dropped_connection_means_the_answer_is_lost(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(PATH, Dropped())
    with pytest.raises(AnswerLost, match="may have carried the call out or not") as failed:
        await client.request("POST", PATH, json={})
    assert failed.value.outcome_unknown


async def test_an_answer_cut_off_by_the_connection_is_lost(
    platform: ScriptedPlatform, client: Client
) -> None:
    platform.will_answer(PATH, Raw(b'{"errcode":0', missing=20))
    with pytest.raises(AnswerLost, match="closed within the answer"):
        await client.request("POST", PATH, json={})


async def test_a_slow_answer_is_lost(platform: ScriptedPlatform) -> None:
    platform.will_answer(PATH, Held())
    async with client_for(platform.url, timeouts=Timeouts(total=0.05)) as client:
        with pytest.raises(AnswerLost, match="the answer was lost \\(timeout\\)"):
            await client.request("POST", PATH, json={})


async def test_a_client_that_is_not_open_says_so(platform: ScriptedPlatform) -> None:
    client = client_for(platform.url)
    with pytest.raises(RuntimeError, match="async with"):
        await client.request("GET", PATH)
    async with client:
        pass
    with pytest.raises(RuntimeError, match="async with"):
        await client.request("GET", PATH)


async def test_the_api_base_may_have_a_path(platform: ScriptedPlatform) -> None:
    platform.will_answer(f"/wechat{PATH}", OK)
    async with client_for(f"{platform.url}/wechat/") as client:
        await client.request("GET", PATH)


@pytest.mark.parametrize("path", ["cgi-bin/anything", "/cgi-bin/anything?a=b"])
async def test_a_path_with_a_query_or_without_slash_is_refused(client: Client, path: str) -> None:
    with pytest.raises(ValueError, match="path begins with /"):
        await client.request("GET", path)


async def test_an_error_tells_code_meaning_call_cure_and_rid(
    platform: ScriptedPlatform, client: Client
) -> None:
    errmsg = "invalid button name size hint: [x7Fa] rid: 5f7b3e2a-1c2d3e4f-5a6b7c8d"
    platform.will_answer(PATH, {"errcode": 40018, "errmsg": errmsg})
    with pytest.raises(ApiError) as failed:
        await client.request("POST", PATH, json={})
    error = failed.value
    assert str(error) == (
        "POST /cgi-bin/anything: 40018, the name of a button is empty or too long (the platform "
        "says: invalid button name size); shorten it to 16 bytes "
        "[rid 5f7b3e2a-1c2d3e4f-5a6b7c8d]"
    )
    assert (error.errcode, error.call, error.rid) == (
        40018,
        "POST /cgi-bin/anything",
        "5f7b3e2a-1c2d3e4f-5a6b7c8d",
    )
    assert (error.meaning, error.cure, error.errmsg) == (
        "the name of a button is empty or too long",
        "shorten it to 16 bytes",
        "invalid button name size",
    )
    assert not error.outcome_unknown


@pytest.mark.parametrize("errcode", ["1e999", "Infinity", "0.5", "true", '"00x"', "9" * 400])
async def test_an_errcode_that_is_none_makes_the_answer_unreadable(
    platform: ScriptedPlatform, client: Client, errcode: str
) -> None:
    platform.will_answer("/cgi-bin/tags/get", Raw(f'{{"errcode":{errcode}}}'.encode()))
    with pytest.raises(ApiAnswerUnreadable, match="errcode is no number"):
        await client.tags.list()

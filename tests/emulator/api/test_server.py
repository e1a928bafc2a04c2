"""The emulated API as a server: addresses, records, injected faults, and whatever is sent to it."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import ClientError, ClientSession, ClientTimeout, web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.typedefs import Handler
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emulator.api.caller import Caller, error
from wxevents.emulator import Emulator, Refusal
from wxevents.emulator.api.serving import ENDPOINTS
from wxevents.testing import ManualClock

NAMES = st.sampled_from(
    [
        *("button", "sub_button", "type", "name", "key", "url", "media_id", "appid", "pagepath"),
        *("matchrule", "tag_id", "menuid", "user_id", "tag", "id", "tagid", "openid"),
        *("openid_list", "next_openid", "action"),
    ]
)
VALUES = st.sampled_from(["click", "view", "media_id", "miniprogram", "http://a.cn", "oFan"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | VALUES,
    lambda value: st.lists(value, max_size=4) | st.dictionaries(NAMES, value, max_size=4),
    max_leaves=20,
)


async def test_every_call_is_recorded_in_its_order_with_its_path(caller: Caller) -> None:
    await caller.create()
    await caller.bare("GET", "menu/get")
    await caller.bare("PUT", "nowhere")
    assert caller.emulator.calls == [
        ("GET", "/cgi-bin/token"),
        ("POST", "/cgi-bin/menu/create"),
        ("GET", "/cgi-bin/menu/get"),
        ("PUT", "/cgi-bin/nowhere"),
    ]
    assert caller.emulator.calls[0].path == "/cgi-bin/token"


async def test_answers_are_raw_utf8_without_escapes(caller: Caller) -> None:
    url = f"{caller.url}/cgi-bin/tags/get?access_token={await caller.a_token()}"
    async with caller.session.get(url) as response:
        assert "星标组".encode() in await response.read()


async def test_the_state_outlives_the_server(emulator: Emulator) -> None:
    urls = []
    for _ in range(2):
        async with emulator.serve() as url, ClientSession() as session:
            urls.append(url)
            caller = Caller(session, url, emulator)
            if len(urls) == 1:
                await caller.create()
            else:
                assert "menu" in await caller.get("menu/get")
    assert all(url.startswith("http://127.0.0.1:") for url in urls)


async def test_an_emulator_on_an_ipv6_address_says_so(emulator: Emulator) -> None:
    try:
        async with emulator.serve(host="::1") as url, ClientSession() as session:
            assert url.startswith("http://[::1]:")
            assert "access_token" in await Caller(session, url, emulator).plain_token()
    except OSError:
        pytest.skip("this machine has no IPv6")


async def test_an_emulator_that_is_mounted_elsewhere_offers_its_pictures_there(
    emulator: Emulator,
) -> None:
    emulator.account.follow("oFan")
    app = emulator.application(base_url="https://emulator.example")
    async with TestClient(TestServer(app)) as client:
        sent = await client.post("/emulator/users/oFan/send", json={"kind": "image"})
        (push,) = (await sent.json())["pushes"]
    assert "<![CDATA[https://emulator.example/emulator/media/" in push["xml"]


async def test_an_invented_account_has_the_machine_s_clock() -> None:
    emulator = Emulator()
    async with emulator.serve() as url, ClientSession() as session:
        assert (await Caller(session, url, emulator).plain_token())["expires_in"] >= 7199


async def test_a_middleware_may_drop_the_connection_and_the_call_is_recorded(
    emulator: Emulator,
) -> None:
    @web.middleware
    async def drop(request: web.Request, handler: Handler) -> web.StreamResponse:
        assert request.transport
        request.transport.abort()
        return await handler(request)

    async with emulator.serve(middlewares=[drop]) as url, ClientSession() as session:
        with pytest.raises(ClientError):
            await Caller(session, url, emulator).plain_token()
    assert emulator.calls[0] == ("GET", "/cgi-bin/token")


async def test_a_middleware_may_answer_in_the_platform_s_place(emulator: Emulator) -> None:
    @web.middleware
    async def gateway(request: web.Request, handler: Handler) -> web.StreamResponse:
        return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")

    async with emulator.serve(middlewares=[gateway]) as url, ClientSession() as session:
        response = await session.get(url + "/cgi-bin/token")
        assert (response.status, await response.text()) == (502, "<html>Bad Gateway</html>")


async def test_a_middleware_may_raise_a_fault(emulator: Emulator) -> None:
    @web.middleware
    async def busy(request: web.Request, handler: Handler) -> web.StreamResponse:
        raise Refusal(-1)

    async with emulator.serve(middlewares=[busy]) as url, ClientSession() as session:
        assert error(await Caller(session, url, emulator).plain_token()) == -1


async def test_a_call_that_hangs_does_not_hold_up_the_end(emulator: Emulator) -> None:
    entered = asyncio.Event()

    @web.middleware
    async def hang(request: web.Request, handler: Handler) -> web.StreamResponse:
        entered.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with ClientSession(timeout=ClientTimeout(total=60)) as session:
        async with emulator.serve(middlewares=[hang]) as url:
            call = asyncio.create_task(Caller(session, url, emulator).plain_token())
            await entered.wait()
        with pytest.raises(ClientError):
            await call


async def test_addresses_of_pushes_and_of_the_api(caller: Caller) -> None:
    pushes = await caller.get("getcallbackip")
    assert pushes == {"ip_list": ["203.0.113.4", "198.51.100.0/24"]}
    assert await caller.get("get_api_domain_ip") == {"ip_list": ["192.0.2.16", "192.0.2.17"]}


@pytest.mark.parametrize(
    ("action", "parts"), [("dns", {"dns"}), ("ping", {"ping"}), ("all", {"dns", "ping"})]
)
async def test_the_callback_check_has_the_asked_parts(
    caller: Caller, action: str, parts: set[str]
) -> None:
    body = {"action": action, "check_operator": "UNICOM"}
    answer = await caller.post("callback/check", body)
    assert answer.keys() == parts
    if "dns" in parts:
        assert answer["dns"] == [{"ip": "203.0.113.10", "real_operator": "UNICOM"}]
    if "ping" in parts:
        (ping,) = answer["ping"]
        assert ping.keys() == {"ip", "from_operator", "package_loss", "time"}
        assert ping["from_operator"] == "UNICOM"


async def test_the_platform_picks_the_operator_by_default(caller: Caller) -> None:
    answer = await caller.post("callback/check", {"action": "ping", "check_operator": "DEFAULT"})
    assert answer["ping"][0]["from_operator"] == "CAP"


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
async def test_no_json_whatever_brings_a_call_down(path: str) -> None:
    emulator = Emulator(clock=ManualClock())
    emulator.account.seed_default([{"type": "click", "name": "x", "key": "k"}])
    emulator.account.follow("oFan")
    token = str(emulator.account.tokens.plain()["access_token"])
    async with emulator.serve() as url, ClientSession() as session:
        bodies: list[bytes] = []

        @given(st.dictionaries(NAMES, JSON))
        @settings(max_examples=30, deadline=None, database=None)
        def collect(value: object) -> None:
            bodies.append(json.dumps(value).encode())

        collect()
        for body in bodies:
            for method in ("GET", "POST"):
                async with session.request(
                    method, url + path, data=body, params={"access_token": token}
                ) as response:
                    assert response.status == 200, body
                    assert isinstance(json.loads(await response.read()), dict)


async def test_compressed_and_deeply_nested_bodies_are_no_json(emulator: Emulator) -> None:
    nested = b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    async with emulator.serve() as url, ClientSession() as session:
        for body, headers in ((b"xxxx", {"Content-Encoding": "gzip"}), (nested, {})):
            async with session.post(
                f"{url}/cgi-bin/stable_token", data=body, headers=headers
            ) as response:
                assert (response.status, (await response.json())["errcode"]) == (200, 47001)

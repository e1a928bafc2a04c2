"""Requests that would make the state unreadable for every page, if they were taken."""

from __future__ import annotations

import gc
import json
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.emulator.control.api import Api
from tests.emulator.control.stage import Stage
from wxevents.testing import EmulatorError

JSON = {"Content-Type": "application/json"}


async def answer_to(
    stage: Stage, http: ClientSession, method: str, path: str, body: bytes
) -> tuple[int, Any]:
    url = f"{stage.client.url}/emulator{path.replace('FAN', stage.user.openid)}"
    async with http.request(method, url, data=body, headers=JSON) as response:
        return response.status, await response.json()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/users/FAN", rb'{"name": "\ud83d"}'),
        ("POST", "/tags", rb'{"name": "\udc00"}'),
        ("POST", "/users/FAN/say", rb'{"text": "\ud83d"}'),
        ("POST", "/push", b'{"openid": "FAN", "name": "CLICK", "elements": {"A": NaN}}'),
        ("POST", "/push", b'{"openid": "FAN", "name": "CLICK", "elements": {"A": 1e999}}'),
        ("POST", "/push", b'{"openid": "FAN", "name": "x", "elements": {"A": {"b c": 1}}}'),
        ("PATCH", "/users/FAN", b'{"client_version": "' + b"1" * 5000 + b'"}'),
        ("POST", "/users/FAN/say", b'{"text": "' + b"x" * 20_001 + b'"}'),
        ("POST", "/users/FAN/send", '{"kind": "image", "photo": {"data": "猫"}}'.encode()),
        ("POST", "/materials", '{"type": "image", "data": "猫"}'.encode()),
        ("POST", "/users/FAN/say", b"[" * 100_000),
    ],
)
async def test_a_hostile_request_is_refused_with_a_sentence(
    stage: Stage, http: ClientSession, method: str, path: str, body: bytes
) -> None:
    body = body.replace(b"FAN", stage.user.openid.encode())
    status, answer = await answer_to(stage, http, method, path, body)
    assert (status, answer.keys()) == (400, {"error"})
    assert (await stage.client.state())["pushes"] == []


@pytest.mark.parametrize(
    ("name", "elements"),
    [
        ("pic_weixin", {"SendPicsInfo": 1}),
        ("pic_weixin", {"SendPicsInfo": [{}, {}]}),
        ("scancode_waitmsg", {"ScanCodeInfo": "x"}),
        ("location_select", {"SendLocationInfo": {}}),
    ],
)
async def test_a_push_of_another_shape_has_a_line_of_a_test_all_the_same(
    stage: Stage, name: str, elements: dict[str, Any]
) -> None:
    done = await stage.user.push(name, "k", elements)
    assert "phone.push(" in done.pushes[0]["test"]
    assert len((await stage.client.state())["pushes"]) == 1


async def test_a_website_button_may_have_no_children_in_so_many_words(stage: Stage) -> None:
    await stage.client.set_website_menu({"button": [{"name": "x", "sub_button": None}]})
    await stage.client.state()


@pytest.mark.parametrize("path", ["", "page/app.js", "page/"])
async def test_the_page_is_only_read(stage: Stage, http: ClientSession, path: str) -> None:
    async with http.post(f"{stage.client.url}/{path}", json={}) as response:
        assert response.status == 405


async def test_an_id_of_any_length_is_only_an_id(stage: Stage, http: ClientSession) -> None:
    for path in (f"/users/FAN/chat?after={'1' * 5000}", f"/pushes/{'1' * 5000}"):
        status, _ = await answer_to(stage, http, "GET", path, b"")
        assert status in (200, 404)


# aiohttp leaves its own temporary file open when such a form breaks off.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_form_of_unknown_encoding_is_a_data_format_error(stage: Stage) -> None:
    async with Api(stage) as api:
        await api.new_token()
        token = api.token
    body = (
        b'--b\r\nContent-Disposition: form-data; name="media"; filename="a.jpg"\r\n'
        b"Content-Transfer-Encoding: invented\r\n\r\nx\r\n--b--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    url = f"{stage.client.url}/cgi-bin/media/upload?type=image&access_token={token}"
    async with ClientSession() as http, http.post(url, data=body, headers=headers) as response:
        assert response.status == 200
        assert json.loads(await response.text())["errcode"] == 47001
    gc.collect()


@pytest.mark.parametrize(
    "query", ["Secret=SECRET", "secret%5B%5D=SECRET", "x=SECRET", "Access_token=TOKEN", "x=TOKEN"]
)
async def test_a_secret_is_masked_wherever_it_stands(
    stage: Stage, http: ClientSession, query: str
) -> None:
    async with Api(stage) as api:
        await api.new_token()
        token = api.token
    account = stage.emulator.account
    query = query.replace("SECRET", account.app_secret).replace("TOKEN", token)
    async with http.post(f"{stage.client.url}/cgi-bin/token?{query}", data=repr(query)):
        pass
    state = json.dumps(await stage.client.state())
    assert account.app_secret not in state
    assert token not in state


@pytest.mark.parametrize(
    ("name", "key"), [("subscribe", None), ("SCAN", "till07"), ("text", "hi"), ("CLICK", "k")]
)
async def test_any_push_opens_the_window_that_the_action_would_open(
    stage: Stage, name: str, key: str | None
) -> None:
    await stage.user.push(name, key)
    stage.emulator.account.interactions.spend(stage.user.openid)


async def test_the_answer_to_somebody_who_was_deleted_makes_no_chat(stage: Stage) -> None:
    user = await stage.client.add_user("他")
    path = f"/users/{user.openid}/tap?wait=0"
    await stage.client.request("POST", path, {"name": "订单"})
    await user.delete()
    await stage.bot.delivery(1)
    assert user.openid not in (await stage.client.state())["chats"]


async def test_a_clock_that_is_moved_does_not_lengthen_a_delivery(stage: Stage) -> None:
    stage.bot.answers.append(None)
    path = f"/users/{stage.user.openid}/tap?wait=0"
    (push,) = (await stage.client.request("POST", path, {"name": "订单"}))["pushes"]
    await stage.bot.delivery(1)
    await stage.client.advance(3600)
    await stage.clock.advance(5)
    await stage.bot.delivery(2)
    again = await stage.client.request("GET", f"/pushes/{push['id']}")
    assert again["deliveries"][0]["seconds"] == 5


async def test_saved_buttons_must_be_such_that_can_be_tapped(stage: Stage) -> None:
    saved = dict(await stage.client.saved())
    menu = {"menu_id": "7", "button": [{"name": "x", "type": "click"}], "matchrule": {}}
    with pytest.raises(EmulatorError, match="lacks what its type needs"):
        await stage.client.restore(saved | {"default_menu": menu})

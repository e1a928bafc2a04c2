"""The stream of news for pages that show what happens as it happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession

from tests.emulator.control.api import Api
from tests.emulator.control.bot import text
from tests.emulator.control.stage import Stage, staged
from wxevents.events import parse
from wxevents.events.identity import identity
from wxevents.xml import parse as parse_xml


class Page:
    """Reads the news."""

    def __init__(self, lines: Any) -> None:
        self._lines = lines

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(20):
            while True:
                line = (await self._lines.readline()).decode()
                assert line, "the stream has ended"
                if line.startswith("data: "):
                    news: dict[str, Any] = json.loads(line.removeprefix("data: "))
                    return news

    async def until(self, name: str) -> list[dict[str, Any]]:
        """All news up to the first of this name."""
        seen = [await self.next()]
        while name not in seen[-1]:
            seen.append(await self.next())
        return seen


@asynccontextmanager
async def listening(stage: Stage, http: ClientSession) -> AsyncIterator[Page]:
    async with http.get(f"{stage.client.url}/emulator/events") as response:
        assert (response.status, response.content_type) == (200, "text/event-stream")
        assert await response.content.readline() == b": listening\n"
        yield Page(response.content)


async def test_a_tap_is_told_as_it_happens(stage: Stage, http: ClientSession) -> None:
    stage.bot.always = text("好")
    async with listening(stage, http) as page:
        done = await stage.user.tap("订单")
        news = await page.until("message")
    pushes = [one["push"] for one in news if "push" in one]
    assert [push["outcome"] for push in (pushes[0], pushes[-1])] == ["waiting", "answered"]
    assert any(one["deliveries"] and one["deliveries"][0]["seconds"] is None for one in pushes)
    assert pushes[-1] == done.pushes[0]
    assert news[-1] == {"message": done.messages[0], "openid": stage.user.openid}


async def test_calls_and_messages_of_users_are_told(stage: Stage, http: ClientSession) -> None:
    async with listening(stage, http) as page:
        done = await stage.user.say("你好")
        said = await page.until("message")
        assert said[-1]["message"] == done.messages[0]
        async with Api(stage):
            news = await page.until("call")
    call = news[-1]["call"]
    assert (call["path"], call["errcode"]) == ("/cgi-bin/token", 0)
    assert call == (await stage.client.state())["calls"][0]


async def test_a_message_that_vanishes_is_told(stage: Stage, http: ClientSession) -> None:
    stage.bot.always = text("好")
    async with listening(stage, http) as page:
        await stage.user.tap("扫码", scan="x")
        receiving = (await page.until("message"))[-1]["message"]
        assert receiving["kind"] == "receiving"
        gone = (await page.until("message_gone"))[-1]
        assert gone == {"message_gone": receiving["id"], "openid": stage.user.openid}


async def test_the_handler_of_a_push_is_told(stage: Stage, http: ClientSession) -> None:
    """The bot tells it when the push is answered, so it comes behind the rest."""
    push = (await stage.user.tap("订单")).pushes[0]
    async with listening(stage, http) as page:
        event = parse(parse_xml(push["xml"].encode()))
        body = {
            "identity": identity(event, stage.emulator.account.app_id),
            "handler": "handlers.menu.order",
        }
        await stage.client.request("POST", "/handled", body)
        await stage.client.request("PATCH", "/faults", {})
        first = await page.next()
    assert first.get("push", {}).get("handler") == "handlers.menu.order"


async def test_changes_are_told_by_their_name(stage: Stage, http: ClientSession) -> None:
    client = stage.client
    async with listening(stage, http) as page:
        await client.request("POST", "/tags", {"name": "VIP"})
        assert await page.next() == {"changed": "tags"}
        await client.faults(delay=0)
        assert await page.next() == {"changed": "faults"}
        await client.switches(strict=True)
        assert await page.next() == {"changed": "switches"}
        await client.advance(1)
        assert await page.next() == {"changed": "time"}
        stage.emulator.account.seed_default([])
        assert await page.next() == {"changed": "menus"}
        await client.add_user()
        assert await page.next() == {"changed": "state"}
        await stage.user.open()
        assert await page.next() in ({"changed": "state"}, {"user": await stage.user.open()})


async def test_tags_that_the_api_changes_are_told(stage: Stage, http: ClientSession) -> None:
    async def news_of(path: str, body: object) -> list[dict[str, Any]]:
        async with listening(stage, http) as page:
            assert (await api.post(path, body)).get("errcode", 0) == 0
            return (await page.until("call"))[:-1]

    told = [{"changed": "tags"}]
    members = {"openid_list": [stage.user.openid], "tagid": 100}
    async with Api(stage) as api:
        assert await news_of("/cgi-bin/tags/create", {"tag": {"name": "VIP"}}) == told
        assert await news_of("/cgi-bin/tags/update", {"tag": {"id": 100, "name": "员工"}}) == told
        assert await news_of("/cgi-bin/tags/update", {"tag": {"id": 100, "name": "员工"}}) == []
        assert await news_of("/cgi-bin/tags/members/batchtagging", members) == told
        assert await news_of("/cgi-bin/tags/members/batchuntagging", members) == told
        assert await news_of("/cgi-bin/tags/members/batchuntagging", members) == []
        assert await news_of("/cgi-bin/tags/delete", {"tag": {"id": 100}}) == told


async def test_whoever_reads_too_slowly_is_told_to_look_again(
    stage: Stage, http: ClientSession
) -> None:
    feed = stage.emulator.account.feed
    async with listening(stage, http) as slow, listening(stage, http) as other:
        for number in range(600):  # in one go: nobody can read in between
            feed.changed(f"tags {number}")
        for page in (slow, other):
            assert await page.next() == {"changed": "state"}
            while await page.next() != {"changed": "tags 599"}:
                pass


async def test_a_listener_that_goes_is_forgotten(stage: Stage, http: ClientSession) -> None:
    async with listening(stage, http):
        pass
    async with listening(stage, http) as page:
        await stage.user.say("你好")
        assert (await page.until("message"))[-1]["openid"] == stage.user.openid


async def test_the_emulator_ends_with_a_listener_there(http: ClientSession) -> None:
    async with staged() as stage, listening(stage, http) as page:
        await stage.user.say("你好")
        await page.until("message")

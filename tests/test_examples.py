"""Each example, run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from examples import fastapi_app, mounting, photos_and_places, slow_job
from wxevents import Bot, Response, Settings, TextReply
from wxevents.discovery import load_bot
from wxevents.pushes import Platform
from wxevents.replies import Reply, read
from wxevents.testing import ManualClock, Phone, invented_settings

Client = TestClient[web.Request, web.Application]


def phone_of(example: str) -> Phone:
    return Phone(load_bot(invented_settings(handlers=f"examples.{example}")))


async def test_minimal() -> None:
    assert await phone_of("minimal").click("HELLO") == TextReply("你好！")


async def test_prefix_and_regex() -> None:
    phone = phone_of("prefix_and_regex")
    answers = {
        "order:7": "订单 7 已发货",
        "order:help": "点击菜单中的订单查看状态",
        "order:abc": "没有这个按钮：order:abc",
        "page:3": "第 3 页，下一页是 4",
        "size:l": "尺寸：LARGE",
        "size:x": "没有这个按钮：size:x",
    }
    for key, answer in answers.items():
        assert await phone.click(key) == TextReply(answer)


async def test_slow_job_answers_the_second_delivery() -> None:
    clock = ManualClock()
    phone = Phone(Bot(invented_settings(), routers=[slow_job.router], clock=clock))
    working = asyncio.get_running_loop().create_future()

    async def add_up(key: str) -> int:
        slow_job.ledger.runs.append(key)
        await working
        return 1_024

    slow_job.ledger.runs.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slow_job.ledger, "add_up", add_up)
        tap = asyncio.create_task(phone.click("REPORT_BY_REDELIVERY"))
        await clock.advance(7)
        working.set_result(None)
        assert await tap == TextReply("合计 1024 元（第 2 次投递时送达）")
    assert len(slow_job.ledger.runs) == 1


async def test_scanning() -> None:
    phone = phone_of("scanning")
    assert await phone.scan("STOCK", "4006381333931", symbology="EAN_13") == TextReply(
        "签字笔，库存 12 支"
    )
    assert await phone.scan("STOCK", "0") == TextReply("没有找到 0")
    assert await phone.scan("TICKET", "https://t.example", wait=False) is None
    assert await phone.scan_scene("table:12") == TextReply("12 号桌，欢迎点餐")


async def test_photos_and_places() -> None:
    clock = ManualClock()
    phone = Phone(Bot(invented_settings(), routers=[photos_and_places.router], clock=clock))

    async def passing(doing: Coroutine[Any, Any, Reply | None]) -> Reply | None:
        """What stands beside an event that is handled alone waits for two seconds."""
        task = asyncio.create_task(doing)
        await clock.advance(2)
        return await task

    assert await phone.photos("REPAIR", "a", "b", button="pic_weixin") == TextReply(
        "收到 2 张照片（med-a、med-b），正在登记报修"
    )
    assert await phone.photos("REPAIR") == TextReply("请至少选择一张照片")
    assert await passing(phone.photos("AVATAR", "a", button="pic_photo_or_album")) == TextReply(
        "正在更换头像"
    )
    assert phone.replies[-1] == TextReply("照片已保存：med-a")
    assert await passing(phone.photos("X", "a")) == TextReply("pic_sysphoto：1 张")
    assert await phone.locate("DELIVERY", 31.2, 121.4, "南京东路1号") == TextReply(
        "送货至：南京东路1号"
    )
    assert await passing(phone.locate("BRANCH", 31.2, 121.4, poiname="人民广场")) == TextReply(
        "人民广场附近的门店：南京东路店"
    )
    assert phone.replies[-1] is None


async def test_mounting(
    aiohttp_client: Callable[[web.Application], Awaitable[Client]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    client = await aiohttp_client(mounting.create_app())
    assert await (await client.get("/")).text() == "the rest of the application"
    for name in ("shop", "school"):
        settings = Settings(token=f"{name}-token", mode="plain", store="memory://")
        phone = Phone(Bot(settings))
        push = phone.compose("CLICK", "HELLO")
        request = phone.delivery(push)
        async with client.post(f"/{name}", params=request.query, data=request.body) as response:
            answer = Platform(settings).judge(
                response_of(response.status, await response.read()), push
            )
        assert answer is not None
        assert answer["Content"] == f"你好，这里是 /{name}"
    assert capsys.readouterr().out.startswith("CLICK took ")


async def test_fastapi() -> None:
    phone = Phone(fastapi_app.bot)
    transport = httpx.ASGITransport(fastapi_app.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        push = phone.compose("CLICK", "HELLO")
        request = phone.delivery(push)
        posted = await client.post("/wechat", params=dict(request.query), content=request.body)
        answer = Platform(fastapi_app.bot.settings).judge(
            response_of(posted.status_code, posted.content), push
        )
        refused = await client.get("/wechat")
    assert answer is not None
    assert reply_of(answer) == TextReply("你好，FastAPI！")
    assert refused.status_code == 403


def reply_of(answer: dict[str, object]) -> Reply:
    return read(answer)


def response_of(status: int, body: bytes) -> Response:
    return Response(status, "", body)

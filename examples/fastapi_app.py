"""A bot inside FastAPI, or any other framework: it needs `bot.handle` and `async with bot:`.

uvicorn examples.fastapi_app:app
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import fastapi

from wxevents import Bot, ClickEvent, Request, Router, Settings

router = Router()
bot = Bot(Settings(token="demo-token", mode="plain"), routers=[router])


@router.click("HELLO")
async def hello(event: ClickEvent) -> str:
    return "你好，FastAPI！"


@asynccontextmanager
async def lifespan(app: fastapi.FastAPI) -> AsyncIterator[None]:
    async with bot:
        yield


app = fastapi.FastAPI(lifespan=lifespan)


@app.api_route("/wechat", methods=["GET", "POST"])
async def wechat(request: fastapi.Request) -> fastapi.Response:
    response = await bot.handle(
        Request(request.method, request.query_params, request.headers, await request.body())
    )
    return fastapi.Response(
        response.body, status_code=response.status, media_type=response.content_type
    )

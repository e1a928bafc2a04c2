"""Two bots, with accounts of their own, inside an aiohttp application that also does other things.

python -m examples.mounting
wxevents push click HELLO --url http://127.0.0.1:8080/shop --token shop-token --mode plain
"""

import time

from aiohttp import web

from wxevents import Answer, Bot, CallNext, ClickEvent, Event, Router, Settings, attach

router = Router()


@router.click("HELLO")
async def hello(event: ClickEvent, settings: Settings) -> str:
    return f"你好，这里是 {settings.path}"


async def timing(event: Event, call_next: CallNext) -> Answer:
    started = time.perf_counter()
    answer = await call_next(event)
    print(f"{event.name} took {time.perf_counter() - started:.3f} s")  # noqa: T201
    return answer


async def home(request: web.Request) -> web.Response:
    return web.Response(text="the rest of the application")


def create_app() -> web.Application:
    app = web.Application()
    app.router.add_get("/", home)
    for name in ("shop", "school"):
        settings = Settings(token=f"{name}-token", mode="plain", path=f"/{name}")
        bot = Bot(settings, routers=[router], middlewares=[timing])
        attach(app, bot, path=settings.path)
    return app


if __name__ == "__main__":
    web.run_app(create_app(), host="127.0.0.1", port=8080)

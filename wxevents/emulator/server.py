"""The emulated platform: the API, the pushes, the control API and the page, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Middleware

from wxevents.addresses import local_url
from wxevents.clock import Clock, SystemClock
from wxevents.emulator.api.endpoints import Call
from wxevents.emulator.api.serving import MAX_BODY_BYTES, Api
from wxevents.emulator.clock import MovableClock
from wxevents.emulator.control.guard import guarded, page_guarded
from wxevents.emulator.control.serving import Control
from wxevents.emulator.control.world import World
from wxevents.emulator.phone.phones import Phones
from wxevents.emulator.records import Records
from wxevents.emulator.saved import restore, snapshot, written
from wxevents.emulator.state.account import Account, Kind
from wxevents.emulator.switches import Switches
from wxevents.emulator.webhook import Webhook
from wxevents.settings import Settings

PAGE: Final = Path(__file__).resolve().parent / "page"
# Seconds that unanswered calls get when `serve` ends.
SHUTDOWN_TIMEOUT: Final = 0.1


class Emulator:
    """The platform for one account, which is invented where no other is given.

        async with Emulator().serve() as url:
            ...  # let a client call it, open it in a browser

    `settings` are the bot's: its account, and how pushes are signed and sealed, which for accounts
    of the kind `test` is always plain; they go to `webhook`, the URL of the bot, or nowhere. The
    state outlives the servers: `serve` may be entered several times.
    """

    def __init__(
        self,
        *,
        kind: Kind = "service",
        clock: Clock | None = None,
        switches: Switches | None = None,
        settings: Settings | None = None,
        webhook: str | None = None,
    ) -> None:
        if settings is None:
            settings = Settings(
                app_id="wx0123456789abcdef",
                app_secret="invented",
                token="invented",
                mode="plain",
            )
        if kind == "test":
            # Protocol: test accounts push in plain mode and have no EncodingAESKey.
            settings = settings.model_copy(update={"mode": "plain"})
        self.clock = MovableClock(clock or SystemClock())
        self.account = Account(
            app_id=settings.app_id,
            app_secret=settings.app_secret,
            kind=kind,
            clock=self.clock,
            switches=switches or Switches(),
        )
        keys = (settings.encoding_aes_key, settings.previous_encoding_aes_key)
        self.account.secrets |= {settings.token, *keys}
        self.records = Records(self.clock)
        self.webhook = Webhook(self.account, settings, webhook)
        self.phones = Phones(self.account, self.records, self.webhook)
        self._api = Api(self.account, self.records)

    @property
    def calls(self) -> list[Call]:
        """The last calls that arrived, in order, whatever became of them."""
        return [Call(call.method, call.path) for call in self.records.calls]

    def save(self) -> dict[str, Any]:
        """The account's state as JSON, for `restore`: followers, menus, media, chats."""
        return self.saving()()

    def saving(self) -> Callable[[], dict[str, Any]]:
        """What gives `save` of this moment, whenever and in whatever thread it is called: with many
        files that is work of seconds."""
        return partial(written, snapshot(self.account))

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on with a saved state. Raises ValueError for what is none."""
        restore(self.account, saved)

    def application(
        self,
        middlewares: Sequence[Middleware] = (),
        host: str = "127.0.0.1",
        base_url: str = "",
    ) -> web.Application:
        """All of it, to be served or mounted at the root; `host` is where it listens, `base_url`
        the URL in front of the paths, for the pictures that users send. A middleware may delay,
        drop or replace answers of the API, or raise a Refusal; it sees every call behind the record
        in `calls`."""
        self.account.base_url = base_url
        control = Control(
            self.account,
            self.records,
            self.phones,
            self.webhook,
            World(self.account, self.records, self.webhook),
            self._api.repeat,
        )
        app = web.Application(
            middlewares=[guarded(host), *self._api.middlewares(middlewares)],
            client_max_size=MAX_BODY_BYTES,
        )
        app.add_subapp("/emulator/", control.application())
        app.router.add_get("/", _page_file)
        app.router.add_get("/page/{path:.+}", _page_file)
        app.router.add_route("*", "/{path:.*}", self._api.answer)
        app.cleanup_ctx.append(self._pushing)
        return app

    @asynccontextmanager
    async def serve(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        middlewares: Sequence[Middleware] = (),
    ) -> AsyncIterator[str]:
        """Listen while the context is open; gives the URL in front of the paths, as
        `http://127.0.0.1:54321`. Port 0 takes any free one."""
        runner = web.AppRunner(
            self.application(middlewares, host),
            access_log=None,
            shutdown_timeout=SHUTDOWN_TIMEOUT,
            auto_decompress=False,  # what is compressed is no JSON
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
            self.account.base_url = local_url(host, runner.addresses[0][1])
            yield self.account.base_url
        finally:
            await runner.cleanup()

    async def _pushing(self, app: web.Application) -> AsyncIterator[None]:
        async with self.webhook:
            yield


async def _page_file(request: web.Request) -> web.StreamResponse:
    return await page_guarded(request, _send_page_file)


async def _send_page_file(request: web.Request) -> web.StreamResponse:
    try:
        path = (PAGE / request.match_info.get("path", "index.html")).resolve()
        found = path.is_relative_to(PAGE) and path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        found = False
    return web.FileResponse(path) if found else web.Response(status=404, text="not found")

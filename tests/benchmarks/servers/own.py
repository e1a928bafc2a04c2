"""wxevents as its users run it: a handler per key, one middleware, `serve`."""

from __future__ import annotations

import sys
import tempfile
from typing import Any, cast

from tests.benchmarks.account import Mode, answers, settings
from tests.benchmarks.servers import arguments
from wxevents import Bot, CallNext, ClickEvent, Event, Reply, Router, serve
from wxevents.clock import Clock


def make_bot(
    mode: Mode, keys: int, port: int = 0, clock: Clock | None = None, store: str = "memory://"
) -> Bot:
    router = Router()
    for key, answer in answers(keys).items():
        _register(router, key, answer)
    account = settings(mode, port, store)
    return Bot(account, routers=[router], middlewares=[_passing], clock=clock)


def _register(router: Router, key: str, answer: str) -> None:
    @router.click(key)
    async def handle(event: ClickEvent) -> str:
        return answer


async def _passing(event: Event, call_next: CallNext) -> Reply | None:
    return await call_next(event)


def main() -> None:
    parser = arguments()
    parser.add_argument("--loop", choices=("asyncio", "uvloop"), required=True)
    parser.add_argument("--keys", type=int, required=True)
    parser.add_argument("--store", default="", help="by default SQLite, as everybody has it")
    options = parser.parse_args()
    if options.loop == "asyncio":
        # `serve` takes uvloop where it can be imported; None makes the import fail.
        cast(dict[str, Any], sys.modules)["uvloop"] = None
    with tempfile.TemporaryDirectory() as folder:
        store = options.store or f"sqlite:///{folder}/inbox.db"
        serve(make_bot(options.mode, options.keys, options.port, store=store))


if __name__ == "__main__":
    main()

"""The event loop of the load generator: the cheapest there is, or it would be the bottleneck."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from tests.benchmarks import cores

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to its end on the generator's core."""
    with cores.on(cores.GENERATOR), asyncio.Runner(loop_factory=_new_loop) as runner:
        return runner.run(work)


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop

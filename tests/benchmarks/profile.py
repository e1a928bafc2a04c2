# ruff: noqa: T201 - what a benchmark has to say goes to the terminal
"""`python -m tests.benchmarks.profile`: where the time of one push goes, in microseconds.

In one process and without HTTP, so a step's cost can be told apart; for what a server does, see
the comparison. It reaches into the bot, whose steps are nobody else's business.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import median
from typing import Final, NamedTuple, TypeVar
from urllib.parse import urlencode

from tests.benchmarks import cores
from tests.benchmarks.account import APP_ID, FEW_KEYS, MODES, TOKEN, Mode, settings
from tests.benchmarks.pushes import compose_click
from tests.benchmarks.report import print_rows
from tests.benchmarks.servers.own import make_bot
from wxevents import Bot, Request, TextReply, xml
from wxevents.events import identity, parse
from wxevents.push_job import PushJob
from wxevents.pushes import Platform
from wxevents.routing import Push
from wxevents.security import sign
from wxevents.server import parse_query

PUSHES: Final = 2_000

T = TypeVar("T")
R = TypeVar("R")


class Step(NamedTuple):
    """`depth` 1 is a part of the push's way, 2 a part of the part above it."""

    depth: int
    name: str
    microseconds: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.profile", description=__doc__)
    parser.add_argument("--mode", choices=(*MODES, "both"), default="both")
    parser.add_argument("--rounds", type=int, default=7, help="the median of these is shown")
    options = parser.parse_args()
    # As `serve` does, or the collector's passes would show up in whatever step they fall into.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    with cores.on(cores.SERVER):
        for mode in MODES if options.mode == "both" else (options.mode,):
            rounds = [asyncio.run(_measure(mode)) for _ in range(options.rounds)]
            _print(mode, rounds)


def _print(mode: Mode, rounds: Sequence[Sequence[Step]]) -> None:
    steps = [
        Step(same[0].depth, same[0].name, median(one.microseconds for one in same))
        for same in zip(*rounds, strict=True)
    ]
    total = steps[0].microseconds
    rows = [[f"{mode} mode", "µs", "share"]]
    for depth, name, microseconds in steps:
        rows.append(["  " * depth + name, f"{microseconds:.1f}", f"{microseconds / total:.0%}"])
    print_rows(rows)
    print()


async def _measure(mode: Mode) -> list[Step]:
    """One round over pushes that no bot has seen; the whole way first, then its steps."""
    now = int(time.time())
    platform = Platform(settings(mode))
    requests = [
        platform.delivery(compose_click(number, FEW_KEYS, now), now) for number in range(PUSHES)
    ]
    whole_bot, bot = make_bot(mode, FEW_KEYS), make_bot(mode, FEW_KEYS)
    async with whole_bot, bot:
        _, whole = await _await_each(whole_bot.handle, requests)
        return [Step(0, "Bot.handle, all of it", whole), *await _steps(bot, requests)]


async def _steps(bot: Bot, requests: Sequence[Request]) -> list[Step]:
    queries = [urlencode(request.query) for request in requests]
    opened, opening = _each(bot._envelope.open, requests)
    events, parsing = _each(lambda one: parse(one.fields), opened)
    identities, identifying = _each(lambda event: identity(event, APP_ID), events)

    handling = bot._handling
    assert handling
    answers, answering = await _await_each(
        lambda job: bot._window.answer(job[0], PushJob(handling, job[1])),
        list(zip(identities, events, strict=True)),
    )
    pushes = [Push(one, bot.clock, 0.0) for one in identities]
    # The same handlers once more, without the window around them.
    _, dispatching = await _await_each(
        lambda job: bot.assemble().dispatch(*job), list(zip(events, pushes, strict=True))
    )
    reply = TextReply("您点了 V1001_MENU_00000，谢谢惠顾。")
    _, replying = _each(lambda _: TextReply(reply.content), events)
    _, rendering = await _await_each(
        lambda pair: handling.rendered(reply, *pair), list(zip(events, pushes, strict=True))
    )
    sealed, sealing = _each(
        lambda pair: bot._envelope.seal(pair[0], pair[1].cipher),
        list(zip(answers, opened, strict=True)),
    )
    assert all(response.status == 200 for response in sealed)
    return [
        Step(1, "parse_query (in the server)", _each(parse_query, queries)[1]),
        Step(1, "envelope.open", opening),
        *_parts_of_opening(bot, requests),
        Step(1, "events.parse", parsing),
        Step(1, "identity", identifying),
        Step(1, "window.answer", answering),
        Step(2, "dispatch: middleware, look-up, handler", dispatching),
        Step(3, "TextReply, made and validated", replying),
        Step(2, "render", rendering),
        Step(2, "the window itself: its task", answering - dispatching - rendering),
        Step(1, "envelope.seal", sealing),
        *_parts_of_sealing(bot, answers),
    ]


def _parts_of_opening(bot: Bot, requests: Sequence[Request]) -> list[Step]:
    bodies = [request.body for request in requests]
    parsed, parsing = _each(xml.parse, bodies)
    _, signing = _each(_sign, requests)
    steps = [Step(2, "xml.parse of the body", parsing), Step(2, "sign", signing)]
    if bot._envelope._ciphers:
        cipher = bot._envelope._ciphers[0]
        encrypted = [fields["Encrypt"].encode() for fields in parsed]
        messages, decrypting = _each(cipher.decrypt, encrypted)
        steps.append(Step(2, "decrypt", decrypting))
        steps.append(Step(2, "xml.parse of the message", _each(xml.parse, messages)[1]))
    return steps


def _parts_of_sealing(bot: Bot, answers: Sequence[str]) -> list[Step]:
    if not bot._envelope._ciphers:
        return []
    cipher = bot._envelope._ciphers[0]
    return [Step(2, "encrypt", _each(lambda one: cipher.encrypt(one.encode()), answers)[1])]


def _sign(request: Request) -> bytes:
    query = request.query
    return sign(TOKEN.encode(), query["timestamp"].encode(), query["nonce"].encode())


def _each(step: Callable[[T], R], inputs: Sequence[T]) -> tuple[list[R], float]:
    """All results, and the microseconds for one."""
    started = time.perf_counter()
    results = [step(one) for one in inputs]
    return results, (time.perf_counter() - started) / len(inputs) * 1e6


async def _await_each(
    step: Callable[[T], Awaitable[R]], inputs: Sequence[T]
) -> tuple[list[R], float]:
    started = time.perf_counter()
    results = [await step(one) for one in inputs]
    return results, (time.perf_counter() - started) / len(inputs) * 1e6


if __name__ == "__main__":
    main()

"""The comparison itself: all servers at once, measured in turn, round after round.

In turn, since a shared machine is faster in one minute than in the next: ratios are taken within
a round, between neighbours, and only then is their median.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tests.benchmarks import loops
from tests.benchmarks.account import Mode
from tests.benchmarks.answers import WrongAnswer, check, check_constant
from tests.benchmarks.contenders import Contender
from tests.benchmarks.load import closed_loop
from tests.benchmarks.processes import Server, running
from tests.benchmarks.pushes import Click, build

WARM_UP_CLICKS: Final = 3_000
# Above what the warm-up saw: a round is better ended by the clock than by a lack of clicks.
HEADROOM: Final = 1.4


class Plan(NamedTuple):
    """How much is measured."""

    rounds: int
    seconds: float
    connections: int


@dataclass
class Measured:
    """One contender: a figure for every round, in the same order for all."""

    per_second: list[float] = field(default_factory=list)
    server_cpu: list[float] = field(default_factory=list)
    generator_cpu: list[float] = field(default_factory=list)
    per_cpu_second: list[float] = field(default_factory=list)
    answers: int = 0


def compare(mode: Mode, contenders: Sequence[Contender], plan: Plan) -> dict[str, Measured]:
    """What each of them did. Raises StartFailed, WrongAnswer and ConnectionError."""
    results = {contender.name: Measured() for contender in contenders}
    with ExitStack() as started:
        servers = [started.enter_context(running(one, mode)) for one in contenders]
        # The fastest decides how many clicks are needed; a warm-up counts for nothing else.
        clicks = _batches(mode, contenders, WARM_UP_CLICKS)
        fastest = max(_once(mode, server, clicks, plan, Measured()) for server in servers)
        for _ in range(plan.rounds):
            clicks = _batches(mode, contenders, int(fastest * plan.seconds * HEADROOM))
            for server in servers:
                measured = results[server.contender.name]
                fastest = max(fastest, _once(mode, server, clicks, plan, measured))
    return results


def _batches(mode: Mode, contenders: Sequence[Contender], count: int) -> dict[int, list[Click]]:
    """New clicks for each number of keys; all servers with as many keys are sent the same."""
    return {keys: build(mode, keys, count) for keys in {one.keys for one in contenders}}


def _once(
    mode: Mode, server: Server, clicks: dict[int, list[Click]], plan: Plan, measured: Measured
) -> float:
    contender = server.contender
    work = closed_loop(server, clicks[contender.keys], plan.seconds, plan.connections)
    try:
        load = loops.run(work)
        (check_constant if contender.constant else check)(mode, load.answered)
    except (WrongAnswer, ConnectionError) as error:
        raise type(error)(f"{contender.name}, {mode}: {error}") from error
    measured.per_second.append(load.per_second)
    measured.generator_cpu.append(load.generator_cpu)
    if load.server_cpu is not None:
        measured.server_cpu.append(load.server_cpu)
    if load.per_cpu_second is not None:
        measured.per_cpu_second.append(load.per_cpu_second)
    measured.answers += len(load.answered)
    return load.per_second

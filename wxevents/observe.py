"""What became of each push, as one value that logs and metrics read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Result: TypeAlias = Literal["answered", "silent", "failed", "late"]
"""answered: with a reply; silent: handled, nothing to say; failed: the handler raised;
late: the platform was answered before the handler was done, see `Outcome.late`."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One push, told once, when its handler is done.

    `seconds` is how long the handler took, `attempts` how many deliveries were seen until then,
    `handler` the name and place of who took it, None if nobody did, `run` how often it was started
    (more than once if a process ended before it was done). `late` tells what became of an answer
    that was late: sent, silent, lost, or as `wxevents inbox` names it; "" for one in time.
    """

    identity: str
    event: str
    key: str | None
    handler: str | None
    result: Result
    attempts: int
    seconds: float
    run: int = 1
    late: str = ""


Observer: TypeAlias = Callable[[Outcome], None]

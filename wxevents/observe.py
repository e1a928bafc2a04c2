"""What became of each push, as one value that logs and metrics read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Result: TypeAlias = Literal["answered", "silent", "failed", "late"]
"""answered: with a reply; silent: handled, nothing to say; failed: the handler raised;
late: the apology went out before the handler was done."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One push, told once, when its handler is done.

    `seconds` is how long the handler took, `attempts` how many deliveries were seen until then,
    `handler` the name and place of who took it, None if nobody did.
    """

    identity: str
    event: str
    key: str | None
    handler: str | None
    result: Result
    attempts: int
    seconds: float


Observer: TypeAlias = Callable[[Outcome], None]

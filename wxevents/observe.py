"""What can be seen of a bot at work: what became of each push, which push a log line belongs to,
and what is counted."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

Result: TypeAlias = Literal["answered", "silent", "failed", "late"]
"""answered: with a reply; silent: handled, nothing to say; failed: the handler raised;
late: the platform was answered before the handler was done, see `Outcome.late`."""

COUNTING_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder in which several processes count together. prometheus_client reads it when it is
imported, and processes that are spawned inherit it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One push, told once, when its handler is done.

    `key` is the key, URL, path or scene of an event, None of a message: what a user wrote is
    nobody's business but his handler's. `seconds` is how long the handler took, `attempts` how many
    deliveries were seen until then, `handler` the name and place of who took it, None if nobody
    did, `run` how often it was started (more than once if a process ended before it was done).
    `late` tells what became of an answer that was late: sent, silent, lost, or as `wxevents inbox`
    names it; "" for one in time.
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


@dataclass(frozen=True, slots=True)
class PushTrace:
    """Which push is being handled while something is logged. `seconds` is its age, `handler` None
    as long as it is not dispatched; all else is as in Outcome."""

    identity: str
    openid: str
    event: str
    key: str | None
    handler: str | None
    attempt: int
    run: int
    seconds: float


class Traced(Protocol):
    """A push at work, which is asked for its trace only when something is logged."""

    def trace(self) -> PushTrace: ...


current_push: Final[ContextVar[Traced | None]] = ContextVar("wxevents_current_push", default=None)
"""Set while a delivery is answered and in the task of its handler, and so in every task that a
handler starts."""


class Meter(Protocol):
    """Where everything that happens is counted. A method must neither wait nor raise."""

    def delivered(self, seconds: float) -> None:
        """A delivery was answered, after so many seconds."""

    def joined(self) -> None:
        """A delivery met a run of its push that an earlier one had begun."""

    def missed(self) -> None:
        """The deadline of a delivery passed without an answer."""

    def refused(self, status: int) -> None:
        """A request was turned away: 403 not proven to come from the platform, 400 unreadable."""

    def finished(self, outcome: Outcome) -> None:
        """A push is done."""

    def called(self, call: str, code: str, seconds: float) -> None:
        """One attempt of a call to the platform: `code` is its errcode, "0" for success, or the
        name of the exception if no answer could be read."""

    def token_refreshed(self, succeeded: bool) -> None:
        """An access token was fetched, or could not be."""

    def stored(self, operation: str, seconds: float, failed: bool) -> None:
        """The store did something, or could not."""


class NoMeter:
    """Counts nothing."""

    def __repr__(self) -> str:
        return "NO_METER"

    def delivered(self, seconds: float) -> None: ...

    def joined(self) -> None: ...

    def missed(self) -> None: ...

    def refused(self, status: int) -> None: ...

    def finished(self, outcome: Outcome) -> None: ...

    def called(self, call: str, code: str, seconds: float) -> None: ...

    def token_refreshed(self, succeeded: bool) -> None: ...

    def stored(self, operation: str, seconds: float, failed: bool) -> None: ...


NO_METER: Final[Meter] = NoMeter()

"""The log lines on requests that are turned away, so few that a flood of them fills no disk."""

from __future__ import annotations

import logging
from typing import Final

from wxevents.clock import Clock
from wxevents.errors import PushRefused

log: Final = logging.getLogger(__name__)

# So many lines within so many seconds for each reason; the others are only counted.
LIMIT: Final = 5
PERIOD: Final = 60.0


class RefusalLog:
    """Tells the owner why requests are refused. Reasons are told apart by their cures, of which
    there are a handful, so that a flood of one kind does not hide another."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: dict[str, int] = {}

    def tell(self, refused: PushRefused) -> None:
        """Log it, or count it for the line that ends the period."""
        kind = refused.cure or type(refused).__name__
        if not self._counts:
            self._clock.call_later(PERIOD, self._end_period)
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        if count <= LIMIT:
            log.warning("refused a request: %s", refused)
        elif count == LIMIT + 1:
            log.warning(
                "more requests are refused for that reason; they are counted, and the number "
                "follows within %.0f s",
                PERIOD,
            )

    def _end_period(self) -> None:
        for kind, count in self._counts.items():
            if count > LIMIT:
                log.warning(
                    "refused %d requests more within %.0f s: %s", count - LIMIT, PERIOD, kind
                )
        self._counts.clear()

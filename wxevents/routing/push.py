"""The state of one push, for handlers that want to know more than the event."""

from __future__ import annotations

from wxevents.clock import Clock


class Push:
    """One push while it is being handled; a handler takes it by annotation.

    `identity` is the same for every delivery of the push, and after a restart: an idempotency key.
    `attempt` counts the deliveries seen so far, the first being 1; it grows while the handler runs.
    `handler` names who took it, once it was dispatched. `late` tells that the last delivery was
    answered without waiting any longer: what the handler returns now is lost.
    """

    __slots__ = ("_clock", "_due", "attempt", "handler", "identity", "late")

    def __init__(self, identity: str, clock: Clock, due: float) -> None:
        self.identity = identity
        self.attempt = 1
        self.handler: str | None = None
        self.late = False
        self._clock = clock
        self._due = due

    @property
    def remaining(self) -> float:
        """Seconds until the answer to the first delivery is late; 0 when it is."""
        return max(0.0, self._due - self._clock.monotonic())

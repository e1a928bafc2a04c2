"""The state of one push, for handlers that want to know more than the event."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable

from wxevents.clock import Clock
from wxevents.replies import Answer
from wxevents.routing.lateness import LatePolicy


class Push:
    """One push while it is being handled; a handler takes it by annotation.

    `identity` is the same for every delivery of the push, and after a restart: an idempotency key.
    `attempt` counts the deliveries seen so far, the first being 1; it grows while the handler runs.
    `run` counts how often the handler was started: more than once only if a process ended before
    it was done. `handler` names who took it, once it was dispatched. `late` tells that the platform
    was answered without waiting any longer: what the handler returns now goes out as a
    customer-service message, or is lost where the policy is `redelivery`.
    """

    __slots__ = (
        "_clock",
        "_due",
        "_on_policy",
        "answers",
        "attempt",
        "handler",
        "identity",
        "late",
        "policy",
        "run",
    )

    def __init__(
        self,
        identity: str,
        clock: Clock,
        due: float,
        policy: LatePolicy = "customer_service",
        on_policy: Callable[[LatePolicy], object] | None = None,
        run: int = 1,
    ) -> None:
        self.identity = identity
        self.attempt = 1
        self.run = run
        self.handler: str | None = None
        self.late = False
        self.policy = policy
        # What a handler that yields has still to say, behind its first answer.
        self.answers: AsyncGenerator[Answer, None] | None = None
        self._clock = clock
        self._due = due
        self._on_policy = on_policy

    @property
    def remaining(self) -> float:
        """Seconds until the answer to the first delivery is late; 0 when it is."""
        return max(0.0, self._due - self._clock.monotonic())

    def expect(self, due: float) -> None:
        """The answer is awaited until then, by monotonic time: with the message that completed a
        joined event, which was acknowledged long before."""
        self._due, self.late = due, False

    def end(self) -> None:
        """The run is done: nobody acts on its policy any more. (Who was told of it has this push in
        turn; without the cycle both are freed at once.)"""
        self._on_policy = None

    def use(self, policy: LatePolicy) -> None:
        """Follow another policy from now on: that of the handler that was found."""
        self.policy = policy
        if self._on_policy:
            self._on_policy(policy)

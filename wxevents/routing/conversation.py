"""Dialogues of several steps. The step is kept in the user's session, never in a suspended
coroutine, which no restart would survive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from wxevents.errors import RegistrationError


class Step(NamedTuple):
    """Where a user is in a dialogue."""

    conversation: str
    name: str


class Conversation:
    """A dialogue with a user.

        ordering = Conversation("ordering", timeout=300, cancel="取消", cancelled="好的，已取消。")

        @router.click("ORDER")
        async def order(event: ClickEvent, session: Session) -> str:
            session.go(ordering, "dish")
            return "想吃什么？"

        @router.step(ordering, "dish")
        async def dish(event: TextMessage, session: Session) -> str: ...

    `name` tells it from the bot's other ones. It ends `timeout` seconds after its last step, when
    the user writes one of the words `cancel`, which is answered with `cancelled`, or when a handler
    calls `session.end()`.
    """

    def __init__(
        self,
        name: str,
        *,
        timeout: float = 600.0,
        cancel: str | Iterable[str] = (),
        cancelled: str = "",
    ) -> None:
        if not name:
            raise RegistrationError("Conversation: give it a name of its own")
        if not 0 < timeout < float("inf"):
            raise RegistrationError(f"Conversation({name!r}): timeout is in seconds, above 0")
        self.name: Final = name
        self.timeout: Final = timeout
        words = (cancel,) if isinstance(cancel, str) else cancel
        self.cancel: Final = frozenset(word.strip() for word in words)
        self.cancelled: Final = cancelled
        self.steps: dict[str, None] = {}
        """The names of its steps, in the order in which handlers were registered."""

    def step(self, name: str) -> Step:
        """The step of that name. Raises ValueError if no handler is registered for it."""
        if name not in self.steps:
            known = ", ".join(self.steps) or "none"
            raise ValueError(f"{self!r} has no step {name!r}; its steps: {known}")
        return Step(self.name, name)

    def __repr__(self) -> str:
        return f"Conversation({self.name!r})"

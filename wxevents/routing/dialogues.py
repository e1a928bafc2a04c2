"""Which handler takes what a user says in the middle of a dialogue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Generic, TypeVar

from wxevents.errors import RegistrationError
from wxevents.events import Event, TextMessage
from wxevents.routing.conversation import Conversation, Step

B = TypeVar("B")


class Dialogues(Generic[B]):
    """The conversations of a bot, and the handler `B` of each of their steps by class of event."""

    def __init__(self, conversations: Iterable[Conversation]) -> None:
        self._conversations: dict[str, Conversation] = {}
        for conversation in conversations:
            known = self._conversations.setdefault(conversation.name, conversation)
            if known is not conversation:
                raise RegistrationError(
                    f"two conversations are called {conversation.name!r}; rename one"
                )
        self._steps: dict[tuple[Step, type[Event]], B] = {}
        self.events: Final[set[type[Event]]] = set()
        """The classes of events that may belong to a dialogue."""
        if any(one.cancel for one in self._conversations.values()):
            self.events.add(TextMessage)

    def add(self, step: Step, event: type[Event], handler: B) -> None:
        self._steps[step, event] = handler
        self.events.add(event)

    def handler_of(self, step: Step, event: Event) -> B | None:
        """Who takes the event at that step."""
        return self._steps.get((step, type(event)))

    def timeout_of(self, step: Step) -> float:
        return self._conversations[step.conversation].timeout

    def cancelled_by(self, step: Step, event: Event) -> str | None:
        """The answer to a word that ends the dialogue, None if it is none."""
        conversation = self._conversations.get(step.conversation)
        if not (conversation and isinstance(event, TextMessage)):
            return None
        return conversation.cancelled if event.content.strip() in conversation.cancel else None

"""What becomes of an answer that takes longer than the platform waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, TypeVar

from wxevents.errors import RegistrationError
from wxevents.routing.functions import name_of

H = TypeVar("H", bound=Callable[..., Any])

_MARK: Final = "__wxevents_late__"


@dataclass(frozen=True)
class Placeholder:
    """Answer with this text, at once or `after` so many seconds, unless the handler is done by
    then; its own answer follows as a customer-service message."""

    text: str
    after: float = 0.0

    def __post_init__(self) -> None:
        if not (isinstance(self.text, str) and 0 < len(self.text.encode(errors="replace")) <= 2048):
            raise RegistrationError("Placeholder: give a text of 1 to 2,048 bytes")
        if not 0 <= self.after < 5:
            raise RegistrationError("Placeholder: after is in seconds, from 0 to below 5")


LatePolicy: TypeAlias = Literal["customer_service", "redelivery"] | Placeholder
"""customer_service: the push is acknowledged at the deadline, and the answer follows as a
customer-service message. redelivery: it is left unanswered, so that the platform delivers again and
picks the answer up; the last delivery gets the apology."""


def late(policy: LatePolicy) -> Callable[[H], H]:
    """What becomes of a handler's answer if it is late, other than the setting WXEVENTS_LATE says.

    @late(Placeholder("正在查询，请稍候……"))
    @router.click("REPORT")
    async def report(event: ClickEvent) -> str: ...
    """
    if not isinstance(policy, Placeholder) and policy not in ("customer_service", "redelivery"):
        raise RegistrationError(
            f"late({policy!r}): give 'customer_service', 'redelivery' or Placeholder(text)"
        )

    def mark(handler: H) -> H:
        try:
            setattr(handler, _MARK, policy)
        except AttributeError as error:  # of a bound method
            raise RegistrationError(f"{name_of(handler)}: put @late on the function") from error
        return handler

    return mark


def late_policy_of(handler: Callable[..., Any]) -> LatePolicy | None:
    """What `late` says of a handler, None if it says nothing."""
    policy: LatePolicy | None = getattr(handler, _MARK, None)
    return policy

"""What all pushes have in common, and the one registry of those that are modelled.

A new event is one class, anywhere in the program:

    class CardPassEvent(Notification, event="card_pass_check"):
        card_id: str = Field(alias="CardId")

Parsing, `router.on("card_pass_check")` and `router.on(CardPassEvent)` know it then.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Final

from pydantic import (
    BaseModel,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from wxevents.events.structure import PLATFORM_FORMAT, Maybe

MESSAGE_TYPES: Final[dict[str, type[Event]]] = {}
"""Every modelled message by its MsgType in lower case."""

EVENT_NAMES: Final[dict[str, type[Event]]] = {}
"""Every modelled event by its Event element in lower case: the platform mixes cases."""


def _register(cls: type[Event], names: tuple[str, ...], registry: dict[str, type[Event]]) -> None:
    """Take all the names, or none if one of them is taken."""
    for name in names:
        if name.lower() in registry:
            known = registry[name.lower()].__qualname__
            raise TypeError(f"{name} is already modelled by {known}")
    registry.update({name.lower(): cls for name in names})


def build_models() -> None:
    """Make every model ready to validate; the first push of each kind need not wait for it then."""
    unknown: tuple[type[Event], ...] = (UnknownEvent, UnknownMessage)
    for model in (*EVENT_NAMES.values(), *MESSAGE_TYPES.values(), *unknown):
        model.model_rebuild()


class Event(BaseModel):
    """Anything that the platform pushes.

    Fields carry the platform's names in snake case (FromUserName is `from_user_name`). Elements
    that no field describes are kept in `model_extra`, and everything as it came in `raw`.
    """

    model_config = PLATFORM_FORMAT

    answerable: ClassVar[bool] = True
    """Whether the platform shows an answer to it; a reply to the others raises its alarm."""

    decorator: ClassVar[str] = ""
    """Name of the Router method that registers handlers of it; without one it is `on`."""

    to_user_name: str = Field(min_length=1, description="original id of the account (gh_…)")
    from_user_name: str = Field(min_length=1, description="OpenID of the user")
    create_time: int = Field(description="seconds since the epoch")
    msg_type: str

    def __init_subclass__(cls, **options: Any) -> None:
        """Takes the class arguments before pydantic would see them as configuration."""
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(
        cls, *, event: str | tuple[str, ...] = (), msg_type: str = "", **unknown: Any
    ) -> None:
        if unknown:
            raise TypeError(f"{cls.__qualname__}: there is no class argument {', '.join(unknown)}")
        events = (event,) if isinstance(event, str) else event
        _register(cls, events, EVENT_NAMES)
        _register(cls, (msg_type,) if msg_type else (), MESSAGE_TYPES)

    @property
    def openid(self) -> str:
        """The user who did it; the platform's FromUserName."""
        return self.from_user_name

    @property
    def name(self) -> str:
        """The event's name or the message's type, as the platform spelled it."""
        return self.msg_type

    @property
    def routing_key(self) -> str | None:
        """What matchers are compared with: key, URL, path, scene or text; None if it has none."""
        return None

    @cached_property
    def raw(self) -> Mapping[str, Any]:
        """The parsed push as it came: the platform's names, every element, values as sent.

        An event that was built by hand gives what its push would hold."""
        return self.model_dump(by_alias=True, exclude_none=True)


class Message(Event):
    """Something that the user sent into the chat. Only messages have a MsgId.

    `on(Message)` takes every message that no handler of its own takes, UnknownMessage included."""

    msg_id: int
    msg_data_id: str | None = Field(
        default=None, description="set when sent from within an article"
    )
    idx: Maybe[int] = Field(default=None, description="position of that article, from 1")


class Notification(Event):
    """Something that happened: a push with MsgType `event`."""

    event: str
    event_key: str = ""

    @property
    def name(self) -> str:
        return self.event


class UnknownMessage(Message):
    """A message that no class models, or whose fields do not fit its class; see `raw`.

    `msg_id` is 0 where the push has none that is a number."""

    msg_id: int = 0

    @field_validator("msg_id", "msg_data_id", "idx", mode="wrap")
    @classmethod
    def _default_where_it_does_not_fit(
        cls, value: Any, read: ValidatorFunctionWrapHandler, field: ValidationInfo
    ) -> Any:
        try:
            return read(value)
        except ValidationError:
            return cls.model_fields[field.field_name or ""].default


class UnknownEvent(Notification):
    """An event that no class models, or whose fields do not fit its class; see `raw`.

    It is dispatched by name to `router.on("its_name")`."""

    @property
    def routing_key(self) -> str | None:
        return self.event_key or None

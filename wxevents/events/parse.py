"""From the fields of a push to its model."""

from __future__ import annotations

import logging
from typing import Final

from pydantic import ValidationError

from wxevents.errors import MalformedPush
from wxevents.events.event import EVENT_NAMES, MESSAGE_TYPES, Event, UnknownEvent, UnknownMessage
from wxevents.xml import Fields

log: Final = logging.getLogger(__name__)


def parse(fields: Fields) -> Event:
    """The event of a push.

    What no class models, or what does not fit its class, becomes UnknownEvent or UnknownMessage
    with all its fields: the platform takes an error for an outage. Raises MalformedPush only when
    an element that every push has is missing or is no number where a number is due.
    """
    model, unknown = _models(fields)
    event: Event
    try:
        event = model.__pydantic_validator__.validate_python(fields, by_name=False)
    except ValidationError as error:
        event = _without_its_model(fields, unknown, error)
        if model is not unknown:
            # The platform shows no answer to an event of that name, whatever it lacks.
            event.__dict__["answerable"] = model.answerable
            log.warning("%s does not fit %s: %s", event.name, model.__name__, _places(error))
    # Where cached_property would store it: `raw` is what came, not what a model would write.
    event.__dict__["raw"] = fields
    return event


def _models(fields: Fields) -> tuple[type[Event], type[Event]]:
    """The class for these fields, and the one for the case that they do not fit it."""
    msg_type = fields.get("MsgType")
    if not isinstance(msg_type, str):
        raise MalformedPush("the push has no MsgType")
    if msg_type.lower() != "event":
        return MESSAGE_TYPES.get(msg_type.lower(), UnknownMessage), UnknownMessage
    name = fields.get("Event")
    if not isinstance(name, str):
        raise MalformedPush("the push has the MsgType event, but no Event")
    return EVENT_NAMES.get(name.lower(), UnknownEvent), UnknownEvent


def _without_its_model(fields: Fields, unknown: type[Event], error: ValidationError) -> Event:
    # A key that is no text is what did not fit; it is left to `raw`.
    key = fields.get("EventKey", "")
    common = fields if isinstance(key, str) else fields | {"EventKey": ""}
    try:
        event: Event = unknown.__pydantic_validator__.validate_python(common, by_name=False)
    except ValidationError as common_error:
        raise MalformedPush(
            f"the push lacks what every push has: {_places(common_error)}"
        ) from error
    return event


def _places(error: ValidationError) -> str:
    """Fields and reasons, without the values: a push is personal data."""
    findings = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in findings[:5])

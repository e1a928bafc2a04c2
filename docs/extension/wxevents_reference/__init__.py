"""The reference, generated from the code: what stands between two comments of a page is what a
generator writes, in the language of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from wxevents_reference.buttons import describe_buttons, describe_limits
from wxevents_reference.client import (
    describe_client,
    describe_client_parts,
    describe_client_types,
)
from wxevents_reference.codes import describe_codes
from wxevents_reference.commands import describe_commands
from wxevents_reference.decorators import describe_decorators
from wxevents_reference.events import describe_events
from wxevents_reference.metrics import describe_metrics
from wxevents_reference.phrases import Phrases
from wxevents_reference.replies import describe_replies
from wxevents_reference.settings import describe_settings
from wxevents_reference.testing import describe_testing, describe_testing_functions

GENERATORS: Final[Mapping[str, Callable[[Phrases], str]]] = {
    "wxevents-buttons": describe_buttons,
    "wxevents-client": describe_client,
    "wxevents-client-parts": describe_client_parts,
    "wxevents-client-types": describe_client_types,
    "wxevents-commands": describe_commands,
    "wxevents-decorators": describe_decorators,
    "wxevents-error-codes": describe_codes,
    "wxevents-events": describe_events,
    "wxevents-menu-limits": describe_limits,
    "wxevents-metrics": describe_metrics,
    "wxevents-replies": describe_replies,
    "wxevents-settings": describe_settings,
    "wxevents-testing": describe_testing,
    "wxevents-testing-functions": describe_testing_functions,
}
"""What writes the Markdown of each generated part of a page, by its name in the comments."""

"""The reference, generated from the code while Sphinx reads the pages: each directive becomes what
its generator writes, in the language of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from wxevents_reference.buttons import describe_buttons, describe_limits
from wxevents_reference.codes import describe_codes
from wxevents_reference.commands import describe_commands
from wxevents_reference.decorators import describe_decorators
from wxevents_reference.events import describe_events
from wxevents_reference.metrics import describe_metrics
from wxevents_reference.phrases import FILE, Phrases
from wxevents_reference.replies import describe_replies
from wxevents_reference.settings import describe_settings

log: Final = logging.getLogger(__name__)

GENERATORS: Final[Mapping[str, Callable[[Phrases], str]]] = {
    "wxevents-buttons": describe_buttons,
    "wxevents-commands": describe_commands,
    "wxevents-decorators": describe_decorators,
    "wxevents-error-codes": describe_codes,
    "wxevents-events": describe_events,
    "wxevents-menu-limits": describe_limits,
    "wxevents-metrics": describe_metrics,
    "wxevents-replies": describe_replies,
    "wxevents-settings": describe_settings,
}
"""What writes the Markdown of each directive."""


class Generated(SphinxDirective):
    """One of the directives of GENERATORS."""

    def run(self) -> list[nodes.Node]:
        phrases = Phrases.of(str(self.config.language))
        written = GENERATORS[self.name](phrases)
        for name, english in phrases.missing.items():
            log.warning("%s has no %s (%r)", FILE.name, name, english, location=self.get_location())
        if not phrases.is_english:
            self.env.note_dependency(str(FILE))
        return self.parse_text_to_nodes(written, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    for name in GENERATORS:
        app.add_directive(name, Generated)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

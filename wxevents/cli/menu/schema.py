"""`wxevents menu schema`: a JSON Schema, with which editors complete and check menu files."""

from __future__ import annotations

from wxevents.cli.printing import Json, print_json
from wxevents.menu.schema import file_schema


def schema(*, as_json: Json = True) -> None:
    """Print the JSON Schema of menu files. In YAML, an editor finds it by a first line
    `# yaml-language-server: $schema=menu.schema.json`."""
    print_json(file_schema())

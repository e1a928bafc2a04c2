"""Log lines of the commands that serve, as the settings want them."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from wxevents import logs
from wxevents.settings import Settings, gather


def set_up_logging_from_settings(
    options: Mapping[str, Any], *, names_process: bool = False, auto: str = "auto"
) -> None:
    """Log to standard error; `auto` is what stands for the format of that name. What is wrong with
    the settings is said by whoever reads them next. Raises SettingsError for a file that cannot be
    read."""
    configured, _ = gather(Path(), os.environ, options)

    def setting(name: str) -> Any:
        field = Settings.model_fields[name]
        try:
            return TypeAdapter(cast(type[Any], field.annotation)).validate_python(configured[name])
        except (KeyError, ValidationError):
            return field.default

    log_format = setting("log_format")
    account = setting("app_id") or setting("path")
    logs.set_up_logging(
        auto if log_format == "auto" else log_format,
        level=setting("log_level"),
        log_pushes=setting("log_pushes"),
        names_process=names_process,
        hide=logs.hashed_openids(account) if setting("hash_openids") else None,
    )
    logging.getLogger("watchfiles").setLevel(logging.ERROR)  # it reports each change as well

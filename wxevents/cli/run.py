"""`wxevents run`: the webhook server."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from wxevents.bot import Bot
from wxevents.cli.options import fail, set_up_logging
from wxevents.discovery import find_bot
from wxevents.errors import MenuError
from wxevents.server import bind, serve
from wxevents.settings import Settings, gather

Strict: TypeAlias = Annotated[
    bool,
    typer.Option("--strict", help="Do not start with a menu that `menu check` finds fault in."),
]


def run(*, strict: Strict = False, options: Mapping[str, Any]) -> None:
    """Serve the bot of the handlers package at the URL given to the platform.

    Every setting is read from its option, the environment (WXEVENTS_TOKEN, or WXEVENTS_TOKEN_FILE
    for a file), .env, or wxevents.toml, in this order.
    """
    set_up_logging()
    configured, _ = gather(Path(), os.environ, options)
    handlers = str(configured.get("handlers", Settings.model_fields["handlers"].default))
    bot = find_bot(handlers, lambda: Settings.load(**options))
    bot.assemble()  # whatever does not fit is said before the port is taken
    if strict:
        require_sound_menu(bot)
    serve(bot, listen(bot.settings))


def require_sound_menu(bot: Bot) -> None:
    """Raise MenuError for what would only be a warning in the log."""
    errors = [finding for finding in bot.check_menu() if finding.level == "error"]
    if errors:
        raise MenuError(errors)


def listen(settings: Settings) -> socket.socket:
    """The bound socket; a taken port or a foreign address ends the command with a sentence."""
    try:
        return bind(settings)
    except (OSError, TypeError, UnicodeError) as error:  # TypeError: no host name at all
        reason = error.strerror if isinstance(error, OSError) else error
        fail(
            f"cannot listen on {settings.host} port {settings.port}: {reason}; "
            "choose another with WXEVENTS_HOST and WXEVENTS_PORT (--host, --port)"
        )

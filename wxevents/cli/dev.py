"""`wxevents dev`: the bot on this machine, reloaded on every save."""

from __future__ import annotations

import functools
import logging
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import typer

from wxevents.cli.account import development_settings
from wxevents.cli.options import errors_as_sentences, set_up_logging
from wxevents.cli.run import listen
from wxevents.discovery import load_bot
from wxevents.observe import Outcome
from wxevents.server import serve, url
from wxevents.supervisor import reload_on_change

log: Final = logging.getLogger(__name__)

# Whoever saves a file waits for the new code, not for a handler of the old.
_RELOAD_PATIENCE: Final = 1.0


def dev(*, options: Mapping[str, object]) -> None:
    """Serve the bot for development: an invented account where none is configured, kept in
    .wxevents/, and a reload on every save. Try it from another terminal with `wxevents push`."""
    set_up_logging()
    settings = development_settings(options)
    with listen(settings) as sock:
        typer.echo(
            f"The bot of {settings.handlers} listens on {url(settings, sock)} "
            f"({settings.mode} mode).\n"
            "Tap a button in another terminal:  wxevents push click V1001_TODAY_MUSIC\n"
            "Edit and save a handler: the next tap runs it. Ctrl-C ends."
        )
        reload_on_change(functools.partial(_serve, dict(options)), sock, [Path.cwd()])


def _serve(options: Mapping[str, object], sock: socket.socket) -> None:
    """One generation of the bot; runs in a process of its own."""
    set_up_logging()
    try:
        with errors_as_sentences():
            settings = development_settings({"shutdown_timeout": _RELOAD_PATIENCE, **options})
            bot = load_bot(settings, observers=[_show])
            _ = bot.dispatcher
            serve(bot, sock)
    except typer.Exit:
        log.info("waiting for the next save")


def _show(outcome: Outcome) -> None:
    log.info(
        "%s %s → %s: %s in %.0f ms",
        outcome.event,
        outcome.key or "",
        outcome.handler or "no handler",
        outcome.result,
        outcome.seconds * 1000,
    )

"""`wxevents dev`: the bot on this machine, reloaded on every save."""

from __future__ import annotations

import functools
import logging
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import typer

from wxevents.bot import Bot
from wxevents.cli.account import development_settings
from wxevents.cli.options import MENDABLE, explanation, set_up_logging
from wxevents.cli.run import Strict, listen, require_sound_menu
from wxevents.discovery import load_bot
from wxevents.events import ClickEvent
from wxevents.observe import Outcome
from wxevents.server import serve, serve_fault, url
from wxevents.stopping import StopRequest
from wxevents.supervisor import reload_on_change

log: Final = logging.getLogger(__name__)

# Where `wxevents push` looks by itself.
_DEFAULT_URL: Final = "http://127.0.0.1:8080/wechat"

# Whoever saves a file waits for the new code, not for a handler of the old.
_RELOAD_PATIENCE: Final = 1.0


def dev(*, strict: Strict = False, options: Mapping[str, Any]) -> None:
    """Serve the bot for development: an invented account where none is configured, kept in
    .wxevents/, and a reload on every save. Try it from another terminal with `wxevents push`."""
    set_up_logging()
    settings = development_settings(options)
    with listen(settings) as sock:
        typer.echo(
            f"{settings.handlers} at {url(settings, sock)} reloads on every save: "
            "the next tap runs the new code. Ctrl-C ends."
        )
        reload_on_change(functools.partial(_serve, dict(options), strict), sock, [Path.cwd()])


def _serve(
    options: Mapping[str, Any], strict: bool, sock: socket.socket, stop_request: StopRequest
) -> None:
    """One generation of the bot; runs in a process of its own."""
    set_up_logging()
    try:
        bot = load_bot(development_settings({"shutdown_timeout": _RELOAD_PATIENCE, **options}))
        if strict:
            require_sound_menu(bot)
        bot.observe(_show)
        log.info("%d handlers; tap in another terminal:  %s", *_invitation(bot, sock))
        serve(bot, sock, stop_request)
    except MENDABLE as error:
        sentence = explanation(error)
        log.error("%s\nwaiting for the next save", sentence)  # noqa: TRY400 - it says where
        serve_fault(sentence, sock, stop_request)


def _invitation(bot: Bot, sock: socket.socket) -> tuple[int, str]:
    """How many handlers there are, and a command that reaches one."""
    routes = bot.assemble().routes
    keys = (route.matcher for route in routes if route.event is ClickEvent)
    key = next((key for key in keys if isinstance(key, str)), None)
    command = f"wxevents push click {key}" if key else "wxevents push subscribe"
    where = url(bot.settings, sock)
    return len(routes), command if where == _DEFAULT_URL else f"{command} --url {where}"


def _show(outcome: Outcome) -> None:
    log.info(
        "%s %s → %s: %s in %.0f ms",
        outcome.event,
        outcome.key or "",
        outcome.handler or "no handler",
        outcome.result,
        outcome.seconds * 1000,
    )

"""`wxevents run`: the webhook server."""

from __future__ import annotations

import functools
import logging
import os
import socket
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import typer

from wxevents.bot import Bot
from wxevents.cli.counting import counting_together
from wxevents.cli.loglines import set_up_logging_from_settings
from wxevents.cli.options import MENDABLE, WRONG_USE, explanation, fail
from wxevents.discovery import find_bot
from wxevents.errors import MenuError
from wxevents.logs import log_outcome
from wxevents.server import bind, bind_monitoring, serve
from wxevents.settings import Settings, gather
from wxevents.stopping import StopRequest
from wxevents.workers import serve_with_workers

log: Final = logging.getLogger(__name__)

_NO_ADDRESS: Final = (OSError, TypeError, UnicodeError)  # TypeError: no host name at all

Strict: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Do not start with a menu in which `menu check` finds errors; warnings do no harm.",
    ),
]


def run(*, strict: Strict = False, options: Mapping[str, Any]) -> None:
    """Serve the bot of the handlers package at the URL given to the platform.

    Every setting is read from its option, the environment (WXEVENTS_TOKEN, or WXEVENTS_TOKEN_FILE
    for a file), .env, or wxevents.toml, in this order. With several workers SIGHUP replaces one
    after the other, without losing a push, by one with the code and settings as they are then.
    """
    set_up_logging_from_settings(options)
    bot = _find(options, strict)  # whatever does not fit is said before the port is taken
    settings = bot.settings
    if settings.workers == 1:
        serve(bot, listen(settings), monitoring_sock=listen_for_monitoring(settings))
        return
    if sys.platform == "win32":
        fail("several workers need signals, which Windows lacks; leave WXEVENTS_WORKERS at 1 there")
    with ExitStack() as serving:
        sock = serving.enter_context(listen(settings))
        monitoring_sock = listen_for_monitoring(settings)
        if monitoring_sock:
            serving.enter_context(monitoring_sock)
            serving.enter_context(counting_together())
        worker = functools.partial(_serve_as_worker, dict(options), strict, monitoring_sock)
        code = serve_with_workers(worker, sock, settings.workers, settings.shutdown_timeout)
    raise typer.Exit(code)


def _find(options: Mapping[str, Any], strict: bool) -> Bot:
    """The bot, its registrations checked."""
    configured, _ = gather(Path(), os.environ, options)
    handlers = str(configured.get("handlers", Settings.model_fields["handlers"].default))
    bot = find_bot(handlers, lambda: Settings.load(**options))
    bot.observe(log_outcome)
    bot.assemble()
    if strict:
        require_sound_menu(bot)
    return bot


def _serve_as_worker(
    options: Mapping[str, Any],
    strict: bool,
    monitoring_sock: socket.socket | None,
    sock: socket.socket,
    stop_request: StopRequest,
) -> None:
    """Runs in a process of its own, with what is in the files when it starts."""
    set_up_logging_from_settings(options, names_process=True)
    try:
        serve(_find(options, strict), sock, stop_request, monitoring_sock)
    except MENDABLE as error:
        log.error("%s", explanation(error))  # noqa: TRY400 - it says where
        sys.exit(WRONG_USE)


def require_sound_menu(bot: Bot) -> None:
    """Raise MenuError for what would only be a warning in the log."""
    errors = [finding for finding in bot.check_menu() if finding.level == "error"]
    if errors:
        raise MenuError(errors)


def listen(settings: Settings) -> socket.socket:
    """The bound socket; a taken port or a foreign address ends the command with a sentence."""
    try:
        return bind(settings)
    except _NO_ADDRESS as error:
        fail(
            f"cannot listen on {settings.host} port {settings.port}: {_reason(error)}; "
            "choose another with WXEVENTS_HOST and WXEVENTS_PORT (--host, --port)"
        )


def listen_for_monitoring(settings: Settings) -> socket.socket | None:
    """The same for the address of the metrics; None if there is none."""
    try:
        return bind_monitoring(settings)
    except _NO_ADDRESS as error:
        fail(
            f"cannot listen on {settings.metrics_host} port {settings.metrics_port}: "
            f"{_reason(error)}; choose another with WXEVENTS_METRICS_HOST and "
            "WXEVENTS_METRICS_PORT (--metrics-host, --metrics-port)"
        )


def _reason(error: Exception) -> object:
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)  # its own text repeats host and port
    return error

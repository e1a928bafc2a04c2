"""`wxevents dev`: the bot on this machine, reloaded on every save, and a phone to tap its menu."""

from __future__ import annotations

import functools
import logging
import os
import re
import shlex
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from wxevents.bot import Bot
from wxevents.cli.account import ACCOUNT_FILE, PAGE_FILE, development_settings
from wxevents.cli.beside import PAGE_PORT, Connection, emulating, invite_followers
from wxevents.cli.keeping import StateError, load_state
from wxevents.cli.loglines import set_up_logging_from_settings
from wxevents.cli.options import MENDABLE, explanation, fail
from wxevents.cli.routes import click_keys
from wxevents.cli.run import Strict, listen, require_sound_menu
from wxevents.discovery import load_bot
from wxevents.emulator import Emulator, Switches
from wxevents.logs import log_outcome
from wxevents.menu import ClickButton
from wxevents.pushes.posting import DEFAULT_URL
from wxevents.reloader import reload_on_change
from wxevents.server import serve, serve_fault, url
from wxevents.settings import PREFIX, Settings, gather
from wxevents.stopping import StopRequest

log: Final = logging.getLogger(__name__)

# Whoever saves a file waits for the new code, not for a handler of the old.
_RELOAD_PATIENCE: Final = 1.0

# What the emulated platform knows, kept beside the invented account.
_STATE_FILE: Final = ACCOUNT_FILE.with_name("phone.json")


def dev(
    *,
    strict: Strict = False,
    phone_port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help=f"Port of the phone's page; {PAGE_PORT}, or a free one."
        ),
    ] = None,
    phone: Annotated[
        bool, typer.Option("--phone/--no-phone", help="Emulate the platform, with a phone.")
    ] = True,
    options: Mapping[str, Any],
) -> None:
    """Serve the bot for development: an invented account where none is configured, kept in
    .wxevents/, the emulated platform with a phone in the browser, and a reload on every save.

    With WXEVENTS_API_BASE set, the bot calls that, and no platform is emulated."""
    set_up_logging_from_settings(options, auto="text")
    settings = development_settings(options)
    configured, _ = gather(Path(), os.environ, options)
    with listen(settings) as sock:
        where = url(settings, sock)
        typer.echo(
            f"{settings.handlers} at {where} reloads on every save: "
            "the next tap runs the new code. Ctrl-C ends."
        )
        if phone and "api_base" not in configured:
            with _phone(settings, where, phone_port) as emulated:
                _reload(options, strict, sock, emulated)
        else:
            _reload(options, strict, sock, None)


@contextmanager
def _phone(settings: Settings, webhook: str, port: int | None) -> Iterator[str]:
    """The emulated platform for the bot's account; gives its URL."""
    if not (settings.app_id and settings.app_secret):  # in plain mode the Token is enough
        settings = settings.model_copy(update={"app_id": "wxdevelopment", "app_secret": "invented"})
    emulator = Emulator(
        settings=settings,
        webhook=webhook,
        # Whoever changes a menu wants to see it, and whoever mends a fault wants the next push.
        switches=Switches(menu_refresh=0, pause_after=0),
    )
    invite_followers(emulator)
    _go_on(emulator)
    with _on_a_port(emulator, port) as emulated:
        # For the bot's own process, also where it is put together by hand.
        for name in ("app_id", "app_secret"):
            os.environ[PREFIX + name.upper()] = getattr(settings, name)
        os.environ[f"{PREFIX}API_BASE"] = emulated
        PAGE_FILE.write_text(emulated, "utf-8")
        typer.echo(f"phone and inspector: {emulated}/")
        try:
            yield emulated
        finally:
            PAGE_FILE.unlink(missing_ok=True)


def _go_on(emulator: Emulator) -> None:
    """Chats, followers and what they did last outlive this process, as they do at the platform: an
    answer that is late reaches them after a restart."""
    _STATE_FILE.parent.mkdir(exist_ok=True)
    try:
        load_state(emulator, _STATE_FILE)
    except StateError as error:
        log.warning("%s; the phone begins anew", error)


@contextmanager
def _on_a_port(emulator: Emulator, port: int | None) -> Iterator[str]:
    """The wanted port or none; without a wish the usual one, or any that is free."""
    with ExitStack() as serving:
        try:
            wanted = PAGE_PORT if port is None else port
            emulated = serving.enter_context(emulating(emulator, wanted, state=_STATE_FILE))
        except OSError as error:
            if port is not None:
                reason = f"{error.strerror}; choose another with --phone-port"
                fail(f"the phone cannot listen on port {port}: {reason}")
            emulated = serving.enter_context(emulating(emulator, 0, state=_STATE_FILE))
        yield emulated


def _reload(
    options: Mapping[str, Any], strict: bool, sock: socket.socket, emulated: str | None
) -> None:
    serving = functools.partial(_serve, dict(options), strict, emulated)
    reload_on_change(serving, sock, [Path.cwd()])


def _serve(
    options: Mapping[str, Any],
    strict: bool,
    emulated: str | None,
    sock: socket.socket,
    stop_request: StopRequest,
) -> None:
    """One generation of the bot; runs in a process of its own."""
    set_up_logging_from_settings(options, auto="text")
    try:
        bot = load_bot(development_settings({"shutdown_timeout": _RELOAD_PATIENCE, **options}))
        bot.observe(log_outcome)
        if emulated:
            Connection(emulated).attach_to(bot)
        if strict:
            require_sound_menu(bot)
        number, command = len(bot.assemble().routes), _invitation(bot, sock, bool(emulated))
        handlers = "1 handler" if number == 1 else f"{number} handlers"
        log.info("%s; tap in another terminal:  %s", handlers, command)
        serve(bot, sock, stop_request)
    except MENDABLE as error:
        sentence = explanation(error)
        log.error("%s\nwaiting for the next save", sentence)  # noqa: TRY400 - it says where
        serve_fault(sentence, sock, stop_request)


def _invitation(bot: Bot, sock: socket.socket, has_phone: bool) -> str:
    """A command that reaches a handler."""
    button = _first_click_button(bot) if has_phone else None
    key = next(iter(click_keys(bot)), None)
    if button:  # the command finds the page by itself, in this folder
        return f"wxevents phone tap {_quoted(button)}"
    where = url(bot.settings, sock)
    what = f"click {_quoted(key)}" if key else "subscribe"
    return f"wxevents push {what}{'' if where == DEFAULT_URL else f' --url {where}'}"


def _first_click_button(bot: Bot) -> str | None:
    """The name of one that every phone shows."""
    if bot.menu is None or bot.menu.conditional:
        return None
    leaves = bot.menu.menu.leaves()
    return next((leaf.name for _, leaf in leaves if isinstance(leaf, ClickButton)), None)


def _quoted(word: str) -> str:
    """A word for the shell, as plain as it may be."""
    if re.fullmatch(r"\w[\w:,./=+-]*", word):
        return word
    return f'"{word}"' if sys.platform == "win32" else shlex.quote(word)

"""What all commands share: an option for every setting, and errors as sentences."""

from __future__ import annotations

import functools
import inspect
import re
import sys
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from pydantic.fields import FieldInfo
from rich.console import Console

from wxevents.errors import (
    DiscoveryError,
    MenuError,
    PushError,
    RegistrationError,
    SettingsError,
    WxeventsError,
)
from wxevents.settings import PREFIX, Settings

FAILED: Final = 1
WRONG_USE: Final = 2
MENDABLE: Final = (DiscoveryError, MenuError, PushError, RegistrationError, SettingsError)
# A pipe has no width to fold lines to; whoever searches them wants them whole.
_PIPED_WIDTH: Final = 200
_PACKAGE: Final = Path(__file__).parent.parent


ACCOUNT: Final = ("app_id", "token", "encoding_aes_key", "mode", "data_format")
"""What a command needs to push to a bot."""
API: Final = ("app_id", "app_secret", "api_base")
"""What a command needs to call the platform."""
EVERYTHING: Final = tuple(Settings.model_fields)


def with_settings(command: Callable[..., None], names: Collection[str]) -> Callable[..., None]:
    """Give a command an option for each of these settings, the ones that it reads; it gets those
    that were given as the mapping `options`. All others are read as ever, but from elsewhere."""
    fields = {name: field for name, field in Settings.model_fields.items() if name in names}

    @functools.wraps(command)
    def with_options(**arguments: Any) -> None:
        given = {name: arguments.pop(name) for name in fields}
        options = {name: value for name, value in given.items() if value is not None}
        with errors_as_sentences():
            command(**arguments, options=options)

    own = [
        parameter
        for parameter in inspect.signature(command, eval_str=True).parameters.values()
        if parameter.name != "options"
    ]
    signature = inspect.Signature([*own, *_setting_options(fields)])
    with_options.__signature__ = signature  # type: ignore[attr-defined]
    with_options.__annotations__ = {
        parameter.name: parameter.annotation for parameter in signature.parameters.values()
    }
    return with_options


def _setting_options(fields: Mapping[str, FieldInfo]) -> Iterator[inspect.Parameter]:
    for name, field in fields.items():
        kind = bool if field.annotation is bool else str
        dashed = name.replace("_", "-")
        flag = f"--{dashed}/--no-{dashed}" if kind is bool else f"--{dashed}"
        option = typer.Option(
            flag,
            help=f"{field.description} [{PREFIX}{name.upper()}]",
            show_default=False,
            rich_help_panel="Settings",
        )
        yield inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[kind | None, option],
        )


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Show what a user can mend as a sentence, and end with exit code 2."""
    try:
        yield
    except MENDABLE as error:
        fail(explanation(error))


def explanation(error: WxeventsError) -> str:
    """The sentence of an error; behind it, where a module of the user's failed, the user's own part
    of the traceback."""
    if not isinstance(error, DiscoveryError) or error.__cause__ is None:
        return str(error)
    shown = traceback.TracebackException.from_exception(error.__cause__)
    shown.stack = traceback.StackSummary.from_list(
        [frame for frame in shown.stack if not _is_machinery(frame.filename)]
    )
    return f"{''.join(shown.format(chain=False))}{error}"


def _is_machinery(filename: str) -> bool:
    return filename.startswith("<frozen") or Path(filename).is_relative_to(_PACKAGE)


def require_http_url(option: str, url: str) -> None:
    """End where it is no URL of a bot."""
    if not re.match("https?://[^/]", url):
        fail(f"{option} {url}: write it as http://host:port/path")


def fail(sentence: str, code: int = WRONG_USE) -> NoReturn:
    """Say what is wrong on standard error and end."""
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def console(*, stderr: bool = False) -> Console:
    """Where tables and trees are printed."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(width=None if stream.isatty() else _PIPED_WIDTH, stderr=stderr)

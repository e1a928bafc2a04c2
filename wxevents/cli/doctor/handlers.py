"""The handlers and the menu beside them."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

from wxevents.bot import Bot
from wxevents.cli.doctor.configured import Configured
from wxevents.cli.doctor.finding import Finding, good, mend, note, skipped
from wxevents.discovery import load_bot
from wxevents.errors import DiscoveryError, SettingsError, WxeventsError
from wxevents.menu import Finding as MenuFinding
from wxevents.menu import MenuSet


def handlers(configured: Configured) -> tuple[list[Finding], MenuSet | str]:
    """`handlers` and `menu`, and the menus to be published, or why there are none. Imports the
    handlers, so there must be no event loop: they may run one."""
    loaded = _load(configured)
    if isinstance(loaded, Finding):
        reason = "the handlers cannot be loaded"
        return [loaded, skipped("menu", reason)], reason
    routes = loaded.assemble().routes
    # One that the menu's own replies make is no handler.
    own = sum(not route.declared for route in routes)
    first = _found(configured.settings.handlers, own)
    if loaded.menu is None:
        reason = "no menu is declared"
        return [first, good("menu", "none is declared")], reason
    finding = _judged(loaded.check_menu())
    if finding.state == "mend":
        return [first, finding], "the menu has to be mended first"
    return [first, finding], loaded.menu


def _found(name: str, number: int) -> Finding:
    sentence = f"{_counted(number, 'handler')} in {name}"
    file = Path(sys.modules[name.partition(":")[0]].__file__ or ".").resolve()
    if file.is_relative_to(Path.cwd()):
        return good("handlers", sentence)
    return note("handlers", f"{sentence}, which is not in this folder, but {file}; is it meant?")


def _load(configured: Configured) -> Bot | Finding:
    check = "handlers"
    # The store has a check of its own, and may be out of reach.
    settings = configured.settings.model_copy(update={"store": "memory://"})
    try:
        with redirect_stdout(sys.stderr):  # what they print is no part of what we do
            bot = load_bot(settings)
            bot.assemble()
    except SettingsError as error:  # of a Bot that reads its settings itself
        if configured.faults:
            return skipped(check, "they read the settings, which have to be mended first")
        return mend(check, str(error))
    except DiscoveryError as error:
        return mend(check, f"{error}{_place(error.__cause__)}")
    except WxeventsError as error:  # says itself where
        return mend(check, str(error).replace("\n", "; "))
    except SystemExit as error:
        return mend(check, f"importing them ends the program{_place(error)}; remove that")
    return bot


def _place(error: BaseException | None) -> str:
    """Where in the user's own files it was raised, as ` (handlers/menu.py:7)`."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" ({_short(error.filename)}:{error.lineno})"
    if error is None:
        return ""
    here = Path.cwd()
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).is_relative_to(here):
            return f" ({_short(frame.filename)}:{frame.lineno})"
    return ""


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _judged(findings: Sequence[MenuFinding]) -> Finding:
    if not findings:
        return good("menu", "is within the platform's limits, and fits the handlers")
    errors = [one for one in findings if one.level == "error"]
    warnings = len(findings) - len(errors)
    counts = [_counted(len(errors), "error")] if errors else []
    counts += [_counted(warnings, "warning")] if warnings else []
    sentence = f"{', '.join(counts)}; {(errors or findings)[0]}"
    if len(findings) > 1:
        sentence += "; `wxevents menu check` shows the others"
    return mend("menu", sentence) if errors else note("menu", sentence)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"

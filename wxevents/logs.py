"""What log lines look like: text for people on a terminal, one JSON object a line for machines.

Each line that is written while a push is handled tells which one, also those of the handlers' own
loggers: identity, event, key, handler, attempt, and the age of the push. What users write is in
none of our lines; of what is personal there is the openid alone, which can be hashed.
"""

from __future__ import annotations

import copy
import io
import json
import logging
import math
import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, Literal, TextIO

from wxevents.observe import Outcome, PushTrace, current_push

pushes: Final = logging.getLogger("wxevents.pushes")

Format = Literal["auto", "text", "json"]

# What every record has: whatever else it carries was given with `extra={…}`.
_USUAL: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
# The platform's openids: 28 characters, the first an o. In front of one no other letter or digit
# stands, unless it belongs to an escape: of a repr (\n, \xa0, \u4f60), or of a URL (%3A).
_OPENID: Final = re.compile(
    r"o(?:(?<![^\W_]o)|(?<=\\[abfnrtv]o)|(?<=\\x[\da-f]{2}o)|(?<=\\u[\da-f]{4}o)"
    r"|(?<=%[\dA-Fa-f]{2}o))[\w-]{27}(?![^\W_])",
    re.ASCII,
)
# Deeper than anybody logs; what holds itself ends there.
_DEPTH: Final = 8
# What any reader of JSON takes for the same number.
_LARGEST: Final = 2**64


def log_outcome(outcome: Outcome) -> None:
    """An observer for `bot.observe` that writes one line per push to the logger `wxevents.pushes`:
    a warning for those that failed or whose answer did not reach the user."""
    well = outcome.result != "failed" and outcome.late in ("", "sent", "silent")
    pushes.log(
        logging.INFO if well else logging.WARNING,
        "%s → %s: %s in %.0f ms%s",
        _one_line(" ".join(filter(None, (outcome.event, outcome.key)))),
        outcome.handler or "no handler",
        outcome.result,
        outcome.seconds * 1000,
        f", the late answer: {outcome.late}" if outcome.late else "",
        extra={"outcome": outcome},
    )


class TextFormatter(logging.Formatter):
    """A line for people. `names_process` tells which process wrote it, `hide` is applied to all
    that is written."""

    def __init__(
        self, *, names_process: bool = False, hide: Callable[[str], str] | None = None
    ) -> None:
        who = "%(processName)s " if names_process else ""
        super().__init__(f"%(asctime)s %(levelname)-7s {who}%(name)s: %(message)s")
        self._hide = hide

    def formatMessage(self, record: logging.LogRecord) -> str:
        line = super().formatMessage(record)
        trace = _trace()
        if trace is None:
            return line
        # The line that ends a push has told the rest.
        is_outcome = isinstance(getattr(record, "outcome", None), Outcome)
        shown = _which(trace) if is_outcome else _shown(trace)
        return f"{line} [{_one_line(shown)}]"

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(_sound(record))
        return _encodable(self._hide(text) if self._hide else text)


class JsonFormatter(logging.Formatter):
    """A JSON object a line.

    Always there: `time` (RFC 3339, UTC), `level`, `logger`, `message`, `process`, `pid`. While a
    push is handled: `push` (its identity), `openid`, `event`, `key`, `handler`, `attempt`, `run`,
    `age` (seconds); on the line that tells what became of it: `outcome`, `late`, `seconds`. With an
    error: `exception`, the traceback. What a logging call gave as `extra` stands beside it.
    """

    def __init__(self, *, hide: Callable[[str], str] | None = None) -> None:
        super().__init__()
        self._hide = hide

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, Any] = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _sound(record).getMessage(),
            "process": record.processName,
            "pid": record.process,
        }
        if trace := _trace():
            line |= _fields(trace)
        outcome = getattr(record, "outcome", None)
        if isinstance(outcome, Outcome):
            line |= {
                "outcome": outcome.result,
                "late": outcome.late,
                "seconds": round(outcome.seconds, 6),
            }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        for name, value in vars(record).items():
            if name not in _USUAL and name not in line and not isinstance(value, Outcome):
                line[name] = value
        shown = {name: self._plain(value) for name, value in line.items()}
        # A lone surrogate becomes \ud800, which is JSON.
        return _encodable(json.dumps(shown, ensure_ascii=False))

    def _plain(self, value: object, depth: int = 0) -> object:
        """A value as JSON has it. What is hidden is hidden here: in the text of the line an escape
        may stand in front of it."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int) and abs(value) < _LARGEST:
            return value
        if isinstance(value, float) and math.isfinite(value):
            return value
        if isinstance(value, Mapping) and depth < _DEPTH:
            return {str(self._plain(_text(k))): self._plain(v, depth + 1) for k, v in value.items()}
        if isinstance(value, list | tuple) and depth < _DEPTH:
            return [self._plain(one, depth + 1) for one in value]
        text = _text(value)
        return self._hide(text) if self._hide else text


def hashed_openids(account: str) -> Callable[[str], str]:
    """What writes a hash in place of every openid in a text: 16 hexadecimal digits behind `h-`,
    the same for a user of this account in every process, and not to be traced back without a list
    of its users."""
    key = account.encode()[:64]

    @lru_cache(maxsize=256)
    def shown(openid: str) -> str:
        return f"h-{blake2b(openid.encode(), key=key, digest_size=8).hexdigest()}"

    def hide(text: str) -> str:
        trace = _trace()
        if trace:  # also one that has another form: the emulator's, or a test's
            text = text.replace(trace.openid, shown(trace.openid))
        return _OPENID.sub(lambda found: shown(found[0]), text)

    return hide


def set_up_logging(
    log_format: str = "text",
    *,
    level: str = "info",
    log_pushes: bool = True,
    names_process: bool = False,
    hide: Callable[[str], str] | None = None,
    stream: TextIO | None = None,
) -> None:
    """Log lines to standard error, where they do not mix with what a command prints; once in a
    process, as whoever has set logging up already has decided it."""
    stream = stream or sys.stderr
    as_json = log_format == "json" or (log_format == "auto" and not stream.isatty())
    if as_json and isinstance(stream, io.TextIOWrapper):
        # JSON is UTF-8, whatever the locale; as something else it would have escapes of Python's.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        JsonFormatter(hide=hide)
        if as_json
        else TextFormatter(names_process=names_process, hide=hide)
    )
    logging.basicConfig(level=level.upper(), handlers=[handler])
    if not log_pushes:
        pushes.setLevel(logging.WARNING)


def _sound(record: logging.LogRecord) -> logging.LogRecord:
    """The record, or one that says where its message and arguments do not fit: the standard library
    would print them all, in lines of its own form, with nothing hidden."""
    try:
        record.getMessage()
    except Exception as error:  # noqa: BLE001 - also of somebody's __str__
        place = f"{record.pathname}:{record.lineno}"
        record = copy.copy(record)
        record.msg = f"{_text(record.msg)} ({type(error).__name__} in its arguments, {place})"
        record.args = ()
    return record


def _text(value: object) -> str:
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - whatever somebody's __str__ raises
        return f"<{type(value).__name__}>"


def _one_line(text: str) -> str:
    """Text without what would begin another line: a key may hold anything."""
    return text if text.isprintable() else repr(text)[1:-1]


def _encodable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


def _trace() -> PushTrace | None:
    push = current_push.get()
    return push.trace() if push else None


def _fields(trace: PushTrace) -> Mapping[str, object]:
    return {
        "push": trace.identity,
        "openid": trace.openid,
        "event": trace.event,
        "key": trace.key,
        "handler": trace.handler,
        "attempt": trace.attempt,
        "run": trace.run,
        "age": round(trace.seconds, 6),
    }


def _shown(trace: PushTrace) -> str:
    handler = f" → {trace.handler}" if trace.handler else ""
    return f"{_which(trace)}{handler}, {trace.seconds:.3f} s"


def _which(trace: PushTrace) -> str:
    # The identity of an event ends with its name and its key.
    named = f":{trace.event.lower()}:" in trace.identity
    about = trace.identity if named else f"{trace.event} {trace.identity}"
    return f"{about}, attempt {trace.attempt}{f', run {trace.run}' if trace.run > 1 else ''}"

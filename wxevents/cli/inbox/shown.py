"""Entries for the eye and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from wxevents.cli.inbox.choice import age_of, needs_nobody
from wxevents.cli.printing import visible
from wxevents.store import OPEN, Entry, Message

_LONGEST_TEXT: Final = 80
_UNITS: Final = ((86_400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))


def summary_as_json(entry: Entry, now: float) -> dict[str, Any]:
    """What `list` tells of an entry. Times are seconds since the epoch."""
    return {
        "identity": entry.identity,
        "state": entry.state,
        "result": entry.result,
        "error": entry.error,
        "age": round(age_of(entry, now), 3),
        "event": entry.event,
        "key": entry.key,
        "handler": entry.handler,
        "runs": entry.run,
        "messages": [message.state for message in entry.messages],
        "received": entry.received,
        "updated": entry.updated,
    }


def entry_as_json(entry: Entry, now: float) -> dict[str, Any]:
    """All that is known of an entry."""
    return {
        **summary_as_json(entry, now),
        "messages": [
            {"state": message.state, "error": message.error, "body": message.body}
            for message in entry.messages
        ],
        "answers": entry.answers,
        "answered": entry.answered,
        "due": entry.due or None,
        "fields": entry.fields,
    }


def table(entries: Sequence[Entry], now: float) -> Table:
    """A row for each entry."""
    shown = Table(box=None, header_style="bold")
    for title in ("state", "result", "age", "event", "key", "handler", "runs", "identity"):
        shown.add_column(title, overflow="fold")
    for entry in entries:
        shown.add_row(
            Text(entry.state, _style(entry)),
            *(_text(one) for one in (result(entry), duration(age_of(entry, now)), entry.event)),
            *(_text(one) for one in (entry.key, entry.handler.partition(" ")[0], str(entry.run))),
            _text(entry.identity),
        )
    return shown


def result(entry: Entry) -> str:
    """What came of the push, so far if it is open."""
    if entry.result or entry.state not in OPEN:
        return entry.result
    return ", ".join(message.state for message in entry.messages)


def duration(seconds: float) -> str:
    """Seconds in the largest unit that there is one of."""
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= size), (1.0, "s"))
    return f"{int(seconds / size)} {unit}"


def print_entry(entry: Entry, now: float, console: Console) -> None:
    """All that is known of an entry; texts of messages are cut."""
    parts: list[RenderableType] = [_grid(_facts(entry, now))]
    fields = [(name, _as_text(value)) for name, value in entry.fields.items()]
    parts += [Text("\npush", "bold"), _grid(fields)]
    if entry.messages:
        parts += [Text("\nmessages", "bold"), _messages(entry.messages)]
    console.print(Group(*parts))


def _facts(entry: Entry, now: float) -> Iterator[tuple[str, str]]:
    yield "identity", entry.identity
    yield "state", entry.state
    if shown := result(entry):
        yield "result", shown
    if entry.error:
        yield "error", entry.error
    yield "event", entry.event
    if entry.key:
        yield "key", entry.key
    yield "handler", entry.handler or "not known yet"
    yield "runs", str(entry.run)
    more = ", perhaps more to come" if entry.state in OPEN and not entry.answered else ""
    yield "answers", f"{entry.answers}{more}"
    yield "received", _moment(entry.received, now)
    yield "updated", _moment(entry.updated, now)
    if entry.due:
        yield "tried again", _moment(entry.due, now)


def _messages(messages: Sequence[Message]) -> Table:
    grid = Table.grid(padding=(0, 2))
    for number, message in enumerate(messages, 1):
        grid.add_row(f"  {number}", _text(message.state), _text(_said(message)))
        if message.error:
            grid.add_row("", "", _text(message.error))
    return grid


def _said(message: Message) -> str:
    """What a message says, in a line."""
    kind = str(message.body.get("msgtype", ""))
    if not kind:
        return "(no message could be made of the answer)"
    content = message.body.get(kind, {})
    text = content["content"] if kind == "text" else _as_text(content)
    cut = f"{text[:_LONGEST_TEXT]}… ({len(text):,} characters)"
    return f"{kind}: {text if len(text) <= _LONGEST_TEXT else cut}"


def _grid(rows: Iterator[tuple[str, str]] | Sequence[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2))
    for name, value in rows:
        grid.add_row(_text(f"  {name}"), _text(value))
    return grid


def _moment(time: float, now: float) -> str:
    local = datetime.fromtimestamp(time, UTC).astimezone()
    distance = duration(abs(now - time))
    relative = f"{distance} ago" if time <= now else f"in {distance}"
    return f"{local.isoformat(sep=' ', timespec='seconds')} ({relative})"


def _style(entry: Entry) -> str:
    if needs_nobody(entry):
        return "green"
    return {"dead": "red", "done": "yellow"}.get(entry.state, "cyan")


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _text(text: str) -> Text:
    return Text(visible(text))

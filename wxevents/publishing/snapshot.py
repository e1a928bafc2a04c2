"""What was published before the last change, kept in a file until the next one."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wxevents.errors import MenuError, PublishingError
from wxevents.menu import MenuSet
from wxevents.menu.wire import read_menu_set


@dataclass(frozen=True)
class Snapshot:
    """`published` is None where there was no menu; `taken_at` in UTC; `running` as long as the
    change that it was taken for is not finished."""

    published: MenuSet | None
    taken_at: str
    running: bool


class SnapshotFile:
    """The snapshot of one account. A change that was interrupted keeps its snapshot: what was
    published before it is what a rollback has to bring back, not what it left half done."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Snapshot | None:
        """None if there is none. Raises PublishingError for a file that cannot be read."""
        try:
            data = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise self._unusable(error) from error
        try:
            body = data["published"]
            published = None if body is None else read_menu_set(body)
            return Snapshot(published, str(data["taken_at"]), bool(data["running"]))
        except (KeyError, TypeError, MenuError) as error:
            raise self._unusable(error) from error

    def begin(self, published: MenuSet | None, now: float) -> Snapshot:
        """Note what is published before the first step; gives what a rollback returns to. Raises
        PublishingError where it cannot."""
        known = self.load()
        if known and known.running:
            return known
        taken_at = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
        snapshot = Snapshot(published, taken_at, running=True)
        try:
            self._write(snapshot)
        except OSError as error:
            raise PublishingError(
                f"{self.path} cannot be written ({error.strerror}); without it there is no way "
                "back, so nothing was changed"
            ) from error
        return snapshot

    def finish(self) -> None:
        """Note that the change is done, or undone. Raises PublishingError where it cannot."""
        snapshot = self.load()
        if not (snapshot and snapshot.running):
            return
        try:
            self._write(Snapshot(snapshot.published, snapshot.taken_at, running=False))
        except OSError as error:
            raise PublishingError(
                f"{self.path} cannot be written ({error.strerror}): the change is finished, but "
                "the file still says that it is under way; make it writable, and run `wxevents "
                "menu apply` again"
            ) from error

    def _write(self, snapshot: Snapshot) -> None:
        data = {
            "taken_at": snapshot.taken_at,
            "running": snapshot.running,
            "published": _body(snapshot.published),
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(f".{os.getpid()}")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)  # whole or not at all

    def _unusable(self, error: Exception) -> PublishingError:
        return PublishingError(
            f"{self.path} cannot be read ({type(error).__name__}: {error}); remove it to publish "
            "without a way back to what it held"
        )


def _body(menus: MenuSet | None) -> dict[str, Any] | None:
    if menus is None:
        return None
    body = menus.body()
    for one, written in zip(menus.conditional, body.get("conditionalmenu", ()), strict=True):
        written["menuid"] = one.menu_id
    return body

"""What was published before the last change, kept in a file until the next one."""

from __future__ import annotations

import dataclasses
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
    """What a rollback returns to, and the change that is under way. None stands for no menu.

    `published` was published before the last change, at `taken_at` in UTC. While a change is
    `running`, `leaving` is what its failure restores and `goal` where it leads; `rollback` tells
    that it leads back to `published`. `found` is what the last attempt at it started from.
    """

    published: MenuSet | None
    taken_at: str
    running: bool = False
    leaving: MenuSet | None = None
    found: MenuSet | None = None
    goal: MenuSet | None = None
    rollback: bool = False
    resumed: bool = False
    """Whether an earlier change was found under way; not kept in the file."""

    def explains(self, published: MenuSet | None) -> bool:
        """Whether all that is published now comes from the change that is under way: otherwise
        somebody has published since."""
        all_known = (self.published, self.leaving, self.found, self.goal)
        known = [menus for menus in all_known if menus]
        default = [menus.menu.body() for menus in known]
        conditional = [one.body() for menus in known for one in menus.conditional]
        return published is None or (
            published.menu.body() in default
            and all(one.body() in conditional for one in published.conditional)
        )


class SnapshotFile:
    """The snapshot of one account at one API. A change that was interrupted keeps its snapshot:
    what was published before it is what a rollback has to bring back, not what it left half done.
    """

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
            return Snapshot(
                _read(data["published"]),
                str(data["taken_at"]),
                bool(data["running"]),
                _read(data.get("leaving")),
                _read(data.get("found")),
                _read(data.get("goal")),
                bool(data.get("rollback")),
            )
        except (AttributeError, KeyError, TypeError, MenuError) as error:
            raise self._unusable(error) from error

    def begin(
        self,
        published: MenuSet | None,
        goal: MenuSet | None,
        now: float,
        *,
        rollback: bool = False,
    ) -> Snapshot:
        """Note what is published before the first step of a change to `goal`. Raises
        PublishingError where it cannot."""
        known = self.load()
        taken_at = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
        if known and known.running and known.explains(published):
            # Another attempt at the change that was interrupted, or at the way back from it.
            snapshot = dataclasses.replace(
                known, found=published, goal=goal, rollback=rollback, resumed=True
            )
        elif known and rollback:
            snapshot = Snapshot(
                known.published, known.taken_at, True, published, published, goal, rollback=True
            )
        else:
            snapshot = Snapshot(published, taken_at, True, published, published, goal)
        try:
            self._write(snapshot)
        except OSError as error:
            raise PublishingError(
                f"{self.path} cannot be written ({error.strerror}); without it there is no way "
                "back, so nothing was changed"
            ) from error
        return snapshot

    def finish(self, *, done: bool) -> None:
        """Note that the change is `done`, or else undone. A rollback that is done can be rolled
        back in turn. Raises PublishingError where it cannot."""
        snapshot = self.load()
        if not (snapshot and snapshot.running):
            return
        back = snapshot.leaving if done and snapshot.rollback else snapshot.published
        try:
            self._write(Snapshot(back, snapshot.taken_at))
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
            "rollback": snapshot.rollback,
            "published": _body(snapshot.published),
            "leaving": _body(snapshot.leaving),
            "found": _body(snapshot.found),
            "goal": _body(snapshot.goal),
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(f".{os.getpid()}")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(data, file, indent=1)  # in ASCII: names may hold what no file can
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)  # whole or not at all

    def _unusable(self, error: Exception) -> PublishingError:
        return PublishingError(
            f"{self.path} cannot be read ({type(error).__name__}: {error}); remove it to publish "
            "without a way back to what it held"
        )


def _read(body: Any) -> MenuSet | None:
    return None if body is None else read_menu_set(body)


def _body(menus: MenuSet | None) -> dict[str, Any] | None:
    if menus is None:
        return None
    body = menus.body()
    for one, written in zip(menus.conditional, body.get("conditionalmenu", ()), strict=True):
        written["menuid"] = one.menu_id
    return body

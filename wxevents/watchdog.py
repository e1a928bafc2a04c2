"""Names the handler that blocks the event loop, from a thread that the loop cannot block."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Final, Self

log: Final = logging.getLogger(__name__)


class Watchdog:
    """Logs once per blockage when the running loop has not come round for `limit` seconds.

    `handler_of` tells which handler a code object belongs to. Enter it on the loop to be watched.
    """

    def __init__(self, limit: float, handler_of: Callable[[CodeType], str | None]) -> None:
        self._limit = limit
        self._handler_of = handler_of
        self._stop = threading.Event()
        self._beat_at = time.monotonic()
        self._beat: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._watched = threading.get_ident()
        self._on_beat()
        self._thread = threading.Thread(target=self._watch, name="wxevents-watchdog", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        if self._beat:
            self._beat.cancel()
        self._thread.join()

    def _on_beat(self) -> None:
        self._beat_at = time.monotonic()
        self._beat = self._loop.call_later(self._limit / 4, self._on_beat)

    def _watch(self) -> None:
        reported_beat = 0.0
        while not self._stop.wait(self._limit / 4):
            beat_at = self._beat_at
            blocked_for = time.monotonic() - beat_at
            if blocked_for > self._limit and beat_at != reported_beat:
                reported_beat = beat_at
                self._report(blocked_for)

    def _report(self, blocked_for: float) -> None:
        frame = sys._current_frames().get(self._watched)
        stack = "".join(traceback.format_stack(frame)) if frame else ""
        log.error(
            "%s has blocked the event loop for %.1f s and all other pushes with it; "
            "await instead, or move the work to asyncio.to_thread\n%s",
            self._culprit(frame) or "something",
            blocked_for,
            stack,
        )

    def _culprit(self, frame: FrameType | None) -> str | None:
        while frame:
            handler = self._handler_of(frame.f_code)
            if handler:
                return handler
            frame = frame.f_back
        return None

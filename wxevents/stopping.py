"""Stopping a server: by signals, or asked without one, which would be lost before it listens."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterable


class StopRequest:
    """Asks a server to stop, from any thread, also before it listens. `on_listening` is called when
    the server begins to listen, to the request too."""

    def __init__(self, on_listening: Callable[[], object] | None = None) -> None:
        self._on_listening = on_listening
        self._lock = threading.Lock()
        self._made = False
        self._listener: Callable[[], object] | None = None

    def make(self) -> None:
        with self._lock:
            self._made = True
            if self._listener:
                self._listener()

    def tell(self, listener: Callable[[], object]) -> None:
        """Call `listener` when the request is made, at once if it was."""
        with self._lock:
            self._listener = listener
            if self._made:
                listener()
        if self._on_listening:
            self._on_listening()


def call_on_signals(numbers: Iterable[int], callback: Callable[[], object]) -> None:
    """Call `callback` on the running event loop at each of these signals."""
    loop = asyncio.get_running_loop()
    for number in numbers:
        try:
            loop.add_signal_handler(number, callback)
        except NotImplementedError:  # on Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(callback))

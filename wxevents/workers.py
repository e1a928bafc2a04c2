"""Several processes that serve one bound socket: replaced when they die, and one by one on SIGHUP.

The supervisor holds the socket and never accepts. A connection that a worker has not accepted waits
in the socket's queue for any other, so a worker may come or go at any time.
"""

from __future__ import annotations

import logging
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Final

from wxevents.processes import Serve, spawn

log: Final = logging.getLogger(__name__)

# Seconds in which a process imports its modules, opens its resources and listens.
START_LIMIT: Final = 60.0
# Seconds that a stopping worker needs besides what its handlers get: for connections and resources.
MARGIN: Final = 5.0
# Seconds until a worker is replaced, from its second end in a row on.
FIRST_DELAY: Final = 0.1
LONGEST_DELAY: Final = 10.0
# Seconds after which a worker's end is the first in a row again.
STEADY: Final = 10.0


def serve_with_workers(
    serve: Serve, sock: socket.socket, count: int, shutdown_timeout: float
) -> int:
    """Run `serve(sock)` in `count` processes, named worker 1, worker 2, …, until SIGINT or SIGTERM;
    gives the exit code. To be called in the main thread, on a system that has SIGHUP.

    SIGHUP replaces the workers by new ones, which import their modules anew. `serve` must be
    something that can be pickled, and end within `shutdown_timeout` + MARGIN seconds.
    """
    with _signals() as signals:
        return _Workers(serve, sock, count, shutdown_timeout + MARGIN).supervise(signals)


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """A socket that the numbers of arriving signals are read from, a byte each."""
    reading, writing = socket.socketpair()
    with reading, writing:
        reading.setblocking(False)
        writing.setblocking(False)
        numbers = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
        before = signal.set_wakeup_fd(writing.fileno())
        handlers = {number: signal.signal(number, lambda *_: None) for number in numbers}
        try:
            yield reading
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(before)


@dataclass(eq=False)
class _Worker:
    process: BaseProcess
    lifeline: Connection
    failures: int
    """How many ended before this one in its place, none of which had lasted."""
    kill_at: float | None
    starting: bool = True
    listening_since: float | None = None
    leaving: bool = False

    def __str__(self) -> str:
        return self.process.name

    def leave(self, patience: float) -> None:
        if not self.leaving:
            self.starting, self.leaving = False, True
            self.kill_at = time.monotonic() + patience
            self.lifeline.close()

    @property
    def end(self) -> str:
        code = self.process.exitcode or 0
        return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


@dataclass
class _Vacancy:
    due: float
    failures: int


@dataclass
class _Change:
    """A step of a reload: the worker that has begun to start, and the one that it replaces."""

    new: _Worker
    old: _Worker


class _Workers:
    def __init__(self, serve: Serve, sock: socket.socket, count: int, patience: float) -> None:
        self._serve = serve
        self._sock = sock
        self._count = count
        self._patience = patience
        self._started = 0
        self._workers: list[_Worker] = []
        # The first starts alone: what keeps it from listening is said once.
        self._vacancies = [_Vacancy(time.monotonic(), 0)]
        self._has_listened = False
        self._to_reload: list[_Worker] = []
        self._change: _Change | None = None
        self._stopping = False
        self._exit_code = 0

    def supervise(self, signals: socket.socket) -> int:
        while self._workers or self._vacancies:
            self._fill_vacancies()
            self._reload_next()
            for worker in self._wait(signals):
                self._attend_to(worker)
            for number in _read(signals):
                self._on_signal(signal.Signals(number))
            self._kill_overdue()
        log.info("all workers have ended")
        return self._exit_code

    def _wait(self, signals: socket.socket) -> list[_Worker]:
        """Sleep until a signal arrives, a worker has something to tell or ends, or time is up for
        something; gives the workers concerned."""
        concerned: dict[Connection | socket.socket | int, _Worker] = {}
        for worker in self._workers:
            concerned[worker.process.sentinel] = worker
            if worker.starting:
                concerned[worker.lifeline] = worker
        times = [vacancy.due for vacancy in self._vacancies]
        times += [worker.kill_at for worker in self._workers if worker.kill_at]
        timeout = max(0, min(times) - time.monotonic()) if times else None
        ready = wait([signals, *concerned], timeout)
        return list({concerned[one]: None for one in ready if one in concerned})

    def _attend_to(self, worker: _Worker) -> None:
        if worker.starting and worker.lifeline.poll():
            worker.starting = False
            try:
                worker.lifeline.recv()
            except (EOFError, OSError):
                pass  # it ends, which its sentinel tells
            else:
                self._on_listening(worker)
        if not worker.process.is_alive():
            self._on_end(worker)

    def _on_listening(self, worker: _Worker) -> None:
        worker.listening_since = time.monotonic()
        worker.kill_at = None
        log.info("%s listens", worker)
        if not self._has_listened:
            self._has_listened = True
            self._vacancies += [_Vacancy(0, 0) for _ in range(self._count - 1)]
        if self._change and self._change.new is worker:
            old, self._change = self._change.old, None
            self._to_reload.remove(old)
            old.leave(self._patience)
            log.info("%s replaces %s%s", worker, old, "" if self._to_reload else "; reloaded")

    def _on_end(self, worker: _Worker) -> None:
        worker.lifeline.close()
        self._workers.remove(worker)
        if worker in self._to_reload:
            self._to_reload.remove(worker)
        if worker.leaving:
            level = logging.WARNING if worker.process.exitcode else logging.INFO
            log.log(level, "%s has ended (%s)", worker, worker.end)
        elif not self._has_listened:
            log.error("%s ended before it listened (%s)", worker, worker.end)
            self._exit_code = max(worker.process.exitcode or 1, 1)
        elif self._change and self._change.new is worker:
            self._change = None
            self._to_reload.clear()
            log.error("%s ended before it listened (%s): not reloaded", worker, worker.end)
        elif self._change and self._change.old is worker:
            log.warning("%s ended (%s); %s replaces it", worker, worker.end, self._change.new)
            self._change = None
        else:
            self._replace(worker)

    def _replace(self, worker: _Worker) -> None:
        now = time.monotonic()
        lasted = worker.listening_since and now - worker.listening_since >= STEADY
        failures = 1 if lasted else worker.failures + 1
        delay = 0.0
        if failures > 1:
            delay = min(FIRST_DELAY * 2 ** min(failures - 2, 10), LONGEST_DELAY)
        self._vacancies.append(_Vacancy(now + delay, failures))
        when = f"in {delay:g} s" if delay else "at once"
        before = "" if worker.listening_since else " before it listened"
        log.warning("%s ended%s (%s); another starts %s", worker, before, worker.end, when)

    def _fill_vacancies(self) -> None:
        now = time.monotonic()
        due = [vacancy for vacancy in self._vacancies if vacancy.due <= now]
        for vacancy in due:
            self._vacancies.remove(vacancy)
            self._start(vacancy.failures)

    def _reload_next(self) -> None:
        """Start a worker in the place of the next that is to be replaced, if none is starting so.
        Only when it listens does the old one leave."""
        if self._to_reload and self._has_listened and not self._change:
            self._change = _Change(new=self._start(0), old=self._to_reload[0])

    def _start(self, failures: int) -> _Worker:
        self._started += 1
        process, lifeline = spawn(
            self._serve, self._sock, f"worker {self._started}", self._patience
        )
        worker = _Worker(process, lifeline, failures, kill_at=time.monotonic() + START_LIMIT)
        self._workers.append(worker)
        log.info("%s starts (process %s)", worker, process.pid)
        return worker

    def _on_signal(self, number: signal.Signals) -> None:
        if number is signal.SIGHUP:
            self._reload()
        elif not self._stopping:
            log.info("stopping on %s: handlers that run may finish", number.name)
            self._stop()
        else:
            log.warning("%s again: ending the workers at once", number.name)
            for worker in self._workers:
                worker.process.kill()
            self._exit_code = 128 + number

    def _reload(self) -> None:
        if self._stopping:
            return
        log.info("reloading")
        self._to_reload = [worker for worker in self._workers if not worker.leaving]
        for vacancy in self._vacancies:  # perhaps this is the cure
            vacancy.due, vacancy.failures = 0, 0

    def _stop(self) -> None:
        self._stopping = True
        self._vacancies.clear()
        self._to_reload.clear()
        self._change = None
        for worker in self._workers:
            worker.leave(self._patience)

    def _kill_overdue(self) -> None:
        now = time.monotonic()
        for worker in self._workers:
            if worker.kill_at and worker.kill_at <= now:
                worker.kill_at = None
                log.error(
                    "%s %s: ending it",
                    worker,
                    "does not end by itself" if worker.leaving else "does not begin to listen",
                )
                worker.process.kill()


def _read(signals: socket.socket) -> bytes:
    try:
        return signals.recv(100)
    except BlockingIOError:
        return b""

"""What a bot counts, as Prometheus reads it; the extra `metrics` brings its library.

Several processes count into files that they share when PROMETHEUS_MULTIPROC_DIR names a folder,
which `wxevents run --workers` sees to itself: each may then tell what all of them have counted.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal, cast

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from wxevents.errors import SettingsError
from wxevents.observe import COUNTING_FOLDER, Outcome
from wxevents.store import Backlog


@dataclass(frozen=True)
class MetricInfo:
    """One metric, for its declaration and for the documentation."""

    name: str
    kind: Literal["counter", "histogram", "gauge"]
    help: str
    labels: Sequence[str] = ()
    buckets: Sequence[float] = ()


# The platform drops a delivery after 5 s: what lies above that bucket, nobody received.
_ANSWER_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 4.5, 5, 6)
_CALL_BUCKETS: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STORE_BUCKETS: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5)

METRICS: Final = {
    metric.name: metric
    for metric in (
        MetricInfo(
            "wxevents_pushes_total",
            "counter",
            "pushes that are done, by event and outcome (answered, silent, failed, late)",
            ("event", "outcome"),
        ),
        MetricInfo(
            "wxevents_answer_seconds",
            "histogram",
            "seconds from the arrival of a delivery to its answer; the platform drops it at 5",
            buckets=_ANSWER_BUCKETS,
        ),
        MetricInfo(
            "wxevents_missed_deadlines_total",
            "counter",
            "deliveries whose deadline passed before their answer was there",
        ),
        MetricInfo(
            "wxevents_joined_deliveries_total",
            "counter",
            "deliveries that met a run begun by an earlier one, and shared its answer",
        ),
        MetricInfo(
            "wxevents_refused_requests_total",
            "counter",
            "requests turned away: 403 not proven to come from the platform, 400 unreadable",
            ("status",),
        ),
        MetricInfo(
            "wxevents_late_answers_total",
            "counter",
            "answers that were late, by what became of them (sent, silent, lost, expired, …)",
            ("result",),
        ),
        MetricInfo(
            "wxevents_api_calls_total",
            "counter",
            "attempts of calls to the platform, by errcode (0: success) or kind of failure",
            ("call", "code"),
        ),
        MetricInfo(
            "wxevents_api_call_seconds",
            "histogram",
            "seconds that an attempt of a call to the platform took",
            ("call",),
            _CALL_BUCKETS,
        ),
        MetricInfo(
            "wxevents_token_refreshes_total",
            "counter",
            "access tokens that were fetched, or could not be (fetched, failed)",
            ("result",),
        ),
        MetricInfo(
            "wxevents_store_seconds",
            "histogram",
            "seconds that the store took, by operation",
            ("operation",),
            _STORE_BUCKETS,
        ),
        MetricInfo(
            "wxevents_store_errors_total",
            "counter",
            "what the store could not do, by operation",
            ("operation",),
        ),
        MetricInfo(
            "wxevents_inbox_entries",
            "gauge",
            "pushes in the inbox by state (pending, running, late, done, dead), of all processes",
            ("state",),
        ),
        MetricInfo(
            "wxevents_inbox_oldest_seconds",
            "gauge",
            "age of the oldest push in the inbox that is not done, 0 if there is none",
        ),
        MetricInfo("wxevents_info", "gauge", "1, with the version as label", ("version",)),
    )
}

# The platform may invent events; whoever scrapes should not have to keep every name for ever.
_MOST_EVENTS: Final = 200
# Another process goes on with these, and tells how they end.
_NOT_DONE: Final = frozenset(("left", "taken_over"))


class PrometheusMeter:
    """Counts for `/metrics`; one for each bot, in a registry of its own.

    `wxevents run` makes one where WXEVENTS_METRICS_PORT is set. Raises SettingsError if
    PROMETHEUS_MULTIPROC_DIR names no folder. In an application of your own:

        bot = Bot(settings, routers=[router], meter=PrometheusMeter())
        attach_monitoring(app, bot)
    """

    def __init__(self) -> None:
        _require_folder()
        self._registry = CollectorRegistry()
        self._pushes = self._counter("wxevents_pushes_total")
        self._answers = self._histogram("wxevents_answer_seconds")
        self._missed = self._counter("wxevents_missed_deadlines_total")
        self._joined = self._counter("wxevents_joined_deliveries_total")
        self._refused = self._counter("wxevents_refused_requests_total")
        self._late = self._counter("wxevents_late_answers_total")
        self._calls = self._counter("wxevents_api_calls_total")
        self._call_seconds = self._histogram("wxevents_api_call_seconds")
        self._refreshes = self._counter("wxevents_token_refreshes_total")
        self._store_seconds = self._histogram("wxevents_store_seconds")
        self._store_errors = self._counter("wxevents_store_errors_total")
        self._events: set[str] = set()

    def delivered(self, seconds: float) -> None:
        self._answers.observe(seconds)

    def joined(self) -> None:
        self._joined.inc()

    def missed(self) -> None:
        self._missed.inc()

    def refused(self, status: int) -> None:
        self._refused.labels(str(status)).inc()

    def finished(self, outcome: Outcome) -> None:
        if outcome.late not in _NOT_DONE:
            self._pushes.labels(self._event(outcome.event), outcome.result).inc()
        if outcome.late:
            self._late.labels(outcome.late).inc()

    def called(self, call: str, code: str, seconds: float) -> None:
        self._calls.labels(call, code).inc()
        self._call_seconds.labels(call).observe(seconds)

    def token_refreshed(self, succeeded: bool) -> None:
        self._refreshes.labels("fetched" if succeeded else "failed").inc()

    def stored(self, operation: str, seconds: float, failed: bool) -> None:
        self._store_seconds.labels(operation).observe(seconds)
        if failed:
            self._store_errors.labels(operation).inc()

    async def exposition(self, backlog: Backlog | None) -> bytes:
        """All metrics as text; `backlog` is what the store tells of its inbox, None if it does
        not."""
        now = CollectorRegistry()
        now.register(cast(Any, _Now(backlog)))
        if not os.environ.get(COUNTING_FOLDER):
            return generate_latest(self._registry) + generate_latest(now)
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        # Reads a file of each process that ever was.
        return await asyncio.to_thread(generate_latest, shared) + generate_latest(now)

    def _event(self, name: str) -> str:
        if name in self._events:
            return name
        if len(self._events) >= _MOST_EVENTS:
            return "other"
        self._events.add(name)
        return name

    def _counter(self, name: str) -> Counter:
        metric = METRICS[name]
        return Counter(name, metric.help, metric.labels, registry=self._registry)

    def _histogram(self, name: str) -> Histogram:
        metric = METRICS[name]
        return Histogram(
            name, metric.help, metric.labels, buckets=metric.buckets, registry=self._registry
        )


def _require_folder() -> None:
    """Raise SettingsError where the files of several processes would have no place."""
    folder = os.environ.get(COUNTING_FOLDER)
    if folder is None:
        return
    if folder and Path(folder).is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return
    raise SettingsError(
        f"{COUNTING_FOLDER} names {folder!r}, which is no folder that this user may write to; make "
        "an empty one, or leave the variable out"
    )


class _Now:
    """What is looked up when somebody asks, and is the same whichever process is asked."""

    def __init__(self, backlog: Backlog | None) -> None:
        self._backlog = backlog

    def collect(self) -> Iterable[Metric]:
        info = _gauge("wxevents_info")
        info.add_metric([version("wxevents")], 1)
        yield info
        if self._backlog is None:
            return
        entries = _gauge("wxevents_inbox_entries")
        for state, number in self._backlog.entries.items():
            entries.add_metric([state], number)
        yield entries
        oldest = _gauge("wxevents_inbox_oldest_seconds")
        received = self._backlog.oldest
        oldest.add_metric([], 0.0 if received is None else max(0.0, time.time() - received))
        yield oldest


def _gauge(name: str) -> GaugeMetricFamily:
    metric = METRICS[name]
    return GaugeMetricFamily(name, metric.help, labels=metric.labels)

"""Every metric of the registry in the code."""

from __future__ import annotations

from wxevents.metrics import METRICS
from wxevents_reference.markdown import code, table
from wxevents_reference.phrases import Phrases


def describe_metrics(phrases: Phrases) -> str:
    head = [phrases.label(one) for one in ("Metric", "Kind", "Labels", "Meaning")]
    rows = [
        (
            code(metric.name),
            metric.kind,
            ", ".join(code(label) for label in metric.labels),
            phrases("metrics", metric.name, metric.help),
        )
        for metric in METRICS.values()
    ]
    return table(head, rows)

"""docs/monitoring/alerts.yml: its rules match the metrics, and fire when they should."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from wxevents.metrics import METRICS

RULES: Final = Path(__file__).parents[2] / "docs/monitoring/alerts.yml"
_METRIC: Final = re.compile(r"(wxevents_\w+)(?:\{([^}]*)\})?")
_LABEL: Final = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"")
_GROUPING: Final = re.compile(r"\bby \(([^)]*)\)")
# Prometheus itself adds these.
_OF_THE_TARGET: Final = {"instance", "job"}


def rules() -> list[dict[str, Any]]:
    document = YAML(typ="safe").load(RULES.read_text("utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


def known(name: str) -> set[str] | None:
    """The labels of a series with that name, None if no metric gives it."""
    for metric in METRICS.values():
        if metric.kind == "histogram" and name in (f"{metric.name}_count", f"{metric.name}_sum"):
            return set(metric.labels)
        if metric.kind == "histogram" and name == f"{metric.name}_bucket":
            return {*metric.labels, "le"}
        if metric.kind != "histogram" and name == metric.name:
            return set(metric.labels)
    return None


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_a_rule_names_metrics_and_labels_that_there_are(rule: dict[str, Any]) -> None:
    available: set[str] = set()
    for name, matchers in _METRIC.findall(rule["expr"]):
        labels = known(name)
        assert labels is not None, f"no metric gives {name}"
        assert set(_LABEL.findall(matchers)) <= labels | _OF_THE_TARGET
        available |= labels
    grouped = {
        label.strip() for found in _GROUPING.findall(rule["expr"]) for label in found.split(",")
    }
    assert grouped <= available | _OF_THE_TARGET
    assert set(rule["annotations"]) == {"summary", "cure"}
    assert rule["labels"]["severity"] in ("page", "ticket")


def test_a_bucket_that_a_rule_names_is_there() -> None:
    buckets = {f"{bound:.1f}" for bound in METRICS["wxevents_answer_seconds"].buckets}
    named = {
        bound
        for rule in rules()
        for bound in re.findall(r"wxevents_answer_seconds_bucket\{le=\"([\d.]+)\"", rule["expr"])
    }
    assert named
    assert named <= buckets


@pytest.fixture
def promtool() -> str:
    found = shutil.which("promtool")
    if not found:
        if os.environ.get("WXEVENTS_REQUIRE_PROMTOOL"):
            pytest.fail("promtool is required, and not installed")
        pytest.skip("promtool is not installed (Debian: prometheus)")
    return found


# What is fed to the rules for each alert, as Prometheus writes series: a start, a step, a count.
SERIES: Final = {
    "WxeventsDown": {'up{job="wxevents",instance="a"}': "0x40"},
    "WxeventsHandlersFail": {
        'wxevents_pushes_total{event="CLICK",outcome="failed"}': "0+6x40",
        'wxevents_pushes_total{event="CLICK",outcome="answered"}': "0+60x40",
    },
    "WxeventsDeadlinesMissed": {
        "wxevents_missed_deadlines_total": "0+12x40",
        "wxevents_answer_seconds_count": "0+60x40",
    },
    "WxeventsAnswersTooLate": {
        "wxevents_answer_seconds_count": "0+60x40",
        'wxevents_answer_seconds_bucket{le="5.0"}': "0+50x40",
    },
    "WxeventsLateAnswersLost": {'wxevents_late_answers_total{result="expired"}': "0+1x40"},
    "WxeventsInboxStuck": {"wxevents_inbox_oldest_seconds": "600+60x40"},
    "WxeventsDeadLetters": {'wxevents_inbox_entries{state="dead"}': "3x40"},
    "WxeventsStoreErrors": {'wxevents_store_errors_total{operation="keep"}': "0+1x40"},
    "WxeventsStoreSlow": {
        'wxevents_store_seconds_bucket{operation="keep",le="0.25"}': "0+50x40",
        'wxevents_store_seconds_bucket{operation="keep",le="1.0"}': "0+60x40",
        'wxevents_store_seconds_bucket{operation="keep",le="+Inf"}': "0+60x40",
    },
    "WxeventsApiCallsFail": {
        'wxevents_api_calls_total{call="POST /x",code="45009"}': "0+6x40",
    },
    "WxeventsTokenFails": {'wxevents_token_refreshes_total{result="failed"}': "0+1x40"},
    "WxeventsForgedRequests": {'wxevents_refused_requests_total{status="403"}': "0+120x40"},
}
# A day on which nothing is wrong.
QUIET: Final = {
    'up{job="wxevents",instance="a"}': "1x40",
    'wxevents_pushes_total{event="CLICK",outcome="answered"}': "0+600x40",
    'wxevents_pushes_total{event="CLICK",outcome="failed"}': "0+1x40",
    "wxevents_answer_seconds_count": "0+600x40",
    'wxevents_answer_seconds_bucket{le="5.0"}': "0+600x40",
    "wxevents_missed_deadlines_total": "0+2x40",
    'wxevents_late_answers_total{result="sent"}': "0+2x40",
    "wxevents_inbox_oldest_seconds": "2x40",
    'wxevents_inbox_entries{state="dead"}': "0x40",
    'wxevents_store_seconds_bucket{operation="keep",le="0.25"}': "0+600x40",
    'wxevents_store_seconds_bucket{operation="keep",le="+Inf"}': "0+600x40",
    'wxevents_api_calls_total{call="POST /x",code="0"}': "0+60x40",
    'wxevents_token_refreshes_total{result="fetched"}': "0+1x40",
    'wxevents_refused_requests_total{status="403"}': "0+1x40",
}


def run_promtool(
    promtool: str,
    folder: Path,
    series: dict[str, str],
    alert: str,
    expected: Sequence[Mapping[str, Mapping[str, str]]] = (),
) -> subprocess.CompletedProcess[str]:
    """What promtool says half an hour after these series begin, if these alerts are expected."""
    test = {
        "rule_files": [str(RULES)],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": name, "values": values} for name, values in series.items()
                ],
                "alert_rule_test": [
                    {"eval_time": "30m", "alertname": alert, "exp_alerts": list(expected)}
                ],
            }
        ],
    }
    file = folder / "test.yml"
    with file.open("w") as written:
        YAML().dump(test, written)
    return subprocess.run(
        [promtool, "test", "rules", str(file)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def firing(promtool: str, folder: Path, series: dict[str, str], alert: str) -> bool:
    """Whether an alert fires. promtool wants the annotations of one that is expected; of one that
    is not, it says what it found."""
    ended = run_promtool(promtool, folder, series, alert)
    assert "alertname" in ended.stdout + ended.stderr or ended.returncode == 0, ended
    return ended.returncode != 0


def test_every_alert_has_a_case() -> None:
    assert SERIES.keys() == {rule["alert"] for rule in rules()}


@pytest.mark.parametrize("alert", SERIES)
def test_it_fires_when_it_should_and_not_on_a_quiet_day(
    promtool: str, tmp_path: Path, alert: str
) -> None:
    assert firing(promtool, tmp_path, QUIET | SERIES[alert], alert)
    assert not firing(promtool, tmp_path, QUIET, alert)


def fired(alert: str, summary: str, **labels: str) -> dict[str, dict[str, str]]:
    """One alert, as promtool is told to expect it."""
    (rule,) = (rule for rule in rules() if rule["alert"] == alert)
    return {
        "exp_labels": rule["labels"] | labels,
        "exp_annotations": rule["annotations"] | {"summary": summary},
    }


@pytest.mark.parametrize(
    ("series", "summary", "labels"),
    [
        ({'up{job="wxevents",instance="a:8081"}': "0x40"}, "a:8081", {"instance": "a:8081"}),
        ({'up{job="node",instance="a:9100"}': "1x40"}, "any instance", {}),
    ],
)
def test_a_bot_that_is_down_is_named_and_one_that_is_unknown_is_not(
    promtool: str, tmp_path: Path, series: dict[str, str], summary: str, labels: dict[str, str]
) -> None:
    down = fired("WxeventsDown", f"no metrics from {summary}", job="wxevents", **labels)
    ended = run_promtool(promtool, tmp_path, series, "WxeventsDown", [down])
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize(
    ("alert", "series", "values", "summary"),
    [
        (
            "WxeventsInboxStuck",
            "wxevents_inbox_oldest_seconds{",
            "600x40",
            "a push waits in the inbox for 10m 0s",
        ),
        (
            "WxeventsDeadLetters",
            'wxevents_inbox_entries{state="dead",',
            "3x40",
            "3 pushes were given up",
        ),
    ],
)
def test_what_every_process_tells_of_the_inbox_is_one_alert(
    promtool: str, tmp_path: Path, alert: str, series: str, values: str, summary: str
) -> None:
    told = {f'{series}job="wxevents",instance="{instance}"}}': values for instance in "abc"}
    ended = run_promtool(promtool, tmp_path, told, alert, [fired(alert, summary, job="wxevents")])
    assert ended.returncode == 0, ended.stdout

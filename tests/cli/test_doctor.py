"""`wxevents doctor`: what is wrong, and the cure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.store.redis_server import RedisServer, free_port, require_redis
from wxevents.cli import app

ACCOUNT = {"WXEVENTS_TOKEN": "token", "WXEVENTS_MODE": "plain", "WXEVENTS_APP_ID": "wx1"}


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def doctor(store: str, **environ: str) -> tuple[int, list[dict[str, str]]]:
    """Exit code and findings."""
    given = ACCOUNT | {"WXEVENTS_STORE": store} | environ
    ended = CliRunner().invoke(app, ["doctor", "--json"], env=given)
    return ended.exit_code, json.loads(ended.stdout)


def test_sqlite_is_good() -> None:
    Path("inbox.db").touch()
    code, findings = doctor("sqlite:///inbox.db")
    assert code == 0
    assert [(one["check"], one["state"]) for one in findings] == [
        ("settings", "good"),
        ("store", "good"),
    ]


def test_without_a_file_it_makes_none() -> None:
    code, findings = doctor("sqlite:///inbox.db")
    assert (code, findings[-1]["state"]) == (0, "note")
    assert not Path("inbox.db").exists()


def test_a_file_that_is_no_database_has_to_be_mended() -> None:
    Path("inbox.db").write_text("this is no database " * 100)
    code, findings = doctor("sqlite:///inbox.db")
    assert (code, findings[-1]["state"]) == (1, "mend")
    assert "restore the file from a backup" in findings[-1]["sentence"]


def test_memory_is_noted() -> None:
    code, findings = doctor("memory://")
    assert (code, findings[-1]["state"]) == (0, "note")


def test_a_setting_that_does_not_fit_is_said() -> None:
    code, findings = doctor("memory://", WXEVENTS_PORT="x")
    assert code == 1
    assert "WXEVENTS_PORT (from the environment)" in findings[0]["sentence"]


def test_nobody_at_the_address() -> None:
    code, findings = doctor(f"redis://:secret@127.0.0.1:{free_port()}/0")
    assert (code, findings[-1]["state"]) == (1, "mend")
    assert "secret" not in json.dumps(findings)


@pytest.fixture
def forgetful(tmp_path: Path) -> Iterator[RedisServer]:
    require_redis()
    with RedisServer(tmp_path, "--appendonly", "no") as server:
        yield server


def test_redis_that_may_forget_is_named_with_the_cure(forgetful: RedisServer) -> None:
    code, findings = doctor(forgetful.url)
    assert code == 1
    mend = [one["sentence"] for one in findings if one["state"] == "mend"]
    assert any("appendonly yes" in sentence for sentence in mend)


def test_it_prints_a_line_for_each() -> None:
    ended = CliRunner().invoke(app, ["doctor"], env=ACCOUNT | {"WXEVENTS_STORE": "memory://"})
    assert [line.split()[0] for line in ended.stdout.splitlines()] == ["good", "note"]

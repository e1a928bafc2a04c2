"""The log line that a page shows is one that its code prints."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Project
from tests.docs.pages import CHINESE, ENGLISH, Block, blocks


def monitoring(language: Path) -> list[Block]:
    return blocks(language / "howto" / "monitoring.md")


def shown(language: Path) -> Mapping[str, Any]:
    (block,) = (one for one in monitoring(language) if one.language == "json")
    line: Mapping[str, Any] = json.loads(block.text)
    return line


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda folder: folder.name)
def test_the_json_line_is_one_that_the_page_s_bot_prints(language: Path, tmp_path: Path) -> None:
    project = Project(tmp_path)
    for block in monitoring(language):
        if block.is_file and block.language == "python":
            project.write(block.text, block.caption)
    line = shown(language)
    account, user, _ = line["push"].split(":", 2)
    settings = {"WXEVENTS_MODE": "plain", "WXEVENTS_TOKEN": "token", "WXEVENTS_APP_ID": account}
    options = ("--port", "0", "--log-format", "json")
    with project.serving("run", *options, ready=r"listening on ([^\s\"]+)", **settings) as server:
        push = ("push", "click", line["key"], "--openid", user, "--url", server.url)
        assert project.run(*push, **settings).returncode == 0
        printed = json.loads(server.wait_for(r'"wxevents\.pushes"').string)

    assert list(printed) == list(line)
    assert {name: type(value) for name, value in printed.items()} == {
        name: type(value) for name, value in line.items()
    }
    changing = {"time", "pid", "age", "seconds"}
    assert regular(printed, changing) == regular(line, changing)


def regular(line: Mapping[str, Any], changing: set[str]) -> dict[str, Any]:
    """What of a line is the same in every run."""
    rest = {name: value for name, value in line.items() if name not in changing}
    rest["message"] = re.sub(r"\d+ ms", "… ms", rest["message"])
    rest["push"] = re.sub(r":\d{10}:", ":…:", rest["push"])
    return rest


@pytest.mark.parametrize("language", [ENGLISH, CHINESE], ids=lambda folder: folder.name)
def test_the_times_of_the_json_line_fit_each_other(language: Path) -> None:
    line = shown(language)
    written = datetime.fromisoformat(line["time"]).timestamp()
    created = re.search(r":(\d{10}):", line["push"])
    assert created
    assert 0 <= written - int(created[1]) < 2
    assert line["seconds"] < line["age"]
    assert f"in {line['seconds'] * 1000:.0f} ms" in line["message"]

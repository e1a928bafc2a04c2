"""The emulator's state in a file, which is written while the emulator goes on."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Project, kill_all
from tests.cli.phone import on_the_phone
from tests.cli.test_emulate import ADDRESS
from wxevents.cli.keeping import StateError, kept_in, load_state
from wxevents.emulator import Emulator


class Slow(Emulator):
    """Its state takes until `released` to be written."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()
        self.released = threading.Event()

    def saving(self) -> Callable[[], dict[str, Any]]:
        saving = super().saving()

        def slowly() -> dict[str, Any]:
            self.begun.set()
            assert self.released.wait(20)
            return saving()

        return slowly


async def test_the_emulator_goes_on_while_its_state_is_written(tmp_path: Path) -> None:
    emulator = Slow()
    emulator.account.follow("oFan")
    file = tmp_path / "account.json"
    async with kept_in(emulator, file):
        emulator.account.tag("oFan", "first")
        assert await asyncio.to_thread(emulator.begun.wait, 20)
        assert not file.exists()
        emulator.account.tag("oFan", "second")
        emulator.released.set()  # only a loop that is not held up gets here
    names = [tag["name"] for tag in json.loads(file.read_text("utf-8"))["tags"]]
    assert names[1:] == ["first", "second"]


async def test_what_changes_later_is_not_in_a_state_that_is_being_written() -> None:
    emulator = Emulator()
    emulator.account.follow("oFan")
    tag = emulator.account.tag("oFan", "VIP")
    saving = emulator.saving()
    emulator.account.rename_tag(emulator.account.tags[tag], "other")
    emulator.account.untag("oFan", tag)
    assert saving()["tags"][1]["name"] == "VIP"
    assert saving()["users"][0]["tags"] == [tag]


async def test_a_state_that_cannot_be_written_at_the_end_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "nowhere" / "account.json"
    with pytest.raises(StateError, match=r"account\.json cannot be written: .*; it is as it was"):
        async with kept_in(Emulator(), file):
            pass


def test_a_state_that_is_not_there_yet_changes_nothing(tmp_path: Path) -> None:
    emulator = Emulator()
    emulator.account.follow("oFan")
    load_state(emulator, tmp_path / "account.json")
    assert list(emulator.account.users) == ["oFan"]


def test_a_state_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "account.json").write_text("{")
    with pytest.raises(StateError, match=r"account\.json cannot be read: Expecting"):
        load_state(Emulator(), tmp_path / "account.json")


def test_an_emulator_that_is_killed_has_kept_what_happened(project: Project) -> None:
    arguments = ("emulate", "--port", "0", "--state", "account.json")
    file = project.folder / "account.json"
    with project.serving(*arguments, ready=ADDRESS) as server:
        on_the_phone(server.url, lambda client: client.user().say("记住我"))
        while not file.exists() or "记住我" not in file.read_text("utf-8"):
            on_the_phone(server.url, lambda client: client.state())
        kill_all(server)
    assert "记住我" in file.read_text("utf-8")


def test_a_state_that_cannot_be_written_ends_with_exit_code_1(project: Project) -> None:
    folder = project.folder / "states"
    folder.mkdir()
    arguments = ("emulate", "--port", "0", "--state", "states/account.json")
    with project.serving(*arguments, ready=ADDRESS) as server:
        on_the_phone(server.url, lambda client: client.state())
        folder.rename(project.folder / "gone")
    assert server.process.returncode == 1
    printed = "".join(server.lines)
    assert "--state states/account.json cannot be written: " in printed
    assert "Traceback" not in printed

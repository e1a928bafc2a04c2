"""Of the settings a command has those as options that it reads."""

from __future__ import annotations

import pytest
import typer
from typer.core import TyperGroup

from wxevents.cli import app
from wxevents.settings import Settings

EVERYTHING = set(Settings.model_fields)
PUSH = {"app_id", "token", "encoding_aes_key", "mode", "data_format", "host", "port", "path"}
API = {"app_id", "app_secret", "api_base"}
INBOX = {"store", "app_id", "path"}
SETTINGS = {
    "run": EVERYTHING,
    "dev": EVERYTHING,
    "doctor": EVERYTHING,
    "routes": {"handlers"},
    "push": PUSH,
    "load": {*PUSH, "handlers"},
    "menu check": {"handlers"},
    "menu plan": {*API, "handlers"},
    "menu apply": {*API, "handlers"},
    "menu match": {*API, "handlers"},
    "menu pull": API,
    "menu delete": API,
    "menu import": API,
    "menu schema": set[str](),
    "inbox list": INBOX,
    "inbox show": INBOX,
    "inbox replay": INBOX,
    "inbox purge": INBOX,
}


@pytest.mark.parametrize("command", SETTINGS)
def test_a_command_has_the_settings_that_it_reads(command: str) -> None:
    found = typer.main.get_command(app)
    for word in command.split():
        assert isinstance(found, TyperGroup)
        found = found.commands[word]
    assert {one.name for one in found.params} & EVERYTHING == SETTINGS[command]

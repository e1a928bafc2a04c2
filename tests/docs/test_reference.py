"""The generated reference: the pages hold it, nothing of the code is left out, in neither language,
and its samples are real."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from inspect import isfunction
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from wxevents import Router, Settings, client, replies, testing, xml
from wxevents.client.codes import CODES
from wxevents.events import Event, parse
from wxevents.events.event import EVENT_NAMES, MESSAGE_TYPES
from wxevents.menu.buttons import BUTTON_TYPES, SubMenu
from wxevents.menu.wire import read_menu
from wxevents.replies import Reply
from wxevents.testing import ManualClock
from wxevents_reference import GENERATORS, settings
from wxevents_reference.buttons import EXAMPLES as BUTTONS
from wxevents_reference.client import call_groups
from wxevents_reference.commands import all_commands
from wxevents_reference.events import models, names, sample
from wxevents_reference.pages import DOCS, LANGUAGES, generated_pages, parts, refreshed
from wxevents_reference.phrases import FILE, Phrases
from wxevents_reference.replies import EXAMPLES as REPLIES
from wxevents_reference.replies import rendered
from wxevents_reference.staleness import changed
from wxevents_reference.testing import NAMES

COMMAND = "PYTHONPATH=docs/extension python -m wxevents_reference"


def written(name: str) -> str:
    return GENERATORS[name](Phrases())


def named(value: Path | str) -> str:
    return str(value.relative_to(DOCS)) if isinstance(value, Path) else value


@pytest.mark.parametrize(("page", "language"), generated_pages(), ids=named)
def test_a_page_is_what_the_code_gives(page: Path, language: str) -> None:
    text = page.read_text("utf-8")
    stale = [
        f"{named(page)}, line {number}: {line!r} here, {wanted!r} generated"
        for number, (line, wanted) in enumerate(
            zip_longest(text.splitlines(), refreshed(text, language).splitlines()), 1
        )
        if line != wanted
    ]
    assert not stale, f"run `{COMMAND}`: {stale[0]}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_generated_part_stands_on_one_page(language: str) -> None:
    pages = [page for page, its_language in generated_pages() if its_language == language]
    found = [part for page in pages for part in parts(page.read_text("utf-8"))]
    assert sorted(found) == sorted(GENERATORS)


def test_what_was_edited_by_hand_is_written_anew_and_nothing_else() -> None:
    part = "<!-- wxevents-metrics: old -->\nold\n<!-- end of wxevents-metrics -->"
    page = f"# Metrics\n\n{part}\n\nMine\n"
    mended = refreshed(page, "en")
    assert written("wxevents-metrics") in mended
    assert "old" not in mended.replace(written("wxevents-metrics"), "")
    assert mended.startswith("# Metrics\n\n<!--")
    assert mended.endswith("-->\n\nMine\n")
    assert refreshed(mended, "en") == mended


def test_everything_has_a_chinese_text() -> None:
    phrases = Phrases.of("zh_CN")
    for generate in GENERATORS.values():
        generate(phrases)
    missing = [f"{name} ({english})" for name, english in phrases.missing.items()]
    assert not missing, f"{FILE} lacks\n" + "\n".join(missing)
    assert not phrases.left_over, f"{FILE} has what nothing asks for: {phrases.left_over}"


def test_no_english_text_has_changed_since_it_was_translated() -> None:
    assert not changed(), f"adapt these in {FILE.name}, then run `{COMMAND}`:\n" + "\n".join(
        changed()
    )


def test_a_new_setting_without_a_chinese_text_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Tomorrow(Settings):
        colour: str = "green"

    Tomorrow.model_fields["colour"].description = "colour of the phone"
    monkeypatch.setattr(settings, "Settings", Tomorrow)
    phrases = Phrases.of("zh_CN")
    assert "## `WXEVENTS_COLOUR`" in GENERATORS["wxevents-settings"](phrases)
    assert phrases.missing == {"settings: colour": "colour of the phone"}


def test_every_setting_is_there() -> None:
    listed = re.findall(r"^## `WXEVENTS_(\w+)`", written("wxevents-settings"), re.MULTILINE)
    assert listed == [name.upper() for name in Settings.model_fields]


def test_what_begins_with_a_value_of_the_setting_keeps_it_as_it_is_written() -> None:
    page = written("wxevents-settings")
    assert "\n\nplain, compatible or safe" in page
    assert "\n\nxml or json" in page
    assert "\n\nAppID of the account" in page
    assert not re.search(r"^(Xml|Json|Plain|Info|Text) ", page, re.MULTILINE)


def test_every_decorator_is_there() -> None:
    listed = re.findall(r"^@router\.(\w+)\(", written("wxevents-decorators"), re.MULTILINE)
    public = {name for name in vars(Router) if not name.startswith("_")}
    assert set(listed) == public - {"include", "walk"}


def test_every_event_is_there() -> None:
    headings = re.findall(r"^### (\w+)$", written("wxevents-events"), re.MULTILINE)
    modelled = {*EVENT_NAMES.values(), *MESSAGE_TYPES.values()}
    ours = {one for one in modelled if one.__module__.startswith("wxevents.")}
    assert {one.__name__ for one in (*ours, *models())} <= set(headings)
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize("model", [one for one in models() if names(one)])
def test_the_sample_of_an_event_is_one_of_it(model: type[Event]) -> None:
    event = parse(xml.parse(sample(model).encode()))
    assert type(event) is model
    assert sample(model) in written("wxevents-events")
    assert not event.model_extra or model.__doc__ is None or "model_extra" in model.__doc__


@pytest.mark.parametrize("reply", REPLIES)
def test_the_xml_of_a_reply_is_read_back_as_that_reply(reply: Reply) -> None:
    assert replies.read(xml.parse(rendered(reply).encode())) == reply


def test_every_button_is_there_and_its_json_is_read_back_as_that_button() -> None:
    bodies = re.findall(r"```json\n(.*?)```", written("wxevents-buttons"), re.DOTALL)
    for example, body in zip(BUTTONS, bodies, strict=True):
        assert read_menu({"button": [json.loads(body)]}).button == (example,)
    assert {type(one) for one in BUTTONS} == {*BUTTON_TYPES.values(), SubMenu}


def test_every_command_and_option_is_there() -> None:
    page = written("wxevents-commands")
    found = dict(all_commands())
    assert {"dev", "run", "menu", "menu plan", "inbox", "inbox list"} <= set(found)
    for path, command in found.items():
        section = re.split(r"\n##+ ", page.split(f" `wxevents {path}`\n")[1])[0]
        for option in own_options(command):
            assert f"`{option}" in section or f" {option}`" in section, f"{path}: {option}"


def own_options(command: Any) -> set[str]:
    everything = [one for one in command.params if getattr(one, "rich_help_panel", "") is None]
    return {option for one in everything for option in one.opts if option.startswith("-")}


def test_every_error_code_is_there() -> None:
    listed = re.findall(r"^\| `(-?\d+)` \|", written("wxevents-error-codes"), re.MULTILINE)
    assert {int(one) for one in listed} == set(CODES)


def test_all_that_a_client_has_is_there() -> None:
    page = "\n".join(written(f"wxevents-client{part}") for part in ("", "-parts", "-types"))
    elsewhere = {"CODES", "Client", "Code", "CustomerMessage", "Tokens"}
    headings = set(re.findall(r"^### (\w+)$", page, re.MULTILINE))
    assert headings == set(client.__all__) - elsewhere
    for name, kind in call_groups().items():
        for method in (one for one in vars(kind) if not one.startswith("_")):
            assert f"{name}.{method}(" in page


def test_all_that_tests_use_is_there() -> None:
    page = written("wxevents-testing") + written("wxevents-testing-functions")
    for name in set(testing.__all__) - {"FOLLOWER", "EmulatorError"}:
        assert f"## {name}\n" in page or f"{name}(" in page
    for kind, receiver in NAMES.items():
        methods = {name for name, one in vars(kind).items() if isfunction(one) and name[0] != "_"}
        unsaid = {"call_later", "monotonic", "time"} if kind is ManualClock else set[str]()
        for method in methods - unsaid:
            assert f"{receiver}.{method}(" in page


@pytest.mark.parametrize("generate", GENERATORS.values(), ids=GENERATORS.keys())
def test_values_are_written_as_in_code(generate: Callable[[Phrases], str]) -> None:
    assert not re.search(r"<class |<function |<built-in| object at 0x", generate(Phrases()))


@pytest.mark.parametrize("generate", GENERATORS.values(), ids=GENERATORS.keys())
def test_both_languages_have_the_same_structure(generate: Callable[[Phrases], str]) -> None:
    """The same headings of names, tables and samples, whatever the words."""

    def structure(text: str) -> list[str]:
        return re.findall(
            r"^#+ (?:`.+`|[A-Z]\w*[a-z][A-Z]\w*)?|^\| `[^`]*`|^```\w+$", text, re.MULTILINE
        )

    assert structure(generate(Phrases())) == structure(generate(Phrases.of("zh_CN")))


def test_no_phrase_is_written_twice() -> None:
    YAML(typ="safe", pure=True).load(FILE.read_text("utf-8"))  # which refuses a repeated key

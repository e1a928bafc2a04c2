"""The JSON Schema of menu files, by an implementation of what it uses of the standard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.menu.strategies import menu_sets, named_rules
from wxevents import MenuSet
from wxevents.menu.buttons import BUTTON_TYPES
from wxevents.menu.schema import file_schema
from wxevents.menu.writing import file_text

SCHEMA = file_schema()
CLICK = {"type": "click", "name": "赞", "key": "good"}
TYPES = {"object": dict, "array": list, "string": str, "integer": int}
ANNOTATIONS = {"$schema", "$defs", "title", "description"}


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether the value is valid (JSON Schema 2020-12, only what menu files need of it)."""
    return all(_holds(value, name, schema) for name in schema if name not in ANNOTATIONS)


def _holds(value: Any, name: str, schema: dict[str, Any]) -> bool:
    wanted = schema[name]
    match name:
        case "$ref":
            return fits(value, SCHEMA["$defs"][wanted.removeprefix("#/$defs/")])
        case "type":
            names = wanted if isinstance(wanted, list) else [wanted]
            return isinstance(value, tuple(TYPES[one] for one in names)) and value is not True
        case "const":
            return bool(value == wanted)
        case "enum":
            return any(type(value) is type(one) and value == one for one in wanted)
        case "oneOf":
            return sum(fits(value, one) for one in wanted) == 1
        case "properties":
            return not isinstance(value, dict) or all(
                fits(value[one], wanted[one]) for one in value if one in wanted
            )
        case "required":
            return not isinstance(value, dict) or set(wanted) <= set(value)
        case "additionalProperties":
            assert wanted is False
            return not isinstance(value, dict) or set(value) <= set(schema["properties"])
        case "items":
            return not isinstance(value, list) or all(fits(one, wanted) for one in value)
        case "minItems":
            return not isinstance(value, list) or len(value) >= wanted
        case "maxItems":
            return not isinstance(value, list) or len(value) <= wanted
        case "minLength":
            return not isinstance(value, str) or len(value) >= wanted
        case "maxLength":
            return not isinstance(value, str) or len(value) <= wanted
        case "minProperties":
            return not isinstance(value, dict) or len(value) >= wanted
        case _:
            raise AssertionError(f"the schema uses {name}")


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(menu_sets(named_rules))
def test_every_file_that_is_written_is_valid(menus: MenuSet) -> None:
    assert fits(json.loads(file_text(menus, Path("menu.json"))), SCHEMA)


def replying(*replies: Any) -> list[Any]:
    return [{"button": [{**CLICK, "reply": reply}]} for reply in replies]


def ruled(*rules: Any) -> list[Any]:
    return [
        {"button": [CLICK], "conditionalmenu": [{"matchrule": rule, "button": [CLICK]}]}
        for rule in rules
    ]


VALID: list[Any] = [
    {"button": [CLICK]},
    {"$schema": "menu.schema.json", "button": [CLICK], "conditionalmenu": []},
    {"button": [{"name": "菜单", "sub_button": [{**CLICK, "name": "a" * 60}] * 5}] * 3},
    {"button": [{**CLICK, "name": "a" * 16, "key": "k" * 128}]},
    *replying(
        "谢谢",
        {"text": "谢谢"},
        {"image": "MEDIA_ID"},
        {"voice": {"file": "a.mp3"}},
        {"video": {"file": "a.mp4"}},
        {"video": {"media_id": "MEDIA_ID", "title": "x"}},
        {"music": {"thumb_media_id": {"file": "a.jpg"}}},
        {"news": [{"title": "x"}] * 8},
    ),
    *ruled(
        {"tag": "VIP"},
        {"tag_id": 2},
        {"tag_id": "2", "client_platform_type": "ios"},
        {"client_platform_type": 1},
        {"client_platform_type": "3"},
    ),
]
INVALID: list[Any] = [
    [],
    {},
    {"button": []},
    {"button": [CLICK] * 4},
    {"buttons": [CLICK]},
    {"button": [{}]},
    {"button": ["click"]},
    {"button": [{"type": "clock", "name": "x", "key": "k"}]},
    {"button": [{"type": "click", "name": "x"}]},
    {"button": [{"type": "view", "name": "x", "key": "k"}]},
    {"button": [{**CLICK, "url": "x"}]},
    {"button": [{**CLICK, "name": ""}]},
    {"button": [{**CLICK, "name": 5}]},
    {"button": [{**CLICK, "name": "a" * 17}]},
    {"button": [{**CLICK, "key": "k" * 129}]},
    {"button": [{"type": "view", "name": "x", "url": "x" * 1025}]},
    {"button": [{**CLICK, "sub_button": [CLICK]}]},
    {"button": [{"name": "菜单", "sub_button": []}]},
    {"button": [{"name": "菜单", "sub_button": [CLICK] * 6}]},
    {"button": [{"name": "菜单", "sub_button": [{**CLICK, "name": "a" * 61}]}]},
    {"button": [{"name": "菜单", "sub_button": [{"name": "菜单", "sub_button": [CLICK]}]}]},
    {"button": [{"type": "location_select", "name": "x", "key": "k", "reply": "x"}]},
    *replying(
        5,
        {},
        {"gif": "x"},
        {"text": {"content": "x", "file": "y"}},
        {"text": "x", "image": "y"},
        {"image": {"path": "x"}},
        {"video": {"title": "x"}},
        {"news": []},
        {"news": [{"title": "x"}] * 9},
        {"news": [{"url": "x"}]},
    ),
    *ruled(
        {},
        {"sex": "1"},
        {"tag": 5},
        {"client_platform_type": "symbian"},
        {"client_platform_type": 4},
    ),
    {"button": [CLICK], "conditionalmenu": [{"button": [CLICK]}]},
    {"button": [CLICK], "conditionalmenu": [{"matchrule": {"tag": "VIP"}}]},
]


@pytest.mark.parametrize("data", VALID)
def test_a_right_file_is_valid(data: Any) -> None:
    assert fits(data, SCHEMA)


@pytest.mark.parametrize("data", INVALID)
def test_a_wrong_file_is_not(data: Any) -> None:
    assert not fits(data, SCHEMA)


def test_every_type_of_button_is_described() -> None:
    for prefix in ("", "child_"):
        for kind, model in BUTTON_TYPES.items():
            button = SCHEMA["$defs"][f"{prefix}{kind}"]
            assert button["properties"]["type"] == {"const": kind}
            assert button["required"] == ["type", "name", *model.wire_fields]
            assert button["description"]


def test_the_schema_is_json() -> None:
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA

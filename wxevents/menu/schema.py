"""A JSON Schema of menu files, with which editors complete and check them.

JSON Schema counts characters where the platform counts bytes: what it lets pass may still be too
long, what it refuses is.
"""

from __future__ import annotations

from typing import Any, Final

from wxevents.menu.buttons import BUTTON_TYPES, Button, ClickButton
from wxevents.menu.limits import (
    MAX_BUTTONS,
    MAX_CHILD_NAME_BYTES,
    MAX_CHILDREN,
    MAX_KEY_BYTES,
    MAX_NAME_BYTES,
    MAX_URL_BYTES,
    PLATFORMS,
)

_LENGTHS: Final = {"key": MAX_KEY_BYTES, "url": MAX_URL_BYTES}
_MEDIA: Final = {
    "oneOf": [
        {"type": "string", "description": "media id"},
        {
            "type": "object",
            "description": "a file, looked for beside the menu file",
            "properties": {"file": {"type": "string"}},
            "required": ["file"],
            "additionalProperties": False,
        },
    ]
}


def file_schema() -> dict[str, Any]:
    """The schema of a whole file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "WeChat Official Account menu",
        "type": "object",
        "properties": {
            "$schema": {"type": "string"},
            "button": {"$ref": "#/$defs/menu"},
            "conditionalmenu": {
                "type": "array",
                "description": "the last one that matches a user is shown",
                "items": _object(
                    {"matchrule": {"$ref": "#/$defs/rule"}, "button": {"$ref": "#/$defs/menu"}},
                    ("matchrule", "button"),
                ),
            },
        },
        "required": ["button"],
        "additionalProperties": False,
        "$defs": {
            "menu": {
                "type": "array",
                "minItems": 1,
                "maxItems": MAX_BUTTONS,
                "items": {"oneOf": [*_refs(""), {"$ref": "#/$defs/sub_menu"}]},
            },
            "sub_menu": _object(
                {
                    "name": _text(MAX_NAME_BYTES),
                    "sub_button": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": MAX_CHILDREN,
                        "items": {"oneOf": _refs("child_")},
                    },
                },
                ("name", "sub_button"),
            ),
            "rule": _rule(),
            "reply": _reply(),
            **{kind: _button(model, MAX_NAME_BYTES) for kind, model in BUTTON_TYPES.items()},
            **{
                f"child_{kind}": _button(model, MAX_CHILD_NAME_BYTES)
                for kind, model in BUTTON_TYPES.items()
            },
        },
    }


def _refs(prefix: str) -> list[dict[str, str]]:
    return [{"$ref": f"#/$defs/{prefix}{kind}"} for kind in BUTTON_TYPES]


def _button(model: type[Button], name_bytes: int) -> dict[str, Any]:
    properties: dict[str, Any] = {"type": {"const": model.type}, "name": _text(name_bytes)}
    for field in model.wire_fields:
        properties[field] = _text(_LENGTHS.get(field))
    if model is ClickButton:
        properties["reply"] = {"$ref": "#/$defs/reply"}
    description = " ".join((model.__doc__ or "").partition("\n\n")[0].split())
    required = ("type", "name", *model.wire_fields)
    return {"description": description, **_object(properties, required)}


def _text(most: int | None) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, **({"maxLength": most} if most else {})}


def _object(properties: dict[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _rule() -> dict[str, Any]:
    number_or_text = {"type": ["string", "integer"]}
    properties = {
        "tag": {"type": "string", "description": "name of a tag"},
        "tag_id": {**number_or_text, "description": "id of a tag, instead of its name"},
        "client_platform_type": {"enum": [*PLATFORMS.values(), *PLATFORMS, *map(int, PLATFORMS)]},
    }
    return {"minProperties": 1, **_object(properties, ())}


def _reply() -> dict[str, Any]:
    text = {"type": "string"}
    article = _object(
        {"title": text, "description": text, "pic_url": text, "url": text}, ("title",)
    )
    video = _object({"media_id": _MEDIA, "title": text, "description": text}, ("media_id",))
    music = {
        "thumb_media_id": _MEDIA,
        "title": text,
        "description": text,
        "music_url": text,
        "hq_music_url": text,
    }
    kinds: dict[str, Any] = {
        "text": text,
        "image": _MEDIA,
        "voice": _MEDIA,
        "video": {"oneOf": [*_MEDIA["oneOf"], video]},
        "music": _object(music, ("thumb_media_id",)),
        "news": {"type": "array", "minItems": 1, "maxItems": 8, "items": article},
    }
    replies = [_object({name: kind}, (name,)) for name, kind in kinds.items()]
    return {
        "description": "answers the tap without a handler",
        "oneOf": [{"type": "string"}, *replies],
    }
